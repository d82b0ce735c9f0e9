"""Reads what Asterisk sends on a FastAGI connection: environment, replies and hang-ups, from any split.

It cuts bytes into lines and keeps the limits; what the lines mean is decided in `environment` and `replies`.
"""

from dataclasses import dataclass

from ivr.agi.environment import AgiEnvironment, EnvironmentBlock
from ivr.agi.errors import AgiLimitExceeded, AgiTruncated
from ivr.agi.replies import Hangup, Reply, ReplyLines

AgiEvent = AgiEnvironment | Reply | Hangup


@dataclass(frozen=True, slots=True)
class AgiLimits:
    """How much a peer may send before we believe that it is not Asterisk, or not well."""

    line_bytes: int = 65_536
    environment_lines: int = 256
    reply_characters: int = 65_536


class AgiDecoder:
    """Feed it bytes, take events. After an AgiProtocolError it is of no use any more.

    Bytes that are not UTF-8 survive as surrogates (`errors="surrogateescape"`), as they do on the way back.
    """

    def __init__(self, limits: AgiLimits | None = None) -> None:
        limits = limits or AgiLimits()
        self._line_bytes = limits.line_bytes
        self._environment: EnvironmentBlock | None = EnvironmentBlock(limits.environment_lines)
        self._replies = ReplyLines(limits.reply_characters)
        self._buffer = bytearray()
        self._searched = 0

    def feed(self, data: bytes) -> list[AgiEvent]:
        """The events that are complete with `data`. Raises AgiProtocolError."""
        self._buffer += data
        events: list[AgiEvent] = []
        while (line := self._take_line()) is not None:
            if event := self._take(line):
                events.append(event)
        return events

    def feed_eof(self) -> None:
        """The connection ended. Raises AgiTruncated if the peer had more to say."""
        if self._environment:
            raise AgiTruncated("the connection ended within the environment; expected a blank line at its end")
        if self._buffer or self._replies.unfinished:
            raise AgiTruncated("the connection ended within a reply; expected the whole of it")

    def _take_line(self) -> str | None:
        end = self._buffer.find(b"\n", self._searched)
        length = end if end >= 0 else len(self._buffer)
        if length > self._line_bytes:
            raise AgiLimitExceeded("a line", self._line_bytes)
        if end < 0:
            self._searched = length
            return None
        line = self._buffer[:end].decode(errors="surrogateescape")
        del self._buffer[: end + 1]
        self._searched = 0
        return line

    def _take(self, line: str) -> AgiEvent | None:
        if not self._environment:
            return self._replies.add(line)
        environment = self._environment.add(line)
        if environment:
            self._environment = None
        return environment
