"""What of a call an agent may hear whose part in it was judged: all but the time in which a colleague spoke with the
caller and he did not, or somebody outside to whom the caller was sent on. Of that he hears silence of equal length, so
that time marks stay true. Pure.
"""

import struct
from collections.abc import Sequence

from recording.inputs.spans import Span, union, without
from recording.record import CallRecord, Conversation, Recording, SegmentKind

Hidden = Sequence[tuple[int, int]]
"""Milliseconds from the beginning of a recording, from one and before the other, in order."""


def hidden_from(agent: str, record: CallRecord, recording: Recording) -> Hidden:
    """What of this recording is a colleague's alone, or is between the caller and somebody outside; nothing, as a rule.
    With a number outside he was connected alone where the record says so (`outside`): an agent who holds him meanwhile
    hears none of it, one who hears both is in a conference with them."""
    outside = [Span(one.started_at, one.ended_at) for one in record.segments if one.kind is SegmentKind.OUTSIDE]
    own = _spoken([one for one in record.conversations if one.agent == agent])
    theirs = _spoken([one for one in record.conversations if one.agent != agent])
    begin = recording.started_at
    found = [
        (round((one.start - begin).total_seconds() * 1000), round((one.end - begin).total_seconds() * 1000))
        for one in union([*without(theirs, own), *outside])
    ]
    return [(max(0, start), min(end, recording.duration_ms)) for start, end in found if end > 0]


def _spoken(conversations: Sequence[Conversation]) -> Sequence[Span]:
    return union(Span(one.started_at, one.ended_at) for one in conversations)


def shown_peaks(values: Sequence[int], bucket_ms: float, hidden: Hidden) -> tuple[int, ...]:
    """The peaks of a track, 0 where any of a bucket's time is hidden."""
    return tuple(
        0 if any(start < (at + 1) * bucket_ms and at * bucket_ms < end for start, end in hidden) else value
        for at, value in enumerate(values)
    )


class Silencer:
    """A WAV file (16 bit, signed) in, piece by piece; the same out, silent where it is hidden. What comes before the
    samples goes through as it is."""

    def __init__(self, hidden: Hidden) -> None:
        self._hidden = hidden
        self._head = b""
        self._silent: Sequence[tuple[int, int]] | None = None
        """Bytes of the samples that are hidden; None: the samples have not begun."""
        self._at = 0

    def feed(self, piece: bytes) -> bytes:
        """What there is to be given out of it. Raises ValueError where it is no such file."""
        if self._silent is not None:
            return self._quiet(piece)
        self._head += piece
        begin = _samples(self._head)
        if begin is None:
            return b""
        head, piece, self._head = self._head[:begin], self._head[begin:], b""
        self._silent = _bytes_of(head, self._hidden)
        return head + self._quiet(piece)

    def _quiet(self, piece: bytes) -> bytes:
        shown = bytearray(piece)
        for start, end in self._silent or ():
            first, last = max(start - self._at, 0), min(end - self._at, len(piece))
            if first < last:
                shown[first:last] = bytes(last - first)
        self._at += len(piece)
        return bytes(shown)


def _samples(head: bytes) -> int | None:
    """Where the samples begin, None: further on. Raises ValueError."""
    if len(head) >= 12 and (head[:4], head[8:12]) != (b"RIFF", b"WAVE"):
        raise ValueError("no WAV file")
    at = 12
    while len(head) >= at + 8:
        name, size = struct.unpack_from("<4sI", head, at)
        if name == b"data":
            return at + 8
        at += 8 + size + size % 2
    return None


def _bytes_of(head: bytes, hidden: Hidden) -> Sequence[tuple[int, int]]:
    """The hidden time as bytes of samples, whole samples of all tracks, rather one more than one less."""
    at = 12
    while head[at : at + 4] != b"fmt ":
        at += 8 + struct.unpack_from("<I", head, at + 4)[0]
    _, channels, rate, _, block, bits = struct.unpack_from("<HHIIHH", head, at + 8)
    if bits != 16 or block != 2 * channels:
        raise ValueError("samples that are not of 16 bits")
    return [(start * rate // 1000 * block, -(-end * rate // 1000) * block) for start, end in hidden]
