"""What agents did in a stretch of time, held against what they should have done: from the half-hour sums, which tell
the time at work of each five minutes. The log of states is read of those five minutes alone in which a shift or a break
begins or ends while the agent was partly at work, of a half hour that a shift has in part where he was there in no
other, and of time of which the sums were not kept yet.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import partial
from typing import Self

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from acd.states import AgentState
from recording.figures.counts import Times, names_of
from recording.figures.duty import Due
from recording.figures.log_stretches import entries_of
from recording.figures.measuring import (
    Cuts,
    Doubt,
    HalfHour,
    Step,
    at_work_ms,
    came,
    following,
    is_signed_in,
    settled_ms,
    works,
)
from recording.figures.period import Period
from recording.figures.states import HALF_HOUR, WORK, Change
from recording.inputs.attendance import adherence, attendance, signed_in, stays
from recording.inputs.plan import PlannedShift
from recording.inputs.spans import Span, meet, total_ms
from recording.models import AgentLastState, AgentStateEntry, AgentStateHalfHour

_AGENTS = 100
"""Of so many the sums are read at once."""
_PIECES = 50
"""So many stretches of the log are read at once."""

_TABLE = AgentStateHalfHour.__table__
_FIRST, *_OTHERS = (_TABLE.c[name] for name in names_of(Times))
_SIGNED_IN = sum(_OTHERS, _FIRST)
_WORK = [_TABLE.c[name] for name in WORK]

Settle = Callable[[int], None]


KEPT = ("scheduled_ms", "adherent_ms", "shifts", "attended")
"""What of Done is kept of a day (models.AgentDay); the rest follows from it."""


@dataclass(slots=True)
class Done:
    """What came of it: `attended` of the shifts he was signed in during. `days` are those on which any of them began,
    `days_attended` those of these on which he came to one."""

    scheduled_ms: int = 0
    adherent_ms: int = 0
    shifts: int = 0
    attended: int = 0
    days: int = 0
    days_attended: int = 0

    @classmethod
    def of_day(cls, *kept: int) -> Self:
        """Of one day; `kept` is what KEPT names."""
        scheduled_ms, adherent_ms, shifts, attended = kept
        return cls(scheduled_ms, adherent_ms, shifts, attended, int(shifts > 0), int(attended > 0))

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


class _Coming:
    """Counts in `done` to which of an agent's shifts, and so on how many days, he came."""

    def __init__(self, done: Done, shifts: Sequence[PlannedShift]) -> None:
        self._done = done
        self._days: set[date] = set()
        done.shifts, done.days = len(shifts), len({one.day for one in shifts})

    def came(self, shift: PlannedShift) -> None:
        """He was signed in during this shift."""
        self._done.attended += 1
        self._days.add(shift.day)
        self._done.days_attended = len(self._days)


@dataclass(frozen=True, slots=True)
class _Lasting:
    """The state in which an agent is: his sums do not have it before it ends."""

    state: AgentState
    since: datetime

    def within(self, until: datetime) -> list[Span]:
        return [Span(self.since, until)] if self.since < until else []


@dataclass(slots=True)
class _Open:
    """What a stretch of the log decides: whose it is, and who waits for it."""

    agent: str
    doubt: Doubt
    counts: Callable[[AgentState], bool]
    settle: Settle


