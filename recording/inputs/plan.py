"""Who should work when: patterns, assignments and exceptions read as shifts and as exact spans in UTC. Pure; the zone
is the centre's, and its clock may be put forward and back.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from operator import attrgetter

from recording.inputs.clock_times import at
from recording.inputs.shifts import Assignment, ExceptionKind, Pattern, PatternShift, Shift, ShiftException
from recording.inputs.spans import Span, meet, union, without

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBreak:
    """A break of a planned shift."""

    span: Span
    paid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedShift:
    """A shift of an agent that begins on `day` by the clock. `kind` is None where his pattern says so. `working` is its
    time without breaks and without the hours in which he is away."""

    agent: str
    day: date
    span: Span
    breaks: tuple[PlannedBreak, ...]
    working: tuple[Span, ...]
    kind: ExceptionKind | None = None


class Plan:
    """The plan of some agents. `employed` says whether an agent belongs to the centre on a day: on others he has no
    shift, whatever is written."""

    def __init__(
        self,
        zone: tzinfo,
        patterns: Iterable[Pattern],
        assignments: Iterable[Assignment],
        exceptions: Iterable[ShiftException],
        employed: Callable[[str, date], bool] = lambda agent, day: True,
    ) -> None:
        self._zone = zone
        self._employed = employed
        self._patterns: Mapping[str, Pattern] = {one.name: one for one in patterns}
        self._assignments: Mapping[str, list[Assignment]] = defaultdict(list)
        for assignment in sorted(assignments, key=attrgetter("since")):
            self._assignments[assignment.agent].append(assignment)
        self._on_day: dict[tuple[str, date, int, date], list[PatternShift]] = {}
        self._usual: dict[tuple[date, int], PlannedShift] = {}
        """What a shift of a pattern is on a day without anything special: many agents work by one pattern."""
        self._exceptions: Mapping[tuple[str, date], list[ShiftException]] = defaultdict(list)
        for exception in exceptions:
            self._exceptions[exception.agent, exception.day].append(exception)

    def exceptions(self, agent: str, day: date) -> tuple[ShiftException, ...]:
        """How this day of his differs."""
        return tuple(self._exceptions.get((agent, day), ()))

    def shifts(self, agent: str, first: date, last: date) -> tuple[PlannedShift, ...]:
        """His shifts that begin on these days, both included, in order; none that he is away from altogether."""
        found: list[PlannedShift] = []
        for number in range((last - first).days + 1):
            day = first + number * ONE_DAY
            if self._employed(agent, day):
                found += (shift for shift in self._of_day(agent, day) if shift.working)
        return tuple(sorted(found, key=lambda shift: shift.span))

    def working(self, agent: str, start: datetime, end: datetime) -> tuple[Span, ...]:
        """When he should work between these instants: breaks, leave and sickness left out."""
        first = start.astimezone(self._zone).date() - 2 * ONE_DAY  # a shift may have begun the day before
        last = end.astimezone(self._zone).date()
        spans = (span for shift in self.shifts(agent, first, last) for span in shift.working)
        return meet(union(spans), [Span(start, end)])

    def _of_day(self, agent: str, day: date) -> Iterator[PlannedShift]:
        exceptions = self.exceptions(agent, day)
        off = any(one.kind.away and one.hours is None for one in exceptions)
        instead = [one for one in exceptions if one.kind in (ExceptionKind.SWAP, ExceptionKind.CHANGED)]
        if instead:
            for one in instead:
                shifts = [one.hours] if one.hours else self._by_pattern(one.other, day)
                yield from () if off else (self._planned(agent, day, shift, one.kind) for shift in shifts)
        elif not off:
            yield from (self._planned(agent, day, shift, None) for shift in self._by_pattern(agent, day))
        for one in exceptions:
            if one.kind is ExceptionKind.OVERTIME and one.hours is not None:
                yield self._planned(agent, day, one.hours, one.kind)

    def _by_pattern(self, agent: str, day: date) -> Sequence[Shift]:
        assigned = self._assignments.get(agent, [])
        number = bisect_right(assigned, day, key=attrgetter("since")) - 1
        pattern = self._patterns.get(assigned[number].pattern) if number >= 0 else None
        if pattern is None:
            return []
        begun = assigned[number]
        same = self._on_day.get((pattern.name, begun.since, begun.week, day))
        if same is None:
            weeks = (_monday(day) - _monday(begun.since)).days // 7
            week = (weeks + begun.week - 1) % pattern.weeks + 1
            same = [one for one in pattern.shifts if (one.week, one.day) == (week, day.isoweekday())]
            self._on_day[pattern.name, begun.since, begun.week, day] = same
        return same

    def _planned(self, agent: str, day: date, shift: Shift, kind: ExceptionKind | None) -> PlannedShift:
        away = tuple(self._away(agent, day))
        if kind is not None or away:
            return self._anew(agent, day, shift, kind, away)
        same = self._usual.get((day, id(shift)))
        if same is None:
            same = self._usual[day, id(shift)] = self._anew(agent, day, shift, None, ())
        return PlannedShift(agent=agent, day=day, span=same.span, breaks=same.breaks, working=same.working)

    def _anew(
        self, agent: str, day: date, shift: Shift, kind: ExceptionKind | None, hours: Iterable[Span]
    ) -> PlannedShift:
        span = self._span(day, shift.start, shift.end)
        breaks = []
        for one in shift.breaks:
            begins = day + ONE_DAY if one.start < shift.start else day
            breaks.append(PlannedBreak(span=self._span(begins, one.start, one.end), paid=one.paid))
        away = [*(one.span for one in breaks), *hours]
        return PlannedShift(
            agent=agent, day=day, span=span, breaks=tuple(breaks), working=without([span], away), kind=kind
        )

    def _away(self, agent: str, day: date) -> Iterator[Span]:
        """The hours in which he is away on this day, the one before and the one after: by the clock, not by shifts."""
        for near in (day - ONE_DAY, day, day + ONE_DAY):
            for one in self.exceptions(agent, near):
                if one.kind.away and one.hours is not None:
                    yield self._span(near, one.hours.start, one.hours.end)

    def _span(self, day: date, start: int, end: int) -> Span:
        return Span(at(day, start, self._zone), at(day + ONE_DAY if end <= start else day, end, self._zone))


def _monday(day: date) -> date:
    return day - (day.isoweekday() - 1) * ONE_DAY
