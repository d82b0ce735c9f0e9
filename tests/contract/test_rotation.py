"""Files that grow without end: when they are moved aside, and what is removed when. Nothing that is not in the data
base goes, however old it is and however long the data base is away.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from acd.facts import SurgeDeclared
from recording.entries import Source
from recording.ingest import Ingest
from recording.journal import Journal
from recording.record import CallRecord
from recording.rotation import MOST_OUTPUT, Rotation, cut_short
from recording.series import Series
from recording.standing import standing
from recording.store import Store
from tests.backlog import backlog
from tests.ledgers import line_of

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEEP = timedelta(days=3)


class Files:
    """The files of a centre, its recorder's reading and rotation."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.ledger, self.journal = folder / "cel-custom/ledger.csv", folder / "journal/facts.jsonl"
        self.calls = folder / "cdr-custom/calls.csv"
        for path in (self.ledger, self.journal, self.calls):
            path.parent.mkdir()
        self.log = folder / "messages"
        self.console = folder / "console"
        self.reopened = 0
        self.store = store
        self.ingest = Ingest(store, self.ledger, self.journal, _nobody)
        self.rotation = self.restarted()

    def restarted(self) -> Rotation:
        """The rotation of another process."""
        return Rotation(
            self.store,
            journal=self.journal,
            asterisks=[self.ledger, self.calls],
            read={Source.LEDGER: self.ledger, Source.JOURNAL: self.journal},
            logs=[self.log],
            reopen=self._reopen,
            outputs=[self.console],
            keep=KEEP,
            most_bytes=100_000,
        )

    async def _reopen(self) -> None:
        """Asterisk hears it the second time."""
        self.reopened += 1
        if self.reopened > 1:
            self.log.touch()

    def write(self, path: Path, data: bytes, at: datetime) -> None:
        with path.open("ab") as file:
            file.write(data)
        os.utime(path, (at.timestamp(), at.timestamp()))


async def _nobody(record: CallRecord) -> None:
    pass


@pytest.fixture
def files(store: Store, tmp_path: Path) -> Files:
    return Files(store, tmp_path)


def names(path: Path) -> list[str]:
    return [one.name for one in Series(path).files()]


async def test_a_file_is_moved_aside_when_its_day_is_over_or_it_is_large(files: Files) -> None:
    files.write(files.calls, b"row\n", NOON)
    await files.rotation.look(NOON)
    assert names(files.calls) == ["calls.csv"]
    await files.rotation.look(NOON + timedelta(hours=12))  # the first look of a day
    assert names(files.calls) == ["calls.csv.000001"]
    files.write(files.calls, b"x" * 100_000, NOON + DAY)
    await files.rotation.look(NOON + DAY)
    assert names(files.calls) == ["calls.csv.000001", "calls.csv.000002"]
    files.write(files.calls, b"row\n", NOON + DAY)
    await files.rotation.look(NOON + DAY)
    assert names(files.calls) == ["calls.csv.000001", "calls.csv.000002", "calls.csv"]
    await files.restarted().look(NOON + 2 * DAY)  # nobody looked at midnight
    assert names(files.calls) == [f"calls.csv.00000{number}" for number in (1, 2, 3)]


async def test_the_log_is_moved_aside_too_and_asterisk_told_until_it_has_opened_it_anew(files: Files) -> None:
    files.write(files.log, b"WARNING\n", NOON)
    await files.rotation.look(NOON)
    assert (names(files.log), files.reopened) == (["messages"], 0)
    for reopened, there in ((1, ["messages.000001"]), (2, ["messages.000001", "messages"])):
        await files.rotation.look(NOON + DAY)
        assert (names(files.log), files.reopened) == (there, reopened)
    files.write(files.log, b"x" * 100_000, NOON + DAY)
    await files.rotation.look(NOON + DAY)
    assert (names(files.log), files.reopened) == (["messages.000001", "messages.000002", "messages"], 3)
    files.write(files.log, b"x" * 100_000, NOON + 2 * DAY)
    await files.rotation.look(NOON + 9 * DAY)  # the newest aside stays, as in every series
    assert names(files.log) == ["messages.000003", "messages"]


async def test_an_empty_file_and_one_that_is_not_there_are_left(files: Files) -> None:
    files.write(files.calls, b"", NOON)
    await files.rotation.look(NOON + DAY)
    assert names(files.calls) == ["calls.csv"]
    assert names(files.ledger) == []


