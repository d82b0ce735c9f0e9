"""Askers take turns, and who waits with most gives way."""

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.turns import TooMany, Turns

pytestmark = pytest.mark.unit


class Asking:
    """Many who ask; `served` are those whose turn it was, in that order."""

    def __init__(self, at_once: int, waiting_at_most: int) -> None:
        self.turns = Turns(at_once, waiting_at_most)
        self.served: list[str] = []
        self.refused: list[str] = []
        self.asked: dict[str, asyncio.Task[None]] = {}

    async def ask(self, name: str) -> None:
        """`name` is asker and what he asks: "a1"."""
        self.asked[name] = asyncio.create_task(self._one(name))
        await settled()

    async def _one(self, name: str) -> None:
        try:
            await self.turns.take(name[0])
        except TooMany:
            self.refused.append(name)
        else:
            self.served.append(name)

    async def done(self, times: int = 1) -> None:
        for _ in range(times):
            self.turns.pass_on()
            await settled()

    async def goes(self, name: str) -> None:
        self.asked[name].cancel()
        await settled()


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_asks_without_a_pause_keeps_others_waiting_for_one_thing_of_his_at_most() -> None:
    floor = Asking(1, 16)
    for name in ("a1", "a2", "a3", "a4", "b1", "c1", "b2"):
        await floor.ask(name)
    await floor.done(6)
    assert floor.served == ["a1", "a2", "b1", "c1", "a3", "b2", "a4"]


async def test_who_waits_with_most_gives_way_to_who_waits_with_less() -> None:
    floor = Asking(1, 3)
    for name in ("a1", "a2", "a3", "a4", "a5"):
        await floor.ask(name)
    assert floor.refused == ["a5"]
    await floor.ask("b1")
    assert floor.refused == ["a5", "a4"]
    await floor.ask("b2")  # he would have as many as the other has
    assert floor.refused == ["a5", "a4", "b2"]
    await floor.done(3)
    assert floor.served == ["a1", "a2", "b1", "a3"]


async def test_who_goes_takes_nobodys_turn() -> None:
    floor = Asking(1, 16)
    for name in ("a1", "a2", "b1"):
        await floor.ask(name)
    await floor.goes("a2")
    await floor.done()
    assert floor.served == ["a1", "b1"]
    await floor.ask("c1")
    floor.turns.pass_on()
    await floor.goes("c1")  # in the moment in which it had become his
    await floor.ask("d1")
    assert floor.served == ["a1", "b1", "d1"]


@given(
    at_once=st.integers(1, 3),
    waiting=st.integers(0, 4),
    acts=st.lists(st.tuples(st.sampled_from(["ask", "done", "goes"]), st.sampled_from("abc")), max_size=40),
)
def test_never_more_than_so_many_at_once_none_forgotten_and_none_idle_while_one_waits(
    at_once: int, waiting: int, acts: list[tuple[str, str]]
) -> None:
    async def play() -> None:
        floor, ended, gone = Asking(at_once, waiting), 0, set[str]()
        for number, (act, who) in enumerate(acts):
            under_way = len(floor.served) - ended
            there = [one for one in floor.asked if one not in (*floor.served, *floor.refused, *gone)]
            if act == "ask":
                await floor.ask(f"{who}{number}")
            elif act == "done" and under_way:
                ended += 1
                await floor.done()
            elif act == "goes" and (his := [one for one in there if one[0] == who]):
                gone.add(his[0])
                await floor.goes(his[0])
            waits = [one for one in floor.asked if one not in (*floor.served, *floor.refused, *gone)]
            under_way = len(floor.served) - ended
            assert under_way <= at_once
            assert len(waits) <= waiting
            assert under_way == at_once or not waits
        for task in floor.asked.values():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    asyncio.run(play())
