"""The daemon's clock, and the loop of virtual time the tests stand on."""

import asyncio

import pytest

from acd.clock import Clock
from tests.virtual_time import EPOCH_MS, NothingCanHappen, clock, in_virtual_time

pytestmark = pytest.mark.unit


def test_the_clock_reads_the_wall_once_and_never_sees_it_step() -> None:
    wall_ns, monotonic_ns = 5_000_000_000_000, 7_000_000_000

    def wall() -> int:
        return wall_ns

    def monotonic() -> int:
        return monotonic_ns

    house_clock = Clock(wall, monotonic)
    assert house_clock.now_ms() == 5_000_000
    wall_ns -= 3_600_000_000_000
    monotonic_ns += 1_999_999
    assert house_clock.now_ms() == 5_000_001


def test_the_real_clock_does_not_go_backwards() -> None:
    house_clock = Clock()
    assert house_clock.now_ms() <= house_clock.now_ms()


@in_virtual_time
async def test_virtual_time_passes_only_where_everybody_waits_for_it() -> None:
    now = clock()
    for _ in range(1_000):
        await asyncio.sleep(0)
    assert now.now_ms() == EPOCH_MS
    await asyncio.gather(asyncio.sleep(86_400), asyncio.sleep(3_600))
    assert now.now_ms() == EPOCH_MS + 86_400_000


def test_a_loop_in_which_nothing_can_happen_any_more_does_not_hang() -> None:
    @in_virtual_time
    async def waits_for_nobody() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(NothingCanHappen):
        waits_for_nobody()
