"""What was made for one caller: nobody else's to read, named by nothing, and gone after a day."""

import os
from pathlib import Path

import pytest

from ivr.prompts import audio
from ivr.prompts.passing import KEPT_S, PassingSounds
from tests.unit.sounds import tone

pytestmark = pytest.mark.unit

SOUND = {rate: tone(440, 0.1, rate) for rate in audio.RATES}
NOW_S = 1_800_000_000.0


def written(sounds: PassingSounds, said: str, age_s: float) -> Path:
    name = sounds.name(said)
    sounds.write(name, SOUND)
    for ending in audio.ENDINGS.values():
        os.utime(f"{name}{ending}", (NOW_S - age_s, NOW_S - age_s))
    return name


def test_the_folder_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "callers"
    folder.mkdir(mode=0o755)
    written(PassingSounds(folder), "secret", 0)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_names_are_the_same_for_the_same_and_tell_nothing_to_another_process(tmp_path: Path) -> None:
    sounds, other = PassingSounds(tmp_path), PassingSounds(tmp_path)
    assert sounds.name("text", "en", "138") == sounds.name("text", "en", "138")
    assert sounds.name("text", "en", "138") != sounds.name("text", "en", "139")
    assert sounds.name("text", "en", "138") != other.name("text", "en", "138")


def test_what_is_older_than_a_day_goes(tmp_path: Path) -> None:
    sounds = PassingSounds(tmp_path, now_s=lambda: NOW_S)
    old, new = written(sounds, "old", KEPT_S + 1), written(sounds, "new", KEPT_S - 1)
    assert sounds.tidy() == 2
    assert not audio.is_there(old)
    assert audio.is_there(new)


def test_what_is_too_much_goes_by_age(tmp_path: Path) -> None:
    size = sum(audio.ENDINGS) // 10 * 2 + 2 * 44
    sounds = PassingSounds(tmp_path, now_s=lambda: NOW_S, most_bytes=2 * size)
    names = [written(sounds, str(age), age) for age in (30, 20, 10)]
    assert sounds.tidy() == 2
    assert [audio.is_there(name) for name in names] == [False, True, True]


def test_what_a_killed_making_left_goes_too(tmp_path: Path) -> None:
    left = tmp_path / ".making-x"
    left.mkdir()
    (left / "spoken.wav").write_bytes(b"a name")
    os.utime(left, (NOW_S - KEPT_S - 1, NOW_S - KEPT_S - 1))
    PassingSounds(tmp_path, now_s=lambda: NOW_S).tidy()
    assert not left.exists()


def test_no_folder_is_tidy(tmp_path: Path) -> None:
    assert PassingSounds(tmp_path / "none").tidy() == 0
