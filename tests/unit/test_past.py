"""The journal as a past day needs it: what held when the day began, then everything."""

import json
from pathlib import Path

import pytest

from acd.facts import AgentStateChanged, CallQueued, Fact, SurgeDeclared, to_json
from acd.states import AgentState, Status
from recording.past import Past

pytestmark = pytest.mark.unit


def state(at_ms: int, agent: str = "1001", after: AgentState = AgentState.READY) -> Fact:
    return AgentStateChanged(
        at_ms=at_ms,
        agent=agent,
        phone=agent,
        before=AgentState.SIGNED_OUT,
        after=after,
        status=Status.READY,
        reason="",
        cause="api",
    )


def queued(at_ms: int) -> Fact:
    return CallQueued(
        at_ms=at_ms, linkedid=f"c{at_ms}", queue="sales", priority=0, skills={}, entered_ms=at_ms, waiting=1
    )


def journal(path: Path, *facts: Fact | bytes) -> Path:
    lines = (
        fact if isinstance(fact, bytes) else json.dumps(to_json(fact), separators=(",", ":")).encode() for fact in facts
    )
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def test_of_the_time_before_only_what_still_held_is_told_in_the_order_of_time(tmp_path: Path) -> None:
    surge = SurgeDeclared(at_ms=30, queue="sales", on=True, cause="api")
    path = journal(
        tmp_path / "facts.jsonl",
        state(10),
        SurgeDeclared(at_ms=20, queue="sales", on=False, cause="api"),
        surge,
        queued(40),
        state(50, "1002"),
        state(70, after=AgentState.NOT_READY),
        queued(100),
        state(110),
        queued(120),
    )
    assert list(Past(path, 100)) == [
        surge,
        state(50, "1002"),
        state(70, after=AgentState.NOT_READY),
        queued(100),
        state(110),
        queued(120),
    ]


def test_a_journal_that_ends_before_the_day_tells_what_held(tmp_path: Path) -> None:
    path = journal(tmp_path / "facts.jsonl", state(10), queued(20))
    assert list(Past(path, 100)) == [state(10)]


def test_who_stops_early_reads_no_further(tmp_path: Path) -> None:
    past = Past(journal(tmp_path / "facts.jsonl", queued(100), b"{"), 100)
    assert next(iter(past)) == queued(100)
    assert past.unreadable == 0


def test_lines_that_are_no_facts_are_passed_over_and_counted(tmp_path: Path) -> None:
    past = Past(
        journal(
            tmp_path / "facts.jsonl", b'{"fact":"CallQu', b"", b'{"fact":"FromALaterVersion","at_ms":100}', queued(100)
        ),
        100,
    )
    assert list(past) == [queued(100)]
    assert past.unreadable == 2


def test_a_journal_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(Past(tmp_path / "facts.jsonl", 0))
