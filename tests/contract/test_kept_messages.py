"""Messages that callers have left are kept as recordings are: sealed, on a shelf, held, and deleted with proof."""

import asyncio
import os
import wave
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path

import pytest

from acd.callbacks import VoiceMessage
from cti.callbacks.audio import HEARING, KeptAudio
from cti.callbacks.means import MessageAway
from recording.encoding.codec import decode
from recording.keeping.kept import Kept, State
from recording.keeping.left_messages import LeftMessages, kept_name
from recording.keeping.listening import Listenings
from recording.keeping.master_keys import add_key
from recording.keeping.packing import Unpackable, packed, unpacked
from recording.keeping.retention import Days
from recording.keeping.sealer import Sealed, Sealer
from recording.keeping.shelves import SEALED_SUFFIX
from recording.manifest import Kind, Manifest
from recording.store import Store
from tests.keeping import CALL, Room, folder_shelf
from tests.made_tables import lend_tables
from tests.near_keeping import NearKeeping

pytestmark = pytest.mark.contract

pytest_plugins = ["tests.contract.databases"]

ID, LINKEDID = CALL.record().id, CALL.record().linkedid
BEGUN_MS = 1_700_000_000_000
FILE = f"voicemail/{LINKEDID}-{BEGUN_MS}.wav"
NAME = f"2023/11/14/{ID}-message-{BEGUN_MS}.wav"
WORDS = bytes(range(250)) * 160
MESSAGE = VoiceMessage(FILE, 2_500)


async def made(store: Store, tmp_path: Path) -> Room:
    """Recordings are sealed, on a shelf of their own."""
    room = Room(store, tmp_path / "recordings", folder_shelf(tmp_path), sealing=True, samples=_decoded)
    add_key(room.keys_file, "first")
    await room.begin()
    return room


def _decoded(file: Path, _: Manifest) -> Iterator[bytes]:
    return decode(file)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    lend_tables(tmp_path / "records.db")
    store = Store(f"sqlite:///{tmp_path / 'records.db'}")
    yield await made(store, tmp_path)
    await store.close()


@pytest.fixture
def audio(room: Room) -> KeptAudio:
    return KeptAudio(room.store, NearKeeping(room.shelves, room.eraser.erase), room.folder)


def left(room: Room) -> LeftMessages:
    return LeftMessages(room.kept, room.folder)


def speak(room: Room, file: str = FILE) -> bytes:
    """A finished message lies where it was spoken."""
    path = room.folder / file
    path.parent.mkdir(exist_ok=True)
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(WORDS)
    return path.read_bytes()


async def the_message(room: Room) -> Kept:
    (one,) = await room.kept.messages(ID)
    return one


def open_files(room: Room) -> list[str]:
    return sorted(str(file.relative_to(room.folder)) for file in room.folder.rglob("*.wav"))


async def test_a_message_lies_sealed_on_the_shelf_and_nowhere_open(room: Room) -> None:
    spoken = speak(room)
    await room.finish_and_move()
    assert await left(room).take("voicemail") == ""
    assert open_files(room) == [NAME]
    assert await room.mover.move() == ""
    assert open_files(room) == []
    one = await the_message(room)
    assert (one.kind, one.number, one.state, one.duration_ms) == (Kind.MESSAGE, 1, State.KEPT, 2_500)
    assert room.shelf.size(one.file + SEALED_SUFFIX)
    assert WORDS[:200] not in b"".join(room.shelf.read(one.file + SEALED_SUFFIX))
    assert b"".join(room.shelves.read(one, 0, one.bytes)) == spoken
    (track,) = room.shelves.peaks(one).tracks
    assert max(track.highest) > 100
    of_call = await room.kept.find(ID, 1)
    assert of_call
    assert (of_call.kind, of_call.format) == (Kind.CALL, "wav"), "the call's own recording is another"


