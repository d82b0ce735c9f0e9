"""Prompts, spoken by the real synthesiser, and by programs in its place that fail in every way it could."""

import asyncio
import os
import re
import stat
import subprocess
import wave
from pathlib import Path

import pytest

from cti.centre import load_centre
from ivr.flow.steps import Prompt
from ivr.prompts import VOICES, Prompts, SoundsUnwritable, SynthesiserMissing, SynthesisFailed, Voice
from tests.unit.sounds import lufs

pytestmark = pytest.mark.contract

HELLO = Prompt("Welcome to our customer hotline.", "en")
NIHAO = Prompt("您好，欢迎致电客户服务热线。", "cmn")
DIALPLANS = Path(__file__).parents[2] / "dialplans"


def put_in_place_of(program: str, folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir(exist_ok=True)
    file = folder / program
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)


async def test_prompts_are_made_for_narrow_and_wide_telephones(tmp_path: Path) -> None:
    prompts = Prompts(tmp_path / "prompts")
    assert await prompts.make([HELLO, NIHAO]) == 2
    for prompt in (HELLO, NIHAO):
        for ending, rate in ((".wav", 8000), (".wav16", 16000)):
            with wave.open(f"{prompts.sound(prompt)}{ending}") as sound:
                assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, rate)
                assert 1 < sound.getnframes() / rate < 8
                samples = memoryview(sound.readframes(sound.getnframes())).cast("h")
            assert max(map(abs, samples[: rate // 20])) == 0, "begins without a click, after the pad"
            assert lufs(samples, rate) == pytest.approx(-20, abs=1)


async def test_a_prompt_is_made_once(tmp_path: Path) -> None:
    prompts = Prompts(tmp_path)
    assert await prompts.make([HELLO, HELLO]) == 1
    before = prompts.file(HELLO).stat()
    assert await Prompts(tmp_path).make([HELLO]) == 0
    assert prompts.file(HELLO).stat() == before


async def test_two_that_make_the_same_prompts_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    await asyncio.gather(Prompts(tmp_path).make([HELLO, NIHAO]), Prompts(tmp_path).make([NIHAO, HELLO]))
    prompts = Prompts(tmp_path)
    names = {Path(prompts.sound(prompt)).name for prompt in (HELLO, NIHAO)}
    assert set(os.listdir(tmp_path)) == {name + ending for name in names for ending in (".wav", ".wav16")}


def test_another_text_voice_or_rate_is_another_sound(tmp_path: Path) -> None:
    voice = VOICES["en"]
    assert isinstance(voice, Voice)
    sounds = {
        Prompts(tmp_path).sound(HELLO),
        Prompts(tmp_path).sound(Prompt("Welcome.", "en")),
        Prompts(tmp_path, {"en": Voice(voice.name, voice.rate + 1)}).sound(HELLO),
        Prompts(tmp_path, {"en": Voice("en-gb", voice.rate)}).sound(HELLO),
    }
    assert len(sounds) == 4
    assert all(not sound.endswith(".wav") and sound.isascii() for sound in sounds)


def test_chinese_is_spoken_as_chinese_and_not_spelled() -> None:
    """Where espeak-ng falls back to English letters it says so in its phonemes. Of the letters of the alphabet, which
    are said one by one, newer ones do so rightly."""
    voice = VOICES["cmn"]
    assert isinstance(voice, Voice)
    texts = [
        prompt.text
        for prompt in load_centre(DIALPLANS).prompts()
        if prompt.language == "cmn" and not re.search("[A-Za-z]", prompt.text)
    ]
    assert len(texts) > 5
    command = ["espeak-ng", "-b", "1", "-q", "-x", "--stdin", "-v", voice.name]
    said = "\n\n".join(texts)
    phonemes = subprocess.run(command, input=said, capture_output=True, text=True, check=True).stdout
    assert len(phonemes.split()) > len(texts)
    assert [line for line in phonemes.splitlines() if "(en)" in line] == []


async def test_a_text_that_looks_like_an_option_is_spoken(tmp_path: Path) -> None:
    assert await Prompts(tmp_path).make([Prompt("--version; $(reboot) 'quoted' & \"more\"", "en")]) == 1


async def test_a_missing_synthesiser_is_told_with_the_line_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SynthesiserMissing, match=r"espeak-ng.*apt-get install -y espeak-ng sox") as missing:
        await Prompts(tmp_path / "prompts").make([HELLO, NIHAO])
    assert missing.value.id == "synthesiser-missing"


async def test_a_missing_sox_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_place_of("espeak-ng", tmp_path / "bin", 'while [ "$1" != -w ]; do shift; done; echo > "$2"', monkeypatch)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(SynthesiserMissing, match="prompts need sox"):
        await Prompts(tmp_path / "prompts").make([HELLO])


async def test_a_failing_synthesiser_is_told_with_its_words_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_place_of("espeak-ng", tmp_path / "bin", "echo 'no such voice' >&2; exit 3", monkeypatch)
    with pytest.raises(SynthesisFailed, match=r"customer hotline.*espeak-ng failed: no such voice") as failed:
        await Prompts(tmp_path / "prompts").make([HELLO])
    assert failed.value.id == "synthesis-failed"
    assert os.listdir(tmp_path / "prompts") == []


async def test_a_synthesiser_killed_without_a_word_is_told_by_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_place_of("espeak-ng", tmp_path / "bin", "kill -9 $$", monkeypatch)
    with pytest.raises(SynthesisFailed, match="espeak-ng failed: exit code -9"):
        await Prompts(tmp_path / "prompts").make([HELLO])


async def test_a_hanging_synthesiser_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "never")
    put_in_place_of("espeak-ng", tmp_path / "bin", f"exec cat '{tmp_path}/never'", monkeypatch)
    with pytest.raises(SynthesisFailed, match="espeak-ng took longer than 0 s"):
        await Prompts(tmp_path / "prompts", {"en": Voice("en-us", 150, 0)}).make([HELLO])
    assert os.listdir(tmp_path / "prompts") == []


async def test_a_synthesiser_that_says_nothing_is_no_prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    silence = 'while [ "$1" != -w ]; do shift; done; exec sox -n -r 22050 -c 1 -b 16 "$2" trim 0 1'
    put_in_place_of("espeak-ng", tmp_path / "bin", silence, monkeypatch)
    with pytest.raises(SynthesisFailed, match="said nothing"):
        await Prompts(tmp_path / "prompts").make([HELLO])


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SoundsUnwritable, match="Not a directory"):
        await Prompts(tmp_path / "file" / "prompts").make([HELLO])
