"""The alarm rises before the disk is full and when it is, and what was lost then is known to have that cause."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recording.room import NOTED_SIZE, FullTimes, Room, Space

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_each_change_is_told_once_and_lost_time_has_its_cause() -> None:
    told: list[tuple[Space, int]] = []
    free = [5_000, 900, 800, 9, 8, 5_000, 5]
    room = Room(
        Path(), low=1_000, full=10, on_change=lambda space, left: told.append((space, left)), free=lambda _: free.pop(0)
    )
    minutes = [NOON + timedelta(minutes=number) for number in range(10)]
    for minute in minutes[:7]:
        room.look(minute)
    assert told == [(Space.LOW, 900), (Space.FULL, 9), (Space.ENOUGH, 5_000), (Space.FULL, 5)]
    assert room.cause(minutes[0], minutes[3]) == ""
    assert room.cause(minutes[2], minutes[4]) == "disk_full"
    assert room.cause(minutes[5], minutes[6]) == ""
    assert room.cause(minutes[7], minutes[9]) == "disk_full"  # it lasts


def test_a_real_folder_has_room(tmp_path: Path) -> None:
    room = Room(tmp_path, low=1, full=0, on_change=lambda *_: None)
    room.look(NOON)
    assert room.space is Space.ENOUGH


def room_of(noted: Path, *free: int) -> Room:
    left = list(free)
    return Room(
        Path(), low=1_000, full=10, on_change=lambda *_: None, free=lambda _: left.pop(0), noted=FullTimes(noted)
    )


def test_when_the_disk_was_full_is_still_known_after_a_restart(tmp_path: Path) -> None:
    noted = tmp_path / "disk-full.json"
    before = room_of(noted, 5_000, 5, 5_000, 5)
    size = noted.stat().st_size
    for minute in range(4):
        before.look(NOON + timedelta(minutes=minute))
    assert noted.stat().st_size == size == NOTED_SIZE  # a full disk has room for it
    after = room_of(noted, 5, 5_000)
    assert after.cause(NOON + timedelta(seconds=80), NOON + timedelta(seconds=90)) == "disk_full"
    assert after.cause(NOON + timedelta(seconds=121), NOON + timedelta(seconds=122)) == ""
    assert after.cause(NOON + timedelta(minutes=5), NOON + timedelta(minutes=6)) == "disk_full"  # until it is looked
    after.look(NOON + timedelta(minutes=5))
    after.look(NOON + timedelta(minutes=6))
    assert room_of(noted).cause(NOON + timedelta(minutes=7), NOON + timedelta(minutes=8)) == ""
    assert room_of(noted).cause(NOON + timedelta(minutes=4), NOON + timedelta(minutes=5)) == "disk_full"


def test_room_that_was_made_while_nobody_looked_ends_the_time(tmp_path: Path) -> None:
    noted = tmp_path / "disk-full.json"
    room_of(noted, 5).look(NOON)
    after = room_of(noted, 5_000)
    after.look(NOON + timedelta(hours=1))
    assert after.space is Space.ENOUGH
    assert after.cause(NOON + timedelta(minutes=59), NOON + timedelta(hours=2)) == "disk_full"
    assert after.cause(NOON + timedelta(hours=1), NOON + timedelta(hours=2)) == ""


@pytest.mark.parametrize("torn", [b"", b"[[", b"{}", b'[["yesterday", null]]'])
def test_a_torn_note_is_read_as_nothing_and_made_anew(tmp_path: Path, torn: bytes) -> None:
    noted = tmp_path / "disk-full.json"
    noted.write_bytes(torn)
    room = room_of(noted, 5)
    room.look(NOON)
    assert room_of(noted).cause(NOON, NOON + timedelta(seconds=1)) == "disk_full"


def test_of_too_many_times_the_latest_are_kept(tmp_path: Path) -> None:
    noted = FullTimes(tmp_path / "disk-full.json")
    noted.read()
    times = [(NOON + timedelta(minutes=n), NOON + timedelta(minutes=n, seconds=1)) for n in range(500)]
    noted.write(times)
    kept = noted.read()
    assert kept
    assert kept == times[-len(kept) :]


def test_where_nothing_can_be_noted_the_room_is_watched_all_the_same(tmp_path: Path) -> None:
    room = room_of(tmp_path / "nowhere" / "disk-full.json", 5)
    room.look(NOON)
    assert room.cause(NOON, NOON + timedelta(seconds=1)) == "disk_full"
