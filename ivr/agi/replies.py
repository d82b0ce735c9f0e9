"""What Asterisk says after the environment, line by line: replies to commands, and that the channel is gone.

Rules: `agi_handle_command` and the handlers of Asterisk's `res_agi.c`.
"""

import re
from dataclasses import dataclass

from ivr.agi.errors import AgiLimitExceeded, AgiProtocolError

_STATUS = re.compile(r"(\d{3})([ -])(.*)")
_RESULT = re.compile(r"200 result=([^ ]*)(?: \((.*)\))?(?: endpos=(-?\d+))?", re.DOTALL)
_VALUE_BEGINS = re.compile(r"200 result=[^ ]* \(")
_VALUE_ENDS = re.compile(r"\)(?: endpos=-?\d+)?\Z")


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one command: "200 result=<result> (<value>) endpos=<samples>", or another code and its text."""

    code: int
    result: str = ""
    value: str | None = None
    endpos: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Hangup:
    """The channel is gone; Asterisk says so in band, whatever else is going on."""


class ReplyLines:
    """Collects lines into replies of at most `characters`.

    Two kinds of reply take several lines: a value with line feeds in it, which ends with the first line that can be its
    end, and the usage text of a command that was put wrongly ("520-…", ended by "520 …").
    """

    def __init__(self, characters: int) -> None:
        self._limit = characters
        self._lines: list[str] = []
        self._size = 0
        self._usage = ""

    @property
    def unfinished(self) -> bool:
        return bool(self._lines)

    def add(self, line: str) -> Reply | Hangup | None:
        """What this line completes, if it does. Raises AgiProtocolError."""
        # A value may hold the word; Asterisk writes it with its reply in one piece, so a hang-up cannot come between.
        if line == "HANGUP" and (not self._lines or self._usage):
            return Hangup()
        self._size += len(line) + 1
        if self._size > self._limit:
            raise AgiLimitExceeded("a reply", self._limit)
        self._lines.append(line)
        reply = self._complete(line)
        if reply:
            self._lines, self._size, self._usage = [], 0, ""
        return reply

    def _complete(self, line: str) -> Reply | None:
        if self._usage:
            return Reply(int(self._usage)) if line.startswith(f"{self._usage} ") else None
        if len(self._lines) > 1:
            return _result("\n".join(self._lines)) if _VALUE_ENDS.search(line) else None
        status = _STATUS.fullmatch(line)
        if not status:
            raise AgiProtocolError("a line is neither HANGUP nor a reply; expected one that begins with a code")
        code, separator, text = status.groups()
        if separator == "-":
            self._usage = code
            return None
        return _result(line) if code == "200" else Reply(int(code), text=text)


def _result(reply: str) -> Reply | None:
    """The reply of code 200, or None while its value goes on."""
    if whole := _RESULT.fullmatch(reply):
        result, value, endpos = whole.groups()
        return Reply(200, result, value, None if endpos is None else int(endpos))
    if _VALUE_BEGINS.match(reply):
        return None
    raise AgiProtocolError("a reply of code 200 has no result; expected 'result=' and, perhaps, a value in brackets")
