"""Adherence and attendance from stored sums, held against the whole log of states."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update

from acd.facts import AgentStateChanged, to_json
from acd.states import AgentState, Status
from recording.at_hand import LinesAtHand
from recording.entries import Source, entry
from recording.figures.addends.listing import addends
from recording.figures.addends.values import MOST, Addend, AddendsOrder
from recording.figures.day_keeping import keep_days
from recording.figures.period import Period
from recording.figures.recounting import recount_times
from recording.figures.rule_book import keep_rules
from recording.figures.rules import Rules
from recording.figures.scope import CENTRE, Scope, ScopeKind
from recording.figures.shifts import Shifts
from recording.figures.states import WORK
from recording.inputs.attendance import adherence, attendance, signed_in, stays
from recording.inputs.schedules import Schedules, swapped
from recording.inputs.shifts import Assignment, Break, ExceptionKind, Pattern, PatternShift, ShiftException
from recording.inputs.spans import Span, meet, total_ms
from recording.inputs.staff import Staff
from recording.inputs.staffing import StaffEntry, StaffEvent
from recording.models import AgentStateEntry, AgentStateHalfHour
from recording.state_entries import StateEntry, in_order
from recording.store import Store
from recording.transactions import write_batch
from tests.ledgers import batch

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

ZONE = ZoneInfo("Europe/Berlin")  # its clocks go back on the 25th of October 2026
FIRST = date(2026, 10, 19)
DAYS = 9
NAMES = {"adherent_ms", "scheduled_ms", "attended", "scheduled"}
STATES = [*AgentState]


def _pattern(name: str, start: int, length: int, *breaks: tuple[int, int]) -> Pattern:
    pauses = tuple(Break(start=(start + at) % 1440, end=(start + at + long) % 1440) for at, long in breaks)
    days = (PatternShift(day=day, start=start, end=(start + length) % 1440, breaks=pauses) for day in range(1, 7))
    return Pattern(name=name, shifts=tuple(days))


PATTERNS = (
    _pattern("day", 9 * 60, 540, (75, 15), (180, 60)),
    _pattern("night", 18 * 60, 900, (300, 35)),
    _pattern("odd", 8 * 60 + 7, 480, (100, 11)),
)


def _log(agent: str, chance: random.Random) -> Iterator[AgentStateChanged]:
    """A life in any states; the first half of some weeks nobody saw him."""
    at = datetime(2026, 10, 18, 20, tzinfo=UTC) + timedelta(hours=chance.choice((0, 90)))
    before = AgentState.SIGNED_OUT
    while at < datetime(2026, 10, 29, tzinfo=UTC):
        after = chance.choice([one for one in STATES if one is not before])
        status = chance.choice([Status.READY, Status.NOT_READY]) if after is not AgentState.SIGNED_OUT else None
        yield AgentStateChanged(
            at_ms=round(at.timestamp() * 1000), agent=agent, phone=agent, before=before, after=after,
            status=status or Status.SIGNED_OUT, reason="", cause="phone",
        )  # fmt: skip
        before = after
        at += timedelta(milliseconds=chance.randint(1, chance.choice((60_000, 3_600_000, 40_000_000))))


async def _by_log(store: Store, agents: list[str], period: Period, now: datetime) -> dict[str, Decimal]:
    """As it was reckoned before there were sums."""
    until = min(now, period.until)
    first, last = period.start.date(), (period.end - timedelta(microseconds=1)).date()
    plan = await Schedules(store, ZONE).plan(agents, first, last)
    numbers = dict.fromkeys(("adherent_ms", "scheduled_ms", "attended", "scheduled"), 0)
    table = AgentStateEntry.__table__
    for agent in agents:
        shifts = [one for one in plan.shifts(agent, first, last) if period.since <= one.span.start < until]
        working = meet(plan.working(agent, period.since, until), [Span(period.since, until)])
        end = min(now, max([until, *(shift.span.end for shift in shifts)]))
        columns = [table.c[name] for name in StateEntry.model_fields]
        async with store.engine.connect() as connection:
            query = select(*columns).where(table.c.agent == agent).order_by(table.c.at)
            entries = [StateEntry(**row) for row in (await connection.execute(query)).mappings()]
        done = list(stays(in_order(entries), period.since, end))
        numbers["adherent_ms"] += adherence(working, done).adhered_ms
        numbers["scheduled_ms"] += total_ms(working)
        for day in {shift.day for shift in shifts}:
            came, expected = attendance([one for one in shifts if one.day == day], {agent: signed_in(done)})
            numbers["attended"] += len(came)
            numbers["scheduled"] += len(expected)
    return {name: Decimal(number) for name, number in numbers.items()}


@pytest.mark.parametrize("seed", range(2))
async def test_sums_tell_of_any_period_what_the_log_of_states_tells(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    agents = [str(1001 + number) for number in range(7)]
    async with store.transaction() as connection:
        await keep_rules(connection, Rules(zone=ZONE), datetime(2026, 10, 1, tzinfo=UTC))
    schedules = Schedules(store, ZONE)
    await schedules.save_patterns(PATTERNS)
    await schedules.assign(
        Assignment(agent=agent, since=FIRST, pattern=PATTERNS[at % 3 if at < 6 else 0].name)
        for at, agent in enumerate(agents)
    )
    day = FIRST + timedelta(days=2)
    await schedules.except_days(
        [
            ShiftException(agent="1001", day=day, kind=ExceptionKind.LEAVE),
            ShiftException(agent="1002", day=day, kind=ExceptionKind.SICK, start=20 * 60, end=22 * 60),
            ShiftException(agent="1004", day=day, kind=ExceptionKind.OVERTIME, start=20 * 60, end=21 * 60 + 25),
        ]
    )
    lines = [fact for agent in agents[:-1] for fact in _log(agent, chance)]  # the last never came
    await store.ingest(batch(Source.JOURNAL, [entry(Source.JOURNAL, to_json_line(fact)) for fact in lines]))
    await _held_against_the_log(store, agents, chance)
    async with store.transaction() as connection:  # as it is after the first start of a version that has these columns
        table = AgentStateHalfHour
        await connection.execute(update(table).where(table.agent < "1004").values(dict.fromkeys(WORK)))
    await _held_against_the_log(store, agents, chance)
    await recount_times(store)
    await _held_against_the_log(store, agents, chance)


async def test_days_worked_out_tell_what_the_log_tells_whatever_is_changed_afterwards(store: Store) -> None:
    chance = random.Random(store.engine.dialect.name)  # on each data base another life
    agents = [str(1001 + number) for number in range(6)]
    async with store.transaction() as connection:
        await keep_rules(connection, Rules(zone=ZONE), datetime(2026, 10, 1, tzinfo=UTC))
    schedules = Schedules(store, ZONE)
    await schedules.save_patterns(PATTERNS)
    await schedules.assign(
        Assignment(agent=agent, since=FIRST, pattern=PATTERNS[at % 3].name) for at, agent in enumerate(agents)
    )
    day = FIRST + timedelta(days=3)
    await schedules.except_days(swapped("1001", "1003", day))
    lives = [[entry(Source.JOURNAL, to_json_line(fact)) for fact in _log(agent, chance)] for agent in agents[:-1]]
    late = [line for life in lives for line in life[3::7]]  # after their days were worked out
    in_time = [line for life in lives for at, line in enumerate(life) if at % 7 != 3]
    await store.ingest(batch(Source.JOURNAL, in_time))
    assert await keep_days(store, datetime(2026, 10, 24, 3, tzinfo=UTC), rest_s=0)
    await _held_against_the_log(store, agents, chance)
    changes: list[Callable[[], Awaitable[object]]] = [
        lambda: schedules.save_patterns([_pattern("day", 9 * 60 + 3, 530, (76, 13))]),
        lambda: schedules.assign([Assignment(agent="1003", since=day - timedelta(days=1), pattern="night")]),
        lambda: schedules.remove_assignment("1003", day - timedelta(days=1)),
        lambda: schedules.except_days(
            [ShiftException(agent="1002", day=day, kind=ExceptionKind.SICK, start=0, end=61)]
        ),
        lambda: schedules.except_days([ShiftException(agent="1004", day=day, kind=ExceptionKind.LEAVE)]),
        lambda: schedules.remove_exceptions("1004", day),
        lambda: Staff(store).save([StaffEntry(agent="1002", day=day, event=StaffEvent.LEFT)]),
        lambda: Staff(store).remove("1002", day, StaffEvent.LEFT),
        lambda: store.ingest(batch(Source.JOURNAL, late[: len(late) // 2])),
        lambda: store.ingest(batch(Source.JOURNAL, late)),
        lambda: recount_times(store),
    ]
    for change in changes:
        await change()
        await _held_against_the_log(store, agents, chance, periods=1)
        await keep_days(store, datetime(2026, 10, chance.randint(22, 30), chance.randint(0, 23), tzinfo=UTC), rest_s=0)
        await _held_against_the_log(store, agents, chance, periods=2)


async def test_of_days_that_are_worked_out_nothing_else_is_read(store: Store) -> None:
    chance, zone = random.Random(5), ZONE
    schedules = Schedules(store, zone)
    async with store.transaction() as connection:
        await keep_rules(connection, Rules(zone=zone), datetime(2026, 10, 1, tzinfo=UTC))
    await schedules.save_patterns(PATTERNS)
    await schedules.assign([Assignment(agent="1001", since=FIRST, pattern="odd")])
    lines = [entry(Source.JOURNAL, to_json_line(fact)) for fact in _log("1001", chance)]
    await store.ingest(batch(Source.JOURNAL, lines))
    now, week = datetime(2026, 10, 30, tzinfo=UTC), Period.parse("2026-W43", zone)
    told = await Shifts(store).sums(CENTRE, week, NAMES, now)
    await keep_days(store, now, rest_s=0)
    assert await keep_days(store, now, rest_s=0) == 0, "each once"
    async with store.transaction() as connection:
        for table in (AgentStateHalfHour, AgentStateEntry):
            await connection.execute(delete(table))
    assert await Shifts(store).sums(CENTRE, week, NAMES, now) == told


async def test_a_day_that_is_worked_out_while_a_late_line_is_written_has_the_line(store: Store) -> None:
    schedules = Schedules(store, ZONE)
    async with store.transaction() as connection:
        await keep_rules(connection, Rules(zone=ZONE), datetime(2026, 10, 1, tzinfo=UTC))
    await schedules.save_patterns(PATTERNS)
    await schedules.assign([Assignment(agent="1001", since=FIRST, pattern="day")])
    lines = [entry(Source.JOURNAL, to_json_line(fact)) for fact in _log("1001", random.Random(3))]
    late = batch(Source.JOURNAL, lines[1::2])
    await store.ingest(batch(Source.JOURNAL, lines[::2]))
    other = Store(store.engine.url.render_as_string(hide_password=False))
    try:
        async with store.transaction() as connection:
            await write_batch(connection, late, LinesAtHand())
            keeping = asyncio.create_task(keep_days(other, datetime(2026, 10, 30, tzinfo=UTC), rest_s=0))
            await asyncio.wait([keeping], timeout=0.2)  # it gets as far as it can
        assert await keeping
    finally:
        await other.close()
    await _held_against_the_log(store, ["1001"], random.Random(1), periods=4)


async def test_a_night_is_worked_out_when_it_is_over(store: Store) -> None:
    schedules = Schedules(store, ZONE)
    async with store.transaction() as connection:
        await keep_rules(connection, Rules(zone=ZONE), datetime(2026, 10, 1, tzinfo=UTC))
    await schedules.save_patterns(PATTERNS)
    await schedules.assign([Assignment(agent="1001", since=FIRST, pattern="night")])
    came = AgentStateChanged(
        at_ms=round(datetime(2026, 10, 20, 6, 50, tzinfo=ZONE).timestamp() * 1000), agent="1001", phone="1001",
        before=AgentState.SIGNED_OUT, after=AgentState.READY, status=Status.READY, reason="", cause="phone",
    )  # fmt: skip
    gone = replace(came, at_ms=came.at_ms + 60_000, before=came.after, after=came.before)
    await store.ingest(batch(Source.JOURNAL, [entry(Source.JOURNAL, to_json_line(one)) for one in (came, gone)]))
    monday = Scope(ScopeKind.AGENT, "1001"), Period.parse("2026-10-19", ZONE), NAMES
    await keep_days(store, datetime(2026, 10, 20, 8, tzinfo=ZONE), rest_s=0)
    early = datetime(2026, 10, 20, 6, tzinfo=ZONE)
    assert (await Shifts(store).sums(*monday, early))["attended"] == 0
    await keep_days(store, datetime(2026, 10, 20, 10, tzinfo=ZONE), rest_s=0)
    assert (await Shifts(store).sums(*monday, early))["attended"] == 0, "as of then"
    assert (await Shifts(store).sums(*monday, datetime(2026, 10, 21, tzinfo=ZONE)))["attended"] == 1
    scope, _, names = monday
    week = await Shifts(store).sums(
        scope, Period.parse("2026-W43", ZONE), names, datetime(2026, 10, 26, 12, tzinfo=ZONE)
    )
    assert [int(week[name]) for name in ("attended", "scheduled")] == [1, 6], (
        "one night of six: a week is the sum of its days"
    )


async def _held_against_the_log(store: Store, agents: list[str], chance: random.Random, periods: int = 6) -> None:
    midnight = datetime(2026, 10, 19, tzinfo=ZONE)
    for _ in range(periods):
        start = midnight + timedelta(minutes=30 * chance.randrange(DAYS * 48))
        period = Period.between(start, start + timedelta(minutes=30 * chance.randint(1, 200)), ZONE)
        now = min(period.until + timedelta(hours=chance.choice((-5, 0, 30))), datetime(2026, 10, 30, tzinfo=UTC))
        scope = chance.choice([CENTRE, Scope(ScopeKind.AGENT, chance.choice(agents))])
        his = agents if scope is CENTRE else [scope.name]
        told = await Shifts(store).sums(scope, period, NAMES, now)
        every = [CENTRE, *(Scope(ScopeKind.AGENT, agent) for agent in agents)]
        assert (await Shifts(store).each(every, period, NAMES, now)).get(scope, {}) == told
        if now > period.since:
            expected = await _by_log(store, his, period, now)
            assert {name: told[name] for name in expected} == expected, (period.name, scope, now)
            listed = dict.fromkeys(expected, Decimal())
            for one in await _listed(store, scope, period, now):
                listed[one.sum] += one.amount
            assert listed == expected, (period.name, scope, now)


async def _listed(store: Store, scope: Scope, period: Period, now: datetime) -> list[Addend]:
    """What is said to add up to them."""
    order = AddendsOrder(
        sums=tuple(NAMES), scope=str(scope), since=period.start, until=period.end, as_of=now, limit=MOST
    )  # fmt: skip
    page = await addends(store, order, Rules(zone=ZONE))
    found = list(page.addends)
    while page.next is not None:
        page = await addends(store, order.model_copy(update={"after": page.next}), Rules(zone=ZONE))
        found += page.addends
    return found


def to_json_line(fact: AgentStateChanged) -> str:
    return json.dumps(to_json(fact))
