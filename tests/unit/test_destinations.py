"""What a phone dials, or the API says, is a queue, an agent, a number of the centre, or nothing."""

import pytest

from ivr.destinations import Destination, Destinations
from tests.unit.running_floor import distributor
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "destination"),
    [
        ("7001", Destination(queue="sales")),
        ("queue/sales", Destination(queue="sales")),
        ("1001", Destination(agent="1001")),
        ("agent/1001", Destination(agent="1001")),
        ("4000", Destination(number="4000")),
        ("7002", None),  # its queue is gone
        ("queue/support", None),
        ("agent/1002", None),
        ("1002", None),
        ("", None),
    ],
)
@in_virtual_time
async def test_a_text_is_one_destination_or_none(text: str, destination: Destination | None) -> None:
    floor = distributor("1001")
    find = Destinations(floor, lambda: {"7001": "sales", "7002": "support"}, lambda: {"4000"})
    assert find(text) == destination
    floor.close()


@in_virtual_time
async def test_an_extension_comes_before_an_agent_of_the_same_number() -> None:
    floor = distributor("7001")
    assert Destinations(floor, lambda: {"7001": "sales"}, set)("7001") == Destination(queue="sales")
    floor.close()
