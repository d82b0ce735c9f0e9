"""Messages on the disk: what is found when whoever recorded them is gone."""

import json
import wave
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ivr.messages import Messages, Note, Take

pytestmark = pytest.mark.unit

CHANNEL = "node1-7.1"
NOTE = Note(
    linkedid="node1-7.0",
    channel=CHANNEL,
    number="13900000001",
    queue="sales",
    language="cmn",
    begun_ms=1_000,
    entered_ms=500,
    priority=2,
    skills={"sales": 3},
    requires="sales >= 3",
    data={"topic": "茶"},
)


@dataclass
class Room:
    """A folder, and what was handed over."""

    folder: Path
    got: list[tuple[Note, str, int]] = field(default_factory=list)

    def open(self) -> Messages:
        """As a daemon that has just started finds it."""
        return Messages(self.folder, lambda *message: self.got.append(message))

    def begin(self) -> Take:
        """A daemon that was killed while the message was spoken."""
        with self.open().taking(NOTE) as take:
            return take

    def files(self) -> list[str]:
        """By their endings."""
        return sorted(file.name.removeprefix(f"{NOTE.linkedid}-{NOTE.begun_ms}") for file in self.folder.iterdir())


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path / "voicemail")


def speak(sound: Path, length_ms: int, *, header: bytes = bytes(44)) -> None:
    """So much of it is on the disk, with a header that Asterisk has not finished."""
    sound.with_name(f"{sound.name}.wav").write_bytes(header + b"\1\2" * (length_ms * 8))


def test_what_was_spoken_is_handed_over_with_all_that_was_noted_and_can_be_played(room: Room) -> None:
    take = room.begin()
    speak(take.sound, 3_000)
    assert room.open().recover(()) == 1
    name = f"{NOTE.linkedid}-{NOTE.begun_ms}.wav"
    assert room.got == [(NOTE, f"voicemail/{name}", 3_000)]
    assert room.files() == [".wav"]
    with wave.open(str(room.folder / name)) as sound:
        assert (sound.getnframes(), sound.getframerate(), sound.getnchannels()) == (24_000, 8_000, 1)
    assert room.open().recover(()) == 0


def test_half_a_sample_at_the_end_is_left_out(room: Room) -> None:
    take = room.begin()
    speak(take.sound, 3_000)
    file = take.sound.with_name(f"{take.sound.name}.wav")
    file.write_bytes(file.read_bytes() + b"\1")
    room.open().recover(())
    with wave.open(str(file)) as sound:
        assert sound.getnframes() == 24_000


def test_who_still_speaks_is_left_alone_until_his_channel_is_gone(room: Room) -> None:
    speak(room.begin().sound, 3_000)
    messages = room.open()
    assert messages.recover({CHANNEL: NOTE.linkedid}) == 0
    assert messages.gone("another") == 0
    assert messages.gone(CHANNEL) == 1
    assert messages.gone(CHANNEL) == 0


def test_a_session_that_ends_in_the_midst_leaves_it_until_his_channel_is_gone(room: Room) -> None:
    messages = room.open()
    with messages.taking(NOTE) as take:
        speak(take.sound, 3_000)
    assert room.got == []
    assert messages.gone(CHANNEL) == 1


def test_a_message_of_a_session_of_ours_is_left_to_that(room: Room) -> None:
    messages = room.open()
    with messages.taking(NOTE) as take:
        speak(take.sound, 3_000)
        assert messages.recover(()) == 0
    assert messages.recover(()) == 1


@pytest.mark.parametrize("length_ms", [None, 0, 1_999])
def test_what_is_no_message_leaves_nothing(room: Room, length_ms: int | None) -> None:
    take = room.begin()
    if length_ms is not None:
        speak(take.sound, length_ms)
    assert room.open().recover(()) == 0
    assert (room.got, room.files()) == ([], [])


@pytest.mark.parametrize(("anew_ms", "kept_ms"), [(4_000, 4_000), (500, 3_000)])
def test_a_take_anew_counts_where_it_is_a_message(room: Room, anew_ms: int, kept_ms: int) -> None:
    take = room.begin()
    speak(take.sound, 3_000)
    speak(take.anew, anew_ms)
    room.open().recover(())
    assert [length_ms for _, _, length_ms in room.got] == [kept_ms]
    assert room.files() == [".wav"]


def test_a_message_is_handed_over_once(room: Room) -> None:
    with room.open().taking(NOTE) as take:
        speak(take.sound, 3_000)
        take.keep(3_000)
        take.keep(3_000)
    assert len(room.got) == 1


def test_a_note_that_cannot_be_read_holds_up_no_other(room: Room) -> None:
    speak(room.begin().sound, 3_000)
    (room.folder / "a.json").write_text("{torn")
    (room.folder / "b.json").write_text(json.dumps({"linkedid": 1}))
    assert room.open().recover(()) == 1


@pytest.mark.parametrize("name", ["nobody", "../../etc/passwd", ""])
def test_a_name_that_is_none_finds_nothing(room: Room, name: str) -> None:
    room.begin()
    assert room.open().find(name) is None


def test_a_message_found_by_its_name_is_finished(room: Room) -> None:
    speak(room.begin().sound, 3_000)
    take = room.open().find(f"{NOTE.linkedid}-{NOTE.begun_ms}")
    assert take is not None
    assert take.recover()
    assert len(room.got) == 1
