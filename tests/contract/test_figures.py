"""The 23 figures of days that were worked out by hand, and of any period: what the stored sums give is what the records
say.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from acd.facts import AgentStateChanged, Fact
from acd.states import AgentState, Status
from recording.figures.catalogue import EVERY, FIGURES
from recording.figures.counts import AGENTS, AGENTS_ANSWERED, CALLS, TIMES
from recording.figures.inputs import all_inputs
from recording.figures.listing import CountedCalls
from recording.figures.period import Period, Unit
from recording.figures.reading import Reading
from recording.figures.rules import Rules
from recording.figures.scope import CENTRE, Scope, ScopeKind
from recording.figures.service import Figures
from recording.figures.sources import STATE
from recording.figures.states import WORK
from recording.record import CallRecord
from recording.store import CallFilter, Store
from tests.contract.remembered_days import journal, remember
from tests.figure_days import DAYS, Day, day_of
from tests.figure_sums import Sums, from_raw, of_records

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]


async def _remember(store: Store, day: Day) -> Figures:
    await remember(store, day)
    return Figures(store, day.rules, all_inputs(store, day.rules.share_costs_by), clock=lambda: day.now)


@pytest.mark.parametrize("name", DAYS)
async def test_a_day_s_figures_are_those_worked_out_by_hand(store: Store, name: str) -> None:
    day = day_of(name)
    figures = await _remember(store, day)
    wrong = []
    for one in day.expected:
        period = Period.parse(one.period, day.rules.zone)
        found = (await figures.report(Scope.parse(one.scope), period, [one.figure]))[one.figure]
        if one.part:
            found = found.parts[one.part]
        value = found.value if one.value is None or found.value is None else found.value.quantize(one.value)
        told = found.numerator, found.denominator, value
        if told != (one.numerator, one.denominator, one.value):
            wrong.append((one, tuple(map(str, told))))
    assert not wrong
    assert {one.figure for one in day.expected if one.scope == "centre"} >= set(FIGURES)


def test_every_figure_part_and_variant_has_a_value_that_was_worked_out_by_hand() -> None:
    known = {(one.figure, one.part) for name in DAYS for one in day_of(name).expected if one.value is not None}
    wanted = {(key, part) for key, one in EVERY.items() for part in ("", *one.parts, *one.variants)}
    assert known == wanted


@pytest.mark.parametrize("seed", range(2))
async def test_any_period_of_any_scope_is_the_sum_of_its_raw_records(store: Store, seed: int) -> None:
    """Berlin's clocks go back on the sixth of these twelve days."""
    chance = random.Random(seed)
    day = day_of("ordinary_day")
    rules = Rules(zone=ZoneInfo("Europe/Berlin"))
    begin = datetime(2026, 10, 20, tzinfo=UTC)
    records = [
        _moved(chance.choice(day.records), number, begin + timedelta(minutes=chance.randrange(12 * 24 * 60)), chance)
        for number in range(120)
    ]
    facts = [fact for at in range(12) for fact in _of_a_day(day.facts, begin + timedelta(days=at), chance)]
    await _remember(store, replace(day, rules=rules, records=records, facts=facts))
    now = begin + timedelta(days=13)
    await store.ingest(journal([_signed_out(agent, now) for agent in IN_TEAM]))
    raw = of_records(records, rules) | {key: sums for key, sums in (await from_raw(store)).items() if key[0] == "times"}
    async with store.engine.connect() as connection:
        reading = Reading(connection, now)
        for _ in range(25):
            start = begin + timedelta(minutes=30 * chance.randrange(12 * 48))
            end = start + timedelta(minutes=30 * chance.randint(1, 300))
            period = Period.between(start, end, rules.zone)
            scope = chance.choice([*SCOPES])
            names = [*CALLS, *TIMES] + [AGENTS_ANSWERED] * (scope == CENTRE)
            told = await reading.total(scope, period, names)
            assert {name: value for name, value in told.items() if value} == _total(raw, scope, period), scope
            if scope.kind in (ScopeKind.QUEUE, ScopeKind.AGENT):
                each = (await reading.each(scope.kind, period, names)).get(scope.name, {})
                assert {name: each.get(name, 0) for name in told} == told
            if scope.kind is not ScopeKind.QUEUE:
                there = [await reading.signed_in(scope, one) for one in [period, *period.split(Unit.DAY)]]
                times = [*TIMES, AGENTS]
                assert (await reading.total(scope, period, times))[AGENTS] == len(there[0])
                days = await reading.steps(scope, period, times, list(period.split(Unit.DAY)))
                assert [row[AGENTS] for row in days] == list(map(len, there[1:]))
            for step in (Unit.HOUR, Unit.DAY):
                pieces = list(period.split(step))
                rows = await reading.steps(scope, period, names, pieces)
                assert {name: sum(row[name] for row in rows) for name in told} == told
                at = chance.randrange(len(pieces))
                assert {name: one for name, one in rows[at].items() if one} == _total(raw, scope, pieces[at])


