"""Messages at the desk of call-backs: an agent's phone rings, he hears the message, and says what is to be done."""

import asyncio

import pytest

from acd.facts import CallbackAttempted, CallDequeued, CallReleased, MessageHeard
from acd.states import AgentState, CallbackOutcome, CallbackState, DequeueReason
from ivr.agi.errors import AgiCommandFailed, AgiConnectionLost, AgiHungUp, AgiOver
from tests.unit.calling_floor import NUMBER, AgentsLine, calling, event, settle
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit

SOUND = "/recordings/voicemail/1"
CHOICE = [
    "To call back, press 1.",
    "To hear it again, press 2. If it is done, press 3. For the caller's number, press 4. "
    "To leave it to a colleague, press hash.",
]


class ListeningLine(AgentsLine):
    """As AgentsLine; `presses` are the keys that end what is played, by its text, each once."""

    def __init__(self, linkedid: str) -> None:
        super().__init__(linkedid)
        self.presses: dict[str, str] = {}
        self.missing: set[str] = set()

    async def stream_file(self, name: str, escape_digits: str = "") -> str | None:
        await super().stream_file(name, escape_digits)
        if name in self.missing:
            raise AgiCommandFailed("STREAM FILE", 200, "-1")
        return self.presses.pop(name, None)


@in_virtual_time
async def test_he_hears_of_it_and_it_and_when_he_does_nothing_more_it_is_done() -> None:
    async with calling("1001") as floor:
        left = await floor.leave()
        (rung,) = floor.ami.named("Originate")
        assert rung["CallerID"] == f'"Message" <{NUMBER}>'
        line = await floor.picks_up(left.linkedid, ListeningLine(left.linkedid))
        assert line.said == ["A message for Sales.", "It was left a moment ago.", SOUND, *CHOICE]
        assert (floor.state("1001")[0], left.state) == (AgentState.TALKING, CallbackState.LISTENING)
        await asyncio.sleep(31)
        assert line.said[-4:] == CHOICE * 2
        assert (line.hung_up, left.outcome) == (True, CallbackOutcome.HEARD)
        assert floor.state("1001")[0] is AgentState.WRAP_UP
        (heard,), (gone,) = floor.stated(MessageHeard), floor.stated(CallDequeued)
        assert (heard.agent, heard.whole, heard.linkedid) == ("1001", True, "node1-7.1")
        assert gone.reason is DequeueReason.ANSWERED
        assert len(floor.stated(CallReleased)) == 1


@in_virtual_time
async def test_by_1_the_customer_is_rung_and_they_talk() -> None:
    async with calling("1001") as floor:
        left = await floor.leave()
        line = ListeningLine(left.linkedid)
        line.presses = {CHOICE[0]: "1"}
        await floor.picks_up(left.linkedid, line)
        assert line.dialled == [f"PJSIP/{NUMBER}@carrier,30,gf(4000)b(callback-customer^s^1)"]
        assert left.state is CallbackState.DIALLING
        floor.desk.hear(event("DialEnd", Uniqueid=left.linkedid, DialStatus="ANSWER"))
        assert floor.book.get(left.id).state is CallbackState.TALKING
        line.ends("ANSWER")
        await settle()
        assert (left.outcome, left.attempts) == (CallbackOutcome.REACHED, 1)
        assert floor.state("1001")[0] is AgentState.WRAP_UP


@in_virtual_time
async def test_a_customer_who_is_not_reached_is_tried_again_by_whoever_hears_it_next() -> None:
    async with calling("1001") as floor:
        left = await floor.leave()
        line = ListeningLine(left.linkedid)
        line.presses = {SOUND: "1"}
        await floor.picks_up(left.linkedid, line)
        line.ends("BUSY", 17)
        await settle()
        assert (left.state, left.last, line.said[-1]) == (CallbackState.DUE, CallbackOutcome.BUSY, "The line is busy.")
        await asyncio.sleep(5 * 60)
        again = await floor.picks_up(left.linkedid, ListeningLine(left.linkedid))
        assert again.said[2] == SOUND


@pytest.mark.parametrize("number", ["", "anonymous"])
@in_virtual_time
async def test_of_whom_no_number_is_known_he_is_told_so_and_cannot_call(number: str) -> None:
    async with calling("1001") as floor:
        left = await floor.leave(number)
        line = ListeningLine(left.linkedid)
        line.presses = {"A message for Sales.": "4", SOUND: "1"}
        await floor.picks_up(left.linkedid, line)
        asked = "The caller's number is not known." if not number else "The caller's number is"
        assert line.said == [
            "A message for Sales.",
            asked,
            SOUND,
            "He cannot be called back at the moment.",
            SOUND,
            CHOICE[1],
        ]
        assert not line.dialled


@in_virtual_time
async def test_the_number_is_read_to_him_where_he_asks_for_it() -> None:
    async with calling("1001") as floor:
        left = await floor.leave("139")
        line = ListeningLine(left.linkedid)
        line.presses = {SOUND: "4"}
        await floor.picks_up(left.linkedid, line)
        assert line.said[3:6] == ["The caller's number is", "one three", "nine"]


