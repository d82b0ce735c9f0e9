"""What a caller hears while he waits, and where he goes who leaves: on real phones, from first word to record."""

import asyncio
import wave
from array import array
from io import BytesIO

import pytest

from cti.centre import load_centre
from cti.simulation.telephones import Call
from ivr import waiting_words
from ivr.computed_sounds import SAMPLE_RATE
from ivr.flow.steps import Prompt
from ivr.prompts import Prompts
from ivr.tones import BEEP_HZ
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import staffed, talk
from tests.integration.kept_ledgers import keep_ledger
from tests.integration.listening import PLAYED, likeness, seconds_of, sides, spoken
from tests.integration.test_outside_seats import FIRST, mobiles

pytestmark = pytest.mark.integration

CALLERS_TONE_HZ = 440
PACKETS = 50  # a second of audio


class Ear:
    """Compares what a caller has heard with the prompts."""

    def __init__(self, floor: RunningCentre) -> None:
        self._floor = floor
        self._prompts = Prompts(floor.settings.state / "sounds/prompts")
        self.care = load_centre(floor.settings.dialplans).queues["cared"].care
        self.message = Prompt(self.care.announce.messages[0]["en"], "en")

    async def hears_out(self, call: Call, *prompts: Prompt) -> None:
        """Wait while the caller hears as much audio as these prompts have, and a little more."""
        assert call.audio
        samples = sum(len(spoken(self._prompts.file(prompt))) for prompt in prompts)
        until = call.audio.received + samples * PACKETS // SAMPLE_RATE + PACKETS // 2
        while call.audio.received < until:
            await call.audio.hears_something()

    async def played(self, caller: str, *prompts: Prompt) -> list[bool]:
        """Which of the prompts this caller has heard to their end."""
        record = await self._floor.record(caller)
        heard = sides(await self._floor.audio(record["id"]))[1]
        return [likeness(spoken(self._prompts.file(prompt)), heard) > PLAYED for prompt in prompts]


async def told(floor: RunningCentre, caller: str) -> tuple[int, int, int]:
    """What this caller is told first: his position, median and most."""
    linkedid = (await floor.fact("CallArrived", caller=caller))["linkedid"]
    fact = await floor.fact("CallerTold", linkedid=linkedid)
    return fact["position"], fact["median_ms"], fact["most_ms"]


async def served(caller: Call, leg: Call) -> None:
    """The two have spoken, and the agent hangs up."""
    await talk(caller, leg)
    await leg.hang_up()
    await caller.ended()


async def test_an_offer_breaks_into_the_announcement_and_the_wait_is_estimated_from_those_served(
    floor: RunningCentre,
) -> None:
    ear, place = Ear(floor), waiting_words.place(1, "en")
    async with staffed(floor, audio=True, seats=("1002",)) as phones:
        agent = phones["1002"]
        first = await phones.dial("4021", number="100")
        assert await told(floor, "100") == (1, 0, 0)  # nothing is known yet, so nothing is said of it
        others = {number: await phones.dial("4021", number=number) for number in map(str, range(200, 210))}
        await floor.shows("/api/queues/cared", lambda queue: queue["waiting"] == 11)
        await ear.hears_out(first, place)
        await floor.sign_in("1002")
        await served(first, await agent.next_call())
        for _ in others:
            leg = await agent.next_call()
            await served(others[leg.caller], leg)
        talking = await phones.dial("4021", number="300")
        await talk(talking, leg := await agent.next_call())
        last = await phones.dial("4021", number="400")
        position, median_ms, most_ms = await told(floor, "400")
        assert position == 1
        assert 0 < median_ms < most_ms < 60_000
        wait = waiting_words.wait(median_ms, most_ms, "en")
        assert [prompt.text for prompt in wait] == ["The estimated wait is less than one minute."]
        await ear.hears_out(last, place, *wait)
        await leg.hang_up()
        await served(last, await agent.next_call())
        assert await ear.played("100", place, ear.message) == [True, False]
        assert await ear.played("400", place, *wait, ear.message) == [True, True, False]
        assert (await floor.record("400"))["outcome"] == "answered"


async def test_whoever_leaves_is_seen_to_voicemail_a_number_or_a_last_word(floor: RunningCentre) -> None:
    ear = Ear(floor)
    async with staffed(floor, audio=True, seats=()) as phones, mobiles(floor) as outside:
        writer, handed, turned = [
            await phones.dial(dialled, number=number)
            for dialled, number in (("4021", "100"), ("4022", "200"), ("4023", "300"))
        ]
        await talk(handed, leg := await outside[FIRST].next_call())
        await floor.fact("CallQueued", queue="cared")
        await writer.press("1")
        assert writer.audio
        await writer.audio.hears(BEEP_HZ)
        await leg.hang_up()
        told = await floor.fact("VoicemailLeft", queue="cared")
        asked = await floor.fact("CallbackRequested", linkedid=told["linkedid"])
        await asyncio.gather(*(caller.ended() for caller in (writer, handed, turned)))

        with wave.open(BytesIO(await floor.message(asked["callback"]))) as file:
            samples = list(array("h", file.readframes(file.getnframes())))
        assert seconds_of(CALLERS_TONE_HZ, samples) >= 2
        left, spoke, refused = [await floor.record(number) for number in ("100", "200", "300")]
        assert (left["outcome"], left["reason"], left["ended_by"]) == ("voicemail", "voicemail", "system")
        assert (spoke["outcome"], spoke["reason"], spoke["agent"]) == ("answered", "served", None)
        assert [leg["kind"] for leg in spoke["legs"]] == ["caller", "other"]
        assert (refused["outcome"], refused["reason"], refused["ended_by"]) == ("overflowed", "announced", "system")
        for record in (left, spoke, refused):
            assert [visit["reason"] for visit in record["queues"]] == ["overflowed"]
            assert not record["reconstructed"]
        keep_ledger(floor.settings, spoke["linkedid"], "overflowed_number")
        greeting = Prompt(ear.care.voicemail.greeting["en"], "en")
        assert await ear.played("100", greeting, waiting_words.thanks("en")) == [True, True]
        assert await ear.played("300", Prompt("Nobody is on duty today.", "en")) == [True]
