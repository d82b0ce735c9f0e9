"""How loud speech is, and the same speech at the level of all prompts. Pure; samples are 16 bit.

Loudness is that of ITU-R BS.1770-4 for one channel: mean power behind the K-weighting filter, in blocks of 400 ms that
overlap by three quarters, without those that are silent (-70 LUFS) or 10 dB below the mean of the others. So a pause in
a sentence does not make the rest of it louder. What is shorter than a block is a block.
"""

from array import array
from collections.abc import Callable, Sequence
from math import log10, pi, tan
from operator import mul

TARGET_LUFS = -20.0
"""The level of every prompt."""

QUIETEST_LUFS = -55.0
"""What is no louder is no speech: it would be noise at the level of the others."""

FULL_SCALE = 32768
PEAK = round(FULL_SCALE * 10 ** (-1 / 20))
"""No sample is further from zero: -1 dB of full scale."""

HEADROOM_DB = 6.0
"""By so much the weighted samples are softer, because the filter amplifies and must not clip."""

NEAR_DB = 0.2
_ROUNDS = 5
_STEP_S = 0.1
_BLOCK_STEPS = 4
_ABSOLUTE_LUFS, _RELATIVE_LU, _OFFSET = -70.0, -10.0, -0.691
_LIMIT_S = 0.01

Weigh = Callable[["array[int]"], "array[int]"]
"""The samples behind the K-weighting filter, softer by HEADROOM_DB."""


def k_weighting(rate: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The two biquads of BS.1770 as (b0, b1, b2, a0, a1, a2), for any sampling rate: from the analogue filters behind
    the coefficients which the recommendation prints for 48 kHz (De Man, "Evaluation of Implementations of the EBU R128
    Loudness Measurement", AES 2018)."""
    high, gain, quality = tan(pi * 1681.974450955533 / rate), 10 ** (3.999843853973347 / 20), 0.7071752369554196
    band = gain**0.4996667741545416
    head = (
        gain + band * high / quality + high * high,
        2 * (high * high - gain),
        gain - band * high / quality + high * high,
        1 + high / quality + high * high,
        2 * (high * high - 1),
        1 - high / quality + high * high,
    )
    low, quality = tan(pi * 38.13547087602444 / rate), 0.5003270373238773
    a0 = 1 + low / quality + low * low
    return head, (a0, -2 * a0, a0, a0, 2 * (low * low - 1), 1 - low / quality + low * low)


def loudness(weighted: Sequence[int], rate: int, headroom_db: float = HEADROOM_DB) -> float:
    """LUFS of samples that have passed the filter; minus infinity for silence."""
    step = round(rate * _STEP_S)
    steps = [_power(weighted[start : start + step]) for start in range(0, len(weighted) - step + 1, step)]
    if len(steps) < _BLOCK_STEPS:
        blocks = [_power(weighted) / len(weighted)] if weighted else []
    else:
        blocks = [
            sum(steps[at : at + _BLOCK_STEPS]) / (step * _BLOCK_STEPS) for at in range(len(steps) - _BLOCK_STEPS + 1)
        ]
    loud = [block for block in blocks if _lufs(block, headroom_db) > _ABSOLUTE_LUFS]
    if not loud:
        return float("-inf")
    gate = _lufs(sum(loud) / len(loud), headroom_db) + _RELATIVE_LU
    spoken = [block for block in loud if _lufs(block, headroom_db) > gate]
    return _lufs(sum(spoken) / len(spoken), headroom_db)


def levelled(samples: "array[int]", rate: int, weigh: Weigh) -> "array[int] | None":
    """The same speech at TARGET_LUFS, its peaks limited; None where there is nothing but silence."""
    found = loudness(weigh(samples), rate)
    if found < QUIETEST_LUFS:
        return None
    gain_db = TARGET_LUFS - found
    for _ in range(_ROUNDS):
        amplified, limited = _amplified(samples, 10 ** (gain_db / 20), round(rate * _LIMIT_S))
        if not limited or abs(missing := TARGET_LUFS - loudness(weigh(amplified), rate)) < NEAR_DB:
            break
        gain_db += missing  # what the limiter took
    return amplified


def _power(samples: Sequence[int]) -> float:
    return float(sum(map(mul, samples, samples)))


def _peak(samples: "array[int]") -> int:
    highest, lowest = max(samples, default=0), min(samples, default=0)
    return max(highest, -lowest)


def _lufs(power: float, headroom_db: float) -> float:
    return _OFFSET + headroom_db + 10 * log10(power / FULL_SCALE**2) if power > 0 else float("-inf")


def _amplified(samples: "array[int]", gain: float, block: int) -> "tuple[array[int], bool]":
    """Times `gain`; around peaks less, by a gain that falls and rises again within a block. True: there were such."""
    if _peak(samples) * gain <= PEAK:
        return array("h", [round(sample * gain) for sample in samples]), False
    blocks = [samples[start : start + block] for start in range(0, len(samples), block)]
    gains = [min(gain, PEAK / max(_peak(part), 1)) for part in blocks]
    edges = [gains[0], *map(min, gains, gains[1:]), gains[-1]]
    amplified = array("h")
    for part, before, after in zip(blocks, edges[:-1], edges[1:], strict=True):
        rise = (after - before) / len(part)
        amplified.extend([round(sample * (before + rise * place)) for place, sample in enumerate(part)])
    return amplified, True
