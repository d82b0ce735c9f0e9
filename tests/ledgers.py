"""The ledgers of real calls (Asterisk 22.10, SIPp on both sides) with the router's journal beside them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from acd.facts import Fact, to_json
from recording.entries import Batch, Entry, Position, Source
from recording.facts import read_facts
from recording.fold import fold
from recording.ledger import LedgerRow, read_rows
from recording.record import CallRecord
from recording.store import Page

FOLDER = Path(__file__).parent / "fixtures" / "ledgers"
CALLBACKS = Path(__file__).parent / "fixtures" / "callback_ledgers"
EVERY = Page(size=500)
"""More than there are."""

NAMES = sorted(folder.name for folder in FOLDER.iterdir())


@dataclass(frozen=True)
class RealCall:
    """One call as it was written down by both sides."""

    ledger: bytes
    journal: bytes
    cdr: bytes

    @property
    def rows(self) -> list[LedgerRow]:
        return [row for _, row in read_rows(self.ledger).events]

    @property
    def facts(self) -> list[Fact]:
        return [fact for _, fact in read_facts(self.journal).events]

    def record(self) -> CallRecord:
        return whole(fold(self.rows, self.facts))

    def batches(self) -> list[Batch]:
        journal, ledger = read_facts(self.journal), read_rows(self.ledger)
        return [
            batch(Source.JOURNAL, [Entry(Source.JOURNAL, *one) for one in journal.events], journal.consumed),
            batch(Source.LEDGER, [Entry(Source.LEDGER, *one) for one in ledger.events], ledger.consumed),
        ]


def real_call(name: str, folder: Path = FOLDER) -> RealCall:
    ledger, journal, cdr = ((folder / name / file).read_bytes() for file in ("ledger.csv", "facts.jsonl", "cdr.csv"))
    return RealCall(ledger, journal, cdr)


def batch(source: Source, entries: Sequence[Entry], offset: int = 0) -> Batch:
    return Batch(source=source, entries=entries, rejected=(), position=Position(offset, "head"))


def whole(record: CallRecord | None) -> CallRecord:
    assert record is not None
    return record


def line_of(fact: Fact) -> bytes:
    """The fact as the journal has it."""
    return json.dumps(to_json(fact), separators=(",", ":")).encode() + b"\n"
