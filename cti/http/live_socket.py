"""The WebSocket at /api/live: who may watch, and when a watcher is given up. What he is sent is the hub's business.

A browser cannot set a header on a WebSocket, so the token may come as the first message instead.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal, TypeVar

import structlog
from aiohttp import WSMessage, WSMsgType, web
from pydantic import BaseModel, Field

from acd.masking import Mask
from cti.access import Access, Holder, Role
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import RecordsUnavailable, reaching_records
from cti.http.live import Watcher, record_message
from cti.http.masks import mask_for
from cti.http.tokens import holder_of
from cti.quality_news import may_know
from recording.store import Store

log = structlog.get_logger()

TOKEN_WITHIN_S = 10
HEARTBEAT_S = 20
CLOSE_WITHIN_S = 2
MISSED_AT_ONCE = 100
UNAUTHORIZED = 4401
TOO_SLOW = 4408
AWAY = 4503
"""Close codes of our own (RFC 6455 leaves 4000 to 4999 to applications): 4000 + the HTTP status that says the like."""


AnyQuery = TypeVar("AnyQuery", bound=BaseModel)


class LiveQuery(Given):
    """Where a watcher who was cut off goes on."""

    after: Annotated[int, Field(ge=0)] | Literal["now"] | None = Field(
        None, description="The last `cursor` he has seen; `now` asks for the present one."
    )


async def watch(asked: Asked[LiveQuery, Nothing]) -> web.WebSocketResponse:
    """Everything that happens, live, over a WebSocket.

    The token comes in the Authorization header or as the first message. Then: `{"snapshot": …}`, and after it, as they
    come, `{"fact": name, …}` (each fact), `{"update": …}` (rows of the snapshot that changed) and `{"record": …}` (the
    record of a call that is over, or its change, with the number of that change as `cursor`); numbers are masked for
    who does not see them whole.

    Snapshot and stream are one step: what happens after the one comes in the other, nothing between them is missed.

    With `?after=` the snapshot is followed by every record that has changed since that cursor, as it is now, and by
    `{"cursor": …}`: up to there he has all. So whoever comes again with the last cursor he has seen is told each change
    of a record, or a later one of the same record, at least once. Who begins asks for `?after=now`: else, cut off
    before he is told of any record, he has no cursor to come again with. Close codes: 4401 wrong token, 4408 too slow,
    4503 the records cannot be reached, 1001 the service stops.
    """
    return await serve(asked, lambda holder: holder.role.includes(Role.READER), _opened)


async def serve(
    asked: Asked[AnyQuery, Nothing],
    may: Callable[[Holder], bool],
    opened: Callable[[Asked[AnyQuery, Nothing], Holder], "Watch"],
) -> web.WebSocketResponse:
    """Let whose token `may` watch what is `opened` to him, until he goes, is too slow, or the service stops."""
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, timeout=CLOSE_WITHIN_S, max_msg_size=4096)
    await socket.prepare(asked.request)
    holder = await _admitted(asked.request, socket, asked.floor.access, may)
    if holder is None:
        await socket.close(code=UNAUTHORIZED, message=b"expected the access token as the first message")
        return socket
    sockets = asked.request.app[SOCKETS]
    sockets.add(socket)
    try:
        await _serve(socket, opened(asked, holder))
    finally:
        sockets.discard(socket)
    return socket


@dataclass(frozen=True, slots=True)
class Watch:
    """What one is told: by a watcher, and before what comes from him, `first` (given the watcher). It raises
    RecordsUnavailable."""

    watching: AbstractContextManager[Watcher]
    first: Callable[[Watcher], AsyncIterator[str]]


def _opened(asked: Asked[LiveQuery, Nothing], holder: Holder) -> Watch:
    mask = mask_for(asked.floor, holder)
    missed = _Missed(asked.floor.store, mask, asked.query.after)
    return Watch(asked.floor.live.watch(mask, partial(may_know, holder)), missed.messages)


@dataclass(frozen=True, slots=True)
class _Missed:
    """The records that have changed since a watcher was cut off."""

    store: Store
    mask: Mask | None
    after: int | Literal["now"] | None

    async def messages(self, watcher: Watcher) -> AsyncIterator[str]:
        """The snapshot, those, and up to where he has all then; no more than it, if he has not asked. Raises
        RecordsUnavailable."""
        yield await watcher.next()
        if self.after is None:
            return
        with reaching_records():
            cursor = await self.store.newest_change() if self.after == "now" else self.after
            while self.after != "now" and (some := await self.store.changes(cursor, MISSED_AT_ONCE)):
                for one in some:
                    yield record_message(one, self.mask)
                cursor = some[-1].number
        yield json.dumps({"cursor": cursor})


async def _serve(socket: web.WebSocketResponse, watch: Watch) -> None:
    with watch.watching as watcher:
        tasks = {
            asyncio.create_task(_send(socket, watcher, watch.first)),
            asyncio.create_task(_read(socket)),
            lost := asyncio.create_task(watcher.lost()),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    if not lost.cancelled():
        log.warning("watcher-too-slow", error_id="watcher-too-slow")
        await socket.close(code=TOO_SLOW, message=b"too many messages behind", drain=False)


async def _admitted(
    request: web.Request, socket: web.WebSocketResponse, access: Access, may: Callable[[Holder], bool]
) -> Holder | None:
    with suppress(TimeoutError, RecordsUnavailable):
        if (holder := await holder_of(request, access)) is not None and may(holder):
            return holder
        message: WSMessage = await socket.receive(timeout=TOKEN_WITHIN_S)
        if message.type is WSMsgType.TEXT:
            with reaching_records():
                holder = await access.holder(message.data)
            return holder if holder is not None and may(holder) else None
    return None


async def _send(
    socket: web.WebSocketResponse, watcher: Watcher, first: Callable[[Watcher], AsyncIterator[str]]
) -> None:
    with suppress(ConnectionError):
        try:
            async for message in first(watcher):
                await socket.send_str(message)
        except RecordsUnavailable:
            await socket.close(code=AWAY, message=b"the records cannot be reached", drain=False)
            return
        while True:
            await socket.send_str(await watcher.next())


async def _read(socket: web.WebSocketResponse) -> None:
    """Returns when he has gone; what he says is of no interest."""
    async for _ in socket:
        pass


SOCKETS = web.AppKey("sockets", set[web.WebSocketResponse])


async def close_sockets(app: web.Application) -> None:
    """Say goodbye to everyone who watches, so that the service can stop."""
    sockets = app[SOCKETS]
    for socket in list(sockets):
        await socket.close(code=1001, message=b"the service stops")


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/live",
        watch,
        LiveQuery,
        Nothing,
        media="application/json",
        statuses=(101,),
        open=True,
    ),
)
