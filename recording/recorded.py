"""What of a call was recorded, and what was not: where its recordings are silent on purpose, and what of its talk none
of them has. It looks at times only; files are kept elsewhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from acd.facts import CallArrived, Fact, RecordingPaused, RecordingResumed
from recording.instants import utc
from recording.record import ASTERISK_LOST, CallRecord, Missing, Pause, Recording

Span = tuple[datetime, datetime]

UNNOTICED = timedelta(milliseconds=500)
"""A shorter lack counts for nothing. Where the packets of one side come more than 100 ms late Asterisk throws away what
it has of both and not yet written (AST_AUDIOHOOK_SYNC_TOLERANCE, main/audiohook.c): 150 to 180 ms each time, measured
with senders held up for 300 and 600 ms, none with 80 ms. Two such hold-ups in a call are borne. They count from the
beginning, wherever they were: a file's times are certain at its end."""

UNKNOWN = "unknown"
DISK_FULL = "disk_full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A time in which nothing is recorded because somebody wanted it so."""

    started_at: datetime
    ended_at: datetime
    who: str
    why: str


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
            case RecordingResumed() | CallArrived(resumed=True) if begun is not None:
                found.append(_silence(begun, utc(fact.at_ms * 1000)))
                begun = None
            case _:
                pass
    if begun is not None:
        found.append(_silence(begun, max(utc(ended_us), utc(begun.at_ms * 1000))))
    return tuple(found)


def with_pauses(recordings: Iterable[Recording], silent: Sequence[Silence]) -> tuple[Recording, ...]:
    """The recordings, each with those pauses that fall into it."""
    return tuple(one.model_copy(update={"pauses": _within(one, silent)}) for one in recordings)


def _silence(begun: RecordingPaused, ended_at: datetime) -> Silence:
    return Silence(started_at=utc(begun.at_ms * 1000), ended_at=ended_at, who=begun.by, why=begun.why)


def _within(recording: Recording, silent: Iterable[Silence]) -> tuple[Pause, ...]:
    pauses = []
    for one in silent:
        start_ms = max(0, _position_ms(recording, one.started_at))
        end_ms = min(recording.duration_ms, _position_ms(recording, one.ended_at))
        if start_ms < end_ms:
            pauses.append(Pause(start_ms=start_ms, end_ms=end_ms, who=one.who, why=one.why))
    return tuple(pauses)


def _position_ms(recording: Recording, at: datetime) -> int:
    return round((at - recording.started_at) / timedelta(milliseconds=1))


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
    return round(sum((end - start for start, end in spans), timedelta()) / timedelta(milliseconds=1))


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
