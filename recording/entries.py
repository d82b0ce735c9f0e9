"""The units in which the ledger and the journal reach the data base."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from acd.facts import AgentStateChanged, CallFact, Fact
from recording.facts import parse_fact
from recording.ledger import LedgerRow, parse_row
from recording.lines import RejectedLine

_OF_CALLS = (LedgerRow, CallFact, AgentStateChanged)


class Source(StrEnum):
    """Who wrote a line."""

    LEDGER = "ledger"  # Asterisk
    JOURNAL = "journal"  # the router


@dataclass(slots=True)
class Entry:
    """A line and what it says. Nobody changes one; that it cannot be changed would cost more than to digest it."""

    source: Source
    body: str
    event: LedgerRow | Fact

    linkedid: str = field(init=False, repr=False, compare=False)
    """The call it belongs to; empty for what concerns no call."""
    digest: str = field(init=False, repr=False, compare=False)
    """The line's identity, by which it is kept once however often it is read."""

    def __post_init__(self) -> None:
        event = self.event
        self.linkedid = event.linkedid if isinstance(event, _OF_CALLS) else ""
        self.digest = sha256(f"{self.source}\n{self.body}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Position:
    """How far a file was read. `head` identifies the file by the digest of its first bytes, so that neither renaming
    nor copying it confuses us; empty at the very beginning.
    """

    offset: int = 0
    head: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one reading of one file gave, and where reading goes on. It is stored whole or not at all."""

    source: Source
    entries: Sequence[Entry]
    rejected: Sequence[RejectedLine]
    position: Position


def entry(source: Source, body: str) -> Entry:
    """A stored line as an entry again."""
    return Entry(source, body, parse_row(body) if source is Source.LEDGER else parse_fact(body))
