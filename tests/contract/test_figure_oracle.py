"""Every figure of made-up days, for every scope and kind of period, against a second reckoning that shares no code with
the first (tests/figure_oracle.py): days on which clocks go back and forward, and nights across them.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from acd.facts import AgentStateChanged
from recording.figures.inputs import all_inputs
from recording.figures.period import Period, Unit
from recording.figures.report import Report
from recording.figures.scope import Scope
from recording.figures.service import Figures
from recording.store import Store
from tests.contract.remembered_days import remember
from tests.figure_days import Day
from tests.figure_oracle import Floor, Queue, Told, figures
from tests.made_floor import QUEUES, SHIFTS, TEAMS, made_floor

pytestmark = pytest.mark.contract

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = 6
SCOPES = (*(f"queue:{one}" for one in QUEUES), "team:north", "team:south", *(f"agent:{one}" for one in TEAMS))
EXACT, MONEY = Fraction(1, 10**6), Fraction(1, 10**4)
"""People are told to some places only, costs are shared out to the ten-thousandth."""


@pytest.mark.parametrize(("seed", "first"), [(14, date(2026, 10, 22)), (13, date(2026, 3, 26))])
async def test_every_figure_of_any_scope_and_period_is_that_of_a_second_reckoning(
    tmp_path: Path, seed: int, first: date
) -> None:
    day = made_floor(seed, BERLIN, first, DAYS)
    floor = known(day, first)
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/floor.db")
    try:
        await store.migrate()
        await remember(store, day)
        service = Figures(store, day.rules, all_inputs(store, day.rules.share_costs_by), clock=lambda: day.now)
        wrong = []
        chance = random.Random(seed)
        for period in periods(chance, first):
            for scope in ("centre", *chance.sample(SCOPES, 3)):
                theirs = told(await service.report(Scope.parse(scope), period))
                if scope != "centre":  # what of the centre's cost falls to whom, the tests of costs say
                    theirs.pop("cost_per_call", None)
                ours = figures(floor, scope, period.since, period.until)
                wrong += [
                    (scope, period.name, key, theirs.get(key), ours.get(key))
                    for key in sorted(ours.keys() | theirs.keys())
                    if not same(theirs.get(key), ours.get(key), MONEY if key == "cost_per_call" else EXACT)
                ]
        assert not wrong, "\n".join(map(str, wrong[:40]))
    finally:
        await store.close()


def periods(chance: random.Random, first: date) -> Iterator[Period]:
    """Some half hours and hours, each day, the weeks, the month, and ranges that begin anywhere."""
    begin = datetime(first.year, first.month, first.day, tzinfo=BERLIN).astimezone(UTC)
    for unit, count in ((Unit.HALF_HOUR, 5), (Unit.HOUR, 3)):
        for _ in range(count):
            yield Period.at(unit, begin + timedelta(minutes=30 * chance.randrange(48 * DAYS)), BERLIN)
    for number in range(0, DAYS, 2):
        yield Period.at(Unit.DAY, begin + timedelta(hours=24 * number + 12), BERLIN)
    for unit in (Unit.WEEK, Unit.MONTH):
        yield Period.at(unit, begin + timedelta(days=1), BERLIN)
    yield Period.at(Unit.WEEK, begin + timedelta(days=DAYS - 1), BERLIN)
    for _ in range(4):
        start = begin + timedelta(minutes=30 * chance.randrange(24 * DAYS))
        end = start + timedelta(minutes=30 * chance.randint(1, 24 * DAYS))
        yield Period.between(start, end, BERLIN)


def told(report: Report) -> dict[str, Told]:
    """What the service says, in the oracle's words."""
    found: dict[str, Told] = {}
    for one in report.values:
        for name, value in (("", one), *one.parts.items()):
            number = None if value.value is None else Fraction(value.value)
            found[f"{one.key}.{name}" if name else one.key] = number, Fraction(value.denominator)
    return found


def same(one: Told | None, other: Told | None, within: Fraction) -> bool:
    if one is None or other is None:
        return one is other
    return all(
        first is second
        or (first is not None and second is not None and abs(first - second) <= within * max(Fraction(1), second))
        for first, second in zip(one, other, strict=True)
    )


def known(day: Day, first: date) -> Floor:
    """The day as the oracle reads it."""
    changes: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for fact in day.facts:
        if isinstance(fact, AgentStateChanged):
            changes[fact.agent].append((datetime.fromtimestamp(fact.at_ms / 1000, UTC), fact.after.value))
    return Floor(
        zone=BERLIN,
        ring_ms=day.rules.ring_cadence_ms,
        queues={
            name: Queue(in_time_ms=one.service_level_ms, short_ms=one.short_abandon_ms)
            for name, one in day.rules.thresholds.items()
        },
        records=[one.model_dump(mode="json") for one in day.records],
        changes=changes,
        teams=TEAMS,
        shifts={one.agent: list(shifts(one.pattern, first)) for one in day.assignments},
        costs=[(one.scope, one.first, one.last, Fraction(one.amount)) for one in day.costs],
        staff=[(one.agent, one.day, one.event.value, one.share) for one in day.staff],
        scores=[(one.agent, one.at, Fraction(one.score), one.queue) for one in day.scores],
    )


def shifts(pattern: str, first: date) -> Iterator[tuple[datetime, datetime, list[tuple[datetime, datetime]]]]:
    """Of all days that can matter, by the clock of the centre."""
    start, end, breaks = SHIFTS[pattern]
    for number in range(45):
        midnight = datetime.combine(first + timedelta(days=number), datetime.min.time())
        over = end if end > start else end + 1440
        yield (
            clock(midnight, start),
            clock(midnight, over),
            [(clock(midnight, at), clock(midnight, at + long)) for at, long in breaks],
        )


def clock(midnight: datetime, minutes: int) -> datetime:
    """What the clock says so many minutes after it said midnight; what it passes over is when it leaps."""
    local = midnight + timedelta(minutes=minutes)
    moment = local.replace(tzinfo=BERLIN).astimezone(UTC)
    while moment.astimezone(BERLIN).replace(tzinfo=None) > local:
        moment -= timedelta(minutes=1)
        if moment.astimezone(BERLIN).replace(tzinfo=None) < local:
            return moment + timedelta(minutes=1)
    return moment
