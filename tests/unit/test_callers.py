"""Who calls, looked up beside the call: in time or not at all."""

import asyncio
from collections.abc import Collection
from datetime import datetime
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy.exc import OperationalError

from acd.facts import CallArrived, CallEnded, CallerRecognised
from acd.known_caller import KnownCaller
from acd.states import EndedBy
from cti.callers import ASKED_WITHIN_S, GIVEN_UP_S, WITHIN_S, Callers
from cti.centre import Centre
from recording.directory import Directory, DirectoryEntry
from tests.unit.running_floor import Told, distributor
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit

VIP = "13900000001"
ASKED_S = 0.01


class Book:
    """A data base that answers after a while, or not."""

    def __init__(self) -> None:
        self.entries = {"+8613900000001": DirectoryEntry(number="+8613900000001", name="Ma", priority=3)}
        self.last = {"139": "1002"}
        self.takes_s = 0.0
        self.away = False
        self.asked = 0

    async def find(self, number: str) -> DirectoryEntry | None:
        self.asked += 1
        await asyncio.sleep(self.takes_s)
        if self.away:
            raise OperationalError("", None, Exception())
        return self.entries.get(number)

    async def last_agent(self, spellings: Collection[str], since: datetime) -> str:
        return next((agent for number, agent in self.last.items() if number in spellings), "")


class Desk:
    """Callers looked up in the book, and how a call comes and goes."""

    def __init__(self, last_agent_days: int = 0) -> None:
        self.book, self.told = Book(), Told()
        self.distributor = distributor()
        self.distributor.on_fact.append(self.told)
        centre = SimpleNamespace(country_code="86", last_agent_days=last_agent_days)
        self.callers = Callers(cast(Directory, self.book), self.distributor, lambda: cast(Centre, centre))
        self.distributor.on_fact.append(self.callers.on_fact)

    def arrives(self, number: str) -> None:
        self.distributor.state(
            CallArrived(
                at_ms=1, linkedid="call", channel="c", caller=number, caller_name="", dialled="4000", flow="hotline"
            )
        )

    def ends(self) -> None:
        self.distributor.state(CallEnded(at_ms=2, linkedid="call", by=EndedBy.CALLER, reason="hung_up"))

    async def known(self) -> tuple[KnownCaller | None, float]:
        """Who calls, and how long that took to say."""
        loop = asyncio.get_running_loop()
        before_s = loop.time()
        return await self.callers.known("call"), loop.time() - before_s


@in_virtual_time
async def test_a_vip_is_known_at_once_where_the_look_up_is_done_and_it_is_told() -> None:
    desk = Desk()
    desk.book.takes_s = ASKED_S
    desk.arrives(VIP)
    await asyncio.sleep(5)
    assert await desk.known() == (KnownCaller(priority=3, vip=True, name="Ma"), 0)
    told = [fact for fact in desk.told.facts if isinstance(fact, CallerRecognised)]
    assert [(fact.name, fact.priority, fact.vip, fact.agent) for fact in told] == [("Ma", 3, True, "")]
    desk.distributor.close()


@in_virtual_time
async def test_a_call_that_comes_to_its_queue_at_once_waits_a_moment_for_its_look_up() -> None:
    desk = Desk()
    desk.book.takes_s = ASKED_S
    desk.arrives(VIP)
    known, took_s = await desk.known()
    assert known is not None
    assert took_s == pytest.approx(ASKED_S)
    desk.distributor.close()


@in_virtual_time
async def test_what_is_not_known_in_time_is_not_known_then_but_for_a_later_queue() -> None:
    desk = Desk()
    desk.book.takes_s = 1
    desk.arrives(VIP)
    known, took_s = await desk.known()
    assert known is None
    assert took_s == pytest.approx(WITHIN_S)
    await asyncio.sleep(1)
    assert (await desk.known())[0] is not None
    desk.distributor.close()


@in_virtual_time
async def test_a_flow_that_asks_who_is_calling_can_wait_a_moment_longer() -> None:
    desk = Desk()
    desk.book.takes_s = 2 * WITHIN_S
    desk.arrives(VIP)
    assert (await desk.known())[0] is None
    assert (await desk.callers.who("call")) is not None
    desk.book.takes_s = 2 * ASKED_WITHIN_S
    desk.arrives(VIP)
    assert (await desk.callers.who("call")) is None
    assert (await desk.callers.who("another")) is None
    desk.distributor.close()


@in_virtual_time
async def test_a_data_base_that_is_away_or_never_answers_knows_nobody() -> None:
    desk = Desk()
    desk.book.away = True
    desk.arrives(VIP)
    assert await desk.known() == (None, 0)
    desk.book.away, desk.book.takes_s = False, 10 * GIVEN_UP_S
    desk.arrives(VIP)
    await asyncio.sleep(2 * GIVEN_UP_S)
    assert await desk.known() == (None, 0)
    desk.distributor.close()


@in_virtual_time
async def test_of_a_data_base_that_hangs_only_the_first_caller_notices_until_it_answers_again() -> None:
    desk = Desk()
    desk.book.takes_s = 10 * GIVEN_UP_S
    waited_s = []
    for _ in range(20):
        desk.arrives(VIP)
        waited_s.append((await desk.known())[1])
        await asyncio.sleep(ASKED_S)
        desk.ends()  # he hangs up before his look-up is given up: that says nothing of the data base
    assert waited_s == [pytest.approx(WITHIN_S), *[0] * 19]
    desk.book.takes_s = ASKED_S
    desk.arrives(VIP)
    assert await desk.known() == (None, 0)
    await asyncio.sleep(1)
    desk.arrives(VIP)
    known, took_s = await desk.known()
    assert known is not None
    assert took_s == pytest.approx(ASKED_S)
    desk.distributor.close()


@pytest.mark.parametrize(("days", "agent"), [(7, "1002"), (0, "")])
def test_a_caller_who_rang_lately_is_led_to_his_last_agent_where_the_centre_wants_it(days: int, agent: str) -> None:
    @in_virtual_time
    async def story() -> None:
        desk = Desk(last_agent_days=days)
        desk.arrives("139")
        assert (await desk.known())[0] == (KnownCaller(agent=agent) if agent else None)
        desk.distributor.close()

    story()


@in_virtual_time
async def test_an_agent_named_in_the_directory_goes_before_the_last_one() -> None:
    desk = Desk(last_agent_days=7)
    desk.book.last[VIP] = "1002"
    desk.book.entries["+8613900000001"] = DirectoryEntry(number="+8613900000001", agent="1001", language="en")
    desk.arrives(VIP)
    assert (await desk.known())[0] == KnownCaller(agent="1001", language="en")
    desk.distributor.close()


@in_virtual_time
async def test_who_hides_his_number_is_not_looked_up_and_a_call_that_is_over_is_forgotten() -> None:
    desk = Desk()
    desk.arrives("anonymous")
    assert await desk.known() == (None, 0)
    assert desk.book.asked == 0
    desk.book.takes_s = 1
    desk.arrives(VIP)
    desk.ends()
    assert await desk.known() == (None, 0)
    assert await desk.callers.known("another") is None
    desk.distributor.close()
