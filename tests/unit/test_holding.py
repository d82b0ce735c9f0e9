"""What a restart learns from the lines that hold and from those after them is what the whole journal says, wherever
files were begun and whichever of the files beside are there.
"""

import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd.closures import EVERY
from acd.facts import (
    AgentDefined,
    AgentStateChanged,
    CallEnded,
    CallOutcomeSet,
    ClosureDeclared,
    ClosureLifted,
    Fact,
    NotReadyExceeded,
    OutcomeOwed,
    RecordingPaused,
    RecordingResumed,
    SurgeDeclared,
)
from acd.outcomes import REMEMBERED_MS
from acd.router import Router
from acd.states import AgentState, EndedBy, Status
from cti.recording_pauses import open_pauses
from cti.restoration import latest
from recording.holding import Holding
from recording.journal import Journal
from recording.past import Past
from recording.series import Series
from recording.standing import keep_standing, standing
from tests.ledgers import line_of

pytestmark = pytest.mark.unit

AGENTS, QUEUES, CALLS = ("1001", "1002"), ("sales", "support"), ("node1-1.1", "node1-1.2")
STATES = (AgentState.READY, AgentState.NOT_READY, AgentState.UNREACHABLE, AgentState.TALKING)


def change(agent: str, after: AgentState, before: AgentState, status: Status, reason: str) -> Fact:
    return AgentStateChanged(
        at_ms=0, agent=agent, phone=agent, before=before, after=after, status=status, reason=reason, cause="api"
    )


FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.builds(
        change,
        st.sampled_from(AGENTS),
        st.sampled_from(STATES),
        st.sampled_from(STATES),
        st.sampled_from((Status.READY, Status.NOT_READY, Status.NOT_READY, Status.SIGNED_OUT)),
        st.sampled_from(("", "meal")),
    ),
    st.builds(lambda agent: NotReadyExceeded(at_ms=0, agent=agent, reason="meal", since_ms=0, allowed_ms=1),
              st.sampled_from(AGENTS)),
    st.builds(lambda agent, name: AgentDefined(at_ms=0, agent=agent, name=name, skills={}, attributes={}),
              st.sampled_from(AGENTS), st.sampled_from(("Wang", "Li"))),
    st.builds(lambda queue, on: SurgeDeclared(at_ms=0, queue=queue, on=on, cause="api"),
              st.sampled_from(QUEUES), st.booleans()),
    st.builds(lambda calendar: ClosureDeclared(at_ms=0, calendar=calendar, by="Li", why="", since_ms=0),
              st.sampled_from((EVERY, "office"))),
    st.builds(lambda calendar: ClosureLifted(at_ms=0, calendar=calendar, by="Li"), st.sampled_from((EVERY, "office"))),
    st.builds(lambda call, by: RecordingPaused(at_ms=0, linkedid=call, node="", why="card", by=by),
              st.sampled_from(CALLS), st.sampled_from(("agent:1001", "flow"))),
    st.builds(lambda call: RecordingResumed(at_ms=0, linkedid=call, node="", why="", by="agent:1001"),
              st.sampled_from(CALLS)),
    st.builds(lambda call, agent: OutcomeOwed(at_ms=0, linkedid=call, queue="sales", agent=agent),
              st.sampled_from(CALLS), st.sampled_from(AGENTS)),
    st.builds(lambda call: CallOutcomeSet(at_ms=0, linkedid=call, agent="1001", code="sold", resolved=True),
              st.sampled_from(CALLS)),
    st.builds(lambda call: CallEnded(at_ms=0, linkedid=call, by=EndedBy.CALLER, reason="hung_up"),
              st.sampled_from(CALLS)),
)  # fmt: skip

MOMENTS = st.tuples(
    FACTS,
    st.sampled_from((1, 1, 1, 1000, REMEMBERED_MS)),
    st.sampled_from(("", "", "", "restart", "keep", "lose")),
)
"""A fact, how long after the one before it, and what happens then: the daemon is started again, the files beside are
made, one of them is lost."""


def outcomes(lines: Sequence[bytes]) -> tuple[list[OutcomeOwed], list[tuple[str, ...]]]:
    """Which calls are owed a code, and by whom, after these lines."""
    router = Router()
    for number in AGENTS:
        router.define_agent(number, number, {}, now_ms=0)
    for fact in latest(lines).outcomes:
        router.outcomes.recall(fact)
    return [*router.outcomes], [router.roster.agent(one).owes for one in AGENTS]


def lived(journal: Path, moments: Sequence[tuple[Fact, int, str]]) -> list[Fact]:
    """What was stated in this life; the journal has it in many small files."""
    written, series, beside = Journal(journal, most_bytes=600), Series(journal), count()
    facts: list[Fact] = []
    at_ms = 1_000_000
    for fact, later_ms, then in moments:
        at_ms += later_ms
        facts.append(
            type(fact)(**{**{name: getattr(fact, name) for name in fact.__dataclass_fields__}, "at_ms": at_ms})
        )
        written.append(facts[-1])
        match then:
            case "restart":
                written.close()
                written = Journal(journal, most_bytes=600)
            case "keep":
                keep_standing(journal)
            case "lose":
                series.held(2 + next(beside)).unlink(missing_ok=True)
            case _:
                pass
    written.close()
    return facts


@settings(max_examples=80, deadline=None)
@given(st.lists(MOMENTS, max_size=80), st.data())
def test_a_restart_learns_from_few_lines_what_the_whole_journal_says(
    moments: list[tuple[Fact, int, str]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "facts.jsonl"
        facts = lived(journal, moments)
        whole = b"".join(path.read_bytes() for path in Series(journal).files()).splitlines(keepends=True)
        assert len(whole) == len(facts)  # each line in one file
        held = standing(journal)
        mine, all_of_it = latest(held), latest(whole)
        assert (mine.agents, mine.surges, mine.closures) == (all_of_it.agents, all_of_it.surges, all_of_it.closures)
        assert open_pauses(held) == open_pauses(whole)
        assert outcomes(held) == outcomes(whole)
        from_ms = data.draw(st.sampled_from([0, *(fact.at_ms for fact in facts)]))
        alone = Path(folder) / "alone" / "facts.jsonl"
        alone.parent.mkdir()
        alone.write_bytes(b"".join(whole))
        assert [*Past(journal, from_ms)] == [*Past(alone, from_ms)]


@given(st.lists(FACTS, max_size=60))
def test_what_holds_of_what_holds_is_the_same(facts: list[Fact]) -> None:
    held = Holding(map(line_of, facts)).lines
    assert Holding(held).lines == held


def test_lines_that_are_no_facts_are_passed_over() -> None:
    torn = [b'{"fact":"AgentStateChanged"', b'["SurgeDeclared"]\n', b'{"fact":"SurgeDeclared"}\n', b"\xff\xfe", b"\n"]
    assert Holding(torn).lines == []


def test_without_a_journal_nothing_holds(tmp_path: Path) -> None:
    assert standing(tmp_path / "journal" / "facts.jsonl") == []
