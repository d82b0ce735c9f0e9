"""How often monitors are given a picture of the floor, whoever asks."""

import asyncio
from collections.abc import Mapping
from typing import cast

import pytest

from cti.ami.client import AmiClient
from cti.board import Board
from cti.publisher import PICTURE_EVERY_S, Publisher
from tests.unit.running_floor import distributor
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit


class Line:
    """Takes actions as a link that is up does, and notes when a picture began."""

    up = True

    def __init__(self) -> None:
        self.began_s: list[float] = []

    def post(self, _: str, headers: Mapping[str, str]) -> None:
        if headers["UserEvent"] == "CallcenterSnapshotBegan":
            self.began_s.append(asyncio.get_running_loop().time())

    async def action(self, _: str, headers: Mapping[str, str]) -> None:
        self.post(_, headers)


@in_virtual_time
async def test_many_who_ask_are_served_by_one_picture_and_the_next_comes_a_while_later() -> None:
    floor, line = distributor("1001"), Line()
    publisher = Publisher(cast(AmiClient, line), floor, Board())
    publisher.open()
    running = asyncio.create_task(publisher.run())
    for _ in range(25):
        await asyncio.sleep(PICTURE_EVERY_S / 10)
        publisher.ask()
    running.cancel()
    assert line.began_s == pytest.approx([0, PICTURE_EVERY_S, 2 * PICTURE_EVERY_S])
    floor.close()
