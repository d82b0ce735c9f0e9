"""Telephone numbers, hidden from who may not see them: which fields hold some, and what is left of one. Who may see
them is decided elsewhere (cti/http/masks.py).

A field that can hold somebody's number is of type `Personal`, or `ChannelName`. Whatever writes such a field into an
answer is handed a `Mask`, or None for whom numbers are whole: pydantic models as the context of their serialization,
facts by acd/masked_facts.py.

The rule: a number is seven figures or more, one space or hyphen between two of them allowed, perhaps a + in front. Of
its figures the last four are shown and, where more than four would stay hidden, of the first as many as three. So
13800138000 is 138****8000, +8613800138000 is +861******8000, 5550123 is ****123. Fewer figures are an extension or a
service number, and nobody's own (as in recording/numbers.py); they are shown, and so are the centre's own numbers.
"""

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from pydantic import PlainSerializer, SerializationInfo

FIRST, LAST, HIDDEN = 3, 4, 4
"""Figures shown at most in front and at the end, and hidden at least."""

_NUMBER = re.compile(r"\+?[0-9](?:[ -]?[0-9]){6,}")


@dataclass(frozen=True, slots=True)
class Mask:
    """Hides numbers in text. `own` are those that are nobody's secret: the centre's, as callers dial them."""

    own: Container[str] = frozenset()

    def text(self, text: str) -> str:
        """The text, the numbers in it masked."""
        return _NUMBER.sub(lambda found: found[0] if found[0] in self.own else _masked(found[0]), text)

    def channel(self, name: str) -> str:
        """The name of an Asterisk channel, in which a number may stand that is rung: `Local/13800138000*…@outside-…`.
        What follows the last hyphen tells channels apart and is no number."""
        called, hyphen, instance = name.rpartition("-")
        return self.text(called) + hyphen + instance


def _masked(number: str) -> str:
    """One number. Whatever is not a figure stays where it is."""
    shown = max(sum(sign.isdecimal() for sign in number) - HIDDEN, 0)
    last = min(LAST, shown)
    first = min(FIRST, shown - last)
    places = [place for place, sign in enumerate(number) if sign.isdecimal()]
    hidden = set(places[first : len(places) - last])
    return "".join("*" if place in hidden else sign for place, sign in enumerate(number))


def _text(value: str, info: SerializationInfo) -> str:
    return info.context.text(value) if isinstance(info.context, Mask) else value


def _channel(value: str, info: SerializationInfo) -> str:
    return info.context.channel(value) if isinstance(info.context, Mask) else value


_TEXT, _CHANNEL = PlainSerializer(_text, return_type=str), PlainSerializer(_channel, return_type=str)

Personal = Annotated[str, _TEXT]
"""Text in which somebody's number may stand: the number itself, or words."""

ChannelName = Annotated[str, _CHANNEL]
"""The name of an Asterisk channel."""

Hiding = Callable[[Mask, Any], Any]


def hiding(kind: Any) -> Hiding | None:
    """How values of a type are masked that stand in no pydantic model; None where it holds nobody's number."""
    if get_origin(kind) is Annotated:
        marks = get_args(kind)[1:]
        return Mask.text if _TEXT in marks else Mask.channel if _CHANNEL in marks else None
    of_value = hiding(get_args(kind)[1]) if get_origin(kind) is Mapping else None
    return None if of_value is None else lambda mask, values: {key: of_value(mask, one) for key, one in values.items()}
