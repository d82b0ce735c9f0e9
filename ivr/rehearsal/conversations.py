"""Example conversations, kept beside the flows (dialplans/conversations/*.yaml): what a caller does, and what the
administrator expects to happen then. They are what keeps an edit from breaking what works.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from ivr.documents import Name, Part
from ivr.flow.words import Language
from ivr.rehearsal.request import ActText, Given, Number

FOR_EVER = "for_ever"
MOST_SILENCES = 50
Text = Annotated[str, Field(min_length=1)]


def _said(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


def _many(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _silence(value: int | str) -> int | str:
    if value == FOR_EVER or (isinstance(value, int) and 1 <= value <= MOST_SILENCES):
        return value
    expected = {"most": MOST_SILENCES, "for_ever": FOR_EVER}
    raise PydanticCustomError("silence", "Input should be a count from 1 to {most}, or {for_ever}", expected)


def _queue(value: Any) -> Any:
    return {"queue": value} if isinstance(value, str) else value


class Says(Part):
    """Words the caller must have heard: a part of what is said in one go, or all of it (`whole`), in any language or in
    one. In a file the bare text will do."""

    text: Text
    language: Language | None = None
    whole: bool = False


class Queues(Part):
    """The queue he must have come to, and with what, as far as it is said. In a file its bare name will do."""

    queue: Name
    skills: dict[Name, int] | None = None
    requires: str | None = None
    priority: int | None = None
    data: dict[Name, str] | None = None
    """These at least."""
    preferred: Number | None = None


class Survey(Part):
    """A mark he must have given."""

    survey: Name
    mark: Annotated[str, BeforeValidator(str, json_schema_input_type=str | int)]


class Expect(Part):
    """What must have happened since the step before: all of it, in any order."""

    says: Annotated[
        tuple[Annotated[Says, BeforeValidator(_said)], ...],
        BeforeValidator(_many, json_schema_input_type=tuple[Says | str, ...] | Says | str),
        Field(strict=False),
    ] = ()
    node: Annotated[
        tuple[str, ...], BeforeValidator(_many, json_schema_input_type=tuple[str, ...] | str), Field(strict=False)
    ] = ()
    """Nodes he must have come to, as node or flow/node."""
    language: Language | None = None
    """The language spoken at the end of the step."""
    queue: Annotated[Queues, BeforeValidator(_queue, json_schema_input_type=Queues | Name)] | None = None
    calendar: dict[Name, Literal["open", "closed", "holiday", "emergency"]] = Field(default_factory=dict)
    data: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    """Values the flow must have kept by the end of the step."""
    transfer: Number | None = None
    voicemail: Name | None = None
    """A message left for this queue."""
    callback: Name | None = None
    """A call-back noted for this queue."""
    survey: Survey | None = None
    hang_up: Name | None = None
    """The call is over, for this reason."""


class Step(Part):
    """One thing the caller does when he is asked, or nothing (then what is expected is what comes before the first
    question), and what must come of it."""

    press: ActText | None = None
    """Keys, in one go; ! before them to press while something is said."""
    silence: Annotated[int | str, AfterValidator(_silence)] | None = None
    """He presses nothing, so many times in a row."""
    hangs_up: Literal[True] | None = None
    expect: Expect | None = None

    @property
    def does_something(self) -> bool:
        """Whether the caller does anything in it."""
        return (self.press, self.silence, self.hangs_up) != (None, None, None)

    @model_validator(mode="after")
    def _one_thing(self) -> "Step":
        done = [name for name in ("press", "silence", "hangs_up") if getattr(self, name) is not None]
        if len(done) > 1:
            raise PydanticCustomError("step", "Input should be one step: press, silence or hangs_up")
        if not done and self.expect is None:
            raise PydanticCustomError("step", "Input should be a step: press, silence, hangs_up or expect")
        return self


class Conversation(Given):
    """One conversation."""

    title: Text
    steps: Annotated[tuple[Step, ...], Field(strict=False, min_length=1)]


class ConversationsFile(Part):
    """A file of them."""

    conversations: Annotated[tuple[Conversation, ...], Field(strict=False, min_length=1)]
