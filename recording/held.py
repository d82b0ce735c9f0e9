"""When a caller was held although the router was not there to tell: from the music on his line, which Asterisk's ledger
has (where it tells of music at all; Asterisk before 22 does not). What the router has told stays as it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from recording.account import UNTOLD
from recording.channels import Interval
from recording.ledger import LedgerRow, RowType

_SAME_US = 1_000_000
"""Within this, the router and the ledger tell of the beginning of the same hold."""
_MOMENT_US = 20_000


def holds(
    told: Sequence[Interval], rows: Iterable[LedgerRow], caller: str, talks: Sequence[tuple[str, int, int]]
) -> tuple[Interval, ...]:
    """The holds of `told`, those without an end with that of their music; and the music in a conversation with one
    agent of which nothing was told (`data` is UNTOLD of both). `caller` is his channel's uniqueid, `talks` are agents
    with start and end."""
    heard = [one for one in _music(rows, caller) if any(start <= one.start_us < end for _, start, end in talks)]
    found: list[Interval] = []
    for one in told:
        its = min(heard, key=lambda music: abs(music.start_us - one.start_us), default=None)
        if its is None or abs(its.start_us - one.start_us) >= _SAME_US:
            found.append(one)
            continue
        heard.remove(its)
        found.append(replace(one, end_us=max(_end_us(its, talks), one.start_us)) if one.data == UNTOLD else one)
    for one in heard:
        if any(hold.data != UNTOLD and hold.start_us <= one.start_us < hold.end_us for hold in told):
            continue  # of a hold that outlived a daemon: he may have been taken back for a moment meanwhile
        with_him = {agent for agent, start_us, end_us in talks if start_us < one.end_us and one.start_us < end_us}
        if len(with_him) == 1:
            found.append(replace(one, name=with_him.pop(), data=UNTOLD, end_us=_end_us(one, talks)))
    return tuple(found)


def _end_us(music: Interval, talks: Iterable[tuple[str, int, int]]) -> int:
    """Of who is sent on out of a hold the music ends a moment before the conversation."""
    return next((end for _, _, end in talks if music.end_us <= end < music.end_us + _MOMENT_US), music.end_us)


def _music(rows: Iterable[LedgerRow], caller: str) -> Iterator[Interval]:
    """When music played to this channel; what has no end was over with the call, and tells nothing."""
    begun: LedgerRow | None = None
    for row in rows:
        if row.uniqueid != caller:
            continue
        if row.type == RowType.STREAM_BEGIN and "class" in row.extra:
            begun = row
        elif row.type == RowType.STREAM_END and begun is not None:
            yield Interval(name="", data="", start_us=begun.at_us, end_us=row.at_us)
            begun = None
