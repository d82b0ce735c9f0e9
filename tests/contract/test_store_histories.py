"""However the lines of calls reach the store, the records are those of all lines: files that grow by any number of
bytes, are moved aside, torn, copied and read again, by processes that are killed at any moment.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acd.facts import Fact
from recording.entries import Batch, Entry, Position, Source
from recording.facts import read_facts
from recording.fold import fold
from recording.ingest import Ingest
from recording.ledger import LedgerRow, read_rows
from recording.record import CallRecord
from recording.rotation import Rotation
from recording.series import Series
from recording.store import CallFilter, Page, Store
from recording.unwritten import BEGINS
from tests.ledgers import CALLBACKS, FOLDER, RealCall, real_call

pytestmark = pytest.mark.contract

EVERY = [(folder, one.name) for folder in (FOLDER, CALLBACKS) for one in sorted(folder.iterdir())]
CALLS = st.lists(st.sampled_from(EVERY), min_size=1, max_size=4, unique=True)
LEDGER, JOURNAL = Path("cel-custom/ledger.csv"), Path("journal/facts.jsonl")


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data base with its tables and nothing in them."""
    file = tmp_path_factory.mktemp("empty") / "callcenter.db"

    async def make() -> None:
        store = Store(f"sqlite:///{file}")
        await store.migrate()
        await store.close()

    asyncio.run(make())
    return file


def shuffled(data: st.DataObject, parts: Sequence[bytes]) -> list[bytes]:
    """The lines of all, in any order that keeps each part's own."""
    left = [lines for part in parts if (lines := part.splitlines(keepends=True))]
    order: list[bytes] = []
    while left:
        lines = left[data.draw(st.integers(0, len(left) - 1))]
        order.append(lines.pop(0))
        left = [lines for lines in left if lines]
    return order


def doubled(data: st.DataObject, lines: Sequence[bytes]) -> list[bytes]:
    """Some of the lines once more, where the others are over."""
    again = data.draw(st.lists(st.sampled_from(lines), max_size=5)) if lines else []
    return [*lines, *again]


def records_of(ledger: bytes, journal: bytes) -> dict[str, CallRecord]:
    """The records of all lines of these bytes, by the pure fold."""
    rows = dict(read_rows(ledger, final=True).events)
    facts = dict(read_facts(journal, final=True).events)
    entries = [
        *(Entry(Source.LEDGER, body, row) for body, row in rows.items()),
        *(Entry(Source.JOURNAL, body, fact) for body, fact in facts.items()),
    ]
    found = {}
    for linkedid in {one.linkedid for one in entries} - {""}:
        own = [one.event for one in entries if one.linkedid == linkedid]
        record = fold(
            [event for event in own if isinstance(event, LedgerRow)],
            [event for event in own if isinstance(event, Fact)],
        )
        if record is not None:
            found[linkedid] = record
    return found


def _calls(names: Sequence[tuple[Path, str]]) -> list[RealCall]:
    return [real_call(name, folder) for folder, name in names]