@pytest.mark.parametrize(("over", "outcome"), [(AgiHungUp(), "put_back"), (AgiConnectionLost(), "put_back")])
@in_virtual_time
async def test_who_hangs_up_before_its_end_has_put_it_back_and_so_has_a_broken_connection(
    over: AgiOver, outcome: str
) -> None:
    async with calling("1001", "1002") as floor:
        left = await floor.leave()
        line = ListeningLine(left.linkedid)
        line.listening.clear()
        await floor.picks_up(left.linkedid, line)
        line.breaks(over)
        line.listening.set()
        await settle()
        assert (left.state, floor.stated(CallbackAttempted)[0].outcome) == (CallbackState.DUE, outcome)
        assert floor.state("1001")[0] is AgentState.WRAP_UP  # not missed, and not refused
        await asyncio.sleep(60)
        assert [rung["Channel"] for rung in floor.ami.named("Originate")][-1] == "PJSIP/1002"


@in_virtual_time
async def test_who_hangs_up_after_its_end_has_done_with_it() -> None:
    async with calling("1001") as floor:
        left = await floor.leave()
        line = await floor.picks_up(left.linkedid, ListeningLine(left.linkedid))
        line.breaks(AgiHungUp())
        await asyncio.sleep(11)
        assert left.outcome is CallbackOutcome.HEARD


@in_virtual_time
async def test_by_hash_it_is_left_to_a_colleague_and_by_3_it_is_done() -> None:
    async with calling("1001") as floor:
        left = await floor.leave()
        line = ListeningLine(left.linkedid)
        line.presses = {SOUND: "#"}
        await floor.picks_up(left.linkedid, line)
        assert (left.state, line.hung_up) == (CallbackState.DUE, True)
        assert not floor.stated(MessageHeard)[0].whole
        await asyncio.sleep(90)
        line = ListeningLine(left.linkedid)
        line.presses = {SOUND: "3"}
        await floor.picks_up(left.linkedid, line)
        assert left.outcome is CallbackOutcome.HEARD


@in_virtual_time
async def test_a_message_whose_sound_is_gone_says_so_and_costs_nobody_else() -> None:
    async with calling("1001") as floor:
        left = await floor.leave()
        line = ListeningLine(left.linkedid)
        line.missing = {SOUND}
        line.presses = {CHOICE[1]: "3"}
        await floor.picks_up(left.linkedid, line)
        assert line.said[2:4] == [SOUND, "The message cannot be played."]
        assert left.outcome is CallbackOutcome.HEARD


@in_virtual_time
async def test_a_phone_that_does_not_answer_leaves_the_message_at_its_place() -> None:
    async with calling("1001", "1002") as floor:
        left = await floor.leave()
        await floor.rings(left.linkedid)
        floor.desk.hear(event("OriginateResponse", Response="Failure", Reason="3", Uniqueid=left.linkedid))
        floor.hangs_up(left.linkedid, 19)
        await settle()
        assert floor.state("1001") == (AgentState.NOT_READY, "missed_call")
        assert left.state is CallbackState.RINGING  # the next agent's phone


@in_virtual_time
async def test_each_hearing_is_written_down_once_and_its_file_put_away() -> None:
    async with calling("1001") as floor:
        left = await floor.leave()
        line = ListeningLine(left.linkedid)
        line.presses = {CHOICE[0]: "2"}  # and again
        await floor.picks_up(left.linkedid, line)
        assert line.said.count(SOUND) == 2
        assert floor.audio.heard == [("1001", "voicemail/1.wav")]
        assert not floor.audio.put_away
        await asyncio.sleep(31)
        assert floor.audio.put_away == ["voicemail/1.wav"]


@in_virtual_time
async def test_who_hangs_up_before_the_first_word_has_heard_nothing() -> None:
    async with calling("1001") as floor:
        left = await floor.leave()
        line = ListeningLine(left.linkedid)
        line.presses = {"A message for Sales.": "#"}
        await floor.picks_up(left.linkedid, line)
        assert (floor.audio.heard, floor.audio.put_away) == ([], ["voicemail/1.wav"])


@in_virtual_time
async def test_nobody_is_rung_for_a_message_that_cannot_be_had_and_it_comes_again() -> None:
    async with calling("1001") as floor:
        floor.audio.away = {"fetch"}
        left = await floor.leave()
        assert not floor.ami.named("Originate")
        assert (left.state, floor.state("1001")[0]) == (CallbackState.DUE, AgentState.READY)
        floor.audio.away.clear()
        await asyncio.sleep(60)
        await settle()
        line = await floor.picks_up(left.linkedid, ListeningLine(left.linkedid))
        assert SOUND in line.said


@in_virtual_time
async def test_what_cannot_be_written_down_is_not_played_and_put_back() -> None:
    async with calling("1001") as floor:
        left = await floor.leave()
        floor.audio.away = {"heard_by"}
        line = await floor.picks_up(left.linkedid, ListeningLine(left.linkedid))
        assert SOUND not in line.said
        assert line.said[-1] == "The message cannot be played."
        assert (left.state, left.last, line.hung_up) == (CallbackState.DUE, CallbackOutcome.PUT_BACK, True)


@in_virtual_time
async def test_a_message_that_is_kept_no_longer_is_told_as_lost() -> None:
    async with calling("1001") as floor:
        floor.audio.gone = True
        left = await floor.leave()
        line = await floor.picks_up(left.linkedid, ListeningLine(left.linkedid))
        assert line.said[2:] == ["The message cannot be played.", *CHOICE]
        assert floor.audio.heard == []
