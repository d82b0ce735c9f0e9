"""Schedules over HTTP: patterns, who works by which, single days that differ, and the shifts that follow. Agents see
their own.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from itertools import combinations

from pydantic import Field, ValidationError

from cti.access import Role
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import ApiError, Unfit, reaching_records
from cti.http.views import View
from cti.unfit import said
from recording.inputs.clock_times import time_text
from recording.inputs.plan import PlannedShift
from recording.inputs.schedules import PatternUsed, Schedules, UnknownPattern, WeekBeyond, swapped, week_of
from recording.inputs.shifts import (
    MOST_WEEKS,
    Assignment,
    ClockTime,
    ExceptionKind,
    Pattern,
    PatternShift,
    ShiftException,
    apart_from,
    overlap,
)
from recording.inputs.spans import Span

LONGEST = timedelta(days=92)


class Refused(ApiError):
    """What the schedules themselves refuse; `id` says why."""

    def __init__(self, error: PatternUsed | UnknownPattern | WeekBeyond, status: int) -> None:
        super().__init__(str(error))
        self.id = error.id
        self.status = status


class NotThere(ApiError):
    """There is nothing to take out."""

    id = "not-scheduled"
    status = 404


class Days(Given):
    """Which days, in the centre's time zone, both included; this week where none are given; a quarter at most."""

    since: date | None = None
    until: date | None = None
    agent: str | None = Field(None, description="Of one agent alone.")


class OwnDays(Given):
    """Which days, in the centre's time zone, both included; this week where none are given; a quarter at most."""

    since: date | None = None
    until: date | None = None


class WhichKind(Given):
    """Which exceptions of the day; all where none is named."""

    kind: ExceptionKind | None = None


class WhichAgent(Given):
    """Whose; everybody's where nobody is named."""

    agent: str | None = None