class History:
    """Two files in a folder, a data base, and what happens to them."""

    def __init__(self, folder: Path, empty: Path) -> None:
        shutil.copy(empty, folder / "callcenter.db")
        self._folder = folder
        self._aside = 0
        self.written = {LEDGER: b"", JOURNAL: b""}
        for file in self.written:
            (folder / file).parent.mkdir()
        self.store = Store(f"sqlite:///{folder / 'callcenter.db'}")
        self.ingest = self._ingest()

    def _ingest(self) -> Ingest:
        async def on_record(record: CallRecord) -> None:
            pass  # a process that is killed tells nobody; what is stored is another matter

        return Ingest(self.store, self._folder / LEDGER, self._folder / JOURNAL, on_record)

    def write(self, file: Path, data: bytes) -> None:
        with (self._folder / file).open("ab") as opened:
            opened.write(data)
        self.written[file] += data

    async def move_aside(self, file: Path) -> None:
        """As a rotation does, after a whole line; not twice before the first was read: that would hide a file."""
        await self.ingest.catch_up()
        path = self._folder / file
        if path.exists() and path.read_bytes().endswith(b"\n"):
            self._aside += 1
            path.rename(path.with_suffix(f"{path.suffix}.{self._aside}"))

    def rotated(self, file: Path) -> None:
        """As our own rotation does, at any moment, however far it was read. Only what Asterisk writes may be torn where
        it is moved: a row goes to one file."""
        path = self._folder / file
        if path.exists() and path.read_bytes().endswith(b"\n"):
            Series(path).move_aside()

    async def old_removed(self) -> None:
        """Everything is old: what may go, goes."""
        both = {Source.LEDGER: self._folder / LEDGER, Source.JOURNAL: self._folder / JOURNAL}
        rotation = Rotation(
            self.store,
            journal=both[Source.JOURNAL],
            asterisks=[both[Source.LEDGER]],
            read=both,
            keep=timedelta(days=-1),
        )
        await rotation.look(datetime.now(UTC))

    async def read(self) -> None:
        await self.ingest.catch_up()

    async def killed_reading(self) -> None:
        """After the first piece was stored, or before; another process goes on."""
        keep = self.store.ingest

        async def stored_and_killed(batch: Batch) -> list[CallRecord]:
            await keep(batch)
            raise Killed

        with patch.object(self.store, "ingest", stored_and_killed), suppress(Killed):
            await self.ingest.catch_up()
        self.ingest = self._ingest()

    async def forgotten(self) -> None:
        """The data base is one of yesterday's: how far it was read is not known, and everything is read again."""
        for source in Source:
            await self.store.ingest(Batch(source=source, entries=(), rejected=(), position=Position()))
        self.ingest = self._ingest()

    async def closed(self) -> None:
        """Asterisk has none of these calls any more."""

        async def nothing() -> dict[str, str]:
            return {}

        with patch("recording.ingest.LAST_WORDS_S", 0):
            await self.ingest.close_vanished(nothing)

    async def records(self) -> dict[str, CallRecord]:
        kept = await self.store.calls(CallFilter(), Page(size=100))
        assert len({record.id for record in kept}) == len(kept)
        return {record.linkedid: record for record in kept}


ACTS = st.lists(
    st.sampled_from(
        ["read", "killed_reading", "forgotten", "ledger_aside", "journal_aside", "ledger_rotated", "journal_rotated",
         "old_removed"]
    ),
    max_size=8,
)  # fmt: skip


async def happen(history: History, act: str) -> None:
    match act:
        case "ledger_aside":
            await history.move_aside(LEDGER)
        case "journal_aside":
            await history.move_aside(JOURNAL)
        case "ledger_rotated" | "journal_rotated":
            history.rotated(LEDGER if act == "ledger_rotated" else JOURNAL)
        case _:
            await getattr(history, act)()


async def lived(history: History, data: st.DataObject, ledger: bytes, journal: bytes) -> dict[str, CallRecord]:
    """The records, when these bytes were written piece by piece and things happened between."""
    left = {LEDGER: ledger, JOURNAL: journal}
    try:
        for act in data.draw(ACTS):
            for file, rest in left.items():
                size = data.draw(st.integers(0, len(rest)))
                history.write(file, rest[:size])
                left[file] = rest[size:]
            await happen(history, act)
        for file, rest in left.items():
            history.write(file, rest)
        await history.read()
        await history.read()
        return await history.records()
    finally:
        await history.store.close()


@pytest.fixture
def folders() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


QUIETLY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _history(folders: Path, empty: Path) -> History:
    return History(Path(tempfile.mkdtemp(dir=folders)), empty)


