"""Which numbers outside a flow may call for a caller. Each call costs the centre money, and what a caller keys, or a
program answers, can be meant to cost more: such numbers are called only if centre.yaml allows their pattern.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from ivr.flow.digit_patterns import matches

NOT_ANSWERED = "transfer-not-answered"
"""The error of a call that was made, and that nobody took."""

_NUMBER = re.compile(r"\+?[0-9]{2,20}")


class Refusal(StrEnum):
    """Why a number is not called: ids, as they stand in facts."""

    NO_LINE = "toll-no-line"
    """The centre has no line over which numbers outside could be called."""
    NO_NUMBER = "toll-no-number"
    """It is no telephone number: something else than digits, perhaps after +, or too short or too long."""
    OURS = "toll-number-of-ours"
    """It is a number of the centre itself, its queues or agents."""
    NOT_ALLOWED = "toll-not-allowed"
    """It was computed, and is like none of the patterns."""
    TOO_MANY = "toll-too-many"
    """As many calls as may be are under way."""


def is_number(text: str) -> bool:
    """Whether this can be a telephone number: 2 to 20 digits, perhaps after +. Star codes are none."""
    return _NUMBER.fullmatch(text) is not None


def refusal(number: str, *, written: bool, ours: bool, allow: Sequence[str] | None) -> Refusal | None:
    """Why the number is not to be called, if it is not. `written`: it stands in the flow's file as it is; `ours`: it
    reaches somebody of the centre; `allow`: the patterns of computed numbers, None where there is no line."""
    if allow is None:
        return Refusal.NO_LINE
    if not is_number(number):
        return Refusal.NO_NUMBER
    if ours:
        return Refusal.OURS
    if not written and not any(matches(pattern, number) for pattern in allow):
        return Refusal.NOT_ALLOWED
    return None
