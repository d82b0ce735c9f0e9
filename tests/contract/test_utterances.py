"""One sound for what a caller is told, made while he waits: joined without a gap, and said whatever fails."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.flow.steps import FreeText, Piece, Prompt, Recorded
from ivr.prompts import AnyVoice, CommandVoice, PassingSounds, Prompts, Utterances, audio
from ivr.prompts.errors import PromptError
from ivr.prompts.fallback import UNREADABLE
from ivr.prompts.joining import SENTENCE_MS, WORD_MS
from tests.unit.sounds import babble, read_wav, tone, write_wav

pytestmark = pytest.mark.contract

HELLO, OWE, TEN = Prompt("Hello", "en"), Prompt("you owe", "en"), Prompt("ten.", "en")
ANN = FreeText("Ann", "en")
WHOLE_S = 60.0


class House:
    """Sounds in a folder, and a voice that notes what it is given; `hangs`: until it is ended."""

    def __init__(self, folder: Path, does: str = "", **options: float) -> None:
        self.given = folder / "given"
        self.given.touch()
        said = write_wav(folder / "said.wav", babble(0.8, 16000, 2000), 16000)
        program = folder / "voice.py"
        program.write_text(
            "import sys\ntext = sys.stdin.read()\n"
            f"open({str(self.given)!r}, 'a').write(text + '\\n')\n{does}\n"
            f"sys.stdout.buffer.write(open({str(said)!r}, 'rb').read())\n"
        )
        voice: AnyVoice = CommandVoice(command=(sys.executable, str(program)))
        self.ready = Prompts(folder / "prompts", {"en": voice, "cmn": voice})
        self.callers = folder / "callers"
        self.sounds = Utterances(self.ready, PassingSounds(self.callers), time_limit_s=options.get("limit_s", WHOLE_S))

    def put(self, *prompts: Prompt) -> None:
        """Have these ready: each a tone of its own, without a synthesiser."""
        for place, prompt in enumerate(prompts):
            name = self.ready.synthesised(prompt)
            name.parent.mkdir(exist_ok=True)
            audio.write(name, audio.padded([{rate: tone(300 + 100 * place, 0.5, rate) for rate in audio.RATES}]))

    def spoken(self) -> list[str]:
        """What the voice was given."""
        return self.given.read_text().splitlines()


def samples(sound: str, rate: int = audio.NARROW) -> "Sequence[int]":
    return read_wav(Path(f"{sound}{audio.ENDINGS[rate]}"))


async def test_what_is_ready_is_taken_as_it_is(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.put(HELLO)
    assert await house.sounds.sound((HELLO,)) == house.ready.sound(HELLO)
    assert not house.callers.exists()


async def test_pieces_are_joined_to_the_sample_at_both_rates(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.put(HELLO, OWE, TEN)
    sound = await house.sounds.sound((HELLO, OWE, TEN, Prompt("Press 1", "en")))
    assert Path(sound).parent == house.callers  # it may hold what is a caller's own
    house.put(HELLO, OWE, TEN, Prompt("Press 1", "en"))
    sound = await house.sounds.sound((HELLO, OWE, TEN, Prompt("Press 1", "en")))
    for rate in audio.RATES:
        bodies = [tone(300 + 100 * place, 0.5, rate) for place in range(4)]
        word, sentence = audio.silence(rate, WORD_MS), audio.silence(rate, SENTENCE_MS)
        before, after = audio.silence(rate, audio.BEFORE_MS), audio.silence(rate, audio.AFTER_MS)
        wanted = before + bodies[0] + word + bodies[1] + word + bodies[2] + sentence + bodies[3] + after
        assert samples(sound, rate) == wanted
    assert await house.sounds.sound((HELLO, OWE, TEN, Prompt("Press 1", "en"))) == sound


async def test_what_is_fixed_is_joined_ahead(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.put(HELLO, OWE)
    assert await house.ready.join([(HELLO, OWE), (HELLO,), (OWE, ANN), (HELLO, Prompt("not made", "en"))]) == 1
    assert await house.ready.join([(HELLO, OWE)]) == 0
    sound = await house.sounds.sound((HELLO, OWE))
    assert Path(sound).parent == tmp_path / "prompts"
    assert not house.callers.exists()


async def test_free_text_is_spoken_once_however_many_ask(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.put(HELLO)
    sounds = await asyncio.gather(*(house.sounds.sound((HELLO, ANN)) for _ in range(5)))
    assert len(set(sounds)) == 1
    assert house.spoken() == ["Ann"]
    assert await house.sounds.sound((ANN,)) != sounds[0]
    assert house.spoken() == ["Ann"]
    assert house.callers.stat().st_mode & 0o777 == 0o700


async def test_control_characters_and_white_space_are_not_spoken(tmp_path: Path) -> None:
    house = House(tmp_path)
    await house.sounds.sound((FreeText(" Ann\n\x00\x1b Lee ", "en"),))
    assert house.spoken() == ["Ann Lee"]


@pytest.mark.parametrize(
    "does", ["sys.exit('Ann is no name')", "print('no sound'); sys.exit()", "import time; time.sleep(99)"]
)
async def test_a_voice_that_fails_or_hangs_holds_no_call_and_the_text_is_spelled(tmp_path: Path, does: str) -> None:
    house = House(tmp_path, does, limit_s=0.1 if "time" in does else WHOLE_S)
    letters = [Prompt("A", "en"), Prompt("N", "en"), Prompt("N", "en")]
    house.put(HELLO, *letters[:2])
    async with asyncio.timeout(WHOLE_S):
        with capture_logs() as logs:
            sound = await house.sounds.sound((HELLO, ANN))
        assert sound == await house.sounds.sound((HELLO, *letters))
        await house.sounds.close()
    assert [log["event"] for log in logs] == ["text-not-spoken"]
    assert "Ann" not in str(logs)


async def test_where_nothing_can_be_spelled_a_sentence_says_so_or_the_rest_is_said(tmp_path: Path) -> None:
    house = House(tmp_path, "sys.exit(1)")
    sorry = Prompt(UNREADABLE["cmn"], "cmn")
    house.put(HELLO)
    assert await house.sounds.sound((HELLO, FreeText("王小明", "cmn"))) == house.ready.sound(HELLO)
    house.put(HELLO, sorry)
    assert await house.sounds.sound((FreeText("王小明", "cmn"),)) == house.ready.sound(sorry)


async def test_a_text_without_end_is_not_spoken(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.put(HELLO, Prompt(UNREADABLE["en"], "en"))
    assert await house.sounds.sound((FreeText("blah " * 500, "en"),)) == house.ready.sound(
        Prompt(UNREADABLE["en"], "en")
    )
    assert house.spoken() == []


async def test_no_more_texts_stand_in_line_than_can_be_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.prompts.utterances.MOST_WAITING", 2)
    os.mkfifo(tmp_path / "go")
    house = House(tmp_path, f"open({str(tmp_path / 'go')!r}).read()")
    house.put(HELLO, Prompt("A", "en"))
    async with asyncio.timeout(WHOLE_S):
        waiting = [asyncio.create_task(house.sounds.sound((FreeText(name, "en"),))) for name in ("Ann", "Bob")]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert await house.sounds.sound((FreeText("A", "en"),)) == house.ready.sound(Prompt("A", "en"))
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await house.sounds.close()


async def test_a_caller_who_hangs_up_does_not_end_the_making_for_another(tmp_path: Path) -> None:
    house = House(tmp_path)
    first, second = (asyncio.create_task(house.sounds.sound((ANN,))) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert audio.is_there(Path(await second))
    assert house.spoken() == ["Ann"]


async def test_a_prompt_that_was_forgotten_is_spoken_and_a_recording_that_is_not_there_passed_over(
    tmp_path: Path,
) -> None:
    house = House(tmp_path)
    house.put(HELLO)
    with capture_logs() as logs:
        spoken = await house.sounds.sound((Prompt("Forgotten", "en"),))
        rest = await house.sounds.sound((Recorded("greeting", "en"), HELLO))
    assert house.spoken() == ["Forgotten"]
    assert audio.is_there(Path(spoken))
    assert rest == house.ready.sound(HELLO)
    assert [log["event"] for log in logs] == ["prompt-not-ready", "recording-not-ready"]


@pytest.mark.parametrize("pieces", [(), (FreeText("…", "en"),), (Prompt(".", "en"),), (Recorded("none", "en"),)])
async def test_where_nothing_is_to_be_heard_there_is_silence(tmp_path: Path, pieces: tuple[Piece, ...]) -> None:
    house = House(tmp_path)
    heard = samples(await house.sounds.sound(pieces))
    assert 0 < len(heard) < 8000
    assert set(heard) == {0}


async def test_a_disk_that_takes_nothing_is_told(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.put(HELLO, OWE)
    house.callers.write_text("in the way")
    with pytest.raises(PromptError) as failed:
        await house.sounds.sound((HELLO, OWE))
    assert failed.value.id == "sounds-not-joined"
