"""The voices that speak prompts: one for each language, from any of three kinds of synthesiser. Which the centre has is
said in callcenter.toml, by the machine's owner: nobody who edits a flow can name a program or an address.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

TEXT, VOICE, RATE, LANGUAGE, FILE = "{text}", "{voice}", "{rate}", "{language}", "{file}"
"""What stands for something else in a command's arguments and in an HTTP body; the text itself is no argument."""

ENGLISH = "en"
"""What the service itself says where it has no words in a language; it always has a voice."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of espeak-ng and its rate in words a minute."""

    name: str
    rate: int
    time_limit_s: float = 60

    @property
    def recipe(self) -> tuple[str, ...]:
        """All that decides what it sounds like."""
        return ("espeak-ng", self.name, str(self.rate))

    @property
    def made_by(self) -> str:
        """For people."""
        return f"espeak-ng {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandVoice:
    """A program that is given the text by standard input and writes WAV to standard output, or to the file that it is
    given for `{file}` among its arguments. `{voice}`, `{rate}` and `{language}` are replaced within an argument."""

    command: tuple[str, ...]
    name: str = ""
    rate: int = 160
    time_limit_s: float = 60

    @property
    def recipe(self) -> tuple[str, ...]:
        """As in Voice."""
        return ("command", *self.command, self.name, str(self.rate))

    @property
    def made_by(self) -> str:
        """As in Voice."""
        return " ".join(part for part in (Path(self.command[0]).name, self.name) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpVoice:
    """An HTTP service: it is posted the text, or the JSON object `body` with `{text}` and the others replaced in its
    values, and answers with WAV. `{secret}` in a header is the content of `secret_file`."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, object] | None = None
    secret_file: Path | None = None
    name: str = ""
    rate: int = 160
    time_limit_s: float = 20
    most_bytes: int = 16 * 1024 * 1024

    @property
    def recipe(self) -> tuple[str, ...]:
        """As in Voice."""
        return ("http", self.url, repr(self.body), self.name, str(self.rate))

    @property
    def made_by(self) -> str:
        """As in Voice."""
        return f"HTTP {self.name}".strip()


AnyVoice = Voice | CommandVoice | HttpVoice

VOICES: Mapping[str, AnyVoice] = {
    # not "cmn": in espeak-ng 1.51 (Debian 12, Ubuntu 24.04) it spells each syllable's pinyin as English with a number
    "cmn": Voice("cmn-latn-pinyin", 160),
    "en": Voice("en-us", 150),
}
"""Those there are where nothing else is said."""


def fill(pattern: str, values: Mapping[str, str]) -> str:
    """The pattern with all that stands for something else replaced, once: what a value says is not looked into."""
    known = "|".join(map(re.escape, values))
    return re.sub(known, lambda found: values[found[0]], pattern)