class Doing:
    """What was done, as this connection reads it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def done(self, due: Mapping[str, Due], stretch: Period) -> dict[str, Done]:
        """Of each agent, held against what was due of him in this stretch."""
        cuts, found = Cuts(stretch.zone), {}
        agents = sorted(due)
        for at in range(0, len(agents), _AGENTS):
            some = agents[at : at + _AGENTS]
            found.update(await self._of_some({agent: due[agent] for agent in some}, stretch, cuts))
            await asyncio.sleep(0)  # whoever else lives in this loop comes first
        return found

    async def _of_some(self, due: Mapping[str, Due], stretch: Period, cuts: Cuts) -> dict[str, Done]:
        table = AgentLastState.__table__
        rows = await self._connection.execute(select(table).where(table.c.agent.in_(sorted(due))))
        lasting = {row.agent: _Lasting(AgentState(row.state), row.at) for row in rows}
        sums, unknown = await self._sums(due, stretch)
        found: dict[str, Done] = {}
        left: list[_Open] = []
        for agent, one in due.items():
            done = found[agent] = Done(scheduled_ms=total_ms(one.working))
            coming = _Coming(done, one.shifts)
            if agent in unknown:
                await self._by_log(agent, one, stretch.since, done, coming)
                continue
            left += _measured(agent, one, done, coming, sums.get(agent, {}), lasting.get(agent), cuts)
        await self._settle(left, lasting)
        return found

    async def _sums(
        self, due: Mapping[str, Due], stretch: Period
    ) -> tuple[Mapping[str, Mapping[datetime, HalfHour]], Collection[str]]:
        """By agent and half hour; and those of whom they were not kept all the time."""
        query = select(_TABLE.c.agent, _TABLE.c.half_hour, _SIGNED_IN, *_WORK).where(
            _TABLE.c.agent.in_(sorted(due)),
            _TABLE.c.half_hour > stretch.since - HALF_HOUR,
            _TABLE.c.half_hour < max(one.until for one in due.values()),
        )
        found: dict[str, dict[datetime, HalfHour]] = defaultdict(dict)
        unknown: set[str] = set()
        for agent, half_hour, signed_in_ms, *work in (await self._connection.execute(query)).all():
            if work[0] is None:
                unknown.add(agent)
            found[agent][half_hour] = HalfHour(signed_in_ms, work)
        return found, unknown

    async def _by_log(self, agent: str, due: Due, start: datetime, done: Done, coming: _Coming) -> None:
        entries = await entries_of(self._connection, agent, start, due.until)
        lived = list(stays(entries, start, due.until))
        done.adherent_ms = adherence(due.working, lived).adhered_ms
        there = {agent: signed_in(lived)}
        for shift in due.shifts:
            if attendance([shift], there)[0]:
                coming.came(shift)

    async def _settle(self, left: Sequence[_Open], lasting: Mapping[str, _Lasting]) -> None:
        """Decides what the sums left open by the log of these minutes."""
        asked: dict[Span, set[str]] = defaultdict(set)
        for one in left:
            asked[one.doubt.piece].add(one.agent)
        known = await self._steps(asked) if asked else {}
        changes: dict[tuple[str, Span], Sequence[Change]] = {}
        for one in left:
            key = one.agent, one.doubt.piece
            if key not in changes:
                plain = following(known.get(key, []))
                changes[key] = await self._in_their_order(*key) if plain is None else plain
            last = lasting.get(one.agent)
            end = last.since if last else one.doubt.piece.end
            one.settle(settled_ms(one.doubt, changes[key], end, one.counts))

    async def _steps(self, asked: Mapping[Span, Collection[str]]) -> dict[tuple[str, Span], list[Step]]:
        table = AgentStateEntry.__table__
        found: dict[tuple[str, Span], list[Step]] = defaultdict(list)
        for some in _few(sorted(asked)):
            within = [
                and_(table.c.agent.in_(sorted(asked[span])), table.c.at >= span.start, table.c.at < span.end)
                for span in some
            ]
            query = select(table.c.agent, table.c.at, table.c.before, table.c.after).where(or_(*within))
            for agent, at, before, after in (await self._connection.execute(query.order_by(table.c.at))).all():
                for span in some:
                    if span.start <= at < span.end and agent in asked[span]:
                        found[agent, span].append(Step(at, AgentState(before), AgentState(after)))
        return found

    async def _in_their_order(self, agent: str, piece: Span) -> list[Change]:
        """In which order several of one millisecond stand follows from what was before."""
        entries = await entries_of(self._connection, agent, piece.start, piece.end)
        return [Change(one.at, one.after) for one in entries if one.at >= piece.start]


def _measured(
    agent: str,
    due: Due,
    done: Done,
    coming: _Coming,
    sums: Mapping[datetime, HalfHour],
    lasting: _Lasting | None,
    cuts: Cuts,
) -> Iterator[_Open]:
    """Adds to `done` what the sums tell and what goes on, and yields what the log has to tell."""

    def add(worked_ms: int) -> None:
        done.adherent_ms += worked_ms

    now_on = lasting.within(due.until) if lasting else []
    if lasting and works(lasting.state):
        add(total_ms(meet(due.working, now_on)))
    for working in due.working:
        told_ms, doubts = at_work_ms(cuts.of(working), sums)
        add(told_ms)
        yield from (_Open(agent, doubt, works, add) for doubt in doubts)
    for shift in due.shifts:
        span = Span(shift.span.start, min(shift.span.end, due.until))
        there = bool(lasting and is_signed_in(lasting.state) and meet([span], now_on))
        told = there or came(cuts.of(span), sums)
        if told is True:
            coming.came(shift)
        elif told:
            yield from _doubted(agent, partial(coming.came, shift), told)


def _doubted(agent: str, came: Callable[[], None], doubts: Sequence[Doubt]) -> Iterator[_Open]:
    """A shift is attended once, however many of these say so."""
    counted: list[bool] = []

    def settle(there_ms: int) -> None:
        if there_ms and not counted:
            counted.append(True)
            came()

    yield from (_Open(agent, doubt, is_signed_in, settle) for doubt in doubts)


def _few(every: Sequence[Span]) -> Iterator[Sequence[Span]]:
    return (every[at : at + _PIECES] for at in range(0, len(every), _PIECES))
