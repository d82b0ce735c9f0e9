"""How queues are served: what a day is played to. The settings and hours are those the daemon gives its router."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from acd.hours import Schedule
from acd.queues import QueueSettings


@dataclass(frozen=True, slots=True)
class Policy:
    """All queues, and the hours of those that are not always open."""

    queues: Sequence[QueueSettings]
    hours: Mapping[str, Schedule] = field(default_factory=dict)

    @property
    def thresholds_ms(self) -> Mapping[str, int]:
        """Each queue's threshold of the service level."""
        return {queue.name: queue.service_level_ms for queue in self.queues}

    def openings(self, from_ms: int, until_ms: int) -> Iterator[tuple[int, str, bool]]:
        """(time, queue, whether it is open): how it stands at `from_ms`, then each change to before `until_ms`."""
        for queue, hours in self.hours.items():
            at = datetime.fromtimestamp(from_ms / 1000, UTC)
            is_open = hours.is_open(at)
            yield from_ms, queue, is_open
            while (change := hours.next_change(at)) is not None:
                at, is_open = change, not is_open
                at_ms = int(change.timestamp() * 1000)
                if at_ms >= until_ms:
                    break
                yield at_ms, queue, is_open
