"""One making of each thing at a time, however many ask for it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Once(Generic[Made]):
    """What is being made, by key."""

    def __init__(self) -> None:
        self._under_way: dict[str, asyncio.Task[Made]] = {}

    def __len__(self) -> int:
        return len(self._under_way)

    def __contains__(self, key: str) -> bool:
        return key in self._under_way

    async def do(self, key: str, make: Callable[[], Awaitable[Made]]) -> Made:
        """What `make` makes, or somebody else is making already. Who is cancelled does not end it for the others."""
        if (task := self._under_way.get(key)) is None:
            task = self._under_way[key] = asyncio.ensure_future(_awaited(make))
            task.add_done_callback(lambda done: self._over(key, done))
        return await asyncio.shield(task)

    async def cancel(self) -> None:
        """End everything that is under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _over(self, key: str, task: "asyncio.Task[Made]") -> None:
        del self._under_way[key]
        if not task.cancelled():
            task.exception()  # whoever waits is told; if nobody does any more, nothing is amiss


async def _awaited(make: "Callable[[], Awaitable[Made]]") -> Made:
    return await make()
