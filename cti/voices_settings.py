"""What callcenter.toml may say of voices, `[voices.<language>]`: the model, and the voices as prompts know them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ivr.prompts.voices import VOICES, AnyVoice, CommandVoice, HttpVoice, Voice

WORDS_A_MINUTE = 160
SPEAKING_S = 60.0


class VoicePart(BaseModel):
    """The voice of one language: a voice of espeak-ng, a command, or the address of an HTTP service (docs/prompts.md);
    `voice` says which of the voices of the latter two."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    espeak: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9+_-]{0,63}$")] | None = None
    command: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)] | None = None
    url: Annotated[str, Field(pattern=r"^https?://[^/\s]+\S*$")] | None = None
    voice: str = ""
    rate: Annotated[int, Field(ge=80, le=450)] = WORDS_A_MINUTE
    time_limit_s: Annotated[float, Field(gt=0, le=300)] = SPEAKING_S
    headers: Annotated[dict[str, Annotated[str, Field(pattern=r"^[^\r\n]*$")]], Field(repr=False)] = {}
    body: dict[str, Any] | None = None
    secret_file: Path | None = None
    most_mb: Annotated[int, Field(ge=1, le=64)] = 16

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(kind is not None for kind in (self.espeak, self.command, self.url)) != 1:
            raise ValueError("expected one of espeak, command and url")
        if self.url is None and (self.headers or self.body is not None or self.secret_file is not None):
            raise ValueError("headers, body and secret_file belong to a url")
        return self

    @property
    def spoken(self) -> AnyVoice:
        """As prompts know it."""
        if self.espeak is not None:
            return Voice(self.espeak, self.rate, self.time_limit_s)
        if self.command is not None:
            return CommandVoice(command=self.command, name=self.voice, rate=self.rate, time_limit_s=self.time_limit_s)
        return HttpVoice(
            url=self.url or "",
            headers=self.headers,
            body=self.body,
            secret_file=self.secret_file,
            name=self.voice,
            rate=self.rate,
            time_limit_s=self.time_limit_s,
            most_bytes=self.most_mb * 1024 * 1024,
        )


def _from_variable(value: object) -> object:
    """A variable holds the table as JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value or "{}")
    except ValueError as error:
        raise ValueError("expected a JSON object of voices by language") from error


Voices = Annotated[
    dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")], VoicePart], BeforeValidator(_from_variable)
]


def spoken(parts: Mapping[str, VoicePart]) -> Mapping[str, AnyVoice]:
    """The voices there are: those that are configured, and our own for Mandarin and English where none is."""
    return {**VOICES, **{language: part.spoken for language, part in parts.items()}}


def as_variable(parts: Mapping[str, VoicePart]) -> str:
    """The table as a variable holds it."""
    return json.dumps({name: part.model_dump(mode="json", exclude_defaults=True) for name, part in parts.items()})
