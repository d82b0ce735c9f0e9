"""The ear and mouth of a simulated telephone: an RTP port that speaks a tone and digits and listens for other tones."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from cti.simulation import rtp
from cti.simulation.errors import CallOver
from cti.simulation.tones import RATE, samples, share

WINDOW = RATE // 5  # 200 ms tell tones 10 Hz apart
LOUD = 0.5


@dataclass(slots=True, eq=False)
class _Listening:
    """Somebody who waits for a tone; `windows` of it are still wanted."""

    hertz: int
    at_least: float
    windows: int
    heard: asyncio.Future[None]

    def hear(self, window: Sequence[int]) -> None:
        if not self.heard.done() and share(window, self.hertz) >= self.at_least:
            self.windows -= 1
            if self.windows == 0:
                self.heard.set_result(None)


class Audio(asyncio.DatagramProtocol):
    """Speaks to one address at a time; `host` is the local address. Use as an async context manager."""

    def __init__(self, tone_hz: int, host: str = "127.0.0.1") -> None:
        self.tone_hz = tone_hz
        self.port = 0
        self.received = 0
        """Audio packets received."""
        self._host = host
        self._voice = rtp.Voice(tone_hz)
        self._to: tuple[str, int] | None = None
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._heard = bytearray()
        self._listening: list[_Listening] = []
        self._pressing: list[asyncio.Future[None]] = []
        self._sound = asyncio.Event()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self._host, 0))
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.be_silent()
        for listening in self._listening:
            listening.heard.cancel()
        if self._transport:
            self._transport.close()
            self._transport = None  # a call's last messages may still ask it to speak

    def speak_to(self, address: tuple[str, int]) -> None:
        """Speak the tone to this address from now on."""
        self._to = address
        if self._timer is None:
            self._due = asyncio.get_running_loop().time()
            self._tick()

    def be_silent(self) -> None:
        self._to = None
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._settle(CallOver("the call was over before all digits were sent"))
        self._voice.release()

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Nothing that it says gets anywhere in this block, and nothing of it comes later."""
        speaks_to = self._to
        self.be_silent()
        yield
        if speaks_to:
            self.speak_to(speaks_to)

    async def press(self, digits: str, key_ms: int = rtp.KEY_MS, pause_ms: int = rtp.PAUSE_MS) -> None:
        """Press digits (RFC 4733), at this pace (`Voice.press`), and wait until they are said. Raises CallOver if the
        call ends first."""
        self._voice.press(digits, key_ms, pause_ms)
        said: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pressing.append(said)
        await said

    async def hears_something(self) -> None:
        """Wait for sound: Asterisk sends none while it has nothing to say."""
        self._sound.clear()
        await self._sound.wait()

    async def hears(self, hertz: int, at_least: float = LOUD, windows: int = 1) -> None:
        """Wait until most of what is heard, for so many times 200 ms, is this tone; `at_least` is how much of it, where
        several speak at once. Who looks for the tone in a recording afterwards hears it for more than one window."""
        listening = _Listening(hertz, at_least, windows, asyncio.get_running_loop().create_future())
        self._heard.clear()
        self._listening.append(listening)
        try:
            await listening.heard
        finally:
            self._listening.remove(listening)

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        packet = rtp.read(data)
        if packet is None or packet.payload_type != rtp.AUDIO:
            return
        self.received += 1
        self._sound.set()
        if not self._listening:
            return
        self._heard += packet.payload
        if len(self._heard) >= WINDOW:
            heard = samples(self._heard)
            for listening in self._listening:
                listening.hear(heard)
            self._heard.clear()

    def _tick(self) -> None:
        if self._to is None or self._transport is None:
            return
        for packet in self._voice.packets():
            self._transport.sendto(packet, self._to)
        if not self._voice.pressing:
            self._settle()
        self._due += rtp.PACKET_MS / 1000
        self._timer = asyncio.get_running_loop().call_at(self._due, self._tick)

    def _settle(self, error: CallOver | None = None) -> None:
        """All who wait for digits need wait no longer."""
        waiting, self._pressing = self._pressing, []
        for said in waiting:
            if said.done():
                continue
            if error:
                said.set_exception(error)
            else:
                said.set_result(None)
