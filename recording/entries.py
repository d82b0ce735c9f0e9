"""The units in which the ledger and the journal reach the data base."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from acd.facts import AgentStateChanged, CallFact, Fact
from recording.facts import parse_fact
from recording.ledger import LedgerRow, parse_row
from recording.lines import RejectedLine


class Source(StrEnum):
    """Who wrote a line."""

    LEDGER = "ledger"  # Asterisk
    JOURNAL = "journal"  # the router


@dataclass(frozen=True, slots=True)
class Entry:
    """A line and what it says."""

    source: Source
    body: str
    event: LedgerRow | Fact

    linkedid: str = field(init=False, repr=False, compare=False)
    """The call it belongs to; empty for what concerns no call."""
    _digest: str = field(default="", init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        event = self.event
        linkedid = event.linkedid if isinstance(event, LedgerRow | CallFact | AgentStateChanged) else ""
        object.__setattr__(self, "linkedid", linkedid)

    @property
    def digest(self) -> str:
        """The line's identity, by which it is kept once however often it is read. Reckoned when first asked for."""
        if not self._digest:
            digest = sha256(f"{self.source}\n{self.body}".encode()).hexdigest()[:32]
            object.__setattr__(self, "_digest", digest)
        return self._digest


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
