"""Many callers' ears, mouths and fingers on RTP, cheap enough to stand beside what they measure: each speaks a tone
without a pause, presses keys of a menu as people do (RFC 4733), and some write down when each packet came.

`python -m tests.load.rtp_callers PLAN FILE` takes a plan (JSON, `Plan`), begins when every caller has been spoken to,
ends after `lasts_s`, and writes FILE. It has one loop, and packets are stamped by the kernel when they arrive. Whoever
is not listened to is not read: the kernel drops what comes.
"""

import gc
import json
import random
import socket
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cti.simulation.rtp import AUDIO, EVENT, PACKET_MS, SAMPLES
from cti.simulation.tones import tone

STAMPED = getattr(socket, "SO_TIMESTAMPNS", 35)
"""Linux's SO_TIMESTAMPNS_OLD, which Python's socket module has from 3.14 on."""

SLOTS = 20
"""The callers speak in turn, not all in one moment."""

MEET_S = 60.0
KEY_PACKETS = 3
END_PACKETS = 3
_HEAD = struct.Struct("!BBHII")
_EVENT = struct.Struct("!BBH")
_STAMP = struct.Struct("@qq")


@dataclass(frozen=True)
class Plan:
    """The ports of the callers' ears, how many of them are listened to, and their keys: menus' ones, again and again,
    each `pause_s` after the one before; and the digits of the last question, keyed at once at `digits_per_s`."""

    ports: list[int]
    listened: int
    lasts_s: float
    menu_keys: str
    digits: int
    digits_per_s: int
    pause_s: tuple[float, float]


@dataclass
class Heard:
    """What one caller did and heard: the end of each key (nanoseconds since the epoch), and of each packet when it
    came, its timestamp, and its marker."""

    keys: list[tuple[int, str]] = field(default_factory=list)
    packets: list[tuple[int, int, int]] = field(default_factory=list)


class Caller:
    """One caller."""

    def __init__(self, plan: Plan, port: int, number: int) -> None:
        self.heard = Heard()
        self.ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.ear.bind(("127.0.0.1", port))
        self._audio = tone(440)[:SAMPLES]
        self._random = random.Random(number)
        self._sequence = self._timestamp = number
        self._source = number
        self._keys = self._fingers(plan)

    def meet(self) -> None:
        """Wait for the first packet: where it comes from is where to speak to."""
        self.ear.settimeout(MEET_S)
        _, address = self.ear.recvfrom(2048)
        self.ear.setblocking(False)
        self.ear.connect(address)

    def listen(self) -> None:
        """From now on each packet is stamped and kept until it is read."""
        self.ear.setsockopt(socket.SOL_SOCKET, STAMPED, 1)

    def read(self) -> None:
        """All packets that have come."""
        while True:
            try:
                data, stamps, _, _ = self.ear.recvmsg(2048, 64)
            except OSError:  # nothing has come, or the call is over
                return
            if not stamps:
                continue  # it came before anybody listened
            seconds, nanoseconds = _STAMP.unpack(stamps[0][2][: _STAMP.size])
            _, kind, _, timestamp, _ = _HEAD.unpack_from(data)
            if kind & 0x7F == AUDIO:
                self.heard.packets.append((seconds * 1_000_000_000 + nanoseconds, timestamp, kind >> 7))

    def speak(self) -> None:
        """The next 20 ms."""
        self._timestamp = (self._timestamp + SAMPLES) & 0xFFFFFFFF
        with suppress(OSError):  # the call may be over
            for data in next(self._keys):
                self.ear.send(data)

    def _fingers(self, plan: Plan) -> Iterator[list[bytes]]:
        """Keys and the tone between them, without an end."""
        while True:
            for key in plan.menu_keys:
                yield from self._talk(self._random.uniform(*plan.pause_s))
                yield from self._press(key)
            yield from self._talk(self._random.uniform(*plan.pause_s))
            for _ in range(plan.digits):
                yield from self._press(str(self._random.randrange(1, 10)))
                yield from self._talk(1 / plan.digits_per_s - KEY_PACKETS * PACKET_MS / 1000)

    def _talk(self, seconds: float) -> Iterator[list[bytes]]:
        for _ in range(round(seconds * 1000 / PACKET_MS)):
            yield [self._packet(AUDIO, self._timestamp, self._audio)]

    def _press(self, key: str) -> Iterator[list[bytes]]:
        start, code = self._timestamp, int(key)
        for number in range(1, KEY_PACKETS):
            yield [self._packet(EVENT, start, _EVENT.pack(code, 10, number * SAMPLES), marker=number == 1)]
        end = _EVENT.pack(code, 0x80 | 10, KEY_PACKETS * SAMPLES)
        self.heard.keys.append((time.time_ns(), key))
        yield [self._packet(EVENT, start, end) for _ in range(END_PACKETS)]

    def _packet(self, kind: int, timestamp: int, payload: bytes, *, marker: bool = False) -> bytes:
        self._sequence = (self._sequence + 1) & 0xFFFF
        return _HEAD.pack(0x80, marker << 7 | kind, self._sequence, timestamp, self._source) + payload


def run(plan: Plan) -> tuple[list[Heard], dict[str, float]]:
    """Everybody, from the first word to the end; and how late this program itself was, in milliseconds."""
    callers = [Caller(plan, port, number) for number, port in enumerate(plan.ports)]
    for caller in callers:
        caller.meet()
    listened = callers[:: max(1, len(callers) // plan.listened)][: plan.listened]
    for caller in listened:
        caller.listen()
    gc.freeze()
    gc.disable()
    step_s = PACKET_MS / 1000 / SLOTS
    began = time.monotonic()
    late_ms = []
    for tick in range(round(plan.lasts_s / step_s)):
        due = began + tick * step_s
        if (left := due - time.monotonic()) > 0:
            time.sleep(left)
        else:
            late_ms.append(-left * 1000)
        for caller in callers[tick % SLOTS :: SLOTS]:
            caller.speak()
        if tick % (SLOTS // 2) == 0:
            for caller in listened:
                caller.read()
    ranked = sorted(late_ms) or [0.0]
    lateness = {"p99": ranked[round(0.99 * (len(ranked) - 1))], "most": ranked[-1], "cpu_s": time.process_time()}
    return [caller.heard for caller in callers], lateness


def main() -> None:
    """The plan, the calls, the file."""
    written = json.loads(Path(sys.argv[1]).read_text())
    heard, lateness = run(Plan(**{**written, "pause_s": tuple(written["pause_s"])}))
    Path(sys.argv[2]).write_text(json.dumps({"heard": [asdict(one) for one in heard], "late_ms": lateness}))


if __name__ == "__main__":
    main()
