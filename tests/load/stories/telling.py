"""What must be in the record of a story, noted while it is performed: each change with its earliest and its latest
moment."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from recording.record import ASTERISK_LOST

WITHIN = timedelta(milliseconds=60)
"""Times are Asterisk's, taken by the same clock; what is noted here is told a moment after."""

ROUNDED_MS = 3
LEAST_MS = 2
"""What is shorter lies between two clocks: who is sent on out of a hold was, for the router, taken back just before."""
_PASSED_OVER = {"ivr", "ringing", "preparing"}
Met = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """From then on he met this."""

    met: Met
    earliest: datetime
    latest: datetime


@dataclass(slots=True)
class Telling:
    """What has happened to one caller."""

    changes: list[Change] = field(default_factory=list)
    offers: list[tuple[str, str]] = field(default_factory=list)
    conversations: list[str] = field(default_factory=list)
    transfers: list[tuple[str, str, str, str]] = field(default_factory=list)
    parkings: list[tuple[str, str, str]] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    """Colleagues who came into a conference: their wrap-up is of the call in which they were asked."""
    mutes: list[str] = field(default_factory=list)
    pauses: int = 0
    consults: int = 0
    deaths: int = 0
    scores: list[int | None] = field(default_factory=list)
    direction: str = "inbound"
    messages: int = 0
    lost: bool = False
    """Asterisk died in this call."""
    without_wrap_up: bool = False
    queue: str = ""
    """Where he waits, or waited last."""
    asked: str = ""
    """The queue in which an agent asked last, empty for a colleague by name."""

    @contextmanager
    def becomes(self, kind: str, *agents: str, queue: str = "") -> Iterator[None]:
        """What happens in this block makes him meet that from some moment in it."""
        earliest = datetime.now(UTC)
        yield
        self.changes.append(Change((kind, queue, tuple(sorted(agents))), earliest, datetime.now(UTC)))

    @property
    def wrapping_up(self) -> list[str]:
        """Who wraps up after this call, as often as he does."""
        if self.without_wrap_up:
            return []
        return sorted((Counter(self.conversations) - Counter(self.joined)).elements())

    def spoke_next(self, agent: str) -> None:
        """The agent has come to speak with him: whoever sent him on without knowing to whom, sent him there."""
        self.conversations.append(agent)
        self.transfers = [(kind, by, to, next_ or agent) for kind, by, to, next_ in self.transfers]


def differences(told: Telling, record: Mapping[str, Any]) -> list[str]:
    """In what the record differs from what has happened; empty where it is true."""
    found = [*_tiling(record), *_met(told, record)]
    wanted: dict[str, tuple[Any, Any]] = {
        "conversations": (told.conversations, [one["agent"] for one in record["conversations"]]),
        "transfers": (
            told.transfers,
            [(one["kind"], one["agent"], one["queue"] or "", one["to"] or "") for one in record["transfers"]],
        ),
        "mutes": (told.mutes, [one["agent"] for one in record["mutes"]]),
        "scores": (told.scores, [one["score"] for one in record["surveys"]]),
        "direction": (told.direction, record["direction"]),
        "messages": (told.messages, len(record["messages"])),
        "lost": (told.lost, record["reason"] == ASTERISK_LOST),
    }
    if not told.lost:
        wanted["missing"] = ([], record["missing"])
        wanted["pauses"] = (told.pauses, sum(len(one["pauses"]) for one in record["recordings"]))
        parked = [(one["agent"], one["outcome"] or "", one["to"] or "") for one in record["parkings"]]
        wanted["parkings"] = (told.parkings, parked)
    if not told.deaths and not told.lost:
        wanted["offers"] = (told.offers, [(one["agent"], one["outcome"]) for one in record["offers"]])
        wanted["reconstructed"] = (False, record["reconstructed"])
        wanted["wrapped up"] = (told.wrapping_up, sorted(one["agent"] for one in record["wrap_ups"]))
    found += [f"{name}: happened {here}, record {there}" for name, (here, there) in wanted.items() if here != there]
    return found


def _tiling(record: Mapping[str, Any]) -> Iterator[str]:
    """No gap, no overlap, nothing empty; the sums are those of the record."""
    at = record["started_at"]
    for one in record["segments"]:
        if one["started_at"] != at or _ms(one) <= 0:
            yield f"segment {one['kind']} begins {one['started_at']}, ends {one['ended_at']}, the one before ended {at}"
        at = one["ended_at"]
    if at != record["ended_at"]:
        yield f"the last segment ends {at}, the call {record['ended_at']}"
    sums = {"talk_ms": ("talking", "conference"), "hold_ms": ("hold",), "parked_ms": ("parked",)}
    sums["wait_ms"] = ("waiting", "fallback")
    for name, kinds in sums.items():
        total = sum(_ms(one) for one in record["segments"] if one["kind"] in kinds)
        more = name == "wait_ms" and record["origin"]  # a call-back keeps the place in which it was asked for
        apart = total - record[name] if more else abs(total - record[name])
        if apart > ROUNDED_MS * max(1, len(record["segments"])):
            yield f"{name} is {record[name]}, its segments {total}"


def _met(told: Telling, record: Mapping[str, Any]) -> Iterator[str]:
    """What he met in order, each from a moment that was possible."""
    theirs = [*_collapsed(record["segments"])]
    here, there = [one.met for one in told.changes], [met for met, _ in theirs]
    if here != there:
        yield f"met {here}, record {there}"
        return
    for change, (met, since) in zip(told.changes, theirs, strict=True):
        if not change.earliest - WITHIN <= since <= change.latest + WITHIN:
            yield f"{met} from {since}, happened {change.earliest} to {change.latest}"


def _collapsed(segments: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Met, datetime]]:
    """The plain queue is waiting as well, and the moments of the flow in between are left out."""
    told = [(_as_met(one), _ms(one), datetime.fromisoformat(one["started_at"])) for one in segments]
    counting = [one for one in told if one[0][0] not in _PASSED_OVER and one[1] >= LEAST_MS]
    for met, same in groupby(counting, lambda one: one[0]):
        yield met, next(same)[2]


def _as_met(segment: Mapping[str, Any]) -> Met:
    kind = "waiting" if segment["kind"] == "fallback" else segment["kind"]
    return kind, (segment["queue"] or "") if kind == "waiting" else "", tuple(segment["agents"])


def _ms(segment: Mapping[str, Any]) -> float:
    ends = (datetime.fromisoformat(segment[end]) for end in ("ended_at", "started_at"))
    return (next(ends) - next(ends)) / timedelta(milliseconds=1)
