"""The lines of the calls that were read last, so that a call is folded without reading back and parsing anew what has
just been written. It decides nothing: whoever folds holds the number of lines against what the data base has, and reads
that where the two differ (recording.transactions).
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence

from acd.facts import Fact
from recording.entries import Entry
from recording.ledger import LedgerRow

MOST = 60_000
"""Lines: of a minute with twenty calls a second, and of three hundred that go on. A line takes about 1 kB."""

Event = LedgerRow | Fact


class LinesAtHand:
    """What is here of a call is kept in the data base, in this order, as soon as the transaction is over that it was
    added in; of one that fails, `forget` the calls. The calls asked for or added to longest ago go first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lines = 0
        self._calls: OrderedDict[str, dict[str, Event]] = OrderedDict()

    def add(self, entries: Iterable[Entry]) -> None:
        """Lines that are being written, each once however often it comes."""
        for one in entries:
            if not one.linkedid:
                continue
            own = self._calls.setdefault(one.linkedid, {})
            if one.digest not in own:
                own[one.digest] = one.event
                self._lines += 1
            self._calls.move_to_end(one.linkedid)
        while self._lines > self._most:
            _, own = self._calls.popitem(last=False)
            self._lines -= len(own)

    def of(self, linkedid: str) -> Sequence[Event]:
        """What is known of this call; all of it if that is as many lines as the data base has."""
        return [*self._calls.get(linkedid, {}).values()]

    def forget(self, linkedids: Collection[str]) -> None:
        """Of these calls nothing is known any more."""
        for linkedid in linkedids:
            self._lines -= len(self._calls.pop(linkedid, {}))
