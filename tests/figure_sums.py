"""The half-hour sums of a store, and what they must be: computed from all its records and its whole log of states."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import select

from recording.figures.calls import of_call
from recording.figures.counts import AGENTS_ANSWERED, CALLS, Times, names_of
from recording.figures.day_sums import zone_of_days
from recording.figures.rule_book import rules_in_force
from recording.figures.rules import Rules
from recording.figures.scope import ScopeKind
from recording.figures.states import WORK, Change, at_work, of_states, stretches
from recording.models import (
    AgentDaySums,
    AgentHalfHour,
    AgentStateDaySums,
    AgentStateEntry,
    AgentStateHalfHour,
    Base,
    CentreHalfHour,
    QueueDaySums,
    QueueHalfHour,
)
from recording.record import CallRecord
from recording.state_entries import StateEntry, in_order
from recording.store import Page, Store

Sums = dict[tuple[str, ...], dict[str, int]]
"""Of each row that is not empty, by its table and key, the sums that are not 0; of days too, where they are kept."""

TABLES: Mapping[str, tuple[type[Base], tuple[str, ...]]] = {
    "centre": (CentreHalfHour, ()),
    "queue": (QueueHalfHour, ("queue",)),
    "agent": (AgentHalfHour, ("agent", "queue")),
    "times": (AgentStateHalfHour, ("agent",)),
}
_DAYS: Mapping[str, tuple[type[Base], str]] = {
    "queue": (QueueDaySums, "queue"),
    "agent": (AgentDaySums, "agent"),
    "times": (AgentStateDaySums, "agent"),
}


async def stored(store: Store) -> Sums:
    """What the tables have."""
    found: Sums = {}
    async with store.engine.connect() as connection:
        for kind, (table, keys) in TABLES.items():
            names = {"times": (*names_of(Times), *WORK), "centre": (*CALLS, AGENTS_ANSWERED)}.get(kind, CALLS)
            for row in (await connection.execute(select(table.__table__))).mappings():
                key = (kind, row["half_hour"].isoformat(), *(row[name] for name in keys))
                found[key] = {name: row[name] for name in names if row[name]}
        for kind, (table, own) in _DAYS.items():
            names = names_of(Times) if kind == "times" else CALLS
            for row in (await connection.execute(select(table.__table__))).mappings():
                found[f"{kind}_day", row["day"].isoformat(), row[own]] = {
                    name: row[name] for name in names if row[name]
                }
    return {key: sums for key, sums in found.items() if sums}


async def from_raw(store: Store) -> Sums:
    """What they must have."""
    records, after = [], None
    while page := await store.calls(None, Page(size=500, after=after)):
        records += page
        after = page[-1].id
    async with store.engine.connect() as connection:
        rules = await rules_in_force(connection)
        columns = [AgentStateEntry.__table__.c[name] for name in ("agent", *StateEntry.model_fields)]
        rows = await connection.execute(select(*columns).order_by(columns[0], AgentStateEntry.at))
        log = [(row["agent"], StateEntry.model_validate(dict(row))) for row in rows.mappings()]
        zone = await zone_of_days(connection)
    times = {agent: [one for _, one in entries] for agent, entries in groupby(log, key=lambda one: one[0])}
    half_hours = of_records(records, rules) | of_log(times, rules)
    return half_hours | (_of_days(half_hours, ZoneInfo(zone)) if zone else {})


def _of_days(half_hours: Sums, zone: ZoneInfo) -> Sums:
    found: dict[tuple[str, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (kind, half_hour, *names), sums in half_hours.items():
        for name, value in sums.items():
            if kind in _DAYS and name not in WORK:
                found[f"{kind}_day", at(half_hour).astimezone(zone).date().isoformat(), names[0]][name] += value
    return {key: dict(sums) for key, sums in found.items()}


def of_records(records: Iterable[CallRecord], rules: Rules) -> Sums:
    """Of calls."""
    found: dict[tuple[str, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for record in records:
        for one in of_call(record, rules):
            names = {ScopeKind.CENTRE: (), ScopeKind.QUEUE: (one.queue,), ScopeKind.AGENT: (one.agent, one.queue)}
            for name, value in one.counts.some().items():
                found[(one.kind.value, one.half_hour.isoformat(), *names[one.kind])][name] += value
                if one.kind is ScopeKind.AGENT and name == "answered":
                    found["centre", one.half_hour.isoformat()][AGENTS_ANSWERED] += value
    return {key: dict(sums) for key, sums in found.items()}


def of_log(entries: Mapping[str, Sequence[StateEntry]], rules: Rules) -> Sums:
    """Of agents' states."""
    found: Sums = {}
    for agent, his in entries.items():
        changes = [Change(one.at, one.after) for one in in_order(his)]
        lasting = stretches(changes)
        work = at_work(lasting, rules.zone)
        for half_hour, times in of_states(lasting, rules.zone).items():
            slots = dict(zip(WORK, work.get(half_hour, ()), strict=False))
            found["times", half_hour.isoformat(), agent] = {
                name: value for name in names_of(Times) if (value := getattr(times, name))
            } | {name: value for name, value in slots.items() if value}
    return found


def at(text: str) -> datetime:
    """An instant."""
    return datetime.fromisoformat(text)
