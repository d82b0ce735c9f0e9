"""Where agents sit: phones of the centre and numbers outside, and how Asterisk names their channels."""

import pytest

from acd.agents import Agent
from acd.errors import NumberRefused
from acd.seats import Seats, agent_of_channel, agents_side, is_outside, outside_seat, phone_of_channel

pytestmark = pytest.mark.unit

MOBILE = "Local/+8613800138000*1001*cmn@outside-0000002a"
LI_NA = Agent("1001", "Li Na", {}, attributes={"language": "cmn"})
SEATS = Seats(languages=("en", "cmn"), outside_ring_ms=39_500)


@pytest.mark.parametrize("number", ["110", "13800138000", "+8613800138000", "0" * 20])
def test_figures_are_an_outside_number_perhaps_after_a_plus(number: str) -> None:
    assert is_outside(outside_seat(number))


@pytest.mark.parametrize(
    "number",
    [
        "",
        "11",
        "0" * 21,
        "+",
        "1+2",
        "138 0013",
        "13800138000\n",
        "1380&PJSIP/0",
        "1380@trunk",
        "1380,60,g",
        "１３８００",
        "*11",
    ],
)
def test_nothing_else_is(number: str) -> None:
    with pytest.raises(NumberRefused) as refused:
        outside_seat(number)
    assert len(number) < 4 or number not in str(refused.value)


def test_a_phone_is_rung_by_its_name_and_an_outside_number_through_the_dialplan() -> None:
    assert SEATS.interface(LI_NA, "1003") == "PJSIP/1003"
    assert SEATS.interface(LI_NA, outside_seat("+8613800138000")) == f"{MOBILE.rpartition('-')[0]}/n"


@pytest.mark.parametrize("language", ["", "fr", "cmn*x"])
def test_who_speaks_no_language_of_the_centre_is_asked_in_its_first(language: str) -> None:
    agent = Agent("1001", "Li Na", {}, attributes={"language": language})
    assert SEATS.interface(agent, outside_seat("138")) == "Local/138*1001*en@outside/n"


def test_an_outside_number_rings_longer_where_a_queue_rings_briefly() -> None:
    assert (SEATS.ring_s("1001", 20_000), SEATS.ring_s(outside_seat("138"), 20_000)) == (20, 40)
    assert SEATS.ring_s(outside_seat("138"), 60_001) == 61


def test_the_name_of_an_outside_seats_channel_tells_whose_it_is_on_the_callers_side_only() -> None:
    assert phone_of_channel(f"{MOBILE};1") == outside_seat("+8613800138000")
    assert agent_of_channel(f"{MOBILE};1") == "1001"
    assert (phone_of_channel(f"{MOBILE};2"), agent_of_channel(f"{MOBILE};2")) == ("", "")
    assert agent_of_channel("PJSIP/1001-0000002a") == ""
    assert agents_side(f"{MOBILE};2") == f"{MOBILE};1"
    assert [agents_side(name) for name in (f"{MOBILE};1", "PJSIP/1001-2a", "Local/1@phones-2a;2", "")] == [""] * 4
