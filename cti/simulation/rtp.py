"""What a telephone says on RTP, packet by packet: its tone, and digits as named events (RFC 3550, RFC 4733)."""

import random
import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from cti.simulation.tones import tone

PACKET_MS = 20
SAMPLES = 160
AUDIO = 0  # PCMU
EVENT = 101  # as the session description of our script says
KEYS = "0123456789*#ABCD"
_HEAD = struct.Struct("!BBHII")
_EVENT = struct.Struct("!BBH")
_VOLUME = 10
_KEY_PACKETS = 5  # 100 ms
_END_PACKETS = 3
_PAUSE_PACKETS = 4


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """A packet received."""

    payload_type: int
    sequence: int
    payload: bytes


def read(data: bytes) -> RtpPacket | None:
    """The packet, or None where the bytes are none of version 2 without extensions, which is all Asterisk sends."""
    if len(data) < _HEAD.size or data[0] != 0x80:
        return None
    _, kind, sequence, _, _ = _HEAD.unpack_from(data)
    return RtpPacket(kind & 0x7F, sequence, data[_HEAD.size :])


class Voice:
    """The next packet, every 20 ms: the tone, or a part of a digit pressed."""

    def __init__(self, hertz: int) -> None:
        self._tone = tone(hertz)
        self._position = 0
        self._sequence = random.getrandbits(15)
        self._timestamp = random.getrandbits(31)
        self._source = random.getrandbits(32)
        self._pressed: deque[Iterator[bytes | None]] = deque()
        self._unsaid = 0

    @property
    def pressing(self) -> bool:
        """Of some digit the end has not been said yet."""
        return self._unsaid > 0

    def press(self, digits: str) -> None:
        """Send digits from now on, one after the other. Raises ValueError for what is no key of a telephone."""
        if not set(digits) <= set(KEYS):
            raise ValueError(f"the keys of a telephone are {KEYS}")
        codes = [KEYS.index(digit) for digit in digits]
        self._pressed.extend(self._key(code) for code in codes)
        self._unsaid += len(codes)

    def release(self) -> None:
        """Forget the digits not yet sent."""
        self._pressed.clear()
        self._unsaid = 0

    def packet(self) -> bytes:
        self._position = (self._position + SAMPLES) % len(self._tone)
        self._timestamp = (self._timestamp + SAMPLES) % 2**32
        while self._pressed:
            for event in self._pressed[0]:
                return event or self._audio()
            self._pressed.popleft()
        return self._audio()

    def _audio(self) -> bytes:
        return self._packet(AUDIO, self._timestamp, self._tone[self._position : self._position + SAMPLES])

    def _key(self, code: int) -> Iterator[bytes | None]:
        """The packets of one key: all carry the time it went down; the last is sent three times; then a pause."""
        start = self._timestamp
        for number in range(1, _KEY_PACKETS + 1):
            payload = _EVENT.pack(code, _VOLUME, number * SAMPLES)
            yield self._packet(EVENT, start, payload, marker=number == 1)
        end = _EVENT.pack(code, 0x80 | _VOLUME, _KEY_PACKETS * SAMPLES)
        self._unsaid -= 1
        for _ in range(_END_PACKETS):
            yield self._packet(EVENT, start, end)
        for _ in range(_PAUSE_PACKETS):
            yield None

    def _packet(self, kind: int, timestamp: int, payload: bytes, *, marker: bool = False) -> bytes:
        self._sequence = (self._sequence + 1) % 2**16
        return _HEAD.pack(0x80, marker << 7 | kind, self._sequence, timestamp, self._source) + payload
