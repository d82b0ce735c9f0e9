"""What a telephone says on RTP, moment by moment: its tone, and digits as named events (RFC 3550, RFC 4733)."""

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
KEY_MS = 100
PAUSE_MS = 140
_VOLUME = 10
_END_PACKETS = 3


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
    """What is due, every 20 ms: a packet of the tone, or packets of a digit pressed."""

    def __init__(self, hertz: int) -> None:
        self._tone = tone(hertz)
        self._position = 0
        self._sequence = random.getrandbits(15)
        self._timestamp = random.getrandbits(31)
        self._source = random.getrandbits(32)
        self._pressed: deque[Iterator[list[bytes]]] = deque()
        self._unsaid = 0

    @property
    def pressing(self) -> bool:
        """Of some digit the end has not been said yet."""
        return self._unsaid > 0

    def press(self, digits: str, key_ms: int = KEY_MS, pause_ms: int = PAUSE_MS) -> None:
        """Send digits from now on, one after the other: each key is down for `key_ms` (20 at least), the next comes
        `pause_ms` later, both in steps of 20. Raises ValueError for what is no key of a telephone."""
        if not set(digits) <= set(KEYS):
            raise ValueError(f"the keys of a telephone are {KEYS}")
        codes = [KEYS.index(digit) for digit in digits]
        self._pressed.extend(self._key(code, key_ms // PACKET_MS, pause_ms // PACKET_MS) for code in codes)
        self._unsaid += len(codes)

    def release(self) -> None:
        """Forget the digits not yet sent."""
        self._pressed.clear()
        self._unsaid = 0

    def packets(self) -> list[bytes]:
        """What is to be sent now."""
        self._position = (self._position + SAMPLES) % len(self._tone)
        self._timestamp = (self._timestamp + SAMPLES) % 2**32
        while self._pressed:
            for packets in self._pressed[0]:
                return packets or [self._audio()]
            self._pressed.popleft()
        return [self._audio()]

    def _audio(self) -> bytes:
        return self._packet(AUDIO, self._timestamp, self._tone[self._position : self._position + SAMPLES])

    def _key(self, code: int, steps: int, pause: int) -> Iterator[list[bytes]]:
        """What is sent for one key: all packets carry the time it went down; the last is sent three times, at once
        where the pause is too short for that; then the tone until the pause is over."""
        start, apart = self._timestamp, pause >= _END_PACKETS
        payload = _EVENT.pack(code, 0x80 | _VOLUME, steps * SAMPLES)
        for number in range(1, steps + 1):
            packets = [
                self._packet(EVENT, start, _EVENT.pack(code, _VOLUME, number * SAMPLES), marker=number == 1),
            ]
            if number == steps and not apart:
                self._unsaid -= 1
                packets += [self._packet(EVENT, start, payload) for _ in range(_END_PACKETS)]
            yield packets
        for number in range(pause):
            if apart and number == 0:
                self._unsaid -= 1
            yield [self._packet(EVENT, start, payload)] if apart and number < _END_PACKETS else []

    def _packet(self, kind: int, timestamp: int, payload: bytes, *, marker: bool = False) -> bytes:
        self._sequence = (self._sequence + 1) % 2**16
        return _HEAD.pack(0x80, marker << 7 | kind, self._sequence, timestamp, self._source) + payload
