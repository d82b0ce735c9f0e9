"""Accepts FastAGI connections and gives each to the handler of its script; none of them can disturb another.

It knows nothing of calls: a handler is a coroutine function of one session, which is closed when it returns or raises.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping

import structlog

from ivr.agi.codec import AgiLimits
from ivr.agi.errors import AgiCannotListen, AgiConnectionLost, AgiError, AgiOver, AgiRouteUnknown, AgiTruncated
from ivr.agi.link import ENVIRONMENT_TIMEOUT_S
from ivr.agi.session import AgiSession

Handler = Callable[[AgiSession], Awaitable[None]]

_BACKLOG = 1024
"""All waiting callers of a daemon that was away come back at the same moment."""

log = structlog.get_logger()


class AgiServer:
    """Serves `routes`: script name, as in agi://host:port/<name>, to handler. Port 0 takes a free one."""

    def __init__(
        self,
        host: str,
        port: int,
        routes: Mapping[str, Handler],
        *,
        environment_timeout_s: float = ENVIRONMENT_TIMEOUT_S,
        limits: AgiLimits | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._routes = dict(routes)
        self._environment_timeout_s = environment_timeout_s
        self._limits = limits
        self._server: asyncio.Server | None = None
        self._calls: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """The port listened on, once started."""
        return self._port

    @property
    def calls(self) -> int:
        """How many connections are open."""
        return len(self._calls)

    async def start(self) -> None:
        """Raises AgiCannotListen."""
        try:
            self._server = await asyncio.start_server(self._connected, self._host, self._port, backlog=_BACKLOG)
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else str(error)
            raise AgiCannotListen(self._host, self._port, why) from error
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self, grace_s: float = 0.0) -> None:
        """Takes no more calls, gives the handlers `grace_s` to end by themselves, then cancels them and waits."""
        if not self._server:
            return
        self._server.close()
        if self._calls:
            await asyncio.wait(self._calls, timeout=grace_s)
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _watch(writer.get_extra_info("socket"))
        call = asyncio.create_task(self._serve(reader, writer))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        try:
            session = await AgiSession.accept(
                reader, writer, environment_timeout_s=self._environment_timeout_s, limits=self._limits
            )
        except (AgiTruncated, AgiConnectionLost) as error:  # port scans and health checks do no more than connect
            log.info("agi connection ended early", error=error.id, detail=str(error), peer=peer)
            return
        except AgiError as error:
            log.warning("agi connection refused", error=error.id, detail=str(error), peer=peer)
            return
        try:
            await self._handle(session)
        finally:
            await session.close()

    async def _handle(self, session: AgiSession) -> None:
        environment = session.environment
        bound = log.bind(uniqueid=environment.uniqueid, script=environment.script)
        try:
            handler = self._routes.get(environment.script)
            if not handler:
                raise AgiRouteUnknown(environment.script, sorted(self._routes))
            await handler(session)
        except AgiOver as error:
            bound.info("agi session over", error=error.id)
        except AgiError as error:
            bound.warning("agi session failed", error=error.id, detail=str(error))
        except Exception:
            bound.exception("agi handler failed", error="agi-handler-failed")


def _watch(connection: socket.socket) -> None:
    """Finds out within half a minute that the machine at the other end is gone. (TCP_NODELAY is asyncio's default.)"""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