@pytest.mark.parametrize("sealing", [True, False])
async def test_packed_it_is_heard_as_it_was_spoken_whole_in_ranges_and_by_telephone_and_goes_whole(
    tmp_path: Path, sealing: bool
) -> None:
    lend_tables(tmp_path / "records.db")
    store = Store(f"sqlite:///{tmp_path / 'records.db'}")
    room = Room(store, tmp_path / "recordings", folder_shelf(tmp_path), sealing=sealing, samples=_decoded, packing=True)
    add_key(room.keys_file, "first")
    await room.begin()
    spoken = speak(room)
    assert await left(room).take("voicemail") == ""
    assert await room.mover.move() == ""
    assert open_files(room) == []
    one = await the_message(room)
    assert (one.bytes, one.format) == (len(spoken), "wav")
    stored = b"".join(room.shelf.read(one.name))
    assert len(stored) < len(spoken)
    assert stored.startswith(b"fLaC") is not sealing
    for start, end in ((0, one.bytes), (44, 200), (one.bytes - 7, one.bytes)):
        assert b"".join(room.shelves.read(one, start, end)) == spoken[start:end]
    assert room.shelves.peaks(one).tracks
    sound = await KeptAudio(store, NearKeeping(room.shelves, room.eraser.erase), room.folder).fetch(MESSAGE)
    assert sound
    assert sound.path.read_bytes() == spoken
    sound.put_away()
    if not sealing:
        assert await Sealer(room.kept, room.shelves, room.turn).seal() == Sealed(1, 0)
        one = await the_message(room)
        assert b"".join(room.shelves.read(one, 0, one.bytes)) == spoken
        assert not b"".join(room.shelf.read(one.name)).startswith(b"fLaC")
    assert len(list(room.shelf.names())) == 3
    await room.erasures.ask([ID], rule="person", by="anna", why="asked for", at=room.now)
    assert await room.eraser.erase() == 1
    assert list(room.shelf.names()) == []
    await store.close()


def test_what_packing_would_not_give_back_is_not_packed() -> None:
    made = BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(WORDS)
    wav = made.getvalue()
    assert unpacked(packed(wav) or b"") == wav
    assert packed(wav + b"LIST") is None, "bytes behind the samples"
    assert packed(b"no WAV file") is None
    with pytest.raises(Unpackable):
        unpacked(wav[:100])


async def test_one_that_is_being_spoken_and_a_take_anew_are_left(room: Room) -> None:
    speak(room)
    speak(room, FILE.replace(".wav", ".again.wav"))
    (room.folder / FILE).with_suffix(".json").write_text("{}")
    assert await left(room).take("voicemail") == ""
    assert await room.kept.messages(ID) == []
    assert await left(room).find("voicemail/nobody-1.wav") is None
    assert await left(room).find("voicemail/1.wav") is None


async def test_killed_at_any_step_a_message_is_taken_once(room: Room) -> None:
    spoken = speak(room)
    waiting = room.folder / NAME
    waiting.parent.mkdir(parents=True)
    os.link(room.folder / FILE, waiting)  # killed before its row was there
    await left(room).take("voicemail")
    speak(room)  # before its first name was gone
    await left(room).take("voicemail")
    assert open_files(room) == [NAME]
    await room.mover.move()
    speak(room)  # the same, and it has come to its shelf meanwhile
    await left(room).take("voicemail")
    assert open_files(room) == []
    one = await the_message(room)
    assert b"".join(room.shelves.read(one, 0, one.bytes)) == spoken


async def test_who_was_killed_before_the_first_name_was_gone_brings_nothing_back(room: Room) -> None:
    speak(room)
    await left(room).take("voicemail")
    await room.erasures.ask([ID], rule="person", by="anna", why="asked for", at=room.now)
    assert await room.eraser.erase() == 1
    speak(room)
    await left(room).take("voicemail")
    assert (open_files(room), await room.kept.messages(ID)) == ([], [])


