"""Prompts are as loud as each other: the measure, the gain and the limiter."""

from array import array

import pytest

from ivr.prompts.loudness import PEAK, TARGET_LUFS, k_weighting, levelled, loudness
from tests.unit.sounds import babble, filtered, lufs, tone, weighting

pytestmark = pytest.mark.unit


RATE = 8000
NEAR_DB = 0.3


def weigh(samples: "array[int]") -> "array[int]":
    """The filter in Python, softer by 6 dB, as sox does it."""
    heard = [sample / 10 ** (6 / 20) for sample in samples]
    for coefficients in weighting(RATE):
        heard = filtered(heard, coefficients)
    return array("h", map(round, heard))


def test_the_filters_coefficients_at_48_khz_are_those_of_the_recommendation() -> None:
    (b0, b1, b2, a0, a1, a2), (c0, c1, c2, d0, d1, d2) = k_weighting(48000)
    shelf = [value / a0 for value in (b0, b1, b2, a1, a2)]
    assert shelf == pytest.approx(
        [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585], abs=1e-9
    )
    assert [c0 / c0, c1 / c0, c2 / c0, d1 / d0, d2 / d0] == pytest.approx(
        [1, -2, 1, -1.99004745483398, 0.99007225036621], abs=1e-9
    )


def test_a_full_scale_sine_of_997_hz_measures_as_the_recommendation_says() -> None:
    """BS.1770: 0 dBFS at 997 Hz in one channel is -3.01 LKFS."""
    assert lufs(tone(997, 2, 48000, 32767), 48000) == pytest.approx(-3.01, abs=0.02)
    assert loudness(weigh(tone(997, 2, RATE, 32767)), RATE) == pytest.approx(-3.01, abs=0.1)


def test_pauses_do_not_count() -> None:
    words = babble(2, RATE, 4000)
    with_pauses = words[:RATE] + array("h", bytes(2 * RATE * 3)) + words[RATE:]
    assert loudness(weigh(with_pauses), RATE) == pytest.approx(loudness(weigh(words), RATE), abs=0.7)


@pytest.mark.parametrize("amplitude", [150, 900, 6_000, 30_000])
def test_soft_and_loud_speech_come_out_equal(amplitude: float) -> None:
    made = levelled(babble(2.5, RATE, amplitude), RATE, weigh)
    assert made is not None
    assert lufs(made, RATE) == pytest.approx(TARGET_LUFS, abs=NEAR_DB)


def test_a_word_shorter_than_a_block_is_as_loud_as_a_sentence() -> None:
    made = levelled(tone(400, 0.25, RATE, 500), RATE, weigh)
    assert made is not None
    assert lufs(made, RATE) == pytest.approx(TARGET_LUFS, abs=NEAR_DB)


def test_peaks_are_limited_and_the_loudness_is_kept() -> None:
    """A knock in soft speech would be far over full scale."""
    speech = babble(2, RATE, 300)
    for place in range(4000, 4010):
        speech[place] = 20_000
    made = levelled(speech, RATE, weigh)
    assert made is not None
    assert max(map(abs, made)) <= PEAK
    assert lufs(made, RATE) == pytest.approx(TARGET_LUFS, abs=NEAR_DB)


def test_silence_is_no_speech() -> None:
    assert levelled(array("h", bytes(16_000)), RATE, weigh) is None
    assert levelled(array("h"), RATE, weigh) is None
    assert levelled(babble(1, RATE, 3), RATE, weigh) is None
