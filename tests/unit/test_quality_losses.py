"""What nobody can judge any more is replaced when that is known, once for all that is known together."""

import asyncio
from collections.abc import Sequence

import pytest

from cti.quality_draws import DrawFailed, Drawn
from cti.quality_losses import QualityLosses

pytestmark = pytest.mark.unit

CALLS = [f"{n:032x}" for n in range(3)]


def record(call: str, place: str) -> str:
    return f'{{"record":{{"id":"{call}","recordings":[{{"file":"a","place":"{place}"}}]}},"cursor":1}}'


class Told:
    """What was asked and done; the first start fails where it is to."""

    def __init__(self, waiting: set[str], *, fails: bool = False) -> None:
        self.waiting = waiting
        self.fails = fails
        self.asked: list[Sequence[str]] = []
        self.was_asked = asyncio.Event()
        self.started = asyncio.Queue[tuple[str, ...]]()
        self.news = 0
        self.losses = QualityLosses(self.start, self.waits, self.tell, gather_s=0)

    async def start(self, *arguments: str) -> Drawn:
        self.started.put_nowait(arguments)
        if self.fails:
            self.fails = False
            raise DrawFailed
        return Drawn(None, {"anna": 2})

    async def waits(self, calls: Sequence[str]) -> bool:
        self.asked.append(calls)
        self.was_asked.set()
        return not self.waiting.isdisjoint(calls)

    async def tell(self) -> None:
        self.news += 1


@pytest.fixture
async def told() -> Told:
    return Told({CALLS[1]})


async def test_recordings_that_are_deleted_are_looked_for_on_work_lists_together(told: Told) -> None:
    running = asyncio.create_task(told.losses.run())
    for call in CALLS:
        told.losses.on_record(record(call, "erased"))
    assert await told.started.get() == ("--replace",)
    assert told.asked == [CALLS]
    told.losses.on_record(record(CALLS[1], "s3"))
    told.losses.left()
    assert await told.started.get() == ("--replace",), "who has left is looked for without asking"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert told.asked == [CALLS]
    assert told.news >= 1


async def test_what_is_on_no_list_starts_nothing_and_a_failure_ends_nothing(told: Told) -> None:
    told.fails = True
    running = asyncio.create_task(told.losses.run())
    told.losses.on_record(record(CALLS[0], "erased"))
    await told.was_asked.wait()
    assert told.started.empty()
    told.losses.left()
    await told.started.get()
    told.losses.left()
    await told.started.get()
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
