"""Recording a prompt at a phone, on a channel that keys what the test says and brings a recording as Asterisk does."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from acd.clock import Clock
from acd.distributor import Distributor
from acd.facts import Fact, PromptReplaced
from acd.router import Router
from ivr.announcements import Announcement
from ivr.flow.steps import Prompt
from ivr.prompt_recording import PromptRecording
from ivr.prompts import RecordingUnfit, VoiceMissing, audio
from ivr.prompts.catalogue import Catalogue
from ivr.prompts.errors import SoundsUnwritable, UnknownPrompt
from ivr.prompts.replacements import Replacements
from ivr.prompts.studio import Studio
from tests.contract.fake_agi import calling, serving
from tests.contract.prompt_studio import studio_of
from tests.unit.sounds import babble, lufs, read_wav, tone, write_wav

pytestmark = pytest.mark.contract

HELLO, BYE = Prompt("Hello.", "en"), Prompt("Goodbye.", "en")
WAIT_S = 20.0


class House:
    """Two prompts, and a phone at which somebody speaks what is next of `spoken`."""

    def __init__(self, folder: Path) -> None:
        self.facts: list[Fact] = []
        self.distributor = Distributor(Router(), Clock())
        self.distributor.on_fact.append(self.facts.append)
        self.studio: Studio = studio_of(self.distributor, folder)
        self.folder = folder
        for prompt in (HELLO, BYE):
            name = self.studio.prompts.synthesised(prompt)
            name.parent.mkdir(exist_ok=True)
            audio.write(name, audio.padded([{rate: tone(400, 0.5, rate) for rate in audio.RATES}]))
        self.studio.catalogue.revise({HELLO: ("hotline/hello/text",), BYE: ("hotline/bye/text",)})
        self.number = {entry.prompt: entry.number for entry in self.studio.catalogue.entries}
        self.recording = PromptRecording(studio=self.studio, administrators=lambda: {"1001"}, beep="beep")

    async def dial(self, agent: str, number: str, keys: Sequence[str], spoken: Sequence[float | None]) -> list[str]:
        """All that is said to him. `keys` are pressed after what is played, "" for none; `spoken` is how loud he is
        each time he is recorded, None where he says nothing."""
        left, takes = iter(keys), iter(spoken)

        def record(words: list[str]) -> str:
            amplitude = next(takes)
            sound = babble(1.5, 16000, amplitude) if amplitude else tone(0, 1, 16000)
            write_wav(Path(f"{words[2]}.{words[3]}"), sound, 16000)
            return "200 result=35 (dtmf) endpos=24000"

        def played(words: list[str]) -> str:
            key = next(left, "") if words[3] == "123" else ""
            return f"200 result={ord(key) if key else 0} endpos=8000"

        async with (
            asyncio.timeout(WAIT_S),
            serving(lambda session: self.recording.deal(session, agent, number, str)) as server,
            calling(server.port, "call", ()) as asterisk,
        ):
            await asterisk.serve({"RECORD FILE": record, "STREAM FILE": played, "WAIT FOR DIGIT": "200 result=0"})
            return [words[2] for words in asterisk.commands if words[:2] == ["STREAM", "FILE"]]

    def replaced(self) -> list[tuple[int, str, str]]:
        """What the facts say."""
        return [(fact.prompt, fact.by, fact.how) for fact in self.facts if isinstance(fact, PromptReplaced)]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_he_hears_what_is_heard_now_speaks_hears_himself_and_keeps_it(house: House) -> None:
    before = house.studio.prompts.sound(HELLO)
    said = await house.dial("1001", str(house.number[HELLO]), ["1"], [2_000])
    assert [one if "/" not in one else Path(one).name for one in said] == [
        Announcement.PROMPT_NOW, Path(before).name, Announcement.SPEAK_PROMPT, "beep", "heard",
        Announcement.PROMPT_KEPT,
    ]  # fmt: skip
    after = house.studio.prompts.sound(HELLO)
    assert after != before
    for rate in audio.RATES:
        assert lufs(read_wav(Path(f"{after}{audio.ENDINGS[rate]}")), rate) == pytest.approx(-20, abs=1)
    assert house.replaced() == [(house.number[HELLO], "phone:1001", "phone")]
    assert house.studio.prompts.sound(BYE) != after
    assert list((house.folder / "drafts").iterdir()) == []


async def test_he_speaks_again_and_drops_it_after_all(house: House) -> None:
    before = house.studio.prompts.sound(HELLO)
    said = await house.dial("1001", str(house.number[HELLO]), ["2", "3"], [2_000, 3_000])
    assert said.count(Announcement.SPEAK_PROMPT) == 2
    assert said[-1] == Announcement.PROMPT_UNCHANGED
    assert house.studio.prompts.sound(HELLO) == before
    assert house.replaced() == []


async def test_who_says_nothing_or_keys_nothing_changes_nothing(house: House) -> None:
    silent = await house.dial("1001", str(house.number[HELLO]), [], [None, None, None])
    assert silent.count(Announcement.NOTHING_RECORDED) == 3
    undecided = await house.dial("1001", str(house.number[HELLO]), [], [2_000])
    assert undecided.count(Announcement.KEEP_PROMPT) == 3
    assert silent[-1] == undecided[-1] == Announcement.PROMPT_UNCHANGED
    assert house.replaced() == []


async def test_only_administrators_and_only_prompts_that_there_are(house: House) -> None:
    assert await house.dial("1002", str(house.number[HELLO]), [], []) == [Announcement.NOT_ALLOWED]
    for number in ("999", "", "12*", "٣"):
        assert await house.dial("1001", number, [], []) == [Announcement.NO_SUCH_PROMPT]


async def test_a_recording_is_of_one_text_in_one_language_and_outlives_the_process(
    house: House, tmp_path: Path
) -> None:
    file = write_wav(tmp_path / "new.wav", babble(1, 44100, 5_000), 44100)
    await house.studio.replace_with(house.number[HELLO], file.read_bytes(), by="ann")
    again = Replacements(tmp_path / "replacements")
    assert [(one.prompt, one.by, one.how) for one in again] == [(HELLO, "ann", "upload")]
    assert str(again.of(HELLO).name) == house.studio.prompts.sound(HELLO)  # type: ignore[union-attr]
    assert again.of(Prompt("Hello!", "en")) is None
    assert again.of(Prompt("Hello.", "cmn")) is None
    assert await house.studio.restore(house.number[HELLO], by="bob")
    assert not await house.studio.restore(house.number[HELLO], by="bob")
    assert house.studio.prompts.sound(HELLO) == str(house.studio.prompts.synthesised(HELLO))
    assert list(Replacements(tmp_path / "replacements")) == []
    assert [(by, how) for _, by, how in house.replaced()] == [("ann", "upload"), ("bob", "restored")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not audio"),
        (b"RIFF....WAVEfmt garbage", "not audio"),
        (b"#!/bin/sh\nreboot\n", "not audio"),
        ("short", "0.10 seconds long; expected a recording of 0.2 to 300 seconds"),
        ("long", "301.00 seconds long"),
        ("silent", "nothing can be heard"),
    ],
)
async def test_what_is_no_recording_is_told_and_changes_nothing(
    house: House, tmp_path: Path, content: bytes | str, told: str
) -> None:
    made = {"short": tone(400, 0.1, 8000), "long": tone(400, 1, 100) * 301, "silent": tone(0, 2, 8000)}
    if isinstance(content, str):
        rate = 100 if content == "long" else 8000
        content = write_wav(tmp_path / "given.wav", made[content], rate).read_bytes()
    with pytest.raises(RecordingUnfit, match=told):
        await house.studio.replace_with(house.number[HELLO], content, by="ann")
    assert house.replaced() == []
    assert house.studio.prompts.sound(HELLO) == str(house.studio.prompts.synthesised(HELLO))


async def test_what_sox_reads_may_be_a_recording(house: House, tmp_path: Path) -> None:
    stereo = babble(1, 48000, 6_000)
    file = write_wav(tmp_path / "stereo.wav", stereo, 48000, channels=2)
    process = await asyncio.create_subprocess_exec("sox", str(file), "-e", "a-law", str(tmp_path / "alaw.wav"))
    assert await process.wait() == 0
    for name in ("stereo.wav", "alaw.wav"):
        await house.studio.replace_with(house.number[HELLO], (tmp_path / name).read_bytes(), by="ann")
        sound = Path(f"{house.studio.prompts.sound(HELLO)}.wav")
        assert lufs(read_wav(sound), 8000) == pytest.approx(-20, abs=1)


def test_numbers_are_given_once_and_for_good(tmp_path: Path) -> None:
    file = tmp_path / "numbers.json"
    first = Catalogue(file)
    first.revise({HELLO: ("a",), BYE: ("b",)})
    numbers = {entry.prompt: entry.number for entry in first.entries}
    assert sorted(numbers.values()) == [1, 2]
    first.revise({BYE: ("b",)})
    assert first.entry(numbers[HELLO]) is None
    again, new = Catalogue(file), Prompt("New.", "en")
    again.revise({new: ("a",), BYE: ("b",), HELLO: ("c",)})
    assert {entry.prompt: entry.number for entry in again.entries} == {**numbers, new: 3}
    file.write_text("[]")
    with pytest.raises(SoundsUnwritable, match="expected the numbers of prompts"):
        Catalogue(file)


async def test_what_was_replaced_itself_goes_after_a_day_and_so_does_what_a_killed_process_left(
    house: House, tmp_path: Path
) -> None:
    folder = tmp_path / "replacements"
    left = folder / ".draft-x"
    left.mkdir(parents=True)
    for seed in (1, 2):
        file = write_wav(tmp_path / "new.wav", babble(1, 8000, 5_000, seed), 8000)
        await house.studio.replace_with(house.number[HELLO], file.read_bytes(), by="ann")
    assert len(list(folder.glob("*.wav"))) == 2
    house.studio.prompts.tidy()
    assert len(list(folder.glob("*.wav"))) == 2  # a call may be about to play it
    for old in (*folder.glob("*.wav*"), left):
        os.utime(old, (0, 0))
    house.studio.prompts.tidy()
    assert [str(file.with_suffix("")) for file in folder.glob("*.wav")] == [house.studio.prompts.sound(HELLO)]
    assert not left.exists()


def test_what_there_is_not_is_told(house: House) -> None:
    with pytest.raises(UnknownPrompt, match="there is no prompt 77"):
        house.studio.entry(77)
    with pytest.raises(VoiceMissing):
        house.studio.prompts.sound(Prompt("Hallo", "de"))
