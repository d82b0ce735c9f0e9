"""What of a call was recorded, and what was not: where its recordings are silent on purpose, and what of its talk none
of them has. It looks at times only; files are kept elsewhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from acd.facts import CallArrived, Fact, RecordingPaused, RecordingResumed
from recording.instants import utc
from recording.record import Pause, Recording


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
