"""What there is to draw from, read off the columns that lists and reports read: no record is read whole, so that a
month of calls is small. Of a call that is drawn its record has the last word (recording/quality/draws.py).

Functions raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.figures.counted import BITS
from recording.figures.scope import ScopeKind
from recording.manifest import Kind
from recording.models import (
    AgentAccount,
    AgentStateEntry,
    Call,
    CallCount,
    CallSegment,
    EvaluationEntry,
    KeptRecording,
    RecordedCall,
    SurveyAnswer,
)
from recording.quality.audible import GONE, unheard
from recording.quality.evaluations import REVIEW
from recording.quality.sampling import Candidate, SamplingRules
from recording.quality.shifts import ShiftOf
from recording.record import CallRecord, Direction, SegmentKind

SPOKEN = (SegmentKind.TALKING.value, SegmentKind.CONFERENCE.value)
STOOD = (SegmentKind.WAITING.value, SegmentKind.FALLBACK.value)
AT_ONCE = 500
"""So many rows are had from the data base at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookback:
    """Which calls: those that began at `since` or later and were over before `until`. Calls that ended at `seen` or
    later no draw has looked at. Shifts that end after `shifts_until` are not over; None: they are taken as they are."""

    since: datetime
    until: datetime
    seen: datetime
    shifts_until: datetime | None


@dataclass(slots=True, kw_only=True)
class Part:
    """An agent's part in a call, as its columns tell it."""

    call: str
    agent: str
    call_at: datetime
    talk_ms: int
    ended_at: datetime
    outcome: str
    resolved: bool | None
    queue: str

    def add(self, other: "Part") -> None:
        """Let it be longer by another stretch of the same agent in the same call."""
        if other.call_at < self.call_at:
            self.call_at, self.queue = other.call_at, other.queue
        self.talk_ms += other.talk_ms


async def candidates(
    connection: AsyncConnection,
    rules: SamplingRules,
    which: Lookback,
    teams: Mapping[str, str],
    shift_of: ShiftOf,
    zone: ZoneInfo,
) -> list[Candidate]:
    """Every agent's part in every call that can be heard and was not drawn for review before, in the order of the
    calls' names; `teams` are those of the agents, `zone` is the centre's."""
    parts = await _parts(connection, which)
    gone = await _gone(connection, which, {call for call, _ in parts})
    marks = await _marks(connection, which)
    first = {row.number: row.began for row in await connection.execute(_FIRST_DAYS)}
    asked = any(rule.where.transferred is not None for rule in rules.rules)
    sent_on = await _sent_on(connection, which) if asked else frozenset()
    found: list[Candidate] = []
    for key, part in sorted(parts.items()):
        if part.call in gone:
            continue
        worked, began = shift_of(part.agent, part.call_at), first.get(part.agent)
        found.append(
            Candidate(
                call=part.call,
                agent=part.agent,
                queue=part.queue,
                team=teams.get(part.agent, ""),
                call_at=part.call_at,
                talk_ms=part.talk_ms,
                shift=worked.name,
                shift_over=which.shifts_until is None or worked.ends_at <= which.shifts_until,
                fresh=part.ended_at >= which.seen,
                outcome=part.outcome,
                resolved=part.resolved,
                survey=marks.get(key),
                transferred=key in sent_on,
                agent_days=None if began is None else max(0, days_between(began, part.call_at, zone)),
            )
        )
    return found


def days_between(first: datetime, last: datetime, zone: ZoneInfo) -> int:
    """How many midnights of the zone lie between."""
    return (last.astimezone(zone).date() - first.astimezone(zone).date()).days


def _over(which: Lookback) -> ColumnElement[bool]:
    """The calls that are looked back on: of `call`, by its beginning, for which there is an index, and its end."""
    return and_(Call.started_at >= which.since, Call.started_at < which.until, Call.ended_at < which.until)


