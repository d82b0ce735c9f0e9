"""Scheduled time, what of it was worked, and who came to his shifts: what adherence and attendance are of."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from recording.figures.addends.values import Addend, Source
from recording.figures.duty import Due, duties, stays_of
from recording.figures.period import Period
from recording.figures.rules import Rules
from recording.figures.scope import Scope, ScopeKind
from recording.inputs.attendance import AT_WORK, attendance, signed_in
from recording.inputs.spans import Span, meet
from recording.store import Store

_MILLISECOND = timedelta(milliseconds=1)


class _Shifts:
    def __init__(self, store: Store, due: Mapping[str, Due], period: Period) -> None:
        self._store = store
        self._due = due
        self._period = period

    @property
    def keys(self) -> Sequence[str]:
        """Agents."""
        return sorted(self._due)

    async def of(self, key: str) -> Sequence[Addend]:
        """Of each day whether he came, his scheduled time, and what he was doing in it."""
        due = self._due[key]
        log = await stays_of(self._store, key, self._period.since, due.until)
        found: list[Addend] = []
        there = {key: signed_in(log)}
        for _, some in groupby(due.shifts, key=attrgetter("day")):
            of_day = list(some)
            came, _ = attendance(of_day, there)
            whole = Span(of_day[0].span.start, max(one.span.end for one in of_day))
            what = "came" if came else "missing"
            found += (
                self._addend(name, key, what, whole, 1) for name in ("scheduled", *(["attended"] if came else []))
            )
        found += (self._addend("scheduled_ms", key, due.kind_at(span.start), span) for span in due.working)
        for stay in log:
            if stay.signed_in and stay.state in AT_WORK:
                meant = meet([stay.span], due.working)
                found += (self._addend("adherent_ms", key, stay.state, span) for span in meant)
        return found

    def _addend(self, name: str, agent: str, what: str, span: Span, amount: int | None = None) -> Addend:
        zone = self._period.zone
        length = (span.end - span.start) // _MILLISECOND if amount is None else amount
        start, end = span.start.astimezone(zone), span.end.astimezone(zone)
        return Addend(sum=name, amount=Decimal(length), what=what, agent=agent, start=start, end=end)


async def shifts(store: Store, scope: Scope, period: Period, now: datetime, rules: Rules) -> Source:
    """Of the agents of a scope who have any. A queue has none."""
    if scope.kind is ScopeKind.QUEUE or min(now, period.until) <= period.since:
        return _Shifts(store, {}, period)
    _, due = await duties(store, [scope], period, now)
    return _Shifts(store, due, period)
