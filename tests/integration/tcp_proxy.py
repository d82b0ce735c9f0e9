"""A wire between two programs on loopback that a test can cut, freeze or slow down."""

import asyncio
from typing import Self

from cti.simulation.ports import free_port

HOST = "127.0.0.1"
PIECE = 65536


class TcpProxy:
    """Listens on `port` and forwards to `target`, both on loopback."""

    def __init__(self, target: int) -> None:
        self.port = free_port(HOST)  # not one that the kernel gives to clients: it is listened on again after a while
        self._target = target
        self._server: asyncio.Server | None = None
        self._wires: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._piece = PIECE

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cut()

    async def listen(self) -> None:
        """Accept connections; again on the same port after `cut`. What was frozen stays so, new wires are sound."""
        self._flows = asyncio.Event()
        self._flows.set()
        self._server = await asyncio.start_server(self._connected, HOST, self.port)

    async def cut(self) -> None:
        """Reset every connection and accept none."""
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        for wire in self._wires:
            wire.cancel()
        await asyncio.gather(*self._wires, return_exceptions=True)

    async def freeze(self) -> None:
        """Forward nothing more on the wires there are, which both sides believe whole; new ones are sound."""
        self._flows.clear()
        if self._server is not None:
            self._server.close()
        await self.listen()

    def slow_down(self) -> None:
        """Forward byte by byte."""
        self._piece = 1

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = asyncio.create_task(self._wire(reader, writer, self._flows))
        self._wires.add(wire)
        wire.add_done_callback(self._wires.discard)

    async def _wire(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flows: asyncio.Event) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(HOST, self._target)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, far_writer}
        self._writers |= ends
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._forward(reader, far_writer, flows))
                group.create_task(self._forward(far_reader, writer, flows))
        except* OSError:
            pass
        finally:
            self._writers -= ends
            for end in ends:
                end.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flows: asyncio.Event) -> None:
        while data := await reader.read(self._piece):
            await flows.wait()
            writer.write(data)
            await writer.drain()
        writer.transport.abort()