async def busy_days(files: Files, days: int) -> None:
    """Two calls a day, and a rotation that looks at noon and in the evening; every file is of its day."""
    calls = backlog(2 * days)
    journal = Journal(files.journal, most_bytes=3_000)
    dated: set[Path] = set()
    for day in range(days):
        now = NOON + day * DAY
        for call in (next(calls), next(calls)):
            files.write(files.ledger, call.ledger, now)
            files.write(files.calls, call.cdr or b"row\n", now)
            for fact in call.facts:
                journal.append(fact)
        for path in {path for _, path in Series(files.journal).aside()} - dated:
            os.utime(path, (now.timestamp(), now.timestamp()))
            dated.add(path)
        await files.rotation.look(now)
    journal.close()


async def test_what_is_old_and_in_the_data_base_is_removed_and_the_newest_aside_stays(files: Files) -> None:
    files.journal.write_bytes(line_of(SurgeDeclared(at_ms=1, queue="sales", on=True, cause="Li")))
    await busy_days(files, 6)
    held = standing(files.journal)
    await files.ingest.catch_up()
    before = {path: names(path) for path in (files.ledger, files.calls, files.journal)}
    await files.rotation.look(NOON + 6 * DAY)
    for path, then in before.items():
        now = names(path)
        assert then[-len(now) :] == now or then[-len(now) + 1 :] == now[:-1]
        assert 1 < len(now) < len(then), path.name
    assert standing(files.journal) == held
    await files.rotation.look(NOON + 100 * DAY)
    assert [len(Series(path).aside()) for path in before] == [1, 1, 1]
    assert standing(files.journal) == held


async def test_what_is_not_in_the_data_base_stays_however_old_and_all_of_it_is_stored_in_the_end(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    await busy_days(files, 6)
    there = names(files.ledger)
    await files.rotation.look(NOON + 50 * DAY)
    assert names(files.ledger)[: len(there) - 1] == there[:-1]
    assert len(Series(files.journal).aside()) > 1

    async def away(source: Source) -> None:
        raise OperationalError("", None, Exception("gone"))

    with monkeypatch.context() as patched:
        patched.setattr(files.store, "position", away)
        with pytest.raises(OperationalError):
            await files.rotation.look(NOON + 90 * DAY)
    assert names(files.ledger)[: len(there) - 1] == there[:-1]
    await files.ingest.catch_up()
    assert len(await files.store.calls()) == 12
    await files.rotation.look(NOON + 100 * DAY)
    assert len(Series(files.ledger).aside()) == 1
    await files.ingest.catch_up()
    assert len(await files.store.calls()) == 12


async def test_a_file_is_removed_only_when_reading_has_begun_with_a_later_one(files: Files) -> None:
    """The last file that was read may have grown by a line that was not read."""
    first, second, third = backlog(3)
    for call, day in ((first, 0), (second, 1)):
        files.write(files.ledger, call.ledger, NOON + day * DAY)
        Series(files.ledger).move_aside()
    await files.ingest.catch_up()
    files.write(files.ledger, third.ledger, NOON + 2 * DAY)
    Series(files.ledger).move_aside()
    await files.rotation.look(NOON + 50 * DAY)
    assert names(files.ledger) == ["ledger.csv.000002", "ledger.csv.000003"]
    await files.ingest.catch_up()
    assert len(await files.store.calls()) == 3


def test_what_a_process_prints_is_cut_short_and_its_next_line_stands_at_the_beginning(tmp_path: Path) -> None:
    output = tmp_path / "console"
    cut_short(output, most_bytes=10)  # nobody prints yet
    with output.open("ab", buffering=0) as process:
        process.write(b"0123456789")
        cut_short(output, most_bytes=10)
        assert output.read_bytes() == b"0123456789"
        process.write(b"abcde")
        cut_short(output, most_bytes=10)
        process.write(b"next\n")
        assert output.read_bytes() == b"next\n"
        assert (tmp_path / "console.before").read_bytes() == b"56789abcde"
        (tmp_path / "console.before").unlink()
        (tmp_path / "console.before").mkdir()  # nothing can be written there
        process.write(b"0123456789")
        cut_short(output, most_bytes=10)
        assert output.read_bytes() == b""


async def test_each_look_cuts_short_what_asterisk_prints(files: Files) -> None:
    files.console.write_bytes(b"." * (MOST_OUTPUT + 1))
    await files.rotation.look(NOON)
    assert files.console.stat().st_size == 0
    assert files.console.with_name("console.before").stat().st_size == MOST_OUTPUT
