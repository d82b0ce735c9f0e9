"""The data base as commands reach it, whether the service runs or not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from cti.commands.errors import CommandError
from cti.settings import Settings
from cti.unreached import AWAY, Unreached, unreached
from recording.store import Store

Value = TypeVar("Value")


class RecordsUnreached(CommandError):
    """The data base does not answer, or has not our tables; `id` says which."""

    def __init__(self, why: Unreached) -> None:
        super().__init__(why.message)
        self.id = why.id


def with_store(settings: Settings, work: Callable[[Store], Awaitable[Value]]) -> Value:
    """What `work` makes of the store, its tables brought up to date. Raises RecordsUnreached, and what `work` does."""

    async def run() -> Value:
        settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        store = Store(settings.database_url)
        try:
            await _migrate(store)
            return await work(store)
        except DBAPIError as error:
            if (why := unreached(error)) is None:
                raise
            raise RecordsUnreached(why) from error
        finally:
            await store.close()

    return asyncio.run(run())


async def _migrate(store: Store) -> None:
    try:
        await store.migrate()
    except (OSError, TimeoutError) as error:  # nobody listens there: the driver says so in its own words
        raise RecordsUnreached(AWAY) from error
