"""A daemon whose loop stands still is ended, and no other."""

import asyncio
from pathlib import Path

import pytest

from cti.pulse import BEAT_S, HUNG, LOOK_S, Pulse
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit


class Ends:
    """Counts how often the daemon was ended."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> None:
        self.count += 1


@in_virtual_time
async def test_who_beats_lives(tmp_path: Path) -> None:
    ends = Ends()
    watching = asyncio.create_task(Pulse(tmp_path).watch(ends))
    beating = asyncio.create_task(Pulse(tmp_path).run())
    await asyncio.sleep(10 * HUNG * LOOK_S)
    assert ends.count == 0
    watching.cancel()
    beating.cancel()


@in_virtual_time
async def test_whose_pulse_stands_still_is_ended_once_and_the_next_is_watched_as_well(tmp_path: Path) -> None:
    ends = Ends()
    watching = asyncio.create_task(Pulse(tmp_path).watch(ends))
    for life in (1, 2):
        beating = asyncio.create_task(Pulse(tmp_path).run())
        await asyncio.sleep(20 * BEAT_S)
        beating.cancel()
        await asyncio.sleep((HUNG - 2) * LOOK_S)
        assert ends.count == life - 1
        await asyncio.sleep(4 * HUNG * LOOK_S)
        assert ends.count == life
    watching.cancel()


def test_the_pulse_is_shared_by_all_who_open_the_folder_and_begins_anew_with_each(tmp_path: Path) -> None:
    supervisor = Pulse(tmp_path)
    daemon = Pulse(tmp_path)
    daemon.beat()
    assert supervisor.last_ns == daemon.last_ns > 0
    Pulse(tmp_path)
    assert daemon.last_ns == 0
