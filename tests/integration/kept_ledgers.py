"""Keeps what both sides wrote of a call as a fixture of the fold's unit tests (tests/ledgers.py).

With KEEP_LEDGERS=1 in the environment a test that names its call rewrites tests/fixtures/ledgers/<name>; without, it
does nothing. Every run writes other times and ports, so this is for when a story is new or its calls go another way.
"""

import csv
import io
import os
from pathlib import Path

from cti.settings import Settings
from recording.entries import Entry, Source
from recording.facts import read_facts
from recording.ledger import read_rows
from tests.ledgers import FOLDER

WANTED = "KEEP_LEDGERS"
_UNIQUEID = 16
"""The column of Asterisk's own call records."""


def keep_ledger(settings: Settings, linkedid: str, name: str, folder: Path = FOLDER) -> None:
    """Keep all lines of that call, if that is wanted: it is over, and so is what follows it."""
    if not os.environ.get(WANTED):
        return
    log = settings.state / "asterisk/log"
    rows = read_rows((log / "cel-custom/ledger.csv").read_bytes()).events
    facts = read_facts(settings.journal.read_bytes()).events
    own = [(body, row) for body, row in rows if row.linkedid == linkedid]
    there = {row.uniqueid for _, row in own}
    with (log / "cdr-csv/Master.csv").open(newline="") as file:
        theirs = [row for row in csv.reader(file) if row[_UNIQUEID] in there]
    kept = io.StringIO()
    csv.writer(kept, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(theirs)
    (folder / name).mkdir(exist_ok=True)
    files = {
        "ledger.csv": [body for body, _ in own],
        "facts.jsonl": [body for body, fact in facts if Entry(Source.JOURNAL, body, fact).linkedid == linkedid],
        "cdr.csv": kept.getvalue().splitlines(),
    }
    for file_name, lines in files.items():
        (folder / name / file_name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
