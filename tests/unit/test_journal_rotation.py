"""The journal begins a new file with each day and where one is large enough, and whenever its writer dies each line
that was written stands in one file, in order.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from acd.facts import CallEnded, SurgeDeclared
from acd.states import EndedBy
from recording.journal import Journal
from recording.past import Past
from recording.series import Series
from recording.standing import keep_standing, standing
from tests.ledgers import line_of
from tests.unit.journal_under_fire import DAY_MS, FACTS

pytestmark = pytest.mark.unit

HOUSE = Path(__file__).parents[2]


def ended(at_ms: int) -> CallEnded:
    return CallEnded(at_ms=at_ms, linkedid="node1-1.1", by=EndedBy.CALLER, reason="hung_up")


def surge(at_ms: int, queue: str) -> SurgeDeclared:
    return SurgeDeclared(at_ms=at_ms, queue=queue, on=True, cause="api")


def whole(journal: Path) -> list[bytes]:
    return [line for path in Series(journal).files() for line in path.read_bytes().splitlines(keepends=True)]


def test_whoever_kills_the_writer_no_line_is_lost_doubled_or_out_of_order(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "tests.unit.journal_under_fire", str(tmp_path))
    said = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=True, timeout=120).stdout
    acknowledged = [(int(call), int(number)) for call, number in re.findall(r"^stated (\d+) (\d+)$", said, re.M)]
    assert acknowledged[-1][0] > 60  # so many system calls were died before
    assert [one for one in acknowledged if one[0] == acknowledged[-1][0]] == [
        (acknowledged[-1][0], number) for number in range(FACTS)
    ]
    series = Series(tmp_path / "facts.jsonl")
    kept = [tuple(map(int, found)) for line in whole(series.path) if (found := _life(line))]
    assert kept == sorted(set(kept))
    oldest = kept[0]
    missing = {one for one in acknowledged if one >= oldest} - set(kept)
    assert not missing
    unfinished = {one for one in kept if one not in acknowledged}  # written, and killed before saying so
    assert all((call, number + 1) not in acknowledged for call, number in unfinished)
    numbers = [number for number, _ in series.aside()]
    assert numbers == [*range(numbers[0], numbers[-1] + 1)]
    assert numbers[0] > 1  # old ones were removed
    standing(series.path)


def _life(line: bytes) -> tuple[str, str] | None:
    found = re.search(rb"life(\d+)fact(\d+)", line)
    return (found[1].decode(), found[2].decode()) if found else None


def test_a_new_file_is_begun_with_the_first_fact_of_a_day(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    days = [30_000, 30_000, 30_001, 30_001, 30_003]
    journal = Journal(path)
    for day in days:
        journal.append(ended(day * DAY_MS))
    journal.close()
    assert [len(one.read_bytes().splitlines()) for one in Series(path).files()] == [2, 2, 1]


def test_a_journal_of_yesterday_is_moved_aside_by_the_first_fact_of_today(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_bytes(line_of(ended(1)))
    os.utime(path, (1, 1))
    journal = Journal(path)
    journal.append(ended(DAY_MS))
    journal.close()
    assert [one.read_bytes() for one in Series(path).files()] == [line_of(ended(1)), line_of(ended(DAY_MS))]


def test_a_new_file_is_begun_where_one_is_large(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    journal = Journal(path, most_bytes=200)
    for at_ms in range(20):
        journal.append(ended(at_ms))
    journal.close()
    files = Series(path).files()
    assert len(files) > 5
    assert all(one.stat().st_size < 400 for one in files)
    assert whole(path) == [line_of(ended(at_ms)) for at_ms in range(20)]


def test_where_no_file_can_be_begun_the_old_one_is_written_on_and_it_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "facts.jsonl"
    journal = Journal(path, most_bytes=200)
    with monkeypatch.context() as patched:
        patched.setattr("recording.journal.opened", _refused)
        for at_ms in range(4):
            journal.append(ended(at_ms))
        assert journal.healthy
        assert [one.name for one in Series(path).files()] == ["facts.jsonl.000001"]
    for at_ms in range(4, 12):
        journal.append(ended(at_ms))
    journal.close()
    assert len(Series(path).files()) > 2
    assert whole(path) == [line_of(ended(at_ms)) for at_ms in range(12)]


def _refused(path: Path) -> int:
    raise OSError(24, "Too many open files", str(path))


def test_what_held_is_read_beside_the_newest_file_and_nothing_older(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    journal = Journal(path, most_bytes=300)
    journal.append(surge(1, "sales"))
    for at_ms in range(2, 20):
        journal.append(ended(at_ms))
    journal.append(surge(20, "support"))
    journal.close()
    made = keep_standing(path)
    assert len(made) == len(Series(path).aside())
    assert made[0].stat().st_mode & 0o077 == 0
    assert keep_standing(path) == []
    for _, old in Series(path).aside():
        old.write_bytes(b"never read\n")
    assert standing(path) == [line_of(surge(1, "sales")), line_of(surge(20, "support"))]


def test_a_past_of_which_files_were_removed_says_since_when_it_is_known(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    journal = Journal(path, most_bytes=200)
    for at_ms in range(1000, 1020):
        journal.append(ended(at_ms))
    journal.close()
    keep_standing(path)
    assert Past(path, 0).gone_until_ms is None
    (_, oldest), (_, second), *_ = Series(path).aside()
    oldest.unlink()
    begun_ms = int(second.read_bytes().split(b'"at_ms":')[1].split(b",")[0])
    assert Past(path, 1000).gone_until_ms == begun_ms
    assert Past(path, begun_ms).gone_until_ms is None
