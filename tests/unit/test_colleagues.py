"""Phones can send callers to agents who are signed in, and to no others."""

import pytest

from acd.agents import Agent
from acd.states import Status
from cti.colleagues import Colleagues

pytestmark = pytest.mark.unit


def agent(number: str = "1001", *, signed_in: bool = True) -> Agent:
    return Agent(number, number, {}, status=Status.NOT_READY if signed_in else Status.SIGNED_OUT)


def test_who_signs_in_can_be_reached_until_he_signs_out() -> None:
    colleagues = Colleagues()
    (added,) = colleagues.update(agent())
    assert (added.name, added.headers["Context"], added.headers["Extension"]) == (
        "DialplanExtensionAdd",
        "colleagues",
        "1001",
    )
    assert (added.headers["Application"], added.headers["ApplicationData"]) == ("Goto", "transferred,1001,1")
    assert colleagues.update(agent()) == []
    (removed,) = colleagues.update(agent(signed_in=False))
    assert (removed.name, removed.headers["Extension"]) == ("DialplanExtensionRemove", "1001")
    assert colleagues.update(agent(signed_in=False)) == []


def test_what_asterisk_has_already_is_left_and_who_is_unknown_is_taken_out() -> None:
    colleagues = Colleagues()
    colleagues.found(["1001", "1002"])
    assert colleagues.update(agent()) == []
    assert [action.headers["Extension"] for action in colleagues.strangers(["1001"])] == ["1002"]
    assert colleagues.strangers(["1001"]) == []


def test_after_a_dialplan_was_read_again_everybody_is_added_anew() -> None:
    colleagues = Colleagues()
    colleagues.update(agent())
    colleagues.found(())
    assert [action.name for action in colleagues.update(agent())] == ["DialplanExtensionAdd"]
