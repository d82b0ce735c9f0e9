"""Which lines of the journal still hold: what a restart must know of all that was, however long ago. Pure; where the
lines come from, and where those that hold are kept, is decided in recording.standing.

Whoever reads the lines that hold and then those that follow learns what he would from the whole journal: who sits where
and since when, surges, closures, pauses, alarms, open call-backs, calls that are owed an outcome code.
"""

import json
from collections.abc import Iterable
from typing import Any

from acd.callback_shelf import KEEP_MS
from acd.callbacks import MARK, callback_of
from acd.facts import (
    AgentDefined,
    AgentStateChanged,
    AlarmCleared,
    AlarmRaised,
    CallbackAttempted,
    CallbackDialled,
    CallbackEnded,
    CallbackRequested,
    CallOutcomeSet,
    CallQueued,
    ClosureDeclared,
    ClosureLifted,
    NotReadyExceeded,
    OfferEnded,
    OutcomeOwed,
    RecordingPaused,
    RecordingResumed,
    SurgeDeclared,
)
from acd.outcomes import REMEMBERED_MS
from acd.states import AgentState, Status

ABSENT = frozenset({AgentState.NOT_READY, AgentState.UNREACHABLE})
"""His phone may come and go while he is not ready: that is one stay."""

FLOW = "flow"
"""Who asks for a pause of the recording that a flow makes by itself."""

_KEPT_MS = 2 * KEEP_MS
"""How long a call-back that is over is still told: longer than the book of call-backs wants it, so that it has seen to
everything about it before it is forgotten here."""

_KINDS = (
    AgentDefined, AgentStateChanged, NotReadyExceeded, SurgeDeclared, ClosureDeclared, ClosureLifted, CallOutcomeSet,
    OutcomeOwed, RecordingPaused, RecordingResumed, CallbackRequested, CallbackDialled, CallbackAttempted,
    CallbackEnded, AlarmRaised, AlarmCleared,
)  # fmt: skip
_NAMES = tuple(f'"{kind.__name__}"'.encode() for kind in _KINDS)
_STAYS = {CallQueued.__name__, OfferEnded.__name__}
_MARK = MARK.encode()

_BEGINNINGS = {
    "AgentDefined": ("defined", "agent"),
    "SurgeDeclared": ("surge", "queue"),
    "ClosureDeclared": ("closure", "calendar"),
    "RecordingPaused": ("pause", "linkedid"),
    "AlarmRaised": ("alarm", "alarm", "where"),
}
_ENDS = {
    "ClosureLifted": ("closure", "calendar"),
    "RecordingResumed": ("pause", "linkedid"),
    "AlarmCleared": ("alarm", "alarm", "where"),
}
"""Of what holds from one fact to another, or to the next of its own kind: a name for it, and the fields by which one is
told from another."""

Key = tuple[str, ...]
Said = dict[str, Any]


class Holding:
    """`add` every line in the order in which they were written; `lines` are those that hold after the last. A line that
    is no fact is passed over."""

    def __init__(self, lines: Iterable[bytes] = ()) -> None:
        self._held: dict[Key, dict[int, bytes]] = {}
        self._reasons: dict[str, str] = {}
        """Of agents who are not ready: what for."""
        self._over_ms: dict[str, int] = {}
        """Call-backs that have ended, and when."""
        self._closed_ms: dict[Key, int] = {}
        """Lines about outcome codes, in the order of time."""
        self._count = 0
        self._last_ms = 0
        for line in lines:
            self.add(line)

    def add(self, line: bytes) -> None:
        """The next line of the journal."""
        if not (_MARK in line or any(name in line for name in _NAMES)):
            return
        try:
            fact = json.loads(line)
            kind, at_ms = fact["fact"], int(fact["at_ms"])
            self._last_ms = max(self._last_ms, at_ms)
            self._take(kind, fact, line if line.endswith(b"\n") else line + b"\n")
        except (ValueError, KeyError, TypeError):  # torn by a full disk
            return

    @property
    def lines(self) -> list[bytes]:
        """Those that hold, in the order in which they were written."""
        for name in [name for name, over_ms in self._over_ms.items() if over_ms < self._last_ms - _KEPT_MS]:
            self._held.pop(("callback", name), None)
            del self._over_ms[name]
        numbered = (one for lines in self._held.values() for one in lines.items())
        return [line for _, line in sorted(numbered)]

    def _take(self, kind: str, fact: Said, line: bytes) -> None:
        match kind:
            case "RecordingPaused" if fact["by"] == FLOW:  # a flow's own pauses end otherwise (ivr.recording_pause)
                pass
            case _ if kind in _BEGINNINGS:
                self._replace(_key(_BEGINNINGS[kind], fact), line)
            case _ if kind in _ENDS:
                self._held.pop(_key(_ENDS[kind], fact), None)
            case "AgentStateChanged":
                self._seat(fact, line)
            case "NotReadyExceeded" if ("agent", fact["agent"]) in self._held:
                self._append(("agent", fact["agent"]), line)
            case "CallOutcomeSet" | "OutcomeOwed":
                self._owe((kind, fact["linkedid"]), fact["at_ms"], line)
            case _ if kind.startswith("Callback") or kind in _STAYS:
                self._call_back(kind, fact, line)
            case _:
                pass

    def _seat(self, fact: Said, line: bytes) -> None:
        """Of a stay away from work its first line and its last say all, and whether it was told to be too long."""
        agent = fact["agent"]
        away = fact["status"] == Status.NOT_READY and {fact["before"], fact["after"]} <= ABSENT
        held = self._held.get(("agent", agent))
        if held is None or not away or self._reasons.get(agent) != fact["reason"]:
            self._reasons[agent] = fact["reason"]
            self._replace(("agent", agent), line)
            return
        first, *later = held.items()
        told = [one for one in later if b'"NotReadyExceeded"' in one[1]]
        self._held["agent", agent] = dict([first, *told])
        self._append(("agent", agent), line)

    def _owe(self, key: Key, at_ms: int, line: bytes) -> None:
        """Of each call the last line of either kind, for a day of such lines (acd.outcomes)."""
        self._replace(key, line)
        self._closed_ms.pop(key, None)
        self._closed_ms[key] = at_ms
        while self._closed_ms[old := next(iter(self._closed_ms))] < at_ms - REMEMBERED_MS:
            self._held.pop(old, None)
            del self._closed_ms[old]

    def _call_back(self, kind: str, fact: Said, line: bytes) -> None:
        name = fact.get("callback") or (callback_of(fact["linkedid"]) if kind in _STAYS else "")
        if kind == "CallbackRequested":
            self._replace(("callback", name), line)
            self._over_ms.pop(name, None)
        elif ("callback", name) in self._held:
            self._append(("callback", name), line)
            if kind == "CallbackEnded":
                self._over_ms[name] = fact["at_ms"]
            elif kind == "CallbackAttempted" and fact["due_ms"]:
                self._over_ms.pop(name, None)  # it goes on after all

    def _replace(self, key: Key, line: bytes) -> None:
        self._held[key] = {self._next(): line}

    def _append(self, key: Key, line: bytes) -> None:
        self._held.setdefault(key, {})[self._next()] = line

    def _next(self) -> int:
        self._count += 1
        return self._count


def _key(of: tuple[str, ...], fact: Said) -> Key:
    name, *fields = of
    return (name, *(fact[field] for field in fields))
