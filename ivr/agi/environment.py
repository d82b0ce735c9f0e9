"""What Asterisk says of a call before the first command: the environment block, line by line into one value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.agi.errors import AgiLimitExceeded, AgiProtocolError

_FIELD = re.compile(r"agi_(\w+): ?(.*)")


@dataclass(frozen=True, slots=True)
class AgiEnvironment:
    """The fields of the block without their prefix `agi_`; what Asterisk calls "unknown" is empty here."""

    fields: Mapping[str, str]

    @property
    def script(self) -> str:
        """The path of the AGI address without its query: "call" of agi://host/call?x=1."""
        return self.fields.get("network_script", "").partition("?")[0].strip("/")

    @property
    def channel(self) -> str:
        return self.fields.get("channel", "")

    @property
    def uniqueid(self) -> str:
        return self.fields.get("uniqueid", "")

    @property
    def callerid(self) -> str:
        return self._known("callerid")

    @property
    def calleridname(self) -> str:
        return self._known("calleridname")

    @property
    def context(self) -> str:
        return self.fields.get("context", "")

    @property
    def extension(self) -> str:
        return self.fields.get("extension", "")

    @property
    def language(self) -> str:
        return self.fields.get("language", "")

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the dialplan wrote after the address, in order."""
        names = (f"arg_{number}" for number in range(1, len(self.fields) + 1))
        return tuple(self.fields[name] for name in names if name in self.fields)

    def _known(self, name: str) -> str:
        value = self.fields.get(name, "")
        return "" if value == "unknown" else value


class EnvironmentBlock:
    """Collects the lines of one block, at most `lines` of them.

    A caller's name that a dialplan took from elsewhere (a lookup by HTTP, a shell) may hold line feeds, which Asterisk
    writes as they are. So a line that is no field goes on with the value before it, and a blank line ends the block
    only after `agi_threadid`, which every block has and which comes after all text from outside. A field that comes
    twice is a forgery and refused.
    """

    def __init__(self, lines: int) -> None:
        self._fields: dict[str, str] = {}
        self._last = ""
        self._lines = 0
        self._limit = lines

    def add(self, line: str) -> AgiEnvironment | None:
        """The environment, if this line completes it. Raises AgiProtocolError."""
        self._lines += 1
        if self._lines > self._limit:
            raise AgiLimitExceeded("the number of lines of the environment", self._limit)
        if not self._fields and line != "agi_network: yes":
            raise AgiProtocolError("the first line is not Asterisk's; expected 'agi_network: yes'")
        if not line and "threadid" in self._fields:
            return AgiEnvironment(self._fields)
        if field := _FIELD.fullmatch(line):
            self._last, value = field.groups()
            if self._last in self._fields:
                raise AgiProtocolError(f"line {self._lines} of the environment names a field again; expected each once")
            self._fields[self._last] = value
        else:
            self._fields[self._last] += "\n" + line
        return None
