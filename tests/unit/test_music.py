"""Music on hold: it fits a telephone line, is softer than speech, and goes round without a seam."""

import wave
from itertools import pairwise
from pathlib import Path

import pytest

from ivr.music import compose, provide_music

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def samples() -> list[int]:
    return list(compose())


def test_a_round_lasts_half_a_minute_to_a_minute(samples: list[int]) -> None:
    assert 30 <= len(samples) / 8000 <= 60


def test_it_is_audible_all_the_time_and_a_good_deal_softer_than_the_prompts(samples: list[int]) -> None:
    assert max(map(abs, samples)) <= 4000
    seconds = [samples[start : start + 8000] for start in range(0, len(samples) - 8000, 8000)]
    assert all(max(map(abs, second)) > 800 for second in seconds)


def test_it_goes_round_without_a_click(samples: list[int]) -> None:
    steps = [abs(after - before) for before, after in pairwise(samples)]
    assert abs(samples[0] - samples[-1]) <= max(steps)


def test_the_file_is_made_once_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, samples: list[int]) -> None:
    file = provide_music(tmp_path / "default")
    with wave.open(str(file)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 8000)
        assert sound.getnframes() == len(samples)
    monkeypatch.setattr("ivr.music.compose", lambda: pytest.fail("made again"))
    assert provide_music(tmp_path / "default") == file
    assert list(file.parent.iterdir()) == [file]
