"""Values of which one answer has thousands."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

Kind = TypeVar("Kind")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def light(kind: type[Kind]) -> type[Kind]:
    """A dataclass that nobody changes, as a frozen one: mypy refuses it. While the program runs nothing does, for to
    make a frozen one takes two to three times as long, because each of its fields is set by a call."""
    return dataclass(slots=True, kw_only=True)(kind)
