"""Telephone numbers, hidden from who may not see them: which fields hold some, and what is left of one. Who may see
them is decided elsewhere (cti/http/masks.py).

A field that can hold somebody's number is of type `Personal`, or `ChannelName`; these are marks, and cost nothing where
nothing is masked. For whom numbers are masked, an answer is made of a copy: `masked` of a model, acd/masked_facts.py of
a fact.

The rule: a number is seven figures or more, one space or hyphen between two of them allowed, perhaps a + in front. Of
its figures the last four are shown and, where more than four would stay hidden, of the first as many as three. So
13800138000 is 138****8000, +8613800138000 is +861******8000, 5550123 is ****123. Fewer figures are an extension or a
service number, and nobody's own (as in recording/numbers.py); they are shown, and so are the centre's own numbers.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from operator import is_
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel

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


class Mark(Enum):
    """What a field's text may be."""

    TEXT = "text"
    CHANNEL = "channel"


Personal = Annotated[str, Mark.TEXT]
"""Text in which somebody's number may stand: the number itself, or words."""

ChannelName = Annotated[str, Mark.CHANNEL]
"""The name of an Asterisk channel."""

Hiding = Callable[[Mask, Any], Any]


def hiding(kind: Any) -> Hiding | None:
    """How values of a type are masked; None where it is not marked, nor its values or its alternatives to None."""
    origin = get_origin(kind)
    if origin is Annotated:
        return _by(get_args(kind)[1:])
    if origin is Mapping:
        of_value = hiding(get_args(kind)[1])
        return None if of_value is None else lambda mask, some: {key: of_value(mask, one) for key, one in some.items()}
    if origin in (Union, UnionType):
        found = next((hide for part in get_args(kind) if (hide := hiding(part)) is not None), None)
        return None if found is None else lambda mask, value: None if value is None else found(mask, value)
    return None


def _by(marks: Iterable[object]) -> Hiding | None:
    for mark in marks:
        if isinstance(mark, Mark):
            return Mask.text if mark is Mark.TEXT else Mask.channel
    return None


@cache
def hidings(model: type[BaseModel]) -> Mapping[str, Hiding]:
    """The fields of a model that are masked, and how."""
    found = {name: _by(field.metadata) or hiding(field.annotation) for name, field in model.model_fields.items()}
    return {name: hide for name, hide in found.items() if hide is not None}


Model = TypeVar("Model", bound=BaseModel)


def masked(model: Model, mask: Mask) -> Model:
    """A copy of the model, and of all models in it, with numbers masked; itself where nothing is different."""
    changed: dict[str, Any] = {}
    for name, hide in hidings(type(model)).items():
        changed[name] = hide(mask, getattr(model, name))
    for name in _deeper(type(model)):
        value = getattr(model, name)
        if (shown := _within(value, mask)) is not value:
            changed[name] = shown
    return model.model_copy(update=changed) if changed else model


@cache
def _deeper(model: type[BaseModel]) -> tuple[str, ...]:
    """The fields in which there are models with fields that are masked."""
    own = hidings(model)
    return tuple(
        name
        for name, field in model.model_fields.items()
        if name not in own and any(_bears(one, set()) for one in _models(field.annotation))
    )


def _bears(model: type[BaseModel], seen: set[type[BaseModel]]) -> bool:
    seen.add(model)
    within = {one for field in model.model_fields.values() for one in _models(field.annotation)} - seen
    return bool(hidings(model)) or any(_bears(one, seen) for one in within)


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    """Those that a type is made of."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for part in get_args(kind):
        yield from _models(part)


def _within(value: Any, mask: Mask) -> Any:
    match value:
        case BaseModel():
            return masked(value, mask)
        case list() | tuple() if value and not hasattr(value, "_fields"):
            shown = [_within(one, mask) for one in value]
            return value if all(map(is_, shown, value)) else type(value)(shown)
        case dict() if value:
            found = {key: _within(one, mask) for key, one in value.items()}
            return value if all(map(is_, found.values(), value.values())) else found
        case _:
            return value