class PatternGiven(Given):
    """Shifts that come back every `weeks` weeks; they replace what the pattern was."""

    title: str = Field("", max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")
    weeks: int = Field(1, ge=1, le=MOST_WEEKS)
    shifts: tuple[PatternShift, ...] = Field(description="Days 1 (Monday) to 7 of weeks 1 to `weeks`.")


class AssignmentGiven(Given):
    """By which pattern he works from that day on."""

    pattern: str = Field(description="A pattern's name, empty for none.")
    week: int = Field(1, ge=1, le=MOST_WEEKS, description="In which of the pattern's weeks that day is.")


class ExceptionGiven(Given):
    """How the day differs."""

    kind: ExceptionKind
    start: ClockTime | None = Field(None, description="Such as 18:30; nothing: the whole shift.")
    end: ClockTime | None = Field(None, description="Not later than the start: on the next day.")
    note: str = Field("", max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")


class Swap(Given):
    """Two agents take each other's shifts that begin on a day."""

    first: str
    second: str
    day: date
    note: str = Field("", max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")


class Patterns(View):
    """All patterns, by name."""

    patterns: list[Pattern]


class Assignments(View):
    """Who works by which pattern from when on."""

    assignments: list[Assignment]


class Exceptions(View):
    """Days that differ, in order."""

    exceptions: list[ShiftException]


class SpanView(View):
    """A span of time, UTC."""

    start: datetime
    end: datetime


class BreakView(SpanView):
    """A break of a shift, UTC."""

    paid: bool


class ShiftView(SpanView):
    """A shift that begins on `day` of the centre's calendar; its times are UTC. `working` is without breaks and the
    hours in which he is away; `kind` is null where his pattern says so."""

    agent: str
    day: date
    kind: ExceptionKind | None
    breaks: list[BreakView]
    working: list[SpanView]


class Shifts(View):
    """Shifts that begin on these days, by agent and time, and what differs from the patterns."""

    since: date
    until: date
    shifts: list[ShiftView]
    exceptions: list[ShiftException]


async def list_shifts(asked: Asked[Days, Nothing]) -> Shifts:
    """Who should work when, by all that is known."""
    return await _shifts(asked, asked.query.since, asked.query.until, asked.query.agent)


async def list_own_shifts(asked: Asked[OwnDays, Nothing]) -> Shifts:
    """An agent's own shifts, by his own token."""
    if not asked.holder.agent:
        raise Unfit("this is for an agent's own token; expected GET /api/schedules with agent=…")
    return await _shifts(asked, asked.query.since, asked.query.until, asked.holder.agent)


async def list_patterns(asked: Asked[Nothing, Nothing]) -> Patterns:
    """The patterns by which shifts come back."""
    with reaching_records():
        return Patterns(patterns=await _schedules(asked).patterns())


async def put_pattern(asked: Asked[Nothing, PatternGiven]) -> Pattern:
    """Add a pattern, or change it for all who work by it, also for days that are over: who wants to keep those makes
    a new one."""
    try:
        given = asked.body
        pattern = Pattern(name=asked.path["name"], title=given.title, weeks=given.weeks, shifts=given.shifts)
    except ValueError as error:
        raise Unfit(f"pattern: {_said(error)}", "shifts") from None
    for one, other in combinations(pattern.shifts, 2):
        if overlap(one, other, pattern.weeks):
            raise Unfit(f"pattern: start: expected {apart_from(one)}, not {time_text(other.start)}", "shifts")
    with reaching_records():
        await _schedules(asked).save_patterns([pattern])
    return pattern


async def remove_pattern(asked: Asked[Nothing, Nothing]) -> Patterns:
    """Take out a pattern that nobody was ever given; the answer are those that are left."""
    try:
        with reaching_records():
            done = await _schedules(asked).remove_pattern(asked.path["name"])
    except PatternUsed as error:
        raise Refused(error, 409) from None
    if not done:
        raise NotThere("there is no such pattern; expected one of GET /api/schedules/patterns")
    return await list_patterns(asked)


async def list_assignments(asked: Asked[WhichAgent, Nothing]) -> Assignments:
    """Who works by which pattern from when on."""
    agents = None if asked.query.agent is None else [asked.query.agent]
    with reaching_records():
        return Assignments(assignments=await _schedules(asked).assignments(agents))


async def put_assignment(asked: Asked[Nothing, AssignmentGiven]) -> Assignment:
    """Give an agent a pattern from a day on, until his next assignment."""
    agent = await _agent(asked, asked.path["agent"])
    given, since = asked.body, _day(asked.path["since"])
    assignment = Assignment(agent=agent, since=since, pattern=given.pattern, week=given.week)
    try:
        with reaching_records():
            await _schedules(asked).assign([assignment])
    except (UnknownPattern, WeekBeyond) as error:
        raise Refused(error, 422) from None
    return assignment


async def remove_assignment(asked: Asked[Nothing, Nothing]) -> Assignments:
    """Take an assignment back: the one before goes on. The answer are those he has left."""
    agent = asked.path["agent"]
    with reaching_records():
        if not await _schedules(asked).remove_assignment(agent, _day(asked.path["since"])):
            raise NotThere(f"agent {agent} has no assignment from that day; see GET /api/schedules/assignments")
        return Assignments(assignments=await _schedules(asked).assignments([agent]))


async def list_exceptions(asked: Asked[Days, Nothing]) -> Exceptions:
    """Days that differ from the patterns."""
    since, until = _days(asked, asked.query.since, asked.query.until)
    agents = None if asked.query.agent is None else [asked.query.agent]
    with reaching_records():
        return Exceptions(exceptions=await _schedules(asked).exceptions(agents, since, until))


async def put_exception(asked: Asked[Nothing, ExceptionGiven]) -> ShiftException:
    """Let a day of an agent differ: leave, sickness, other hours, overtime. One of the same kind and start is replaced;
    swaps are made by POST /api/schedules/swaps."""
    agent, day, given = await _agent(asked, asked.path["agent"]), _day(asked.path["day"]), asked.body
    try:
        exception = ShiftException(
            agent=agent, day=day, kind=given.kind, start=given.start, end=given.end, note=given.note
        )
    except ValueError as error:
        raise Unfit(_said(error)) from None
    with reaching_records():
        await _schedules(asked).except_days([exception])
    return exception


async def remove_exception(asked: Asked[WhichKind, Nothing]) -> Exceptions:
    """Let a day be as the pattern says again; the answer is what still differs that day."""
    agent, day = asked.path["agent"], _day(asked.path["day"])
    with reaching_records():
        if not await _schedules(asked).remove_exceptions(agent, day, asked.query.kind):
            raise NotThere(f"that day of agent {agent} is as his pattern says; see GET /api/schedules/exceptions")
        return Exceptions(exceptions=await _schedules(asked).exceptions([agent], day, day))


async def swap(asked: Asked[Nothing, Swap]) -> Exceptions:
    """Let two agents take each other's shifts of a day."""
    given = asked.body
    first, second = await _agent(asked, given.first), await _agent(asked, given.second)
    if first == second:
        raise Unfit("second: expected another agent than the first", "second")
    exceptions = swapped(first, second, given.day, given.note)
    with reaching_records():
        await _schedules(asked).except_days(exceptions)
    return Exceptions(exceptions=list(exceptions))


async def _shifts(
    asked: Asked[Days, Nothing] | Asked[OwnDays, Nothing], since: date | None, until: date | None, agent: str | None
) -> Shifts:
    since, until = _days(asked, since, until)
    schedules = _schedules(asked)
    with reaching_records():
        agents: Collection[str]
        if agent is not None:
            agents = [agent]
        else:
            agents = sorted(one.number for one in await asked.floor.store.agents(active_only=False))
        plan = await schedules.plan(agents, since, until)
        exceptions = await schedules.exceptions(agents, since, until)
    shifts = [_view(shift) for one in agents for shift in plan.shifts(one, since, until)]
    return Shifts(since=since, until=until, shifts=shifts, exceptions=exceptions)


def _view(shift: PlannedShift) -> ShiftView:
    return ShiftView(
        agent=shift.agent,
        day=shift.day,
        kind=shift.kind,
        start=shift.span.start,
        end=shift.span.end,
        breaks=[BreakView(start=one.span.start, end=one.span.end, paid=one.paid) for one in shift.breaks],
        working=_spans(shift.working),
    )


def _spans(spans: Iterable[Span]) -> list[SpanView]:
    return [SpanView(start=span.start, end=span.end) for span in spans]


def _schedules(asked: Asked) -> Schedules:  # type: ignore[type-arg]
    return Schedules(asked.floor.store, asked.floor.centre.time_zone)


def _days(asked: Asked, since: date | None, until: date | None) -> tuple[date, date]:  # type: ignore[type-arg]
    clock, zone = asked.floor.distributor.clock, asked.floor.centre.time_zone
    monday, sunday = week_of(since or datetime.fromtimestamp(clock.now_ms() / 1000, zone).date())
    since, until = since or monday, until or sunday
    if not timedelta() <= until - since <= LONGEST:
        raise Unfit(f"until: expected a day from {since} on, and at most {LONGEST.days} days later", "until")
    return since, until


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unfit("day: expected a day such as 2026-11-22", "day") from None


async def _agent(asked: Asked, number: str) -> str:  # type: ignore[type-arg]
    with reaching_records():
        known = {one.number for one in await asked.floor.store.agents(active_only=False)}
    if number not in known:
        raise Unfit(f"agent: there is no agent {number!r}; expected the number of one", "agent")
    return number


def _said(error: ValueError) -> str:
    return said(error)[1] if isinstance(error, ValidationError) else str(error)


_ADMINISTRATOR = Role.ADMINISTRATOR
_AT = "/api/schedules"

ENDPOINTS = (
    Endpoint("GET", _AT, list_shifts, Days, Nothing, Shifts),
    Endpoint("GET", f"{_AT}/own", list_own_shifts, OwnDays, Nothing, Shifts, role=Role.AGENT),
    Endpoint("GET", f"{_AT}/patterns", list_patterns, Nothing, Nothing, Patterns),
    Endpoint("PUT", f"{_AT}/patterns/{{name}}", put_pattern, Nothing, PatternGiven, Pattern, role=_ADMINISTRATOR),
    Endpoint(
        "DELETE", f"{_AT}/patterns/{{name}}", remove_pattern, Nothing, Nothing, Patterns,
        errors=(404, 409), role=_ADMINISTRATOR,
    ),
    Endpoint("GET", f"{_AT}/assignments", list_assignments, WhichAgent, Nothing, Assignments),
    Endpoint(
        "PUT", f"{_AT}/assignments/{{agent}}/{{since}}", put_assignment, Nothing, AssignmentGiven, Assignment,
        role=_ADMINISTRATOR,
    ),
    Endpoint(
        "DELETE", f"{_AT}/assignments/{{agent}}/{{since}}", remove_assignment, Nothing, Nothing, Assignments,
        errors=(404,), role=_ADMINISTRATOR,
    ),
    Endpoint("GET", f"{_AT}/exceptions", list_exceptions, Days, Nothing, Exceptions),
    Endpoint(
        "PUT", f"{_AT}/exceptions/{{agent}}/{{day}}", put_exception, Nothing, ExceptionGiven, ShiftException,
        role=_ADMINISTRATOR,
    ),
    Endpoint(
        "DELETE", f"{_AT}/exceptions/{{agent}}/{{day}}", remove_exception, WhichKind, Nothing, Exceptions,
        errors=(404,), role=_ADMINISTRATOR,
    ),
    Endpoint("POST", f"{_AT}/swaps", swap, Nothing, Swap, Exceptions, role=_ADMINISTRATOR),
)  # fmt: skip