async def test_it_is_held_and_deleted_with_its_call_and_the_proof_says_what_it_was(
    store: Store, tmp_path: Path
) -> None:
    room = await made(store, tmp_path)
    speak(room)
    await left(room).take("voicemail")
    await room.finish_and_move()
    await room.holds.hold(ID, by="anna", why="dispute", at=room.now)
    room.later(days=181)
    run = await room.retention.run(Days({}))
    assert (run.erased, run.held) == (0, 2)
    await room.holds.release(ID, by="anna", at=room.now)
    assert (await room.retention.run(Days({}))).erased == 2
    assert {(proof.kind, proof.file) for proof in await room.erasures.proofs(call=ID)} >= {(Kind.MESSAGE, NAME)}
    assert list(room.shelf.names()) == []
    assert await room.kept.was_erased(ID, 1, Kind.MESSAGE)


async def test_an_agent_hears_a_sealed_one_from_a_file_that_goes_and_it_is_written_down(
    room: Room, audio: KeptAudio
) -> None:
    spoken = speak(room)
    await left(room).take("voicemail")
    await room.mover.move()
    sound = await audio.fetch(VoiceMessage(FILE, 2_500))
    assert sound
    assert sound.path.read_bytes() == spoken
    assert sound.path.parent == room.folder / HEARING
    assert await Listenings(room.store).page() == []
    await sound.heard_by("1001")
    sound.put_away()
    assert open_files(room) == []
    (heard,) = await Listenings(room.store).page()
    assert (heard.who, heard.call, heard.kind, heard.number, heard.last_byte + 1) == (
        "agent:1001", ID, Kind.MESSAGE, 1, len(spoken),
    )  # fmt: skip


async def test_what_a_killed_daemon_left_open_goes_when_the_next_one_starts(room: Room, audio: KeptAudio) -> None:
    speak(room)
    await left(room).take("voicemail")
    await room.mover.move()
    assert await audio.fetch(VoiceMessage(FILE, 2_500))
    audio.tidy()
    assert open_files(room) == []


async def test_an_agent_who_is_quicker_than_the_keeper_hears_the_waiting_file(room: Room, audio: KeptAudio) -> None:
    spoken = speak(room)
    sound = await audio.fetch(VoiceMessage(FILE, 2_500))
    assert sound
    assert await room.mover.move() == ""
    assert sound.path.read_bytes() == spoken, "sealed while his phone rings"
    await sound.heard_by("1001")
    sound.put_away()
    assert open_files(room) == []


async def test_while_store_or_data_base_is_away_nobody_hears_it(
    room: Room, audio: KeptAudio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(room)
    await left(room).take("voicemail")
    await room.mover.move()
    sound = await audio.fetch(VoiceMessage(FILE, 2_500))
    assert sound
    (tmp_path / "archive").rename(tmp_path / "elsewhere")
    with pytest.raises(MessageAway):
        await audio.fetch(VoiceMessage(FILE, 2_500))

    async def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(Listenings, "add", away)
    with pytest.raises(MessageAway):
        await sound.heard_by("1001")


async def test_one_that_was_deleted_is_there_no_more(room: Room, audio: KeptAudio) -> None:
    speak(room)
    await left(room).take("voicemail")
    await room.erasures.ask([ID], rule="person", by="anna", why="asked for", at=room.now)
    assert await audio.fetch(VoiceMessage(FILE, 2_500)) is None
    assert await room.eraser.erase() == 1
    assert await audio.fetch(VoiceMessage(FILE, 2_500)) is None


async def test_what_is_no_sound_holds_nobody_up(room: Room) -> None:
    broken = FILE.replace(str(BEGUN_MS), str(BEGUN_MS - 1))
    speak(room)
    (room.folder / broken).write_bytes(b"RIFF")
    assert await left(room).take("voicemail") == ""
    assert [one.file for one in await room.kept.messages(ID)] == [NAME]


async def test_two_processes_that_take_it_at_one_moment_take_it_once(room: Room) -> None:
    speak(room)
    await asyncio.gather(left(room).take("voicemail"), left(room).find(FILE), left(room).find(FILE))
    assert (await the_message(room)).number == 1
    assert open_files(room) == [NAME]


def test_only_what_a_message_is_spoken_into_has_a_name_to_be_kept_under() -> None:
    assert kept_name(FILE) == NAME
    for other in ("voicemail/x.wav", "voicemail/x-1.again.wav", "voicemail/-1.wav", "voicemail/x-١.wav"):
        assert kept_name(other) is None
