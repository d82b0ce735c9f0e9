"""What is given for a rehearsed call, as files and programs write it: who calls when, and what the call meets. Whatever
is left out is assumed, and the rehearsal says so.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue
from pydantic_core import PydanticCustomError

from ivr.documents import Name, Part
from ivr.rehearsal.hand import FORMS, ActError, parse_act

FAILED = "failed"

QueueOutcome = Literal["answered", "timed_out", "nobody", "full", "voicemail", "callback", "abandoned"]
"""How a caller leaves a queue: with an agent; after the longest wait; because no agent is there, or too many wait; by
the key for a message or a call-back while he waits; by hanging up."""

TransferOutcome = Literal["answered", "busy", "no_answer", "failed", "refused"]


def _digits(value: Any) -> Any:
    """In a file a number without + looks like a count."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _dialled(text: str) -> str:
    figures = text.removeprefix("+")
    if not (figures.isascii() and figures.isdigit() and len(figures) <= 20):
        raise PydanticCustomError("number", "Input should be a telephone number, perhaps with a + before")
    return text


def _caller(text: str) -> str:
    return _dialled(text) if text else text


def _act(text: str) -> str:
    try:
        parse_act(text)
    except ActError:
        raise PydanticCustomError("act", "Input should be {forms}", {"forms": FORMS}) from None
    return text


Number = Annotated[str, BeforeValidator(_digits, json_schema_input_type=str | int), AfterValidator(_dialled)]
Caller = Annotated[str, BeforeValidator(_digits, json_schema_input_type=str | int), AfterValidator(_caller)]
ActText = Annotated[str, BeforeValidator(_digits, json_schema_input_type=str | int), AfterValidator(_act)]


class Known(Part):
    """What is known of a caller, as the directory of callers would tell it."""

    name: str = ""
    vip: bool = False
    priority: Annotated[int, Field(ge=0, le=100)] = 0
    agent: Annotated[str, BeforeValidator(_digits, json_schema_input_type=str | int)] = ""
    open_case: str = ""
    language: str = ""


class Given(Part):
    """What a rehearsed call meets, besides keys."""

    dial: Number
    """The number he dials, of those in centre.yaml."""
    at: str = "now"
    """When (ivr/rehearsal/moment.py), in the centre's time zone."""
    caller: Caller = ""
    """The number he calls from; empty: it is withheld."""
    name: str = ""
    """The name his line sends."""
    known: Known | None = None
    """Who he is; otherwise the directory is asked, where there is one."""
    answers: dict[str, JsonValue] = Field(default_factory=dict)
    """By node (or flow/node) of a look-up: the JSON its service answers, or the word "failed"."""
    queues: dict[Name, QueueOutcome] = Field(default_factory=dict)
    """How he leaves each queue; answered where nothing is said."""
    transfers: dict[str, TransferOutcome] = Field(default_factory=dict)
    """By node (or flow/node) of a transfer."""
    messages: Literal["left", "none"] = "left"
    callbacks: Literal["taken", "refused"] = "taken"
    """Whether a call-back can be noted where a flow asks for one."""
    closures: dict[str, str] = Field(default_factory=dict)
    """Calendars that an emergency has shut ("*": all), and the announcement recorded for it, if there is one."""


class Request(Given):
    """A call to be rehearsed, with all that the caller does."""

    press: Annotated[tuple[ActText, ...], Field(strict=False)] = ()
    """One after another, each when he is asked: keys, "wait", "hang-up" (ivr/rehearsal/hand.py)."""
    version: Annotated[int, Field(ge=1)] | None = None
    """Of the published files; otherwise those in the folder."""
