"""A secret keyed by a caller on a fake channel: what is asked of his recording and what is told, however it goes."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acd.facts import CallEnded, RecordingPaused, RecordingResumed, to_json
from acd.recording_facts import Written
from acd.states import EndedBy
from cti.recording_switch import MixMonitors
from ivr import collect_words
from ivr.desk import Desk
from ivr.flow.model import Flow
from tests.contract import reception_floor
from tests.contract.ami_owner import linked
from tests.contract.fake_agi import Answer, FakeAsterisk
from tests.contract.reception_floor import CALL, Floor, hangs_up

pytestmark = pytest.mark.contract

DIGITS = "7391"
WRITTEN = Written(1_700_000_000_000, 4_096)
CHANNEL = "node1-1700000000.7"
PAUSED, RESUMED = ("pause", CHANNEL), ("resume", CHANNEL)
MARKED, UNMARKED = ("SET VARIABLE CALLCENTER_PAUSED " + mark for mark in ("1", ""))

COLLECT = {
    "kind": "collect",
    "secret": True,
    "text": {"en": "Your code."},
    "into": "pin",
    "length": 4,
    "tries": 1,
    "next": "thanks",
    "otherwise": "goodbye",
}
FLOW = Flow.model_validate(
    {
        "flow": "bank",
        "languages": ["en"],
        "start": "pin",
        "operator": "thanks",
        "nodes": {
            "pin": COLLECT,
            "thanks": {"kind": "say", "text": {"en": "Thank you."}, "next": "goodbye"},
            "goodbye": {"kind": "hangup", "reason": "served", "text": {"en": "Goodbye."}},
        },
    }
)


class Recording:
    """Agrees to each wish, or answers as it was told to."""

    def __init__(self, *answers: bool) -> None:
        self.asked: list[tuple[str, str]] = []
        self._answers = list(answers)

    async def pause(self, channel: str) -> bool:
        return self._said("pause", channel)

    async def resume(self, channel: str) -> bool:
        return self._said("resume", channel)

    def written(self, linkedid: str) -> Written:
        return WRITTEN

    def _said(self, wish: str, channel: str) -> bool:
        self.asked.append((wish, channel))
        return self._answers.pop(0) if self._answers else True


def keys(digits: str) -> Callable[[list[str]], str]:
    """Each command that waits for a key gets the next one, then none."""
    left = iter(digits)
    return lambda _: f"200 result={ord(next(left, chr(0)))}"


@pytest.fixture
def floor() -> Floor:
    return Floor()


async def served(floor: Floor, recording: Recording, answers: dict[str, Any]) -> list[str]:
    """The commands that the caller's channel got, served to the end of his call. An answer may be `hangs_up`, put off
    until the channel is there."""
    desk = Desk(distributor=floor.distributor, sound_of=reception_floor.words, recording=recording)
    async with reception_floor.called(desk, FLOW, CALL, "4000") as asterisk:
        asterisk.variables["MIXMONITOR_FILENAME"] = "/recordings/call.raw"
        ready: dict[str, Answer] = {
            verb: answer(asterisk) if answer is hung_up else answer for verb, answer in answers.items()
        }
        await asterisk.serve(ready)
    return [" ".join(words) for words in asterisk.commands]


def hung_up(asterisk: FakeAsterisk) -> Answer:
    return hangs_up(asterisk, "200 result=-1")


def told(floor: Floor) -> list[tuple[str, str]]:
    """How the pauses are told, in order."""
    facts = [fact for fact in floor.facts if isinstance(fact, RecordingPaused | RecordingResumed)]
    assert {(fact.node, fact.linkedid) for fact in facts} <= {("pin", CALL)}
    return [(type(fact).__name__, fact.why) for fact in facts]


async def test_the_recording_pauses_from_before_the_question_until_after_the_last_key(floor: Floor) -> None:
    recording = Recording()
    commands = await served(floor, recording, {"WAIT FOR DIGIT": keys(DIGITS)})
    assert recording.asked == [PAUSED, RESUMED]
    assert told(floor) == [("RecordingPaused", "secret"), ("RecordingResumed", "keyed")]
    both = [fact for fact in floor.facts if isinstance(fact, RecordingPaused | RecordingResumed)]
    assert {(fact.written_at_ms, fact.written_ms) for fact in both} == {WRITTEN}
    asked, thanked = commands.index("STREAM FILE Your code. 0123456789*#"), commands.index("STREAM FILE Thank you. 0*")
    assert commands.index(MARKED) < asked < commands.index(UNMARKED) < thanked
    sent = "".join(commands) + "".join(str(to_json(fact) | {"at_ms": 0}) for fact in floor.facts)
    assert not any(DIGITS[start : start + 2] in sent for start in range(3))


async def test_a_secret_is_not_asked_for_while_it_would_be_recorded(floor: Floor) -> None:
    recording = Recording(False)
    commands = await served(floor, recording, {})
    assert recording.asked == [PAUSED, RESUMED]  # it may have paused all the same
    assert told(floor) == []
    assert "STREAM FILE Your code. 0123456789*#" not in commands
    assert f"STREAM FILE {collect_words.not_safe('en').text} 0*" in commands
    assert commands.index(UNMARKED) < commands.index("STREAM FILE Goodbye. ")


async def test_a_recording_that_cannot_be_resumed_goes_on_in_the_same_file(floor: Floor) -> None:
    commands = await served(floor, Recording(True, False), {"WAIT FOR DIGIT": keys(DIGITS)})
    at = commands.index("EXEC StopMixMonitor ")
    assert commands[at + 1 : at + 4] == [
        "GET VARIABLE MIXMONITOR_FILENAME",
        "EXEC MixMonitor /recordings/call.raw,Da",
        UNMARKED,
    ]
    assert told(floor) == [("RecordingPaused", "secret"), ("RecordingResumed", "keyed")]


@pytest.mark.parametrize(
    ("pressed", "why"), [("0#", "operator"), ("12#", "invalid"), ("", "timeout"), ("*" * 9, "back"), ("0", "operator")]
)
async def test_the_recording_goes_on_whichever_way_he_leaves(floor: Floor, pressed: str, why: str) -> None:
    recording = Recording()
    answers: dict[str, Any] = {"WAIT FOR DIGIT": keys(pressed)}
    if why == "back":  # to the same question again: there is none before it
        answers["STREAM FILE Your code."] = keys("*")
    await served(floor, recording, answers)
    assert recording.asked[:2] == [PAUSED, RESUMED]
    assert told(floor)[:2] == [("RecordingPaused", "secret"), ("RecordingResumed", why)]
    assert told(floor)[-1][0] == "RecordingResumed"


@pytest.mark.parametrize("during", ["STREAM FILE Your code.", "WAIT FOR DIGIT", MARKED])
async def test_a_caller_may_hang_up_while_he_keys_it(floor: Floor, during: str) -> None:
    recording = Recording()
    await served(floor, recording, {"WAIT FOR DIGIT": keys(DIGITS[:2]), during: hung_up})
    assert recording.asked[-1] == RESUMED
    assert told(floor)[-1:] == ([] if during == MARKED else [("RecordingResumed", "hung_up")]), "it paused before"
    (ended,) = floor.named(CallEnded)
    assert (ended.by, floor.facts[-1]) == (EndedBy.CALLER, ended)


async def test_a_fault_of_ours_leaves_no_recording_paused(floor: Floor) -> None:
    recording = Recording()
    commands = await served(floor, recording, {"WAIT FOR DIGIT": "200 result=nonsense"})
    assert recording.asked == [PAUSED, RESUMED]
    assert told(floor) == [("RecordingPaused", "secret"), ("RecordingResumed", "failed")]
    assert UNMARKED not in commands  # for the dialplan, which goes on with him, and makes sure


async def test_asterisk_is_asked_to_mute_both_sides_and_taken_at_its_word(tmp_path: Path) -> None:
    async with linked() as (client, peer):
        monitors = MixMonitors(client, tmp_path)
        for wish, state in ((monitors.pause, "1"), (monitors.resume, "0")):
            for response, message, sure in (
                ("Success", "", True),
                ("Error", "Cannot set mute flag", True),  # nothing of this channel is recorded
                ("Error", "No such channel", False),
            ):
                asked = asyncio.create_task(wish(CHANNEL))
                action = await peer.received("MixMonitorMute")
                assert (action.get("Channel"), action.get("Direction"), action.get("State")) == (CHANNEL, "both", state)
                peer.answer(action, *([f"Message: {message}"] if message else []), response=response)
                assert await asked is sure
        asked = asyncio.create_task(monitors.pause(CHANNEL))
        await peer.received("MixMonitorMute")
        peer.cut()
        assert await asked is False  # nobody knows
    assert await monitors.pause(CHANNEL) is False  # no link
