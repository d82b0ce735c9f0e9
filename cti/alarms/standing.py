"""The alarms that stand: raised when something is found wrong, cleared when it is not found any more, each told once
as a fact. What is looked at, and when, is decided in cti.alarms.watch.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from acd.facts import AlarmCleared, AlarmRaised, Fact
from recording.facts import facts_among

Place = tuple[str, str]
"""The id of an alarm, and where it stands."""

_NAMES = tuple(f'"{kind.__name__}"'.encode() for kind in (AlarmRaised, AlarmCleared))


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that is wrong; `what` are the words for how it is now, `since_ms` is when it was found."""

    alarm: str
    where: str
    what: str
    since_ms: int


class Alarms:
    """All that stand, the oldest first. `state` is told each fact."""

    def __init__(self, state: Callable[[Fact], None]) -> None:
        self._state = state
        self._standing: dict[Place, Alarm] = {}

    def __iter__(self) -> Iterator[Alarm]:
        return iter(self._standing.values())

    def restore(self, lines: Iterable[bytes]) -> None:
        """After a restart of ours: those that stand by the journal's lines go on, since when they did, until a look
        finds otherwise."""
        for fact in facts_among(lines, _NAMES):
            if isinstance(fact, AlarmRaised):
                self._standing[fact.alarm, fact.where] = Alarm(fact.alarm, fact.where, fact.what, fact.at_ms)
            elif isinstance(fact, AlarmCleared):
                self._standing.pop((fact.alarm, fact.where), None)

    def found(self, wrong: Mapping[Place, str], now_ms: int) -> None:
        """This, in these words, is all that is wrong now."""
        for place in [place for place in self._standing if place not in wrong]:
            gone = self._standing.pop(place)
            self._state(AlarmCleared(at_ms=now_ms, alarm=gone.alarm, where=gone.where, since_ms=gone.since_ms))
        for (alarm, where), what in wrong.items():
            if (standing := self._standing.get((alarm, where))) is not None:
                self._standing[alarm, where] = replace(standing, what=what)
                continue
            self._standing[alarm, where] = Alarm(alarm, where, what, now_ms)
            self._state(AlarmRaised(at_ms=now_ms, alarm=alarm, where=where, what=what))
