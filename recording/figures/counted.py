"""Which calls count for something: "answered", "abandoned,!short_abandoned" (both must hold; ! means not), two of these
with | between (either may). The names are those of the sums; what a call counts for is kept with it in call_count.
"""

from collections.abc import Mapping
from typing import NamedTuple

from recording.figures.counts import CALLS

BITS: Mapping[str, int] = {name: 1 << at for at, name in enumerate(CALLS)}
"""The bit of each sum in call_count.counted. A new sum comes at the end of Counts, so that the others keep theirs."""


class CountedError(ValueError):
    """A text that names no sums."""

    id = "figures-counted-invalid"


class Mask(NamedTuple):
    """A call fits if of the bits in `looked_at` exactly those in `needed` are set."""

    looked_at: int
    needed: int


def masks(counted: str) -> tuple[Mask, ...]:
    """What one of which must fit. Raises CountedError."""
    return tuple(_mask(one) for one in counted.split("|"))


def _mask(text: str) -> Mask:
    looked_at = needed = 0
    for part in text.split(","):
        name = part.removeprefix("!")
        if name not in BITS:
            raise CountedError(f"{part!r} is nothing that calls count for; expected one of: {', '.join(CALLS)}")
        looked_at |= BITS[name]
        needed |= BITS[name] if name == part else 0
    return Mask(looked_at, needed)
