"""Our records against Asterisk's own rows: every row is known by a rule, or is a difference; so is every record. It
decides what differs and why, not where records and rows come from (recording.reconcile.day).

Asterisk's account of a call (CDR) is a row for each time one of its channels had with another, written for the channel
that dialled. So a call has a row for each phone that rang, and more where the caller was sent on; and Asterisk stops
counting when the other side has left, though the caller may go on alone: to a menu, a survey, a voicemail. The
channels of a record are its legs: each row is held against the leg of its channel, and each leg must stand in some
row.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from operator import attrgetter

from acd.callbacks import is_callback
from recording.channels import has_star_code
from recording.ledger import LedgerRow
from recording.reconcile.rows import CdrRow
from recording.record import ASTERISK_LOST, CallRecord, Leg

WITHIN_US = 1_000_000
"""Instants farther apart differ. Of a row that knows whole seconds only, ours is cut to the second as well."""

_ANSWERED = "ANSWERED"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Kind(StrEnum):
    """What a row of Asterisk is for us."""

    CALL = "call"  # the first of the channel that began the call
    FURTHER = "further"  # another of it: the next phone that rang, or where the caller was sent on
    OTHER_CHANNEL = (
        "other_channel"  # of a channel that came later: the agent's of a call-back, a colleague who was asked
    )
    CONFERENCE = "conference"  # of a colleague who came into the conversation
    OUTSIDE_SEAT = "outside_seat"  # the far side of an agent's outside number
    STAR_CODE = "star_code"  # an agent's dealings with the system: no call
    CALLBACK_NOT_RUNG = "callback_not_rung"  # an agent's phone rang for a call-back, the customer's did not: no call
    UNDER_WAY = "under_way"  # goes on, or has ended just now


_OF_CONTEXT = {"outside": Kind.OUTSIDE_SEAT, "conference": Kind.CONFERENCE}


class Cause(StrEnum):
    """Why a record and Asterisk's rows differ."""

    ONLY_ASTERISK = "only_asterisk"  # a call of which we have neither record nor ledger
    NOT_FOLDED = "not_folded"  # our ledger has it, and no record came of it
    ONLY_US = "only_us"  # Asterisk has no row of it
    ASTERISK_LOST = (
        "asterisk_lost"  # Asterisk was killed during the call, or could not write: rows are lost or cut short
    )
    STARTED = "started"
    ANSWERED = "answered"
    ENDED = "ended"
    DURATION = "duration"
    BILLED = "billed"
    DISPOSITION = "disposition"  # Asterisk says that it was answered, and we do not, or the other way round
    ROW_TWICE = "row_twice"  # the same row more than once, as where a file was copied beside itself
    LEG_UNKNOWN_TO_US = "leg_unknown_to_us"  # a channel in Asterisk's rows that no leg of the record is
    LEG_UNKNOWN_TO_ASTERISK = "leg_unknown_to_asterisk"
    IN_PIECES = "in_pieces"  # one channel of Asterisk in several records that do not belong together


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One disagreement about a call. `ours` and `theirs` are instants (ISO 8601, UTC), seconds, or names of channels;
    empty where that side knows nothing."""

    cause: Cause
    linkedid: str
    call: str = ""
    channel: str = ""
    ours: str = ""
    theirs: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What was compared: records, rows by kind, and how often Asterisk stopped counting while a caller went on
    alone."""

    records: int = 0
    rows: Mapping[Kind, int] = field(default_factory=dict)
    went_on_alone: int = 0
    differences: tuple[Difference, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether nothing differs but what a killed Asterisk could not write."""
        return all(one.cause is Cause.ASTERISK_LOST for one in self.differences)


def no_call(linkedid: str, rows: Sequence[LedgerRow], *, under_way: bool) -> Kind | None:
    """What it is of which our ledger has these rows and no record was made; None where one should have been."""
    if under_way:
        return Kind.UNDER_WAY
    first = next((row for row in rows if row.uniqueid == linkedid), rows[0] if rows else None)
    if first is not None and not first.extension and not is_callback(linkedid):
        return Kind.STAR_CODE  # his phone rang for a call that he wanted to make, and he did not pick up
    if first is not None and has_star_code(row for row in rows if row.uniqueid == first.uniqueid):
        return Kind.STAR_CODE
    return Kind.CALLBACK_NOT_RUNG if first is not None and is_callback(linkedid) else None


def compare(
    records: Iterable[CallRecord],
    rows: Iterable[CdrRow],
    without: Mapping[str, Kind | None],
    neighbours: Iterable[CallRecord] = (),
) -> Reconciliation:
    """Holds these records against these rows. `without`: of each linkedid that has rows and no record but is in our
    ledger, what `no_call` says. `neighbours` are records that are not judged, but whose channels are known. Both sides
    are whole calls: all rows of a call, if any. Pure.
    """
    comparison = Comparison(rows)
    for record in records:
        comparison.judge(record)
    for neighbour in neighbours:
        comparison.know(neighbour)
    return comparison.result(without)


class Comparison:
    """`compare` of many records, of which no more is kept than what is needed to know their channels again. Give it
    `judge` before `know`: a record that was judged is known already."""

    def __init__(self, rows: Iterable[CdrRow]) -> None:
        self._theirs: dict[str, list[CdrRow]] = {}
        for row in rows:
            self._theirs.setdefault(row.linkedid, []).append(row)
        self._records = self._alone = 0
        self._kinds: Counter[Kind] = Counter()
        self._found: list[Difference] = []
        self._judged: set[str] = set()
        self._owners: dict[str, list[_Known]] = {}
        self._strange: list[tuple[_Known, CdrRow]] = []

    def judge(self, record: CallRecord) -> None:
        """Holds it against the rows of its call."""
        known = self._keep(record, judged=True)
        self._judged.add(record.linkedid)
        self._records += 1
        rows = sorted(self._theirs.pop(record.linkedid, ()), key=attrgetter("start_us"))
        if rows:
            call = _Call(record, rows)
            self._found += known.named(call.differences())
            self._kinds.update(call.kinds())
            self._alone += call.went_on_alone
            self._strange += [(known, row) for row in call.strange()]
        else:
            self._found += known.named([known.difference(Cause.ONLY_US, "", ours=_instant(_us(record.started_at)))])

    def know(self, record: CallRecord) -> None:
        """It is not judged, but its channels are known."""
        if record.linkedid not in self._judged:
            self._keep(record, judged=False)

    def lacking(self) -> set[str]:
        """The linkedids that have rows and of which no record was judged."""
        return set(self._theirs)

    def result(self, without: Mapping[str, Kind | None], begun: Collection[str] | None = None) -> Reconciliation:
        """What came of it; `without` as in `compare`. Of the calls without a record only those `begun` are judged; all,
        unless told otherwise."""
        found = [*self._found, *self._shared()]
        for linkedid, rows in self._theirs.items():
            if begun is not None and linkedid not in begun:
                continue
            if kind := without.get(linkedid):
                self._kinds[kind] += len(rows)
                continue
            first = min(rows, key=attrgetter("start_us"))
            cause = Cause.NOT_FOLDED if linkedid in without else Cause.ONLY_ASTERISK
            found.append(
                Difference(cause=cause, linkedid=linkedid, channel=first.channel, theirs=_instant(first.start_us))
            )
        return Reconciliation(
            records=self._records,
            rows=dict(self._kinds),
            went_on_alone=self._alone,
            differences=tuple(sorted(dict.fromkeys(found), key=lambda one: (one.linkedid, one.cause, one.channel))),
        )

    def _keep(self, record: CallRecord, *, judged: bool) -> "_Known":
        lost = record.reason == ASTERISK_LOST or any(leg.reconstructed for leg in record.legs)
        known = _Known(record.linkedid, record.id, record.consult_of, record.callback, lost=lost, judged=judged)
        for uniqueid in {leg.uniqueid for leg in record.legs if leg.uniqueid}:
            self._owners.setdefault(uniqueid, []).append(known)
        return known

    def _shared(self) -> Iterator[Difference]:
        """Channels that stand in several records, and those in rows of a call that no leg of it is: a channel may have
        stood in another call of ours as well, the one in which an agent asked about this one."""
        for uniqueid, owners in self._owners.items():
            for one in owners if len(owners) > 1 else ():
                for other in owners:
                    if one.judged and not one.is_of(other):
                        yield from one.named([one.difference(Cause.IN_PIECES, uniqueid, ours=other.id)])
        for one, row in self._strange:
            others = self._owners.get(row.uniqueid, ())
            if not others:
                unknown = one.difference(Cause.LEG_UNKNOWN_TO_US, row.channel, theirs=_instant(row.start_us))
                yield from one.named([unknown])
            for other in others:
                if not one.is_of(other):
                    yield from one.named([one.difference(Cause.IN_PIECES, row.channel, ours=other.id)])


@dataclass(frozen=True, slots=True)
class _Known:
    """What is kept of a record."""

    linkedid: str
    id: str
    consult_of: str | None
    callback: str | None
    lost: bool = field(kw_only=True)
    judged: bool = field(kw_only=True)

    def is_of(self, other: "_Known") -> bool:
        """Whether an agent asked in one of them about the other, or both are attempts of one call-back."""
        asked = self.id == other.consult_of or other.id == self.consult_of
        return self is other or asked or (self.callback is not None and self.callback == other.callback)

    def difference(self, cause: Cause, channel: str, ours: str = "", theirs: str = "") -> Difference:
        """One of this record."""
        return Difference(cause=cause, linkedid=self.linkedid, call=self.id, channel=channel, ours=ours, theirs=theirs)

    def named(self, found: Iterable[Difference]) -> list[Difference]:
        """Of a call that a killed Asterisk cut off, that it was is the cause of all that differs."""
        differences = list(found)
        return [self.difference(Cause.ASTERISK_LOST, "")] if differences and self.lost else differences


class _Call:
    """One record and the rows of its linkedid. `went_on_alone` is known once `differences` has been walked through."""

    def __init__(self, record: CallRecord, rows: Sequence[CdrRow]) -> None:
        self.record = record
        self.rows = rows
        self.legs = {leg.channel: leg for leg in record.legs if leg.uniqueid}
        self.went_on_alone = 0
        self.began = next((leg.channel for leg in record.legs if leg.uniqueid == record.linkedid), "")

    def kinds(self) -> Iterator[Kind]:
        seen = False
        for row in self.rows:
            if row.channel == self.began:
                yield Kind.FURTHER if seen else Kind.CALL
                seen = True
            else:
                yield _OF_CONTEXT.get(row.context, Kind.OTHER_CHANNEL)

    def strange(self) -> Iterator[CdrRow]:
        """The first row of each channel that is no leg of the record."""
        channels: dict[str, CdrRow] = {}
        for row in self.rows:
            channels.setdefault(row.channel, row)
        yield from (row for channel, row in channels.items() if channel not in self.legs)

    def differences(self) -> Iterator[Difference]:
        named = {row.channel for row in self.rows} | {row.peer for row in self.rows}
        for channel in {row.channel: None for row in self.rows}:
            if channel in self.legs:
                yield from self._times(self.legs[channel], [row for row in self.rows if row.channel == channel])
        for row, times in Counter(self.rows).items():
            if times > 1:
                yield self._difference(Cause.ROW_TWICE, row.channel, theirs=_instant(row.start_us))
            if not self._disposed(row):
                yield self._difference(Cause.DISPOSITION, row.channel, theirs=row.disposition)
        last_us = max((us for leg in self.record.legs if (us := _us(leg.ended_at))), default=None)
        if last_us is not None and _apart(_us(self.record.ended_at), last_us):
            yield self._difference(Cause.ENDED, "", _instant(_us(self.record.ended_at)), _instant(last_us))
        for channel in self.legs.keys() - named:
            yield self._difference(Cause.LEG_UNKNOWN_TO_ASTERISK, channel, ours=channel)

    def _disposed(self, row: CdrRow) -> bool:
        """Whether the row says rightly that its two sides were connected, or its one side was answered. Who is joined
        while his phone rings is so for Asterisk and not for us; the far side of an outside seat is answered before its
        agent has said that it is he."""
        peer = self.legs.get(row.peer)
        connected = row.answer_us is not None
        if connected and peer is not None:
            joined = bool(self.record.transfers) or self.record.consult_of is not None
            if joined and peer.answered_at is None:
                return True
            connected = peer.answered_at is not None
        return (row.disposition == _ANSWERED) is connected

    def _times(self, leg: Leg, rows: Sequence[CdrRow]) -> Iterator[Difference]:
        precise = all(row.precise for row in rows)
        started, answered, ended = (_us(one, precise) for one in (leg.started_at, leg.answered_at, leg.ended_at))
        assert started is not None
        assert ended is not None
        last = max(rows, key=lambda row: (row.end_us, not row.peer))
        # An agent who has fetched a caller on a line of his own goes on as the other side of the caller's row.
        theirs_ended = max(last.end_us, *(row.end_us for row in self.rows if row.peer == leg.channel), 0)
        if ended - theirs_ended > WITHIN_US and self._left(last):
            self.went_on_alone += 1
            theirs_ended = ended
        theirs_started = min(row.start_us for row in rows)
        theirs_answered = min((row.answer_us for row in rows if row.answer_us), default=None)
        for cause, our, their in (
            (Cause.STARTED, started, theirs_started),
            (Cause.ANSWERED, answered, theirs_answered),
            (Cause.ENDED, ended, theirs_ended),
        ):
            if _apart(our, their):
                yield self._difference(cause, leg.channel, ours=_instant(our), theirs=_instant(their))
        lengths = [(Cause.DURATION, ended - started, theirs_ended - theirs_started)]
        if answered is not None and theirs_answered is not None:
            lengths.append((Cause.BILLED, ended - answered, theirs_ended - theirs_answered))
        for cause, our_us, their_us in lengths:
            # Two instants that were cut to the second give a length that is wrong by up to a second more.
            if abs(our_us - their_us) > (WITHIN_US if precise else 2 * WITHIN_US):
                yield self._difference(cause, leg.channel, ours=_seconds(our_us), theirs=_seconds(their_us))

    def _left(self, last: CdrRow) -> bool:
        """Whether the row ended because its other side left: our record knows that side, and that it left just then."""
        peer = self.legs.get(last.peer)
        return peer is not None and not _apart(_us(peer.ended_at, last.precise), last.end_us)

    def _difference(self, cause: Cause, channel: str, ours: str = "", theirs: str = "") -> Difference:
        return Difference(
            cause=cause,
            linkedid=self.record.linkedid,
            call=self.record.id,
            channel=channel,
            ours=ours,
            theirs=theirs,
        )


def _apart(our: int | None, their: int | None) -> bool:
    return (our is None) != (their is None) or (our is not None and their is not None and abs(our - their) > WITHIN_US)


def _us(moment: datetime | None, precise: bool = True) -> int | None:
    if moment is None:
        return None
    us = (moment - _EPOCH) // timedelta(microseconds=1)
    return us if precise else us // 1_000_000 * 1_000_000


def _instant(us: int | None) -> str:
    return "" if us is None else (_EPOCH + timedelta(microseconds=us)).isoformat(timespec="milliseconds")


def _seconds(us: int) -> str:
    return f"{us / 1_000_000:.3f}"
