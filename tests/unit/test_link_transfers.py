"""Agents who join callers with colleagues, as Asterisk 22.10.1 tells it: the events of real transfers
(tests/fixtures/transfers; of their headers the places in the dialplan and the names of people are left out).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from acd.facts import CallReleased, CallTransferred, Fact
from acd.states import TransferKind
from cti.ami.message import Message
from cti.link import Leg, Link
from tests.ami_events import device, dial_begin, dial_end, of_leg
from tests.unit.running_floor import distributor, enter
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit

Kind = TypeVar("Kind", bound=Fact)

FOLDER = Path(__file__).parents[1] / "fixtures" / "transfers"
CALL, CONSULT = "node1-1.0", "node1-1.2"


def recorded(name: str) -> Iterator[Message]:
    """The events of a real run, in order."""
    for block in (FOLDER / f"{name}.txt").read_text("utf-8").split("\n\n"):
        yield Message(block.strip().replace("\n", "\r\n"))


class Story:
    """1001 talks with a caller, holds him, asks 1002 and joins the two: told event by event."""

    def __init__(self, name: str) -> None:
        self.facts: list[Fact] = []
        self.unknown: list[Leg] = []
        self.joined: list[str] = []
        self.reloads = 0
        self.distributor = distributor("1001", "1002")
        self.distributor.on_fact.append(self.facts.append)
        self.link = Link(
            self.distributor,
            on_stray=lambda leg: None,
            on_unknown=self.unknown.append,
            on_request=lambda: None,
            on_joined=self.joined.append,
            on_reload=self._reload,
        )
        for phone in ("1001", "1002"):
            self.link.on_event(device(phone, "NOT_INUSE"))
        self._messages = recorded(name)

    def _reload(self) -> None:
        self.reloads += 1

    def until(self, event: str, channel: str = "") -> None:
        """Everything up to this event, included. The two calls wait for an agent as soon as they are there."""
        for message in self._messages:
            self.link.on_event(message)
            if message.event == "Newchannel" and message.get("Uniqueid") == message.get("Linkedid"):
                enter(self.distributor, message.get("Linkedid"))
            if message.event == event and channel in message.get("Channel"):
                return
        raise AssertionError(f"no {event} of {channel} was recorded")

    def state(self, agent: str) -> tuple[str, str]:
        """What the agent does, and in which call."""
        of = self.distributor.router.roster.agent(agent)
        return of.state, of.linkedid

    def stated(self, kind: type[Kind]) -> list[Kind]:
        """The facts of that kind; the story is over then."""
        self.distributor.close()
        return [fact for fact in self.facts if isinstance(fact, kind)]


@pytest.mark.parametrize("name", ["announced", "announced_on_the_other_leg"])
@in_virtual_time
async def test_the_colleague_goes_on_with_the_caller_whichever_leg_the_phone_names(name: str) -> None:
    story = Story(name)
    story.until("DialEnd", "PJSIP/1001")
    assert (story.state("1001"), story.state("1002")) == (("holding", CALL), ("talking", CONSULT))
    story.until("AttendedTransfer")
    assert (story.state("1001"), story.state("1002")) == (("wrap_up", CALL), ("talking", CALL))
    assert story.link.channels["node1-1.3"] == CALL
    story.until("Hangup", "PJSIP/1001-00000002")
    assert story.state("1002") == ("talking", CALL)
    story.until("Hangup", "PJSIP/1002")
    assert story.state("1002") == ("wrap_up", CALL)
    story.until("Hangup", "PJSIP/line")
    assert not story.unknown
    assert not list(story.distributor.router.conversations)
    (told,) = story.stated(CallTransferred)
    assert (told.linkedid, told.kind, told.agent) == (CALL, TransferKind.ANNOUNCED, "1001")
    assert (told.to, told.consult) == ("1002", CONSULT)
    released = [(fact.linkedid, fact.agent) for fact in story.stated(CallReleased)]
    assert released == [(CALL, "1001"), (CONSULT, "1002"), (CALL, "1002")]


@in_virtual_time
async def test_a_colleague_whose_call_the_router_does_not_have_is_found_in_the_callers() -> None:
    story = Story("announced")
    story.until("DialEnd", "PJSIP/1001")
    with story.distributor.command() as (router, now_ms):
        router.released(CONSULT, now_ms=now_ms)
    story.until("AttendedTransfer")
    assert story.state("1001") == ("wrap_up", CALL)
    assert story.unknown == [Leg("PJSIP/1002-00000003", "node1-1.3", CALL)]
    assert not story.stated(CallTransferred)


@in_virtual_time
async def test_a_caller_joined_before_anybody_has_answered_is_for_the_agents_own_call() -> None:
    story = Story("joined")
    story.until("AttendedTransfer")
    assert story.joined == [CONSULT]
    assert story.state("1002") == ("ringing", CONSULT)
    story.until("Hangup", "PJSIP/1001-00000001")
    assert story.state("1001") == ("wrap_up", CALL)
    assert not story.stated(CallTransferred)


@in_virtual_time
async def test_a_transfer_that_failed_or_is_none_of_a_caller_of_ours_changes_nothing() -> None:
    story = Story("announced")
    story.until("DialEnd", "PJSIP/1001")
    (transfer,) = (message for message in recorded("announced") if message.event == "AttendedTransfer")
    text = "\r\n".join(f"{name}: {value}" for name, value in transfer.headers)
    story.link.on_event(Message(text.replace("Result: Success", "Result: Fail")))
    story.link.on_event(Message(text.replace("OrigTransfererUniqueid: node1-1.1", "OrigTransfererUniqueid: node1-1.0")))
    assert (story.state("1001"), story.state("1002")) == (("holding", CALL), ("talking", CONSULT))
    assert (story.joined, story.unknown) == ([], [])
    story.distributor.close()


@in_virtual_time
async def test_the_customer_of_a_call_back_who_was_sent_on_is_answered_as_any_caller() -> None:
    story = Story("announced")
    linkedid = "node1-callback-1-1.1"
    enter(story.distributor, linkedid)
    story.link.on_event(dial_begin("1001", linkedid))
    story.link.on_event(dial_end("1001", linkedid))
    assert story.state("1001") == ("talking", linkedid)
    story.link.on_event(of_leg("Hangup", "1001"))
    assert story.state("1001") == ("wrap_up", linkedid)
    story.distributor.close()


@in_virtual_time
async def test_a_dialplan_read_again_is_told_and_any_other_module_is_not() -> None:
    story = Story("announced")
    for module in ("All", "pbx_config", "pbx_config.so", "res_pjsip"):
        story.link.on_event(Message(f"Event: Reload\r\nModule: {module}"))
    assert story.reloads == 3
    story.distributor.close()
