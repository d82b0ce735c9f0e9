"""What a file says a caller hears, in each language: plain words, a template with values in it, or a recorded file."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

from ivr.documents import Name, Part

Language = Name


def _speakable(text: str) -> str:
    words = " ".join(text.split())
    if not any(sign.isalnum() for sign in words):
        raise PydanticCustomError("speakable", "Input should be words to speak")
    return words


Text = Annotated[str, AfterValidator(_speakable)]

Speech = dict[Language, Text]
"""Plain words in each language."""

Words = Annotated[Speech, Field(min_length=1)]


class Said(Part):
    """What is said in one language: `text`, a template (ivr/flow/templates.py), or `file`, a recording of that name
    beside the flows (dialplans/sounds/<language>/<file>.wav); with both, the text says what the recording says. In a
    file the bare text will do."""

    text: Text | None = None
    file: Name | None = None

    _digest: str = PrivateAttr("")

    @property
    def digest(self) -> str:
        """Which content the recording had when the flow was read; empty where nobody looked."""
        return self._digest

    def identify(self, digest: str) -> None:
        """Note that content, once, when the flow is read."""
        self._digest = digest

    @model_validator(mode="after")
    def _one_of_them(self) -> "Said":
        if self.text is None and self.file is None:
            raise PydanticCustomError("said", "Input should be a text, or the name of a recorded file")
        return self


def _said(value: Any) -> Any:
    match value:
        case str():
            return {"text": value}
        case dict() | Said():
            return value
    raise PydanticCustomError("said", "Input should be text, in quotes where it looks like a number")


Sayings = dict[Language, Annotated[Said, BeforeValidator(_said, json_schema_input_type=Said | Text)]]
"""What one prompt says in each language of the flow."""

Prompted = Annotated[Sayings, Field(min_length=1)]
"""The same, where something has to be said."""