async def _parts(connection: AsyncConnection, which: Lookback) -> dict[tuple[str, str], Part]:
    """By call and agent. Where several agents spoke with the caller at once, each of them did."""
    segment = CallSegment.__table__.c
    drawn = exists().where(EvaluationEntry.call == segment.call, EvaluationEntry.purpose == REVIEW)
    whose = (_over(which), segment.kind.in_(SPOKEN), ~drawn)
    alone = _with_calls(segment.call, segment.agent, func.min(segment.started_at), func.sum(segment.duration_ms))
    alone = alone.where(*whose, segment.agent.is_not(None)).group_by(segment.call, segment.agent)
    together = _with_calls(segment.call, segment.agents, segment.started_at, segment.duration_ms)
    together = together.where(*whose, segment.agent.is_(None))
    found: dict[tuple[str, str], Part] = {}
    for query, several in ((alone, False), (together, True)):
        async for call, who, *told in await connection.stream(_with_queue(query), execution_options=_PIECES):
            for agent in who if several else (who,):
                part = _part(call, agent, told)
                if (known := found.setdefault((call, agent), part)) is not part:
                    known.add(part)
    return found


_PIECES = {"yield_per": AT_ONCE}


def _with_calls(call: Any, who: Any, at: Any, length: Any) -> Select[Any]:
    """Stretches of calls that have a recording."""
    named = (call.label("call"), who.label("who"), at.label("at"), length.label("ms"))
    return select(*named).join(Call, Call.id == call).join(RecordedCall, RecordedCall.call == call)


def _with_queue(stretches: Select[Any]) -> Select[Any]:
    """With what the call's row says of them, and the queue in which the caller stood last before each: the call's own,
    where it was we who called him while his place was kept."""
    spoke = stretches.subquery()
    stood = CallSegment.__table__.alias("stood").c
    before = (stood.call == spoke.c.call, stood.kind.in_(STOOD), stood.started_at <= spoke.c.at)
    last = select(stood.queue).where(*before).order_by(stood.number.desc()).limit(1).scalar_subquery()
    kept = case((Call.direction == Direction.OUTBOUND.value, Call.queue))
    queue = func.coalesce(last, kept)
    return select(spoke, Call.ended_at, Call.outcome_code, Call.resolved, queue).join(Call, Call.id == spoke.c.call)


def _part(call: str, agent: str, told: Sequence[Any]) -> Part:
    at, length_ms, ended_at, outcome, resolved, queue = told
    return Part(
        call=call,
        agent=agent,
        call_at=at,
        talk_ms=int(length_ms),
        ended_at=ended_at,
        outcome=outcome or "",
        resolved=resolved,
        queue=queue or "",
    )


async def _gone(connection: AsyncConnection, which: Lookback, calls: Iterable[str]) -> frozenset[str]:
    """Those of these calls whose recordings are missing or being erased, all of them."""
    table = KeptRecording.__table__.c
    whose = (table.state.in_(GONE), table.kind == Kind.CALL, table.started_at >= which.since)
    lost = select(table.call).where(*whose)
    some = set(await connection.scalars(lost)).intersection(calls)
    return await unheard(connection, sorted(some))


async def _marks(connection: AsyncConnection, which: Lookback) -> dict[tuple[str, str], int]:
    """The last mark that the caller gave each agent."""
    survey = SurveyAnswer.__table__.c
    query = select(survey.call, survey.agent, survey.score).join(Call, Call.id == survey.call)
    given = query.where(_over(which), survey.score.is_not(None), survey.agent.is_not(None)).order_by(survey.number)
    return {(call, agent): score for call, agent, score in await connection.execute(given)}


async def _sent_on(connection: AsyncConnection, which: Lookback) -> frozenset[tuple[str, str]]:
    """Which agents sent which callers on: as figures count it, and of calls that did not come to us, of which they do
    not, as their records tell it."""
    count = CallCount.__table__.c
    query = select(count.call, count.name).join(Call, Call.id == count.call)
    counted = (count.kind == ScopeKind.AGENT.value, count.counted.op("&")(BITS["transferred"]) != 0)
    found = {(row.call, row.name) for row in await connection.execute(query.where(_over(which), *counted))}
    ours = select(Call.document).where(_over(which), Call.direction != Direction.INBOUND.value, Call.agent.is_not(None))
    async for document in await connection.stream_scalars(ours, execution_options=_PIECES):
        record = CallRecord.model_validate(document)
        found.update((record.id, one.agent) for one in record.transfers)
    return frozenset(found)


_FIRST_DAYS = select(
    AgentAccount.number,
    select(func.min(AgentStateEntry.at))
    .where(AgentStateEntry.agent == AgentAccount.number)
    .scalar_subquery()
    .label("began"),
)
"""When each agent signed in first: the end of an index for each, not the whole log of states."""
