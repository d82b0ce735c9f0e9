"""Notes, in the daemon itself, when a key was told by Asterisk and when the next command was handed to the socket. A
wire put between the two would have to be woken for each of them, on a machine that has no time left.

Each session is a line of JSON when it ends: the caller's number, and a list of [nanoseconds since the epoch, what].
"key 5" is Asterisk's reply to a command that a key has ended, everything else the verb of a command of ours.
"""

import json
import re
from pathlib import Path
from time import time_ns
from typing import Any

from ivr.agi.codec import AgiEvent
from ivr.agi.replies import Reply
from ivr.agi.wire import AgiWire

_VERB = re.compile(rb"^[A-Z ]+[A-Z](?= \"|$)")
KEYED = ("STREAM FILE", "WAIT FOR DIGIT")

Heard = dict[str, list[tuple[int, str]]]


def watch(file: Path) -> None:
    """From now on every session of this process is noted in `file`."""
    AgiWire.exchange = _noting_commands(AgiWire.exchange)  # type: ignore[method-assign]
    AgiWire._take = _noting_keys(AgiWire._take)  # type: ignore[method-assign]
    AgiWire.close = _writing_down(AgiWire.close, file)  # type: ignore[method-assign]


def take(file: Path) -> Heard:
    """What has been noted since the last time, by the caller's number."""
    told = [json.loads(line) for line in file.read_text().splitlines()]
    file.write_text("")
    return {number: [(at_ns, what) for at_ns, what in events] for number, events in told}


def _events(wire: Any) -> list[tuple[int, str]]:
    events: list[tuple[int, str]] | None = getattr(wire, "noted", None)
    if events is None:
        events = wire.noted = []
    return events


def _noting_commands(exchange: Any) -> Any:
    def noting(self: AgiWire, line: bytes, *, after_end: bool = False) -> Any:
        if verb := _VERB.match(line):
            _events(self).append((time_ns(), verb[0].decode()))
        return exchange(self, line, after_end=after_end)

    return noting


def _noting_keys(take: Any) -> Any:
    def noting(self: AgiWire, event: AgiEvent) -> None:
        if isinstance(event, Reply) and event.result not in ("0", "-1"):
            events = _events(self)
            if events and events[-1][1] in KEYED:
                events.append((time_ns(), f"key {chr(int(event.result))}"))
        take(self, event)

    return noting


def _writing_down(close: Any, file: Path) -> Any:
    async def writing(self: AgiWire) -> None:
        if _events(self) and self.environment.done():
            line = json.dumps([self.environment.result().callerid, _events(self)])
            self.noted = []  # type: ignore[attr-defined]
            with file.open("a") as lines:
                lines.write(line + "\n")
        await close(self)

    return writing
