"""Figures 1 and 15: what agents did, held against their shifts. Days that are over have been worked out and are added
up (recording.figures.day_keeping); the hours of other days, and days that something has changed of, are told from the
half-hour sums (recording.figures.doing).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.figures.doing import KEPT, Doing, Done
from recording.figures.duty import agents_of, due_of
from recording.figures.period import Period, Unit
from recording.figures.scope import Scope, ScopeKind
from recording.inputs.plan import Plan
from recording.inputs.schedules import Schedules
from recording.light import light
from recording.models import AgentDay
from recording.moment import remembered
from recording.store import Store

_NAMES = frozenset({"adherent_ms", "scheduled_ms", "attended", "scheduled"})
_BY_NAME = 50
"""Of more agents than these all that is kept is read."""

_DAY = AgentDay.__table__.c
_KEPT = [_DAY[name] for name in KEPT]
_SUMS = [*_KEPT, case((_DAY.shifts > 0, 1), else_=0), case((_DAY.attended > 0, 1), else_=0)]
"""Of each day what Done has of it, in its order."""


@light
class _Told:
    """What is told of an agent: how many days were worked out, and the sum of these and of all else."""

    days: int = 0
    done: Done = field(default_factory=Done)


class Shifts:
    """The schedules of this store. Of a team are counted who was in it when the period began, or came into it later."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def sums(self, scope: Scope, period: Period, names: Collection[str], now: datetime) -> Mapping[str, Decimal]:
        """Of the time before `now`. A shift belongs to the period in which it begins."""
        return (await self.each([scope], period, names, now)).get(scope, {})

    async def each(
        self, scopes: Collection[Scope], period: Period, names: Collection[str], now: datetime
    ) -> Mapping[Scope, Mapping[str, Decimal]]:
        """Of several scopes; what they have in common is read once."""
        until = min(now, period.until)
        whose = [scope for scope in scopes if scope.kind is not ScopeKind.QUEUE]
        if not whose or not _NAMES & set(names) or until <= period.since:
            return {}
        schedules = Schedules(self._store, period.zone)
        agents = await agents_of(self._store, schedules, whose)
        every = sorted({agent for some in agents.values() for agent in some})
        days, around = _whole_days(period, until)
        async with self._store.reading() as connection:
            told = {**await _worked_out(connection, _few(every), tuple(days), period.zone, now)} if days else {}
            left = {stretch: list(every) for stretch in around}
            lacking = [agent for agent in every if days and (agent not in told or told[agent].days < len(days))]
            if lacking:
                known = await _by_day(connection, lacking, days, period.zone, now)
                told |= {agent: _Told(days=len(his), done=sum(his.values(), Done())) for agent, his in known.items()}
                left |= _missing(known, days, period.zone)
            if left:
                plan = await _plan(schedules, left)
                for stretch, some in left.items():
                    for agent, done in (await work_out(connection, plan, some, stretch, now)).items():
                        before = told.get(agent, _Told())
                        told[agent] = _Told(days=before.days, done=before.done + done)
        return {scope: _sums([told[agent].done for agent in some if agent in told]) for scope, some in agents.items()}


async def work_out(
    connection: AsyncConnection, plan: Plan, agents: Iterable[str], stretch: Period, now: datetime
) -> dict[str, Done]:
    """What these agents should do before `now`, and did; nothing of those who should do nothing."""
    due = await due_of(plan, agents, stretch, now)
    return await Doing(connection).done(due, stretch)


async def _plan(schedules: Schedules, left: Mapping[Period, Collection[str]]) -> Plan:
    first = min(stretch.start for stretch in left).date()
    last = max(stretch.end for stretch in left) - timedelta(microseconds=1)
    return await schedules.plan({agent for some in left.values() for agent in some}, first, last.date())


def _whole_days(period: Period, until: datetime) -> tuple[Sequence[date], Sequence[Period]]:
    """The days of the centre's calendar that are over in this part of the period, and what else there is of it."""
    days: list[date] = []
    around: list[Period] = []
    for piece in period.split(Unit.DAY):
        if piece.since >= until:
            break
        if piece.unit is Unit.DAY and piece.until <= until:
            days.append(piece.start.date())
        else:
            around.append(piece)
    return days, around


def _few(agents: Sequence[str]) -> tuple[str, ...] | None:
    """Those to be named; None where all that is kept is read."""
    return tuple(agents) if len(agents) <= _BY_NAME else None


def _kept(
    agents: Sequence[str] | None, days: Sequence[date], zone: ZoneInfo, now: datetime
) -> list[ColumnElement[bool]]:
    """The rows of these days that hold: all they rest on was over before `now`, by the clock of this zone."""
    some = [] if agents is None else [_DAY.agent.in_(agents)]
    return [*some, _DAY.day >= days[0], _DAY.day <= days[-1], _DAY.zone == zone.key, _DAY.until <= now]


@remembered
async def _worked_out(
    connection: AsyncConnection, agents: tuple[str, ...] | None, days: tuple[date, ...], zone: ZoneInfo, now: datetime
) -> dict[str, _Told]:
    query = (
        select(_DAY.agent, func.count(), *map(func.sum, _SUMS))
        .where(*_kept(agents, days, zone, now))
        .group_by(_DAY.agent)
    )
    rows = (await connection.execute(query)).all()
    return {agent: _Told(days=days, done=Done(*map(int, sums))) for agent, days, *sums in rows}


async def _by_day(
    connection: AsyncConnection, agents: Sequence[str], days: Sequence[date], zone: ZoneInfo, now: datetime
) -> dict[str, dict[date, Done]]:
    """Each of their days that is kept: which are missing, and the sum of the others, is to be of the same moment."""
    known: dict[str, dict[date, Done]] = {agent: {} for agent in agents}
    query = select(_DAY.agent, _DAY.day, *_KEPT).where(*_kept(_few(agents), days, zone, now))
    for agent, day, *kept in (await connection.execute(query)).all():
        if agent in known:
            known[agent][day] = Done.of_day(*kept)
    return known


def _missing(known: Mapping[str, Collection[date]], days: Sequence[date], zone: ZoneInfo) -> dict[Period, list[str]]:
    """The stretches of days of which nothing is kept, and of whom."""
    found: dict[Period, list[str]] = defaultdict(list)
    for agent, his in known.items():
        for kept, some in groupby(days, key=his.__contains__):
            if not kept:
                first, *others = some
                last = others[-1] if others else first
                found[Period(Period.day(first, zone).start, Period.day(last, zone).end)].append(agent)
    return found


def _sums(told: Collection[Done]) -> Mapping[str, Decimal]:
    """`attended` and `scheduled` are people, of several days each of each day."""
    adherent_ms = scheduled_ms = attended = scheduled = people = 0
    for one in told:
        adherent_ms += one.adherent_ms
        scheduled_ms += one.scheduled_ms
        attended += one.days_attended
        scheduled += one.days
        people += one.scheduled_ms > 0 or one.shifts > 0
    return {
        "adherent_ms": Decimal(adherent_ms), "scheduled_ms": Decimal(scheduled_ms), "attended": Decimal(attended),
        "scheduled": Decimal(scheduled), "scheduled_agents": Decimal(people),
    }  # fmt: skip
