"""Messages on their way into the book of call-backs, those included that a daemon before us left behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from acd.facts import CallbackRequested, VoicemailLeft
from cti.callbacks.messages import MessageRoom
from ivr.messages import Messages, Note, Take
from tests.unit.calling_floor import NUMBER, CallingFloor, calling, settle
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit

CHANNEL = "node1-7.1"
NOTE = Note(
    linkedid="node1-7.0", channel=CHANNEL, number=NUMBER, queue="sales", language="cmn", begun_ms=1, entered_ms=500,
    priority=2, skills={"sales": 3}, requires="sales >= 3", data={"topic": "tea"},
)  # fmt: skip


def room(floor: CallingFloor, folder: Path) -> MessageRoom:
    """The daemon's."""
    return MessageRoom(folder / "voicemail", floor.desk, floor.means)


@contextmanager
def spoken(messages: Messages, note: Note = NOTE) -> Iterator[Take]:
    """Three seconds of a message are on the disk."""
    with messages.taking(note) as take:
        take.sound.with_name(f"{take.name}.wav").write_bytes(bytes(44 + 3_000 * 16))
        yield take


def left_behind(folder: Path, note: Note = NOTE) -> None:
    """A daemon was killed meanwhile."""
    with spoken(Messages(folder / "voicemail", lambda note, file, length_ms: None), note):
        pass


@in_virtual_time
async def test_a_message_stands_in_the_book_with_all_its_caller_has(tmp_path: Path) -> None:
    async with calling() as floor:
        with spoken(room(floor, tmp_path).messages) as take:
            take.keep(3_000)
        await settle()
        (left,), (asked,) = floor.stated(VoicemailLeft), floor.stated(CallbackRequested)
        assert (left.linkedid, left.queue, left.language, left.duration_ms) == ("node1-7.0", "sales", "cmn", 3_000)
        assert (asked.message, asked.entered_ms, asked.priority) == (left.file, 500, 2)
        assert (asked.skills, asked.requires, asked.data) == ({"sales": 3}, "sales >= 3", {"topic": "tea"})


@in_virtual_time
async def test_what_a_daemon_before_us_left_is_delivered_when_asterisk_is_there(tmp_path: Path) -> None:
    left_behind(tmp_path)
    async with calling() as floor:
        room(floor, tmp_path)
        assert not floor.stated(CallbackRequested)
        await floor.link()
        assert len(floor.stated(CallbackRequested)) == 1
        await floor.link()
        assert len(floor.stated(CallbackRequested)) == 1


@in_virtual_time
async def test_who_still_speaks_is_waited_for_until_his_channel_is_gone(tmp_path: Path) -> None:
    left_behind(tmp_path)
    async with calling() as floor:
        floor.channels[CHANNEL] = "node1-7.0"
        one = room(floor, tmp_path)
        await floor.link()
        assert not floor.stated(CallbackRequested)
        del floor.channels[CHANNEL]
        one.gone("another")
        assert not floor.stated(CallbackRequested)
        one.gone(CHANNEL)
        assert len(floor.stated(CallbackRequested)) == 1


@in_virtual_time
async def test_a_message_that_the_journal_knows_already_is_not_delivered_again(tmp_path: Path) -> None:
    async with calling() as floor:
        room(floor, tmp_path)
        left_behind(tmp_path)
        await floor.link()
        left_behind(tmp_path)  # the daemon died before it had put the note away
        await floor.link()
        assert len(floor.stated(CallbackRequested)) == len(floor.stated(VoicemailLeft)) == 1
        assert not list((tmp_path / "voicemail").glob("*.json"))


@in_virtual_time
async def test_messages_of_others_are_delivered_though_one_cannot_be(tmp_path: Path) -> None:
    left_behind(tmp_path, replace(NOTE, queue="gone", begun_ms=2))
    left_behind(tmp_path)
    async with calling() as floor:
        room(floor, tmp_path)
        await floor.link()
        assert {asked.queue for asked in floor.stated(CallbackRequested)} == {"gone", "sales"}
