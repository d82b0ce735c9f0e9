"""What monitors are told of the floor: facts in order and numbered, pictures on request and after each loss."""

import pytest

from cti.picture import REQUEST
from cti.publisher import KEPT, ROWS_AT_ONCE
from tests.contract.ami_owner import soon
from tests.contract.fake_ami import Action, Peer
from tests.contract.fake_asterisk import FakeAsterisk, relinked, switched
from tests.unit.running_floor import distributor, enter

pytestmark = pytest.mark.contract


def ask(peer: Peer) -> None:
    """A monitor sends its request; Asterisk tells all who listen."""
    peer.send("Event: UserEvent", f"UserEvent: {REQUEST}")


async def picture(asterisk: FakeAsterisk) -> list[Action]:
    """The next picture, its marks included."""
    told = [await asterisk.told("CallcenterSnapshotBegan")]
    while told[-1].get("UserEvent") != "CallcenterSnapshotEnded":
        told.append(await soon(asterisk.user_events.get()))
    return told


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cti.publisher.PICTURE_EVERY_S", 0)


async def test_after_each_login_a_picture_is_told_unasked_and_again_on_request() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    async with switched(asterisk, floor) as (_, peer):
        unasked = await picture(asterisk)
        assert [row.get("UserEvent") for row in unasked[1:-1]] == ["CallcenterQueueIs", "CallcenterAgentIs"]
        assert (unasked[2].get("Agent"), unasked[2].get("State")) == ("1001", "ready")
        enter(floor)
        ask(peer)
        asked = await picture(asterisk)
        assert (asked[1].get("Waiting"), asked[2].get("State")) == ("1", "ringing")


async def test_every_event_is_numbered_without_a_gap_in_the_order_of_the_stream() -> None:
    floor, asterisk = distributor(*map(str, range(1001, 1001 + 3 * ROWS_AT_ONCE))), FakeAsterisk()
    async with switched(asterisk, floor) as (_, peer):
        numbers: list[int] = []
        for _ in range(2):
            name = ""
            while name != "CallcenterSnapshotEnded":
                event = await soon(asterisk.user_events.get())
                name = event.get("UserEvent")
                numbers.append(int(event.get("Sequence")))
            enter(floor, f"call-{len(numbers)}")
            ask(peer)
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert len(numbers) > 6 * ROWS_AT_ONCE


async def test_facts_of_a_time_without_a_link_are_told_when_it_is_back_before_the_picture() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    async with switched(asterisk, floor) as (switch, peer):
        await picture(asterisk)
        asterisk.refuse()
        peer.cut()
        await switch.lost.wait()
        with floor.command() as (router, now_ms):
            router.set_not_ready("1001", "meal", cause="api", now_ms=now_ms)
        await asterisk.listen()
        down, meal, up = [await soon(asterisk.user_events.get()) for _ in range(3)]
        assert (down.get("Up"), meal.get("Reason"), up.get("Up")) == ("false", "meal", "true")
        assert (await picture(asterisk))[2].get("State") == "not_ready"


async def test_of_too_many_facts_without_a_link_the_oldest_are_lost_and_the_numbers_say_so() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    async with switched(asterisk, floor) as (switch, peer):
        last = (await picture(asterisk))[-1]
        asterisk.refuse()
        peer.cut()
        await switch.lost.wait()
        for reason in range(KEPT):
            with floor.command() as (router, now_ms):
                router.set_not_ready("1001", str(reason), cause="api", now_ms=now_ms)
        await asterisk.listen()
        event = await soon(asterisk.user_events.get())
        assert event.get("Reason") == "1"  # the link's loss and the first reason made room for the link's return
        assert int(event.get("Sequence")) == int(last.get("Sequence")) + 3


async def test_a_link_that_breaks_in_the_middle_of_a_picture_costs_nothing_else() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    async with switched(asterisk, floor) as (switch, peer):
        await picture(asterisk)
        await peer.received("QueueAdd")
        told = asterisk.rules.pop("UserEvent")
        ask(peer)
        await peer.received("UserEvent")
        asterisk.rules["UserEvent"] = told
        await relinked(asterisk, switch, peer)
        assert (await picture(asterisk))[-1].get("UserEvent") == "CallcenterSnapshotEnded"
