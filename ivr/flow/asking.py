"""The nodes that ask a caller for keys."""

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ivr.documents import Name
from ivr.flow.parts import Asking, Key, Spoken, Variable
from ivr.flow.words import Language, Sayings

MOST_DIGITS = 40
"""The longest input a flow may ask for."""

Length = Annotated[int, Field(ge=1, le=MOST_DIGITS)]


class MenuNode(Asking, Spoken):
    """Asks for one key. After `tries` answers that are none, the flow goes on at `otherwise`."""

    kind: Literal["menu"]
    choices: Annotated[dict[Key, Name], Field(min_length=1)]
    """Where each key leads."""
    otherwise: Name


class LanguageNode(Asking):
    """Asks for the language, in every language of the flow. Who does not choose is spoken to in the first of them."""

    kind: Literal["language"]
    text: Annotated[Sayings, Field(min_length=1)]
    choices: Annotated[dict[Key, Language], Field(min_length=1)]
    """The language of each key."""
    next: Name
    barge_in: bool = True


class CollectNode(Asking, Spoken):
    """Asks for several keys, such as a customer's number, and keeps them `into` a value. Star begins anew, or leads
    back where nothing is keyed yet."""

    kind: Literal["collect"]
    into: Variable
    length: Length | Annotated[tuple[Length, Length], Field(strict=False)]
    """How many keys: exactly so many, or from the least to the most."""
    terminator: Key | Literal["none"] = "#"
    """The key that ends the input before it has its greatest length."""
    pattern: Annotated[str, Field(min_length=1)] | None = None
    """What the digits must look like (ivr/flow/digit_patterns.py)."""
    confirm: bool = False
    """Reads the digits back, and asks whether they are right."""
    secret: bool = False
    """A PIN, a card's number: the recording pauses, and the digits are written nowhere."""
    between_s: Annotated[int, Field(ge=1, le=20)] = 3
    """How long the next key is waited for."""
    next: Name
    otherwise: Name

    @property
    def least(self) -> int:
        """The fewest keys that are an answer."""
        return self.length if isinstance(self.length, int) else self.length[0]

    @property
    def most(self) -> int:
        """The most keys that are an answer."""
        return self.length if isinstance(self.length, int) else self.length[1]

    @model_validator(mode="after")
    def _fits(self) -> "CollectNode":
        if self.least > self.most:
            raise PydanticCustomError("length", "Input should be the least length, then the most", {"key": "length"})
        if self.secret and self.confirm:
            both = "Input should be either secret or confirmed: a secret is not read back"
            raise PydanticCustomError("secret", both, {"key": "confirm"})
        return self


class SurveyNode(Asking, Spoken):
    """Asks for a mark by one key, after the conversation with an agent. It is kept with the call, the queue and the
    agent; who does not answer goes on all the same."""

    kind: Literal["survey"]
    survey: Name
    keys: Annotated[str, Field(pattern=r"^[1-9]{1,9}$")] = "12345"
    thanks: Sayings = Field(default_factory=dict)
    next: Name
