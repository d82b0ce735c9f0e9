"""What the phones are, told from device states and channels."""

import pytest

from acd.seats import phone_of_channel
from cti.phones import Phones, PhoneState, phone_of_device

pytestmark = pytest.mark.unit

FREE = PhoneState("1001", reachable=True, engaged=False)
ENGAGED = PhoneState("1001", reachable=True, engaged=True)


@pytest.fixture
def phones() -> Phones:
    phones = Phones()
    phones.device_changed("PJSIP/1001", "NOT_INUSE")
    return phones


@pytest.mark.parametrize(
    ("channel", "phone"),
    [
        ("PJSIP/1001-0000002a", "1001"),
        ("PJSIP/li-na-0000002a", "li-na"),
        ("Local/1001@phones-0001;1", ""),
        ("PJSIP/", ""),
        ("", ""),
    ],
)
def test_a_channel_names_its_phone(channel: str, phone: str) -> None:
    assert phone_of_channel(channel) == phone


def test_a_device_of_another_kind_is_no_phone() -> None:
    assert (phone_of_device("PJSIP/1001"), phone_of_device("Queue:sales")) == ("1001", "")
    assert Phones().device_changed("Queue:sales", "INUSE") is None


@pytest.mark.parametrize("state", ["NOT_INUSE", "INUSE", "RINGING", "ONHOLD", "BUSY", "Not_InUse"])
def test_a_phone_that_is_there_can_be_rung(state: str) -> None:
    assert Phones().device_changed("PJSIP/1001", state) == FREE


@pytest.mark.parametrize("state", ["UNAVAILABLE", "INVALID", "UNKNOWN", "Unavailable"])
def test_a_phone_that_is_away_cannot(state: str) -> None:
    assert Phones().device_changed("PJSIP/1001", state) == PhoneState("1001", reachable=False, engaged=False)


def test_a_phone_never_heard_of_is_not_believed_to_be_there() -> None:
    assert Phones().private_began("PJSIP/1001-01", "a") == PhoneState("1001", reachable=False, engaged=True)


def test_a_private_call_engages_the_phone_until_its_last_channel_is_gone(phones: Phones) -> None:
    assert phones.private_began("PJSIP/1001-01", "a") == ENGAGED
    assert phones.private_began("PJSIP/1001-02", "b") == ENGAGED
    assert phones.ended("a") == ENGAGED
    assert phones.ended("b") == FREE
    assert phones.ended("b") is None


def test_a_private_call_on_something_else_is_none_of_our_business(phones: Phones) -> None:
    assert phones.private_began("Local/1001@phones-0001;1", "a") is None
    assert phones.ended("a") is None


def test_a_snapshot_says_which_channels_are_private_and_that_there_are_no_others(phones: Phones) -> None:
    phones.device_changed("PJSIP/1002", "INUSE")
    phones.private_began("PJSIP/1001-01", "a")
    states = phones.private_are({"b": "PJSIP/1002-01", "c": "Local/x@y-01;1"})
    assert states == [FREE, PhoneState("1002", reachable=True, engaged=True)]
    assert phones.ended("a") is None
    assert phones.ended("b") == PhoneState("1002", reachable=True, engaged=False)