@QUIETLY
@given(names=CALLS, data=st.data())
def test_calls_written_through_each_other_twice_rotated_and_read_by_mortals_are_each_one_record(
    folders: Path, empty: Path, names: Sequence[tuple[Path, str]], data: st.DataObject
) -> None:
    calls = _calls(names)
    ledger = b"".join(doubled(data, shuffled(data, [call.ledger for call in calls])))
    journal = b"".join(doubled(data, shuffled(data, [call.journal for call in calls])))
    expected = {record.linkedid: record for record in map(RealCall.record, calls)}
    assert asyncio.run(lived(_history(folders, empty), data, ledger, journal)) == expected


@QUIETLY
@given(names=CALLS, data=st.data())
def test_a_ledger_torn_at_any_byte_costs_what_is_torn_and_nothing_else(
    folders: Path, empty: Path, names: Sequence[tuple[Path, str]], data: st.DataObject
) -> None:
    """Power fails, the file ends anywhere; Asterisk is started again and writes on behind it."""
    calls = _calls(names)
    lines = shuffled(data, [call.ledger for call in calls])
    journal = b"".join(shuffled(data, [call.journal for call in calls]))
    before = data.draw(st.integers(0, len(lines)))
    torn = b"".join(lines[:before])
    torn = torn[: data.draw(st.integers(0, len(torn)))]
    ledger = torn + b"".join(lines[before:])
    records = asyncio.run(lived(_history(folders, empty), data, ledger, journal))
    assert records == records_of(ledger, journal)
    for call in calls:  # whose lines are all there
        if all(line in ledger.splitlines(keepends=True) for line in call.ledger.splitlines(keepends=True)):
            assert records[call.rows[0].linkedid] == call.record()


@QUIETLY
@given(names=CALLS, data=st.data())
def test_a_call_of_which_asterisk_wrote_nothing_is_one_record_and_the_same_one_when_its_lines_come_late(
    folders: Path, empty: Path, names: Sequence[tuple[Path, str]], data: st.DataObject
) -> None:
    """The ledger is full: what Asterisk writes of some calls comes late, by whole lines, or never."""
    calls = _calls(names)
    journal = b"".join(shuffled(data, [call.journal for call in calls]))
    late = b"".join(doubled(data, shuffled(data, [call.ledger for call in calls])))
    history = _history(folders, empty)

    async def live() -> tuple[dict[str, CallRecord], dict[str, CallRecord]]:
        try:
            lines = late.splitlines(keepends=True)
            early = data.draw(st.integers(0, len(lines)))
            for act in data.draw(st.permutations(["journal", "ledger"])):
                history.write(*((JOURNAL, journal) if act == "journal" else (LEDGER, b"".join(lines[:early]))))
                await history.read()
            await history.closed()
            await happen(history, data.draw(st.sampled_from(["read", "killed_reading", "forgotten", "closed"])))
            made = await history.records()
            history.write(LEDGER, b"".join(lines[early:]))
            await history.read()
            await history.closed()
            return made, await history.records()
        finally:
            await history.store.close()

    made, records = asyncio.run(live())
    assert records == {record.linkedid: record for record in map(RealCall.record, calls)}
    for call in calls:
        told = any(isinstance(fact, BEGINS) for fact in call.facts)
        assert not told or call.rows[0].linkedid in made, "who came and went has a record at any time"


@settings(max_examples=100, deadline=None)
@given(which=st.sampled_from(EVERY), data=st.data())
def test_a_file_cut_at_any_byte_reads_on_to_the_same_lines(which: tuple[Path, str], data: st.DataObject) -> None:
    call = real_call(which[1], which[0])
    cuts = sorted(data.draw(st.lists(st.integers(0, len(call.ledger)), max_size=4)))
    rows, start = [], 0
    for end in (*cuts, len(call.ledger)):
        reading = read_rows(call.ledger[start:end])
        rows.append(reading.events)
        assert not reading.rejected
        start += reading.consumed
    assert [*chain.from_iterable(rows)] == [*read_rows(call.ledger).events]
