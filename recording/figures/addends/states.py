"""Stretches of the log of states: what occupancy and the hours signed in are of."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from recording.figures.addends.values import Addend, Source
from recording.figures.log_stretches import entries_of
from recording.figures.members import Members, members_of
from recording.figures.period import Period, floor, later
from recording.figures.reading import Reading
from recording.figures.rules import Rules
from recording.figures.scope import Scope, ScopeKind
from recording.figures.sources import STATE
from recording.figures.states import SUM_OF, Change, stretches
from recording.inputs.spans import Span, meet
from recording.store import Store

SIGNED_IN = f"{STATE}signed_in_ms"
_MILLISECOND = timedelta(milliseconds=1)


class _States:
    def __init__(
        self, store: Store, keys: Sequence[str], members: Members | None, period: Period, now: datetime
    ) -> None:
        self._store = store
        self._members = members
        self._period = period
        self._until = min(now, period.until)
        self._keys = keys

    @property
    def keys(self) -> Sequence[str]:
        """Agents."""
        return self._keys

    async def of(self, key: str) -> Sequence[Addend]:
        """His stretches in order; each once for its own sum, and once for that of being signed in."""
        zone = self._period.zone
        async with self._store.engine.connect() as connection:
            entries = await entries_of(connection, key, self._period.since, self._until)
        meant = [Span(self._period.since, self._until)]
        if self._members is not None:
            meant = list(meet(meant, _whole_half_hours(self._members, key, zone)))
        found: list[Addend] = []
        for one in stretches([Change(entry.at, entry.after) for entry in entries], self._until):
            if one.state not in SUM_OF:
                continue
            for span in meet([Span(one.start, one.end)], meant):
                amount = Decimal((span.end - span.start) // _MILLISECOND)
                start, end = span.start.astimezone(zone), span.end.astimezone(zone)
                for name in (STATE + SUM_OF[one.state], SIGNED_IN):
                    found.append(Addend(sum=name, amount=amount, what=one.state, agent=key, start=start, end=end))
        return found


async def states(store: Store, scope: Scope, period: Period, now: datetime, rules: Rules) -> Source:
    """Of the agents of a scope who were signed in; of a team's while they were in it. A queue has none."""
    if scope.kind is ScopeKind.QUEUE:
        return _States(store, (), None, period, now)
    async with store.engine.connect() as connection:
        members = await members_of(connection, scope.name) if scope.kind is ScopeKind.TEAM else None
        agents = await Reading(connection, now).signed_in(scope, period)
        return _States(store, sorted(agents), members, period, now)


def _whole_half_hours(members: Members, agent: str, zone: ZoneInfo) -> Iterable[Span]:
    """The half hours that count for the team: those that began while he was in it."""
    for since, until in members.stays.get(agent, ()):
        end = datetime.max.replace(tzinfo=since.tzinfo) if until is None else _next_half_hour(until, zone)
        if (start := _next_half_hour(since, zone)) < end:
            yield Span(start, end)


def _next_half_hour(moment: datetime, zone: ZoneInfo) -> datetime:
    begun = floor(moment, zone)
    return begun if begun == moment else later(begun, 1800)