SCOPES = (
    CENTRE,
    *(Scope(ScopeKind.QUEUE, name) for name in ("sales", "support")),
    *(Scope(ScopeKind.AGENT, name) for name in ("1001", "1002")),
    *(Scope(ScopeKind.TEAM, name) for name in ("north", "south")),
)
IN_TEAM = {"1001": "north", "1002": "south"}


def _total(raw: Sums, scope: Scope, period: Period) -> dict[str, int]:
    """From all rows of the raw records."""
    total: dict[str, int] = {}
    for (kind, half_hour, *keys), sums in raw.items():
        if not period.start <= datetime.fromisoformat(half_hour) < period.end:
            continue
        of_agents = {ScopeKind.AGENT: keys[:1] == [scope.name]}
        of_agents[ScopeKind.TEAM] = bool(keys) and IN_TEAM.get(keys[0]) == scope.name
        fits = {
            "centre": scope == CENTRE,
            "queue": scope.kind is ScopeKind.QUEUE and keys == [scope.name],
            "agent": of_agents.get(scope.kind, False),
            "times": of_agents.get(scope.kind, scope == CENTRE),
        }
        if fits[kind]:
            for name, value in sums.items():
                if name in WORK:  # of adherence, which test_shift_figures holds against the log
                    continue
                full = STATE + name if kind == "times" else name
                total[full] = total.get(full, 0) + value
    return total


def _moved(record: CallRecord, number: int, to: datetime, chance: random.Random) -> CallRecord:
    """The same call at another time, of other agents."""
    text = record.model_dump_json()
    if chance.random() < 0.5:
        text = text.replace('"1001"', '"x"').replace('"1002"', '"1001"').replace('"x"', '"1002"')
    later = to - record.started_at

    def moved(value: object) -> object:
        if isinstance(value, dict):
            return {key: moved(one) for key, one in value.items()}
        if isinstance(value, list):
            return [moved(one) for one in value]
        if isinstance(value, str) and len(value) == 20 and value.endswith("Z"):
            return (datetime.fromisoformat(value) + later).isoformat()
        return value

    return CallRecord.model_validate(moved({**json.loads(text), "id": f"{number:032x}", "linkedid": f"node1-{number}"}))


def _signed_out(agent: str, at: datetime) -> Fact:
    return AgentStateChanged(
        at_ms=round(at.timestamp() * 1000), agent=agent, phone=agent, before=AgentState.READY,
        after=AgentState.SIGNED_OUT, status=Status.SIGNED_OUT, reason="", cause="phone",
    )  # fmt: skip


def _of_a_day(facts: Sequence[Fact], to: datetime, chance: random.Random) -> list[Fact]:
    later_ms = round(to.timestamp() * 1000) - facts[0].at_ms + chance.randrange(3_600_000)
    return [replace(fact, at_ms=fact.at_ms + later_ms) for fact in facts]


async def test_a_team_s_number_opens_its_calls_in_every_data_base(store: Store) -> None:
    await _remember(store, day_of("ordinary_day"))
    for scope, counted, found in (
        ("team:north", "answered", 3),
        ("team:south", "answered", 1),
        ("centre", "abandoned,!short_abandoned|served_by_ivr", 2),
    ):
        which = CallFilter(counted=CountedCalls(scope=Scope.parse(scope), counted=counted))
        assert len(await store.calls(which)) == found
