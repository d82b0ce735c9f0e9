"""Shutting the centre by phone, and opening it again: what an administrator hears, and what becomes of it."""

import asyncio
import wave
from collections.abc import Mapping
from pathlib import Path

import pytest

from acd.clock import Clock
from acd.closures import EVERY, Closures
from acd.distributor import Distributor
from acd.facts import ClosureDeclared, ClosureLifted, Fact
from acd.queues import QueueSettings
from acd.router import Router
from ivr.announcements import Announcement, prompt
from ivr.closing import Closing
from ivr.closure_sounds import ClosureSounds
from ivr.closure_words import words_of
from ivr.dialling import Dialling
from ivr.fetching import Fetching
from ivr.flow.steps import Prompt
from ivr.star_codes import Custom, StarCodes
from ivr.tones import provide_beep
from tests.contract.fake_agi import Answer, FakeAsterisk, calling, serving
from tests.contract.prompt_studio import no_recording

pytestmark = pytest.mark.contract

PIN = "123456"
NAMES: Mapping[Prompt, str] = {prompt(one, "en"): f"{one}" for one in Announcement} | {
    words_of({}, "en"): "house words"
}


class Floor:
    """Administrator 1001, agent 1002, and a phone."""

    def __init__(self, folder: Path) -> None:
        self.facts: list[Fact] = []
        self.folder = folder
        self.distributor = Distributor(Router(), Clock())
        self.distributor.on_fact.append(self.facts.append)
        with self.distributor.command() as (router, now_ms):
            router.define_queue(QueueSettings(name="sales"), now_ms=now_ms)
            for agent in ("1001", "1002"):
                router.define_agent(agent, agent, {}, {}, now_ms=now_ms)
        self.closures = Closures(self.distributor.state)
        self.sounds = ClosureSounds(folder / "closures")
        closing = Closing(
            distributor=self.distributor,
            closures=self.closures,
            sounds=self.sounds,
            administrators=lambda: {"1001"},
            sound_of=self._sound,
            beep="beep",
        )
        self.codes = StarCodes(
            self.distributor,
            self._authenticate,
            self._outside_of,
            self._sound,
            Custom,
            closing,
            no_recording(self.distributor),
            self._close_call,
            self._switch_recording,
            Fetching(self.distributor, lambda channel, uniqueid, linkedid: None),
            Dialling(self.distributor, lambda: None, lambda: None, lambda text: None, lambda *line: None),
        )

    async def _authenticate(self, number: str, pin: str) -> bool:
        return pin == PIN

    async def _close_call(self, agent: str, linkedid: str, keys: str) -> bool:
        raise AssertionError("nobody closes a call")

    async def _switch_recording(self, agent: str, linkedid: str, *, paused: bool) -> bool:
        raise AssertionError("nobody pauses a recording")

    async def _outside_of(self, number: str) -> str:
        raise AssertionError("nobody sits outside")

    def _sound(self, words: Prompt) -> str:
        return NAMES.get(words, words.text)

    async def dial(self, *keys: str, code: str = "*191001", recorded_ms: int = 3_000) -> list[str]:
        """All that is said to who dials the code, shows his PIN and presses these keys, one at each question; an empty
        one is none. A name of a sound file is its kind."""
        left = iter(keys)

        def pressed(_: list[str]) -> str:
            key = next(left, "")
            return f"200 result={ord(key) if key else 0}"

        def record(words: list[str]) -> str:
            self._speak(Path(f"{words[2]}.wav"), recorded_ms)
            return f"200 result=35 (dtmf) endpos={recorded_ms * 8}"

        answers: dict[str, Answer] = {
            "GET DATA": f"200 result={PIN}",
            "WAIT FOR DIGIT": pressed,
            "RECORD FILE": record,
        }
        async with (
            asyncio.timeout(60),
            serving(self.codes) as server,
            calling(server.port, "call", ("1003", code)) as asterisk,
        ):
            await asterisk.serve(answers)
            return self._said(asterisk)

    def _speak(self, file: Path, length_ms: int) -> None:
        tone = Path(provide_beep(self.folder / "tones"))
        with wave.open(f"{tone}.wav") as beep:
            rate, frames = beep.getframerate(), beep.readframes(beep.getnframes())
        with wave.open(str(file), "wb") as spoken:
            spoken.setnchannels(1)
            spoken.setsampwidth(2)
            spoken.setframerate(rate)
            spoken.writeframes((frames * (1 + length_ms * rate // 500 // len(frames)))[: length_ms * rate // 500])

    @staticmethod
    def _said(asterisk: FakeAsterisk) -> list[str]:
        words = [words[2] for words in asterisk.commands if words[:2] in (["STREAM", "FILE"], ["GET", "DATA"])]
        return [Path(one).name.partition("-")[0] for one in words]


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    return Floor(tmp_path)


async def test_an_administrator_records_an_announcement_hears_it_and_shuts_the_centre(floor: Floor) -> None:
    said = await floor.dial("1", "1")
    assert said == [
        Announcement.PIN,
        Announcement.CENTRE_NOT_SHUT,
        Announcement.CLOSURE_MENU,
        Announcement.SPEAK_CLOSURE,
        "beep",
        ".draft",
        Announcement.KEEP_CLOSURE,
        Announcement.NOW_SHUT,
    ]
    [declared] = [fact for fact in floor.facts if isinstance(fact, ClosureDeclared)]
    assert (declared.calendar, declared.by, declared.why) == (EVERY, "phone:1001", "by phone")
    assert [declared.announcement] == await floor.sounds.names()
    with wave.open(f"{floor.sounds.sound(declared.announcement)}.wav") as kept:
        assert (kept.getframerate(), kept.getnchannels(), kept.getsampwidth()) == (8000, 1, 2)
    assert len(list((floor.folder / "closures").iterdir())) == 2  # nothing but what was kept, for both kinds of phones
    assert await floor.dial("", "3") == [
        Announcement.PIN,
        Announcement.CENTRE_SHUT,
        "closure",
        Announcement.CLOSURE_MENU,
        Announcement.CLOSURE_MENU,
        Announcement.NOW_OPEN,
    ]
    assert floor.closures.on == {}


async def test_who_is_not_content_speaks_again_or_gives_up_and_nothing_stays_of_it(floor: Floor) -> None:
    said = await floor.dial("1", "2", "*", "2")
    assert said.count(Announcement.SPEAK_CLOSURE) == 2
    assert said[-2:] == [Announcement.CLOSURE_MENU, Announcement.NOW_SHUT]
    assert floor.closures.on[EVERY].announcement == ""
    assert await floor.sounds.names() == []
    assert list((floor.folder / "closures").iterdir()) == []
    assert (await floor.dial())[:3] == [Announcement.PIN, Announcement.CENTRE_SHUT, "house words"]


async def test_too_short_a_recording_is_none(floor: Floor) -> None:
    said = await floor.dial("1", recorded_ms=500)
    assert said.count(Announcement.NOTHING_RECORDED) == 3
    assert said[-1] == Announcement.CLOSURE_UNCHANGED
    assert (floor.closures.on, await floor.sounds.names()) == ({}, [])


async def test_opening_opens_whatever_is_shut(floor: Floor) -> None:
    floor.closures.declare("office", by="Wang", why="fire", now_ms=1)
    assert (await floor.dial("3"))[1:] == [Announcement.PART_SHUT, Announcement.CLOSURE_MENU, Announcement.NOW_OPEN]
    assert [fact.calendar for fact in floor.facts if isinstance(fact, ClosureLifted)] == ["office"]


async def test_only_an_administrator_with_his_pin_may(floor: Floor) -> None:
    assert await floor.dial("2", code="*191002") == [Announcement.PIN, Announcement.NOT_ALLOWED]
    assert floor.closures.on == {}


async def test_who_presses_nothing_changes_nothing(floor: Floor) -> None:
    said = await floor.dial()
    assert said[2:] == [Announcement.CLOSURE_MENU] * 3 + [Announcement.CLOSURE_UNCHANGED]
