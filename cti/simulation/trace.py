"""Reads SIPp's message log (`-trace_msg`) while it grows: each SIP message with its direction and microsecond."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from cti.simulation.sip import SipMessage, read

_HEADING = re.compile(
    rb"-{20,} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6})\n"
    rb"\w+ message (sent|received) [(\[](\d+)[\]]? bytes[)]? ?:\n\n"
)
_LONGEST_HEADING = 160


class Direction(StrEnum):
    """Seen from SIPp."""

    SENT = "sent"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class TracedMessage:
    """A message on the wire; `at_us` is microseconds since the epoch on SIPp's clock."""

    at_us: int
    direction: Direction
    sip: SipMessage


class TraceDecoder:
    """Bytes in, whole messages out. SIPp must have run in the time zone UTC: it writes local time without a zone."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[TracedMessage]:
        self._rest += data
        messages = []
        position = 0
        while heading := _HEADING.search(self._rest, position):
            end = heading.end() + int(heading[3])
            if end > len(self._rest):
                position = heading.start()
                break
            at = datetime.fromisoformat(heading[1].decode()).replace(tzinfo=UTC)
            sip = read(self._rest[heading.end() : end])
            messages.append(TracedMessage(_microseconds(at), Direction(heading[2].decode()), sip))
            position = end
        else:
            # What is not a heading (SIPp's remarks on stray messages) is passed over, all but a heading half written.
            position = max(position, len(self._rest) - _LONGEST_HEADING)
        self._rest = self._rest[position:]
        return messages


def _microseconds(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000 + at.microsecond
