"""A caller whose phone speaks one codec only, such as G.722: just enough SIP (RFC 3261) to be answered and listen."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from cti.simulation import rtp

CODECS = {"PCMU": 0, "G722": 9}


class _Port(asyncio.DatagramProtocol):
    """What came in at one UDP port."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self._news = asyncio.Event()
        self.transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        self.got.append(data)
        self._news.set()

    @property
    def number(self) -> int:
        """The port's."""
        return int(self.transport.get_extra_info("sockname")[1])

    async def first(self, beginning: bytes) -> bytes:
        """The first datagram that begins so."""
        while True:
            for data in self.got:
                if data.startswith(beginning):
                    return data
            self._news.clear()
            await self._news.wait()


class WideCaller:
    """A call from one phone. `heard` are the payloads of its codec that have come so far."""

    def __init__(self, codec: str, server: tuple[str, int], dialled: str, sip: _Port, audio: _Port) -> None:
        self._kind = CODECS[codec]
        self._codec = codec
        self._server = server
        self._dialled = dialled
        self._sip = sip
        self._audio = audio

    async def invite(self) -> None:
        """Dial, again and again until somebody hears it (RFC 3261 §17.1.1.2: T1 is half a second)."""
        while not self._sip.got:
            self._invite()
            await asyncio.sleep(0.5)

    def _invite(self) -> None:
        session = (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self._audio.number} RTP/AVP {self._kind}\r\na=rtpmap:{self._kind} {self._codec}/8000\r\n"
        )
        self._send("INVITE", f"<sip:{self._dialled}@127.0.0.1>", session)

    async def answered(self) -> None:
        """Wait for the answer, and take it."""
        answer = (await self._sip.first(b"SIP/2.0 200 ")).decode()
        to = re.search(r"^To: (.+?)\r$", answer, re.MULTILINE)
        assert to
        self._send("ACK", to[1])

    async def hears_something(self) -> None:
        """Wait for audio."""
        await self._audio.first(b"\x80")

    @property
    def heard(self) -> list[bytes]:
        packets = (rtp.read(data) for data in self._audio.got)
        return [one.payload for one in packets if one is not None and one.payload_type == self._kind]

    def _send(self, method: str, to: str, body: str = "") -> None:
        message = (
            f"{method} sip:{self._dialled}@127.0.0.1 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self._sip.number};branch=z9hG4bK-{method}\r\nMax-Forwards: 70\r\n"
            f"From: <sip:100@127.0.0.1>;tag=ours\r\nTo: {to}\r\nCall-ID: {self._codec}-{self._sip.number}\r\n"
            f"CSeq: 1 {method}\r\nContact: <sip:100@127.0.0.1:{self._sip.number}>\r\n"
            f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )
        self._sip.transport.sendto(message.encode(), self._server)


@asynccontextmanager
async def wide_call(codec: str, sip_port: int, dialled: str) -> AsyncIterator[WideCaller]:
    """Somebody calls over the carrier's line with this codec."""
    loop = asyncio.get_running_loop()
    ports = _Port(), _Port()
    try:
        for port in ports:
            await loop.create_datagram_endpoint(lambda port=port: port, local_addr=("127.0.0.1", 0))  # type: ignore[misc]
        caller = WideCaller(codec, ("127.0.0.1", sip_port), dialled, *ports)
        dialling = asyncio.create_task(caller.invite())
        try:
            yield caller
        finally:
            dialling.cancel()
    finally:
        for port in ports:
            port.transport.close()
