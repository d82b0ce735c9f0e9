"""The data base at the start of a daemon: nobody waits for it who is known already, and all is made good afterwards."""

import asyncio
from typing import cast

import pytest

from cti.figure_rules import RuleKeeping
from cti.people import People
from cti.tables import RETRY_S, Tables
from recording.store import Store
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit


class House:
    """Store, rules and people at once; `done` is what was done to them, in order."""

    def __init__(self, *, known: bool, way: str) -> None:
        self.done: list[str] = []
        self.known = known
        self.way = way
        self.tables = Tables(cast(Store, self), cast(RuleKeeping, self), cast(People, self), ())

    async def healthy(self) -> bool:
        if self.way == "hangs":
            await asyncio.Event().wait()
        return self.way == ""

    async def migrate(self) -> None:
        if self.way:
            raise ConnectionRefusedError
        self.done.append("migrate")

    async def write(self) -> None:
        self.done.append("rules")

    async def enrol(self, accounts: object) -> None:
        self.done.append("enrol")

    def recall(self) -> bool:
        self.done.append("recall")
        return self.known

    async def run(self) -> None:
        self.done.append("part")


@in_virtual_time
async def test_all_is_ready_before_the_first_call_where_the_data_base_answers() -> None:
    house = House(known=True, way="")
    await house.tables.at_once()
    await house.tables.behind(house).run()
    assert house.done == ["migrate", "rules", "enrol", "part"]


@pytest.mark.parametrize("way", ["away", "hangs"])
@in_virtual_time
async def test_who_is_known_is_enough_to_begin_and_the_rest_comes_when_it_is_back(way: str) -> None:
    house = House(known=True, way=way)
    await house.tables.at_once()
    assert house.done == ["recall"]
    running = [asyncio.create_task(one.run()) for one in (house.tables, house.tables.behind(house))]
    await asyncio.sleep(60)
    assert house.done == ["recall"]
    house.way = ""
    await asyncio.sleep(10 * RETRY_S)
    assert house.done == ["recall", "migrate", "rules", "enrol", "part"]
    running[0].cancel()
    await asyncio.gather(*running, return_exceptions=True)


@in_virtual_time
async def test_where_nobody_was_ever_known_there_is_nothing_to_begin_with() -> None:
    house = House(known=False, way="away")
    with pytest.raises(ConnectionRefusedError):
        await house.tables.at_once()


@in_virtual_time
async def test_what_waiting_does_not_cure_ends_the_daemon() -> None:
    house = House(known=True, way="away")
    await house.tables.at_once()

    async def fail() -> None:
        raise ZeroDivisionError

    house.way, house.migrate = "", fail  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        await house.tables.run()
