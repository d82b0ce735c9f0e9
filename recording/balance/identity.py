"""What must always hold, per queue and half hour: entered = answered + abandoned + timed out + overflowed + withdrawn +
waiting. Who entered is the router's own word (the journal), how he left the record's: a call that is lost on the way
from one to the other breaks it. It decides whether it holds, not when that is asked (recording.balance.watch).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from acd.callbacks import is_callback
from acd.facts import CallDequeued, CallQueued, Fact
from acd.states import DequeueReason
from recording.record import CallRecord

HALF_HOUR_MS = 30 * 60 * 1000
_NO_REASONS: Mapping[DequeueReason, int] = dict.fromkeys(DequeueReason, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The calls that first entered `queue` in the half hour from `start` (UTC). `lost` are the linkedids of those of
    which neither a record nor a call under way knows what became of them there, `untold` of those of which a record
    knows how they left, and the router never told that they came."""

    queue: str
    start: datetime
    entered: int
    left: Mapping[DequeueReason, int]
    waiting: int
    lost: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everybody who entered left, or waits."""
        return self.entered == sum(self.left.values()) + self.waiting


def balances(
    told: Mapping[str, Sequence[Fact]], records: Iterable[CallRecord], under_way: Collection[str]
) -> tuple[Balance, ...]:
    """The balance of each queue and half hour in which one of these calls entered. Pure.

    `told` are all facts of each call by linkedid, `records` those that there are of them, `under_way` the linkedids of
    calls that go on. What a record that is rebuilt from Asterisk's ledger tells alone counts for nothing: no
    router ran then. A call enters a queue once, however often it comes back there after a missed offer: in the half
    hour of the first time, and leaves it by the last reason.
    """
    records = list(records)
    left_by_record = {(record.linkedid, visit.queue): visit.reason for record in records for visit in record.queues}
    counted: dict[tuple[str, int], _Count] = {}
    stays = {linkedid: _stays(facts) for linkedid, facts in told.items()}
    for record in records:
        for visit in record.queues:
            if not record.reconstructed and visit.queue not in stays.get(record.linkedid, {}):
                half_hour = int(visit.entered_at.timestamp() * 1000) // HALF_HOUR_MS
                count = counted.setdefault((visit.queue, half_hour), _Count())
                count.left[visit.reason] += 1
                count.untold.append(record.linkedid)
    for linkedid, queues in stays.items():
        for queue, (entered_ms, reason) in queues.items():
            count = counted.setdefault((queue, entered_ms // HALF_HOUR_MS), _Count())
            count.entered += 1
            if (linkedid, queue) in left_by_record:
                count.left[left_by_record[linkedid, queue]] += 1
            elif linkedid in under_way or is_callback(linkedid):  # who is to be called back waits without a channel
                if reason is None:
                    count.waiting += 1
                else:
                    count.left[reason] += 1
            else:
                count.lost.append(linkedid)
    return tuple(
        Balance(
            queue=queue,
            start=datetime.fromtimestamp(half_hour * HALF_HOUR_MS / 1000, UTC),
            entered=count.entered,
            left=dict(count.left),
            waiting=count.waiting,
            lost=tuple(sorted(count.lost)),
            untold=tuple(sorted(count.untold)),
        )
        for (queue, half_hour), count in sorted(counted.items())
    )


class _Count:
    def __init__(self) -> None:
        self.entered = self.waiting = 0
        self.left = dict(_NO_REASONS)
        self.lost: list[str] = []
        self.untold: list[str] = []


def _stays(facts: Sequence[Fact]) -> dict[str, tuple[int, DequeueReason | None]]:
    """Of each queue: when the call first came there, and why it left, None while it waits."""
    stays: dict[str, tuple[int, DequeueReason | None]] = {}
    for fact in facts:
        match fact:
            case CallQueued():
                entered_ms, _ = stays.get(fact.queue, (fact.at_ms, None))
                stays[fact.queue] = (entered_ms, None)
            case CallDequeued() if fact.queue in stays:
                stays[fact.queue] = (stays[fact.queue][0], fact.reason)
            case _:
                pass
    return stays
