"""How long to wait before each new attempt to connect."""

from collections.abc import Callable, Iterator
from random import random


def delays_s(first_s: float = 0.1, cap_s: float = 5.0, chance: Callable[[], float] = random) -> Iterator[float]:
    """Seconds to wait, without end: doubling up to `cap_s`, each shortened by chance to no less than half of it.

    Chance keeps the clients of a restarted Asterisk from all coming back in the same moment.
    """
    delay_s = first_s
    while True:
        yield delay_s * (1 + chance()) / 2
        delay_s = min(2 * delay_s, cap_s)
