"""The flow language: what a flow file may say, as a model. Whether its parts fit together is decided in `check`."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from ivr.documents import Name, Part

KEYS = "0123456789*#"
"""The keys of a phone."""

OPERATOR_KEY = "0"
BACK_KEY = "*"

Language = Name


def _speakable(text: str) -> str:
    words = " ".join(text.split())
    if not any(sign.isalnum() for sign in words):
        raise PydanticCustomError("speakable", "Input should be words to speak")
    return words


def _key(text: str) -> str:
    if len(text) != 1 or text not in KEYS:
        raise PydanticCustomError("key", "Input should be one key of a phone: 0 to 9, '*' or '#'")
    return text


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("one_line", "Input should be text in one line")
    return text


def _choice(value: Any) -> Any:
    return {"next": value} if isinstance(value, str) else value


Speech = dict[Language, Annotated[str, AfterValidator(_speakable)]]
"""The words of one prompt in each language."""

Words = Annotated[Speech, Field(min_length=1)]

Level = Annotated[int, Field(ge=1, le=10)]
"""A skill's level (requirements A3)."""

Key = Annotated[str, AfterValidator(_key)]


class Choice(Part):
    """Where a key leads, and the language spoken from there on, if it changes. In a file the bare name will do."""

    next: Name
    language: Language | None = None


class Spoken(Part):
    """What the nodes that talk to a caller on his way have in common."""

    text: Words
    every_language: bool = False
    """Says everything in all languages of the flow, one after the other: for the caller who has not chosen yet."""


class PlayNode(Spoken):
    """Says something and goes on. A key that the menu to come understands is taken at once."""

    kind: Literal["play"]
    next: Name


class MenuNode(Spoken):
    """Asks for one key. After `tries` answers that are none, the flow goes on at `otherwise`."""

    kind: Literal["menu"]
    choices: Annotated[dict[Key, Annotated[Choice, BeforeValidator(_choice)]], Field(min_length=1)]
    otherwise: Name
    invalid: Speech = Field(default_factory=dict)
    """Said after a key that leads nowhere, before the menu is said again."""
    timeout: Speech = Field(default_factory=dict)
    """Said after no key at all."""
    timeout_s: Annotated[int, Field(ge=1, le=60)] = 5
    tries: Annotated[int, Field(ge=1, le=9)] = 3


class QueueNode(Part):
    """Hands the caller to the ACD. `then` after a conversation, `otherwise` (or `then`) if there was none."""

    kind: Literal["queue"]
    queue: Name
    then: Name
    otherwise: Name | None = None
    skills: dict[Name, Level] = Field(default_factory=dict)
    """Asked of the agent besides the queue's own."""
    requires: Annotated[str, Field(min_length=1)] | None = None
    """The same as an expression (acd/requirements.py)."""
    priority: Annotated[int, Field(ge=0, le=10)] = 0
    data: dict[Name, Annotated[str, AfterValidator(_one_line)]] = Field(default_factory=dict)
    music: Name | None = None


class HangupNode(Part):
    """Ends the call, after its words if it has any. `reason` stands in the call's record."""

    kind: Literal["hangup"]
    reason: Name
    text: Speech = Field(default_factory=dict)


Node = PlayNode | MenuNode | QueueNode | HangupNode


class Flow(Part):
    """What a caller meets, node by node, from `start`."""

    flow: Name
    languages: Annotated[tuple[Language, ...], Field(strict=False, min_length=1)]
    """The first is spoken until the caller chooses."""
    start: Name
    operator: Name | None = None
    """Where 0 leads, in every menu and prompt that does not say otherwise."""
    nodes: Annotated[dict[Name, Annotated[Node, Field(discriminator="kind")]], Field(min_length=1)]

    @property
    def language(self) -> Language:
        """The language spoken until the caller chooses."""
        return self.languages[0]
