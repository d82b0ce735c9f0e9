"""The alarm rises before the disk is full and when it is, and what was lost then is known to have that cause."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recording.room import Room, Space

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
