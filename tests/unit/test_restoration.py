"""Agents seated again from the journal after a restart."""

from dataclasses import replace
from pathlib import Path

import pytest

from acd.closures import EVERY, Closures
from acd.distributor import Distributor
from acd.facts import (
    AgentStateChanged,
    CallOutcomeSet,
    ClosureDeclared,
    ClosureLifted,
    Fact,
    NotReadyExceeded,
    OutcomeOwed,
    SurgeDeclared,
)
from acd.queues import QueueSettings
from acd.states import AgentState, Status
from cti.restoration import latest, restore
from recording.standing import standing
from tests.ledgers import line_of
from tests.unit.running_floor import Told, distributor
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit


def _changed(agent: str, status: Status, after: AgentState, *, phone: str = "", reason: str = "") -> AgentStateChanged:
    return AgentStateChanged(
        at_ms=1, agent=agent, phone=phone or agent, before=AgentState.SIGNED_OUT, after=after, status=status,
        reason=reason, cause="api",
    )  # fmt: skip


def _floor() -> tuple[Distributor, Told]:
    """1001 and 1002 are known and signed out."""
    floor, told = distributor("1001", "1002"), Told()
    with floor.command() as (router, now_ms):
        for number in ("1001", "1002"):
            router.sign_out(number, cause="api", now_ms=now_ms)
    floor.on_fact.append(told)
    return floor, told


READY = _changed("1001", Status.READY, AgentState.TALKING)
AT_LUNCH = _changed("1001", Status.NOT_READY, AgentState.NOT_READY, reason="meal")


def test_the_latest_change_of_each_agent_counts() -> None:
    other = _changed("1002", Status.SIGNED_OUT, AgentState.SIGNED_OUT)
    agents = latest(map(line_of, [READY, other, AT_LUNCH])).agents
    assert {number: last.change for number, last in agents.items()} == {"1001": AT_LUNCH, "1002": other}


@pytest.mark.parametrize(
    "torn", [line_of(READY)[:40], b"\xff\xfe\n", b"\n", b'{"fact":"AgentStateChanged"}\n', b'["AgentStateChanged"]\n']
)
def test_a_line_that_is_no_fact_is_passed_over(torn: bytes) -> None:
    assert latest([line_of(AT_LUNCH), torn]).agents["1001"].change == AT_LUNCH


@in_virtual_time
async def test_without_a_journal_nobody_is_signed_in(tmp_path: Path) -> None:
    floor, told = _floor()
    restore(floor, Closures(floor.state), standing(tmp_path / "facts.jsonl"))
    assert told.facts == []


def _restored(journal: Path, *changes: AgentStateChanged) -> tuple[Distributor, Told]:
    floor, told = _floor()
    journal.write_bytes(b"".join(map(line_of, changes)))
    restore(floor, Closures(floor.state), standing(journal))
    return floor, told


@in_virtual_time
async def test_who_was_ready_is_ready_at_his_phone(tmp_path: Path) -> None:
    floor, _ = _restored(tmp_path / "facts.jsonl", _changed("1001", Status.READY, AgentState.READY, phone="1002"))
    agent = floor.router.roster.agent("1001")
    assert (agent.phone, agent.status) == ("1002", Status.READY)


@in_virtual_time
async def test_who_was_not_ready_keeps_his_reason(tmp_path: Path) -> None:
    floor, _ = _restored(tmp_path / "facts.jsonl", AT_LUNCH)
    agent = floor.router.roster.agent("1001")
    assert (agent.status, agent.reason) == (Status.NOT_READY, "meal")


@in_virtual_time
async def test_who_had_signed_out_stays_so_and_nothing_is_said(tmp_path: Path) -> None:
    _, told = _restored(tmp_path / "facts.jsonl", _changed("1001", Status.SIGNED_OUT, AgentState.SIGNED_OUT))
    assert told.facts == []


@in_virtual_time
async def test_who_signed_out_in_a_call_whose_end_we_missed_is_said_to_be_signed_out(tmp_path: Path) -> None:
    _, told = _restored(tmp_path / "facts.jsonl", _changed("1001", Status.SIGNED_OUT, AgentState.TALKING))
    (fact,) = told.facts
    assert isinstance(fact, AgentStateChanged)
    assert (fact.before, fact.after, fact.cause) == (AgentState.TALKING, AgentState.SIGNED_OUT, "restart")


@in_virtual_time
async def test_an_agent_who_is_no_more_or_whose_phone_is_taken_is_left_out(tmp_path: Path) -> None:
    floor, _ = _restored(
        tmp_path / "facts.jsonl",
        _changed("9999", Status.READY, AgentState.READY),
        READY,
        _changed("1002", Status.READY, AgentState.READY, phone="1001"),
    )
    assert [agent.number for agent in floor.router.roster if agent.status is Status.READY] == ["1001"]


