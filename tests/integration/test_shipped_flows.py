"""The shipped flows on real phones: what callers hear, key and come to, from the first word to the last."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from cti.simulation.telephones import Call, Keying, Telephones
from ivr.closure_words import words_of
from ivr.flow.parts import YES
from ivr.messages import VOICEMAIL
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import HOME, running_floor, staffed, talk
from tests.integration.listening import PLAYED, likeness
from tests.integration.test_closures import is_spoken
from tests.integration.test_path_menu import Script, choices, heard_by

pytestmark = pytest.mark.integration

MOBILE = "13900000001"


@pytest_asyncio.fixture
async def shipped(prompts: Path, music: Path, tmp_path: Path) -> AsyncIterator[RunningCentre]:
    """The shipped dialplans, but the office is open at whatever hour the test runs."""
    folder = Path(shutil.copytree(HOME / "dialplans", tmp_path / "dialplans"))
    calendars = 'calendars:\n  always: {hours: {daily: "00:00-24:00"}}\n  office: {hours: {daily: "00:00-24:00"}}\n'
    (folder / "calendars.yaml").write_text(calendars)
    async with running_floor(folder, prompts, music) as running:
        (running.settings.recordings_folder / VOICEMAIL).mkdir(parents=True, exist_ok=True)
        yield running


class Caller:
    """A caller, and his call as the centre tells of it."""

    def __init__(self, floor: RunningCentre, call: Call, linkedid: str, number: str) -> None:
        self.call = call
        self.number = number
        self._floor = floor
        self._linkedid = linkedid

    async def fact(self, name: str, **fields: Any) -> dict[str, Any]:
        """The first fact of that name of his call."""
        return await self._floor.fact(name, linkedid=self._linkedid, **fields)

    async def at(self, node: str, keys: str) -> None:
        """Press these when he comes to the node."""
        await self.fact("NodeEntered", node=node)
        await self.call.press(keys)

    async def asked(self, keys: str) -> None:
        """Press these when something is said to him: the question that follows within the node."""
        assert self.call.audio
        await self.call.audio.hears_something()
        await self.call.press(keys)

    async def speaks_a_message(self, keys: str) -> None:
        """Three seconds of his voice after the tone, the hash key, and then these."""
        await is_spoken(self._floor.settings.recordings_folder / VOICEMAIL, "*.wav", 3)
        await self.call.press("#")
        await self.asked(keys)

    async def says_yes_until(self, fact: str) -> None:
        """Answer yes to whatever is asked, also while it is being said, until that has come of it."""
        came = asyncio.ensure_future(self.fact(fact))
        while not came.done():
            await self.call.press(YES)
        await came

    async def hears(self, language: str, *said: tuple[str, str]) -> dict[str, Any]:
        """His record; all these were said to him in this language: flow/node, and the key of the words."""
        script = Script(self._floor)
        record = await self._floor.record(self.number)
        heard = await heard_by(self._floor, record)
        for where, words in said:
            flow, _, node = where.partition("/")
            assert likeness(script.sound(flow, node, language, words), heard) > PLAYED, where
        return record


async def calls(
    floor: RunningCentre, phones: Telephones, dialled: str, number: str, keying: Keying | None = None
) -> Caller:
    """Somebody calls."""
    call = await phones.dial(dialled, number=number, keying=keying)
    arrived = await floor.fact("CallArrived", caller=number)
    return Caller(floor, call, arrived["linkedid"], number)


async def test_the_citys_line_takes_the_matter_down_before_an_agent_answers_and_asks_how_it_was(
    shipped: RunningCentre,
) -> None:
    async with staffed(shipped, "1003", seats=("1003",), audio=True) as phones:
        caller = await calls(shipped, phones, "4004", "100", Keying.INFO)
        await caller.at("language", "2")
        await caller.at("matter", "4")
        await caller.at("offer", "2")
        leg = await phones["1003"].next_call()
        queued = await caller.fact("CallQueued", queue="support")
        assert queued["data"] == {"matter": "insurance", "postcode": ""}
        await talk(caller.call, leg)
        await leg.hang_up()
        await caller.at("mark", "5")
        answered = await caller.fact("SurveyAnswered", survey="satisfaction")
        assert (answered["score"], answered["queue"], answered["agent"]) == (5, "support", "1003")
        await caller.call.ended()
        assert not caller.call.ended_here
        record = await caller.hears("en", ("satisfaction/mark", "thanks"), ("city/goodbye", "text"))
        assert choices(record) == [
            ("language", "2"),
            ("hours", "open"),
            ("matter", "4"),
            ("insurance", None),
            ("offer", "declined"),
            ("agents", None),
            ("served", None),
            ("mark", "5"),
            ("done", None),
            ("goodbye", None),
        ]
        assert (record["outcome"], record["reason"]) == ("answered", "served")


async def test_the_citys_line_calls_back_who_does_not_wait_and_takes_a_message_when_the_office_is_shut(
    shipped: RunningCentre,
) -> None:
    async with staffed(shipped, seats=("1003",), audio=True) as phones:
        caller = await calls(shipped, phones, "4004", MOBILE)
        await caller.at("language", "1")
        await caller.at("matter", "1")
        await caller.at("place", "200040")  # events of RFC 4733
        await caller.says_yes_until("CallbackRequested")  # to the place, the call-back, and the number he calls from
        asked = await caller.fact("CallbackRequested", queue="support")
        assert (asked["number"], asked["data"]) == (MOBILE, {"matter": "traffic", "postcode": "200040"})
        await caller.call.ended()
        record = await caller.hears("cmn", ("city/called_back", "text"))
        assert (record["reason"], record["ended_by"]) == ("callback", "system")

        await shipped.post("/api/closures", {"calendar": "office", "on": True, "why": "storm"})
        caller = await calls(shipped, phones, "4004", "200")
        await caller.at("language", "2")
        await caller.fact("NodeEntered", node="for_support")
        await caller.speaks_a_message("1")
        left = await caller.fact("VoicemailLeft", queue="support")
        await caller.call.ended()
        assert left["duration_ms"] >= 2_000
        record = await caller.hears("en", ("message/closed", "text"), ("message/for_support", "text"))
        assert record["reason"] == "message_left"


async def test_the_hotline_speaks_with_a_vip_in_his_language_puts_him_through_unasked_and_takes_others_messages(
    shipped: RunningCentre,
) -> None:
    async with staffed(shipped, "1003", seats=("1003",), audio=True) as phones:
        status, _ = await shipped.ask("PUT", f"/api/callers/{MOBILE}", json={"priority": 5, "language": "en"})
        assert status == 200
        vip = await calls(shipped, phones, "4000", MOBILE)
        leg = await phones["1003"].next_call()
        queued = await vip.fact("CallQueued", queue="support")
        assert (queued["priority"], queued["data"]) == (7, {"topic": "vip"})
        await talk(vip.call, leg)
        await leg.hang_up()
        await vip.at("mark", "4")  # an event of RFC 4733
        assert (await vip.fact("SurveyAnswered", survey="satisfaction"))["score"] == 4
        await vip.call.ended()
        said = (("hotline/greeting", "text"), ("hotline/welcome_vip", "text"), ("satisfaction/mark", "thanks"))
        record = await vip.hears("en", *said)
        assert choices(record)[:4] == [
            ("caller", "known"),
            ("whose_language", "1"),
            ("greeting", None),
            ("hours", "open"),
        ]

        await shipped.post("/api/closures", {"calendar": "*", "on": True, "why": "storm"})
        other = await calls(shipped, phones, "4000", "200", Keying.INFO)
        await other.at("language", "1")
        await other.fact("NodeEntered", node="for_support")
        await other.speaks_a_message("1")
        await other.fact("VoicemailLeft", queue="support")
        await other.call.ended()
        record = await other.hears("cmn", ("hotline/greeting", "text"), ("message/closed", "text"))
        assert ("hours", "emergency") in choices(record)
        emergency = Script(shipped).words(words_of({}, "cmn"))
        assert likeness(emergency, await heard_by(shipped, record)) > PLAYED
