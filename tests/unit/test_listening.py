"""What tests on real parts take for a prompt that was played, and what not."""

import pytest

from cti.simulation.tones import RATE
from tests.integration.listening import PLAYED, likeness
from tests.unit.sounds import babble

pytestmark = pytest.mark.unit


def words(seed: int, seconds: float) -> list[int]:
    return [*babble(seconds, RATE, 3_000, seed)]


PROMPT, OTHER, NOISE = (words(seed, 3) for seed in (1, 2, 3))


@pytest.mark.parametrize("gap_ms", [0, 60, 400, 2_000])
def test_a_prompt_is_heard_however_long_the_machine_stood_still_within_it(gap_ms: int) -> None:
    gap = [0] * (RATE * gap_ms // 1000)
    first, second = len(PROMPT) // 4, len(PROMPT) * 2 // 3
    heard = [*NOISE, *PROMPT[:first], *gap, *PROMPT[first:second], *gap, *PROMPT[second:], *NOISE]
    assert likeness(PROMPT, heard) > PLAYED


@pytest.mark.parametrize("heard", [OTHER, NOISE + OTHER, PROMPT[: len(PROMPT) // 2] + OTHER, [0] * RATE, []])
def test_another_or_half_of_it_is_not_the_prompt(heard: list[int]) -> None:
    assert likeness(PROMPT, heard) < PLAYED
