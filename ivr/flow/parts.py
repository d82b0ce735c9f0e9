"""The small parts that nodes of every kind are written with."""

from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from ivr.documents import Name, Part
from ivr.flow.words import Prompted, Sayings

KEYS = "0123456789*#"
"""The keys of a phone."""

DIGITS = "0123456789"
YES, NO = "1", "2"
"""What every question of ours that is answered by yes or no is answered with."""

OPERATOR_KEY = "0"
BACK_KEY = "*"


def _key(text: str) -> str:
    if len(text) != 1 or text not in KEYS:
        raise PydanticCustomError("key", "Input should be one key of a phone: 0 to 9, '*' or '#'")
    return text


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("one_line", "Input should be text in one line")
    return text


def _variable(text: str) -> str:
    if not text.isascii() or not text.isidentifier() or not text.islower():
        raise PydanticCustomError("variable", "Input should be a name of small letters, digits and _, a letter first")
    return text


Key = Annotated[str, AfterValidator(_key), WithJsonSchema({"type": "string", "pattern": "^[0-9*#]$"})]

Level = Annotated[int, Field(ge=1, le=10)]
"""A skill's level (requirements A3)."""

Line = Annotated[str, AfterValidator(_one_line)]
"""A template in one line (ivr/flow/templates.py)."""

Variable = Annotated[
    str, AfterValidator(_variable), WithJsonSchema({"type": "string", "pattern": "^[a-z_][a-z0-9_]*$"})
]
"""The name of a value that a flow keeps for its caller."""

Expression = Annotated[str, Field(min_length=1)]
"""A formula of the small language of ivr/flow/expressions.py."""

Datum = Line | int | float | bool
"""A value as it is written: a template, a number, true or false."""


class Spoken(Part):
    """What the nodes that talk to a caller on his way have in common."""

    text: Prompted
    every_language: bool = False
    """Says everything in all languages of the flow, one after the other: for the caller who has not chosen yet."""
    barge_in: bool = True
    """Keys end the words. If not, they are heard to their end, and keys pressed meanwhile count for nothing."""


class Asking(Part):
    """What the nodes have in common that ask for keys. After `tries` answers that are none the flow goes on
    elsewhere."""

    invalid: Sayings = Field(default_factory=dict)
    """Said after a key, or keys, that are no answer, before it is asked again."""
    timeout: Sayings = Field(default_factory=dict)
    """Said after no key at all."""
    timeout_s: Annotated[int, Field(ge=1, le=60)] = 5
    """How long the first key is waited for, once everything has been said."""
    tries: Annotated[int, Field(ge=1, le=9)] = 3


class Agents(Part):
    """What a caller who is to reach an agent asks for and takes along."""

    skills: dict[Name, Level] = Field(default_factory=dict)
    """Asked of the agent besides the queue's own."""
    requires: Expression | None = None
    """The same as a requirement (acd/requirements.py)."""
    priority: Annotated[int, Field(ge=0, le=10)] = 0
    data: dict[Name, Line] = Field(default_factory=dict)
    """What the agent is shown: templates."""
