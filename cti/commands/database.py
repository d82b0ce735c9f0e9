"""The data base as commands reach it, whether the service runs or not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from cti.settings import Settings
from recording.store import Store

Value = TypeVar("Value")


def with_store(settings: Settings, work: Callable[[Store], Awaitable[Value]]) -> Value:
    """What `work` makes of the store, its tables brought up to date."""

    async def run() -> Value:
        settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        store = Store(settings.database_url)
        try:
            await store.migrate()
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(run())
