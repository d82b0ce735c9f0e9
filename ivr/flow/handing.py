"""The nodes that hand a caller over: to agents, to other numbers, to a recording; and the one that says goodbye."""

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ivr.documents import Name, Part
from ivr.flow.parts import Agents, Line, Spoken
from ivr.flow.words import Sayings


class SayNode(Spoken):
    """Says something and goes on. A key that the node to come understands is taken at once."""

    kind: Literal["say"]
    next: Name


class QueueNode(Agents):
    """Hands the caller to the ACD. `then` after a conversation, `otherwise` (or `then`) if there was none."""

    kind: Literal["queue"]
    queue: Name
    then: Name
    otherwise: Name | None = None
    music: Name | None = None


class TransferNode(Part):
    """Connects the caller with an extension of the house or a number outside; `next` after a conversation, `otherwise`
    where there was none or the toll guard did not allow it."""

    kind: Literal["transfer"]
    extension: Line | int | None = None
    number: Line | None = None
    ring_s: Annotated[int, Field(ge=5, le=120)] = 40
    next: Name
    otherwise: Name

    @model_validator(mode="after")
    def _one_of_them(self) -> "TransferNode":
        wrong = "Input should be either an extension or a number"
        if self.extension is None and self.number is None:
            raise PydanticCustomError("transfer", wrong)
        if self.extension is not None and self.number is not None:
            raise PydanticCustomError("transfer", wrong, {"key": "number"})
        return self


class VoicemailNode(Part):
    """Takes a message, which becomes a task for the agents of the queue. Without a text, the queue's own greeting."""

    kind: Literal["voicemail"]
    queue: Name
    text: Sayings = Field(default_factory=dict)
    review: bool = True
    """He may hear his message and record it again."""
    most_s: Annotated[int, Field(ge=5, le=600)] = 180
    next: Name
    otherwise: Name
    """He has left none."""


class CallbackNode(Agents):
    """Offers to call him back. `next` where that is agreed, `otherwise` where he does not want it or it cannot be."""

    kind: Literal["callback"]
    queue: Name
    text: Sayings = Field(default_factory=dict)
    """The offer: 1 for yes, 2 for no. Without it he has asked for one already."""
    ask_number: bool = True
    """Whether he may key another number than the one he calls from."""
    next: Name
    otherwise: Name


class HangupNode(Part):
    """Ends the call, after its words if it has any. `reason` stands in the call's record."""

    kind: Literal["hangup"]
    reason: Name
    text: Sayings = Field(default_factory=dict)
