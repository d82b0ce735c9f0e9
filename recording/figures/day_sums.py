"""Keeps the sums of whole days equal to those of their half hours: what is added to a half hour is added to its day, in
the same transaction. A month so reads a row for each agent and day, not one for each half hour and queue. Days are
those of one time zone, the centre's; when that changes, they are added up anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.conflicts import upserting
from recording.figures.adding import adding
from recording.figures.counts import CALLS, Times, names_of
from recording.figures.period import Period, Unit
from recording.many import insert_many
from recording.models import (
    AgentDaySums,
    AgentHalfHour,
    AgentStateDaySums,
    AgentStateHalfHour,
    Base,
    DaySumsZone,
    QueueDaySums,
    QueueHalfHour,
)
from recording.models.base import UtcDateTime
from recording.moment import remembered

DAYS_OF: Mapping[type[Base], type[Base]] = {
    QueueHalfHour: QueueDaySums,
    AgentHalfHour: AgentDaySums,
    AgentStateHalfHour: AgentStateDaySums,
}
"""The table of days of each table of half hours that has one."""

_KEYS: Mapping[type[Base], str] = {QueueHalfHour: "queue", AgentHalfHour: "agent", AgentStateHalfHour: "agent"}
_SUMS: Mapping[type[Base], tuple[str, ...]] = {
    QueueHalfHour: CALLS,
    AgentHalfHour: CALLS,
    AgentStateHalfHour: names_of(Times),
}

Added = tuple[datetime, str, Mapping[str, int]]
"""What is added to a half hour: when it began, of whom it is, the sums by name."""


@remembered
async def zone_of_days(connection: AsyncConnection) -> str:
    """The zone whose days are added up; empty for none yet."""
    return await connection.scalar(select(DaySumsZone.zone)) or ""


async def add_to_days(connection: AsyncConnection, table: type[Base], added: Iterable[Added]) -> None:
    """Adds to the days what is added to half hours of `table`, a sum of 0 too: a day has a row when a half hour has."""
    every = list(added)
    kept = await connection.scalar(select(DaySumsZone.zone).with_for_update(read=True)) if every else ""
    if not kept:
        return
    zone, names, key = ZoneInfo(kept), _SUMS[table], _KEYS[table]
    days: dict[tuple[date, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(names, 0))
    for half_hour, whose, sums in every:
        row = days[half_hour.astimezone(zone).date(), whose]
        for name, number in sums.items():
            row[name] += number
    rows: list[dict[str, Any]] = [{"day": day, key: whose, **row} for (day, whose), row in sorted(days.items())]
    statement = adding(DAYS_OF[table], f"day {key}", tuple(rows[0]), connection.dialect.name)
    await insert_many(connection, statement, rows)


async def keep_days_of(connection: AsyncConnection, zone: ZoneInfo) -> None:
    """Adds up the days of this zone, where those of another are, or none: some seconds for a year of many calls. Who
    writes sums waits for it, and it for him; the very first time is before calls are counted."""
    if await zone_of_days(connection) == zone.key:
        return
    kept = {"id": 1, "zone": zone.key}
    await connection.execute(upserting(DaySumsZone, "id", tuple(kept), connection.dialect.name), [kept])
    for table, days in DAYS_OF.items():
        await connection.execute(delete(days))
        await _add_up(connection, table, zone)


async def _add_up(connection: AsyncConnection, table: type[Base], zone: ZoneInfo) -> None:
    half_hour, key = table.__table__.c.half_hour, table.__table__.c[_KEYS[table]]
    first, last = (await connection.execute(select(func.min(half_hour), func.max(half_hour)))).one()
    if first is None:
        return
    names = _SUMS[table]
    day = select(bindparam("day", type_=Date), key, *(func.sum(table.__table__.c[name]) for name in names)).where(
        half_hour >= bindparam("since", type_=UtcDateTime), half_hour < bindparam("until", type_=UtcDateTime)
    )
    # by an expression: for the bare column SQLite goes by the index of agents, and looks each row up
    statement = insert(DAYS_OF[table]).from_select(["day", key.name, *names], day.group_by(key.concat(""), key))
    since, until = (Period.at(Unit.DAY, _aware(one), zone) for one in (first, last))
    every = Period(since.start, until.end).split(Unit.DAY)
    await connection.execute(
        statement, [{"day": one.start.date(), "since": one.since, "until": one.until} for one in every]
    )


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
