"""The channels of one call and when which of them were connected, read off Asterisk's ledger. It decides nothing about
queues or outcomes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import attrgetter

from acd.seats import agent_of_channel, phone_of_channel
from recording.ledger import LedgerRow, RowType


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A time in which something named lasted: a stay in bridge `name`, a run of application `name` with `data`."""

    name: str
    data: str
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel from start to hang-up. `source` is the channel whose side hung up, as far as Asterisk knows.

    `joined`: it came into this call by an announced transfer, and starts here at that moment.
    """

    name: str
    uniqueid: str
    caller: str
    caller_name: str
    extension: str
    started_us: int
    answered_us: int | None
    ended_us: int
    cause: int
    source: str
    joined: bool
    stays: tuple[Interval, ...]
    runs: tuple[Interval, ...]
    star_code: bool = False
    """Its agent dealt with the system by a star code."""
    told: bool = False
    """Its times, or some of them, are the router's (recording.unwritten, recording.completed)."""

    @property
    def key(self) -> tuple[str, str]:
        """Which one of its call it is: the agents' channels of a call-back have one uniqueid, those of which only the
        router tells (recording.unwritten) one name for each phone."""
        return self.name, self.uniqueid

    @property
    def endpoint(self) -> str:
        """`1001` of `PJSIP/1001-0000002a`; of an outside seat its name (acd.seats)."""
        return phone_of_channel(self.name) or self.name.partition("/")[2].rpartition("-")[0]

    @property
    def agent(self) -> str:
        """Whose channel it is, as far as its name tells: the agent of an outside seat, else the endpoint."""
        return agent_of_channel(self.name) or self.endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Two channels in one bridge."""

    channel: Channel
    start_us: int
    end_us: int


def channels(rows: Sequence[LedgerRow], ended_us: int) -> tuple[Channel, ...]:
    """The channels in order of their start. What has no end in the ledger ended with the call, at `ended_us`."""
    joined = _joined(rows)
    by_name = groupby(sorted(rows, key=attrgetter("uniqueid")), key=attrgetter("uniqueid"))
    found = (_channel(life, joined.get(uniqueid), ended_us) for uniqueid, own in by_name for life in _lives(list(own)))
    return tuple(sorted(found, key=lambda one: one.started_us))


def connections(caller: Channel, others: Sequence[Channel]) -> tuple[Connection, ...]:
    """When the caller was in one bridge with which other channel, in order of time."""
    found = [
        Connection(channel=other, start_us=start_us, end_us=end_us)
        for other in others
        for his in other.stays
        for own in caller.stays
        if own.name == his.name
        and (start_us := max(own.start_us, his.start_us)) < (end_us := min(own.end_us, his.end_us))
    ]
    return tuple(sorted(found, key=lambda one: one.start_us))


def _lives(rows: Sequence[LedgerRow]) -> Iterator[list[LedgerRow]]:
    """The rows of each channel among those of one uniqueid: the agents' channels of a call-back bear it in turn."""
    starts = [at for at, row in enumerate(rows) if row.type == RowType.CHAN_START and at > 0]
    for start, end in pairwise((0, *starts, len(rows))):
        yield [*rows[start:end]]


def _joined(rows: Sequence[LedgerRow]) -> Mapping[str, int]:
    """When channels of another call came into this one, by their uniqueid: their agent was asked there by his colleague
    and took over the caller. Of what they did before, the rows of that other call tell, so they have no start here.

    As a rule the caller is put beside such a channel, and its first row here that names a bridge is its leaving of that
    bridge: the transfer tells when he came, or his own row of that bridge does where an agent has fetched him on a line
    that he had opened. (Before it may stand that the agent sent him on from there.) Or it is put beside the caller, and
    so begins here.
    """
    first: dict[str, LedgerRow] = {}
    moved: dict[str, LedgerRow] = {}
    bridged: dict[object, int] = {}
    for row in rows:
        first.setdefault(row.uniqueid, row)
        if row.type in (RowType.BRIDGE_ENTER, RowType.BRIDGE_EXIT):
            moved.setdefault(row.uniqueid, row)
        if row.type == RowType.BRIDGE_ENTER:
            bridged.setdefault(row.extra.get("bridge_id"), row.at_us)
    began = {row.uniqueid for row in rows if row.type == RowType.CHAN_START or row.uniqueid == row.linkedid}
    told = {asked: row.at_us for row in rows if (asked := asked_colleague(row))}
    came = {
        uniqueid: bridged.get(own.extra.get("bridge_id"), row.at_us) if own.type == RowType.BRIDGE_EXIT else row.at_us
        for uniqueid, row in first.items()
        if uniqueid not in began
        for own in (moved.get(uniqueid, row),)
    }
    return came | told


def has_star_code(rows: Iterable[LedgerRow]) -> bool:
    """Whether a channel of these rows stood at a star code: an agent has dialled it, or a number that means one."""
    return any(row.extension.startswith("*") for row in rows)


def asked_colleague(row: LedgerRow) -> str:
    """The uniqueid of the channel to which this row of a transfer joined the caller; empty where nobody had come."""
    asked = str(row.extra.get("transfer_target_channel_uniqueid", ""))
    return asked if row.type == RowType.ATTENDED_TRANSFER and asked != "N/A" else ""


def _channel(rows: list[LedgerRow], joined_us: int | None, ended_us: int) -> Channel:
    first = rows[0]
    hangup = next((row for row in rows if row.type in (RowType.HANGUP, RowType.CHAN_END)), None)
    end_us = hangup.at_us if hangup else ended_us
    extra = hangup.extra if hangup else {}
    return Channel(
        name=first.channel,
        uniqueid=first.uniqueid,
        caller=first.caller,
        caller_name=first.caller_name,
        extension=first.extension,
        started_us=joined_us or first.at_us,
        answered_us=next((row.at_us for row in rows if row.type == RowType.ANSWER), joined_us),
        ended_us=end_us,
        cause=int(extra.get("hangupcause") or 0),
        source=str(extra.get("hangupsource") or ""),
        joined=joined_us is not None,
        stays=_intervals(rows, RowType.BRIDGE_ENTER, RowType.BRIDGE_EXIT, joined_us, end_us),
        runs=_intervals(rows, RowType.APP_START, RowType.APP_END, None, end_us),
        star_code=has_star_code(rows),
    )


def _intervals(
    rows: Iterable[LedgerRow], start: RowType, end: RowType, joined_us: int | None, end_us: int
) -> tuple[Interval, ...]:
    done: list[Interval] = []
    begun: LedgerRow | None = None
    for row in rows:
        if begun is None and row.type == end and joined_us is not None and not done:
            done.append(_interval(row, joined_us, row.at_us))  # he was in that bridge when he came into this call
        if begun is not None and row.type in (start, end):
            done.append(_interval(begun, begun.at_us, row.at_us))
            begun = None
        if row.type == start:
            begun = row
    if begun is not None:
        done.append(_interval(begun, begun.at_us, end_us))
    return tuple(done)


def _interval(row: LedgerRow, start_us: int, end_us: int) -> Interval:
    bridge = row.type in (RowType.BRIDGE_ENTER, RowType.BRIDGE_EXIT)
    name = str(row.extra.get("bridge_id", "")) if bridge else row.application
    return Interval(name=name, data=row.data, start_us=start_us, end_us=end_us)
