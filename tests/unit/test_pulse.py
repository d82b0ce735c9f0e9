"""A daemon whose loop stands still is ended, and no other."""

import asyncio
from pathlib import Path

import pytest

from cti.pulse import BEAT_S, FILE, HUNG, LOOK_S, Pulse
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit


class Ends:
    """Counts how often the daemon was ended."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> None:
        self.count += 1


def found(state: Path) -> Pulse:
    """As the daemon finds it."""
    pulse = Pulse.found(state)
    assert pulse is not None
    return pulse


@in_virtual_time
async def test_who_beats_lives(tmp_path: Path) -> None:
    ends = Ends()
    watching = asyncio.create_task(Pulse.made(tmp_path).watch(ends))
    beating = asyncio.create_task(found(tmp_path).run())
    await asyncio.sleep(10 * HUNG * LOOK_S)
    assert ends.count == 0
    watching.cancel()
    beating.cancel()


@in_virtual_time
async def test_whose_pulse_stands_still_is_ended_once_and_the_next_is_watched_as_well(tmp_path: Path) -> None:
    ends = Ends()
    watching = asyncio.create_task(Pulse.made(tmp_path).watch(ends))
    for life in (1, 2):
        beating = asyncio.create_task(found(tmp_path).run())
        await asyncio.sleep(20 * BEAT_S)
        beating.cancel()
        await asyncio.sleep((HUNG - 2) * LOOK_S)
        assert ends.count == life - 1
        await asyncio.sleep(4 * HUNG * LOOK_S)
        assert ends.count == life
    watching.cancel()


@in_virtual_time
async def test_a_daemon_that_has_no_pulse_is_let_be(tmp_path: Path) -> None:
    ends = Ends()
    watching = asyncio.create_task(Pulse.made(tmp_path).watch(ends))
    await asyncio.sleep(10 * HUNG * LOOK_S)
    assert ends.count == 0
    watching.cancel()


def test_the_pulse_is_shared_and_a_supervisor_begins_it_anew(tmp_path: Path) -> None:
    assert Pulse.found(tmp_path) is None
    supervisor = Pulse.made(tmp_path)
    daemon = found(tmp_path)
    daemon.beat()
    assert supervisor.last_ns == daemon.last_ns == found(tmp_path).last_ns > 0
    Pulse.made(tmp_path)
    assert daemon.last_ns == 0


def test_a_file_that_is_empty_is_no_pulse(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    assert Pulse.found(tmp_path) is None