@in_virtual_time
async def test_a_surge_that_was_on_is_on_again_with_who_declared_it_and_why(tmp_path: Path) -> None:
    floor, told = _floor()
    declared = SurgeDeclared(at_ms=1, queue="sales", on=True, cause="Wang", why="storm")
    over = SurgeDeclared(at_ms=2, queue="support", on=True, cause="Wang")
    gone = SurgeDeclared(at_ms=2, queue="of old", on=True, cause="Wang")
    ended = SurgeDeclared(at_ms=3, queue="support", on=False, cause="Li")
    with floor.command() as (router, now_ms):
        router.define_queue(QueueSettings(name="support"), now_ms=now_ms)
    journal = tmp_path / "facts.jsonl"
    journal.write_bytes(b"".join(map(line_of, [declared, over, gone, ended])))
    restore(floor, Closures(floor.state), standing(journal))
    assert (floor.router.queues["sales"].surge, floor.router.queues["support"].surge) == (True, False)
    [again] = [fact for fact in told.facts if isinstance(fact, SurgeDeclared)]
    assert (again.queue, again.on, again.cause, again.why) == ("sales", True, "Wang", "storm")


@in_virtual_time
async def test_closures_that_were_on_are_on_again_since_when_they_were_and_lifted_ones_are_not(tmp_path: Path) -> None:
    floor, told = _floor()
    office = ClosureDeclared(at_ms=5, calendar="office", by="Wang", why="fire", since_ms=1, announcement="closure-1")
    every = ClosureDeclared(at_ms=6, calendar=EVERY, by="Li", why="storm", since_ms=6)
    lifted = ClosureLifted(at_ms=7, calendar=EVERY, by="Li")
    journal = tmp_path / "facts.jsonl"
    journal.write_bytes(b"".join(map(line_of, [office, every, lifted])))
    closures = Closures(floor.state)
    restore(floor, closures, standing(journal))
    assert list(closures.on) == ["office"]
    [again] = [fact for fact in told.facts if isinstance(fact, ClosureDeclared)]
    assert again == replace(office, at_ms=floor.clock.now_ms())
    floor.close()


def _absent(at_ms: int, before: AgentState, after: AgentState, reason: str = "meal") -> AgentStateChanged:
    change = _changed("1001", Status.NOT_READY, after, reason=reason)
    return replace(change, at_ms=at_ms, before=before)


EXCEEDED = NotReadyExceeded(at_ms=9, agent="1001", reason="meal", since_ms=1, allowed_ms=8)


@pytest.mark.parametrize(
    ("facts", "since_ms", "told"),
    [
        ([_absent(1, AgentState.READY, AgentState.NOT_READY)], 1, False),
        # His phone was away for a while: the same stay.
        (
            [
                _absent(1, AgentState.READY, AgentState.NOT_READY),
                EXCEEDED,
                _absent(20, AgentState.NOT_READY, AgentState.UNREACHABLE),
                _absent(30, AgentState.UNREACHABLE, AgentState.NOT_READY),
            ],
            1,
            True,
        ),
        # Another reason, or a call in between: another stay.
        (
            [
                _absent(1, AgentState.READY, AgentState.NOT_READY, "break"),
                EXCEEDED,
                _absent(20, AgentState.NOT_READY, AgentState.NOT_READY),
            ],
            20,
            False,
        ),
        (
            [
                _absent(1, AgentState.READY, AgentState.NOT_READY),
                EXCEEDED,
                _absent(20, AgentState.TALKING, AgentState.WRAP_UP),
                _absent(30, AgentState.WRAP_UP, AgentState.NOT_READY),
            ],
            30,
            False,
        ),
    ],
)
def test_a_stay_away_goes_on_from_before_the_restart_and_is_told_once(
    facts: list[Fact], since_ms: int, told: bool
) -> None:
    last = latest(map(line_of, facts)).agents["1001"]
    assert (last.since_ms, last.told) == (since_ms, told)


@in_virtual_time
async def test_who_was_away_for_too_long_is_so_after_the_restart(tmp_path: Path) -> None:
    floor, told = _floor()
    now_ms = floor.clock.now_ms()
    floor.router.define_reasons({"meal": 60_000})
    journal = tmp_path / "facts.jsonl"
    journal.write_bytes(line_of(replace(AT_LUNCH, at_ms=now_ms - 70_000)))
    restore(floor, Closures(floor.state), standing(journal))
    with floor.command() as (router, at_ms):
        router.tick(now_ms=at_ms)
    (exceeded,) = [fact for fact in told.facts if isinstance(fact, NotReadyExceeded)]
    assert (exceeded.agent, exceeded.since_ms) == ("1001", now_ms - 70_000)
    floor.close()


async def test_calls_that_were_owed_an_outcome_code_are_owed_it_again(tmp_path: Path) -> None:
    floor, _ = _floor()
    owed = [OutcomeOwed(at_ms=at_ms, linkedid=f"call-{at_ms}", queue="sales", agent="1001") for at_ms in (1, 2)]
    closed = CallOutcomeSet(at_ms=3, linkedid="call-1", agent="1001", code="sold", resolved=True)
    journal = tmp_path / "facts.jsonl"
    journal.write_bytes(b"".join(map(line_of, [*owed, closed])))
    restore(floor, Closures(floor.state), standing(journal))
    assert floor.router.roster.agent("1001").owes == ("call-2",)
    assert list(floor.router.outcomes) == [owed[1]]
