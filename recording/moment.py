"""What is read of one moment stays the same however often it is asked for: it is read once."""

from collections.abc import Awaitable, Callable, Coroutine, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

_REMEMBERED = "callcenter_remembered"
"""The execution option of a connection that remembers: what was read by it."""

Asked = ParamSpec("Asked")
Found = TypeVar("Found")


async def remembering(connection: AsyncConnection) -> AsyncConnection:
    """The connection, which reads what was there at one moment, and remembers it."""
    return await connection.execution_options(**{_REMEMBERED: {}})


def remembered(
    read: Callable[Concatenate[AsyncConnection, Asked], Awaitable[Found]],
) -> Callable[Concatenate[AsyncConnection, Asked], Coroutine[Any, Any, Found]]:
    """Reads once by a connection that remembers, and anew by any other. Nobody may change what is found."""

    @wraps(read)
    async def reading(connection: AsyncConnection, /, *asked: Asked.args, **named: Asked.kwargs) -> Found:
        options = connection.sync_connection.get_execution_options() if connection.sync_connection else {}
        known: dict[Hashable, Any] | None = options.get(_REMEMBERED)
        if known is None:
            return await read(connection, *asked, **named)
        key = read, asked, tuple(named.items())
        if key not in known:
            known[key] = await read(connection, *asked, **named)
        found: Found = known[key]
        return found

    return reading
