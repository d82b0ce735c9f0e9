"""The folder of messages: each take, and beside it a note of whose it is and for which queue, until it is handed over.

The note is written before the first word is: whatever dies then, whoever comes back finds in it what to do with the
audio that is on the disk. Which agent hears it is decided elsewhere.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

from ivr.review import LEAST_MS
from ivr.wav import duration_ms, mend

log = structlog.get_logger()

VOICEMAIL = "voicemail"
"""The folder of messages within that of the recordings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Of one message: the call it is left in, its channel, the caller's number (empty where it is not known), and the
    place and the wishes with which it is to stand in the queue. Times are milliseconds since the epoch."""

    linkedid: str
    channel: str
    number: str
    queue: str
    language: str
    begun_ms: int
    entered_ms: int
    priority: int = 0
    skills: Mapping[str, int] = field(default_factory=dict)
    requires: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


Deliver = Callable[[Note, str, int], None]
"""Hands a message over: whose it is, its file (relative to the folder of recordings), its length in milliseconds."""

_NOTE = TypeAdapter(Note)


class Take:
    """A message that is being spoken. Its files lie beside each other: take, take anew, note."""

    def __init__(self, folder: Path, name: str, note: Note, deliver: Deliver) -> None:
        self.name = name
        self.note = note
        self._folder = folder
        self._deliver = deliver

    @property
    def sound(self) -> Path:
        """Where the first take is recorded, without the ending."""
        return self._folder / self.name

    @property
    def anew(self) -> Path:
        """Where another take is."""
        return self._folder / f"{self.name}.again"

    @property
    def unfinished(self) -> bool:
        """Whether it is neither handed over nor dropped."""
        return self._file(".json").exists()

    def replace(self) -> None:
        """The other take is the message now."""
        with suppress(FileNotFoundError):
            _wav(self.anew).replace(_wav(self.sound))

    def keep(self, length_ms: int) -> None:
        """Hand it over, once whatever happens."""
        if self.unfinished:
            self._deliver(self.note, f"{self._folder.name}/{self.name}.wav", length_ms)
            self._clear(".again.wav", ".json")

    def drop(self) -> None:
        """Nobody is to hear it."""
        self._clear(".wav", ".again.wav", ".json")

    def recover(self) -> bool:
        """Nobody records it any more: hand over what is on the disk; False if that is no message. A take anew counts if
        it is one."""
        if duration_ms(_wav(self.anew)) >= LEAST_MS:
            self.replace()
        file = _wav(self.sound)
        if (length_ms := duration_ms(file)) < LEAST_MS:
            self.drop()
            return False
        mend(file)
        self.keep(length_ms)
        return True

    def write(self) -> None:
        """The note is on the disk, whole."""
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._file(".part")
        unfinished.write_text(json.dumps(asdict(self.note), ensure_ascii=False), "utf-8")
        unfinished.replace(self._file(".json"))

    def _clear(self, *endings: str) -> None:
        for ending in endings:
            self._file(ending).unlink(missing_ok=True)

    def _file(self, ending: str) -> Path:
        return self._folder / f"{self.name}{ending}"


class Messages:
    """All of one folder. `deliver` is told each message that is complete."""

    def __init__(self, folder: Path, deliver: Deliver) -> None:
        self._folder = folder
        self._deliver = deliver
        self._spoken: set[str] = set()
        """Those of which a session of ours sees to the end."""
        self._left: dict[str, set[str]] = {}
        """Those that nobody sees to while their callers, by channel, may still speak."""

    @contextmanager
    def taking(self, note: Note) -> Iterator[Take]:
        """A new message. If the block ends without its being kept or dropped it stays as it is, to be recovered."""
        take = Take(self._folder, f"{note.linkedid}-{note.begun_ms}", note, self._deliver)
        take.write()
        self._spoken.add(take.name)
        try:
            yield take
        finally:
            self._spoken.discard(take.name)
            if take.unfinished:
                self._left.setdefault(note.channel, set()).add(take.name)

    def find(self, name: str) -> Take | None:
        """An unfinished message of a session before us, None if there is none of that name."""
        if Path(name).name != name:
            return None
        file = self._folder / f"{name}.json"
        try:
            note = _NOTE.validate_json(file.read_bytes())
        except (OSError, ValidationError) as error:
            if not isinstance(error, FileNotFoundError):
                log.error("message-note-unreadable", error_id="message-note-unreadable", file=file.name)
            return None
        return Take(self._folder, name, note, self._deliver)

    def recover(self, live: Collection[str]) -> int:
        """Hand over what nobody records any more: the messages of all channels but the `live` ones (unique ids).
        Returns how many there were."""
        found = 0
        for file in sorted(self._folder.glob("*.json")):
            if file.stem in self._spoken or (take := self.find(file.stem)) is None:
                continue
            if take.note.channel in live:
                self._left.setdefault(take.note.channel, set()).add(take.name)
            else:
                found += take.recover()
        return found

    def gone(self, channel: str) -> int:
        """The same for one channel that has ended now."""
        names = self._left.pop(channel, ())
        return sum(take.recover() for name in sorted(names) if (take := self.find(name)) is not None)


def _wav(sound: Path) -> Path:
    return sound.with_name(f"{sound.name}.wav")
