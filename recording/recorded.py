"""What of a call was recorded, and what was not: where its recordings are silent on purpose, and what of its talk none
of them has. It looks at times only; files are kept elsewhere.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from acd.facts import CallArrived, Fact, RecordingPaused, RecordingResumed
from acd.recording_facts import UNSEEN, Written
from recording.instants import utc
from recording.record import ASTERISK_LOST, CallRecord, Missing, Pause, Recording

Span = tuple[datetime, datetime]

UNNOTICED = timedelta(milliseconds=500)
"""A shorter lack counts for nothing. Where the packets of one side come more than 100 ms late Asterisk throws away what
it has of both and not yet written (AST_AUDIOHOOK_SYNC_TOLERANCE, main/audiohook.c): 150 to 180 ms each time, measured
with senders held up for 300 and 600 ms, none with 80 ms. Two such hold-ups in a call are borne. They count from the
beginning, wherever they were: a file's times are certain at its end."""

AS_LONG = timedelta(milliseconds=200)
"""So little may be missing between two moments of a file, by the clocks of those who told them, with nothing lost."""

UNKNOWN = "unknown"
DISK_FULL = "disk_full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A time in which nothing is recorded because somebody wanted it so. `begun` and `ended` are how much of the call
    was written when it began and ended."""

    started_at: datetime
    ended_at: datetime
    who: str
    why: str
    begun: Written = UNSEEN
    ended: Written = UNSEEN


def silences(facts: Iterable[Fact], ended_us: int) -> tuple[Silence, ...]:
    """The pauses of a call, from its facts in order of time. One that was never ended by us, because we were away, was
    over when the caller came to us again: the dialplan ends it before it hands him over; else with the call.
    """
    found: list[Silence] = []
    begun: RecordingPaused | None = None
    for fact in facts:
        match fact:
            case RecordingPaused() if begun is None:
                begun = fact
            case RecordingResumed() if begun is not None:
                found.append(_silence(begun, utc(fact.at_ms * 1000), _written(fact)))
                begun = None
            case CallArrived(resumed=True) if begun is not None:
                found.append(_silence(begun, utc(fact.at_ms * 1000)))
                begun = None
            case _:
                pass
    if begun is not None:
        found.append(_silence(begun, max(utc(ended_us), utc(begun.at_ms * 1000))))
    return tuple(found)


def with_pauses(recordings: Iterable[Recording], silent: Sequence[Silence]) -> tuple[Recording, ...]:
    """The recordings, in order, each with those pauses that fall into it."""
    found: list[Recording] = []
    opened_at = datetime.min.replace(tzinfo=UTC)
    for one in recordings:
        found.append(one.model_copy(update={"pauses": _within(one, silent, opened_at)}))
        opened_at = one.started_at + _length(one)
    return tuple(found)


def _silence(begun: RecordingPaused, ended_at: datetime, ended: Written = UNSEEN) -> Silence:
    started_at = utc(begun.at_ms * 1000)
    return Silence(
        started_at=started_at, ended_at=ended_at, who=begun.by, why=begun.why, begun=_written(begun), ended=ended
    )


def _written(fact: RecordingPaused | RecordingResumed) -> Written:
    return Written(fact.written_at_ms, fact.written_ms)


def _within(recording: Recording, silent: Iterable[Silence], opened_at: datetime) -> tuple[Pause, ...]:
    """`opened_at` is the earliest that its file can have been there. A pause that began in it is told even where it has
    no length there, because nothing came meanwhile that could have been silenced."""
    silent = [*silent]
    closed_at = recording.started_at + _length(recording)

    def is_of(seen: Written) -> bool:
        return seen != UNSEEN and opened_at <= utc(seen.at_ms * 1000) <= closed_at

    known = sorted({seen for one in silent for seen in (one.begun, one.ended) if is_of(seen)})
    moments = [*((utc(seen.at_ms * 1000), seen.ms) for seen in known), (closed_at, recording.duration_ms)]
    pauses: list[Pause] = []
    at_ms = 0
    for one in silent:
        start_ms = min(max(at_ms, _position_ms(moments, one.started_at)), recording.duration_ms)
        end_ms = min(_position_ms(moments, one.ended_at), recording.duration_ms)
        if start_ms < end_ms or is_of(one.begun):
            at_ms = max(start_ms, end_ms)
            pauses.append(Pause(start_ms=start_ms, end_ms=at_ms, who=one.who, why=one.why))
    return tuple(pauses)


def _position_ms(moments: Sequence[tuple[datetime, int]], at: datetime) -> int:
    """Where this moment is in a file that had these lengths at these moments, the last when it was closed. If audio was
    lost between two of them, nobody knows on which side of this one: it is reckoned from the nearer."""
    after = bisect_left(moments, at, key=lambda one: one[0])
    if after == len(moments):
        return moments[-1][1] + _ms(at - moments[-1][0])
    next_at, next_ms = moments[after]
    backward_ms = next_ms - _ms(next_at - at)
    if not after:
        return backward_ms
    last_at, last_ms = moments[after - 1]
    forward_ms = last_ms + _ms(at - last_at)
    if forward_ms - backward_ms <= _ms(AS_LONG) or next_at - at <= at - last_at:
        return max(backward_ms, last_ms)
    return min(forward_ms, next_ms)


def _ms(span: timedelta) -> int:
    return round(span / timedelta(milliseconds=1))


def missing_talk(record: CallRecord, cause: str = "") -> tuple[Missing, ...]:
    """The talk of this call that none of its recordings has, in order. Less than `UNNOTICED` at a time is none.

    `cause` is what whoever keeps recordings knows of it ("disk_full"); that Asterisk was killed the record says itself.
    """
    why = ASTERISK_LOST if record.reason == ASTERISK_LOST else cause or UNKNOWN
    recorded = _joined((one.started_at, one.started_at + _length(one)) for one in record.recordings)
    found = []
    for start, end in talked(record):
        at = start
        for begun, ended in (*recorded, (end, end)):
            if min(begun, end) - at >= UNNOTICED:
                found.append(Missing(started_at=at, ended_at=min(begun, end), cause=why))
            at = max(at, ended)
    return tuple(found)


def talked(record: CallRecord) -> list[Span]:
    """When somebody talked in this call, holds included, in order and apart."""
    return _joined((one.started_at, one.ended_at) for one in record.conversations)


def span_ms(spans: Iterable[Span]) -> int:
    """How long they are together."""
    return _ms(sum((end - start for start, end in spans), timedelta()))


def _joined(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _length(recording: Recording) -> timedelta:
    return timedelta(milliseconds=recording.duration_ms)
