"""Turns raw recordings into the calls' audio files once Asterisk has closed them and the call is over, and those a
crash left behind at the start. A raw file goes only when its audio is kept and its row is in the data base: whatever
dies between, it is done again under the same name.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Protocol

from asyncinotify import Mask
from structlog import get_logger

from recording.audio import Encoded, convert, duration_ms, file_name, measure
from recording.beside import Beside
from recording.changes import Changes
from recording.database import is_away
from recording.encoding.encoder import EncodingFailed
from recording.identity import call_id
from recording.ingest import AskLive, OnRecord
from recording.manifest import Manifest, TakesRecordings, manifest, manifests
from recording.record import AudioFormat, CallRecord, Recording
from recording.recorded import silences, with_pauses
from recording.store import Store

log = get_logger()

GATHER_S = 0.2
"""A recording that is ready a moment later is missed by nobody, and a transaction of many costs little more."""

TOGETHER = 100
"""Files of one transaction at most: after an absence there may be thousands."""

AGAIN_S = 20.0
"""What could not be kept, because there is no room or no data base, is tried again so often."""

REMEMBERED = 1_000
"""Manifests of which we know that they lie beside their audio just so."""


class Encodes(Protocol):
    """Makes FLAC or Opus of a raw file (recording.encoding.encoder.Encoder)."""

    async def encode(self, raw: Path, target: Path, kind: AudioFormat) -> Encoded:
        """See there."""


class Keeper:
    """`await run()` for ever. `folder` is where Asterisk writes `<uniqueid>.raw`; as the recording is started on the
    call's first channel, that is the call's `linkedid` too. New recordings become `kind`, by `encoder`, and go to
    `shelf`, or stay in the folder.
    """

    def __init__(
        self,
        store: Store,
        folder: Path,
        on_record: OnRecord,
        *,
        kind: AudioFormat = AudioFormat.WAV,
        encoder: Encodes | None = None,
        shelf: TakesRecordings | None = None,
    ) -> None:
        self.folder = folder
        self._store = store
        self._on_record = on_record
        self._kind = kind if encoder is not None else AudioFormat.WAV
        self._encoder = encoder
        self._shelf = shelf or Beside(folder)
        self._turn = asyncio.Lock()
        self._closed: dict[str, Path] = {}
        """Closed by Asterisk and not kept yet, by linkedid: its call may still go on, if its recording was started anew
        by the dialplan."""
        self._ended = asyncio.Event()
        self._described: dict[str, Manifest] = {}
        self.watching = asyncio.Event()
        """Set once no closing of a file escapes `run`: a sweep after it misses nothing."""

    async def run(self) -> None:
        """Takes the files that Asterisk closes. Raises OSError if the folder cannot be watched."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            group.create_task(self._keep_on())

    async def sweep(self, live: AskLive) -> None:
        """Takes what was closed while nobody watched: every file whose channel is not there any more.

        Asterisk is asked after the folder is read: a file made in between is not taken for one left behind.
        """
        files = sorted(self.folder.glob("*.raw"))
        channels = await live() if files else {}
        there = {*channels, *channels.values()}  # a call-back's file bears its linkedid, and is on another's channel
        self._closed.update({raw.stem: raw for raw in files if raw.stem not in there})
        await self.keep()

    async def told(self, record: CallRecord) -> None:
        """A record is new, or has changed: its call is over, and its manifests may say more than before."""
        if record.linkedid in self._closed:
            self._ended.set()
        for one in manifests(record):
            if self._described.get(one.file) != one:
                try:
                    await self._shelf.describe(one)
                except OSError as error:
                    log.error("manifest waits", id="manifest-not-written", call=record.id, why=str(error))
                else:
                    self._remember(one)

    @property
    def waiting(self) -> int:
        """How many files that Asterisk has closed are no audio yet."""
        return len(self._closed)

    def waits(self, linkedid: str) -> bool:
        """Whether there is audio of this call that is not kept yet."""
        return linkedid in self._closed or (self.folder / f"{linkedid}.raw").exists()

    async def keep(self) -> None:
        """Keep what is closed, the oldest first: on a full disk each makes room for the next. An error is logged and
        leaves those that it concerns for the next time."""
        async with self._turn:
            going_on = await self._going_on(list(self._closed))
            ready = [raw for linkedid, raw in self._closed.items() if linkedid not in going_on]
            ready.sort(key=_closed_at)
            for start in range(0, len(ready), TOGETHER):
                some = ready[start : start + TOGETHER]
                try:
                    await self._make(some)
                except Exception as error:
                    if not is_away(error):
                        raise
                    log.error("recordings wait", id="recording-not-kept", files=len(some), why=type(error).__name__)

    async def _watch(self) -> None:
        with Changes([self.folder], Mask.CLOSE_WRITE | Mask.MOVED_TO) as changes:
            self.watching.set()
            while True:
                names = await changes.names()
                self._closed.update({Path(name).stem: self.folder / name for name in names if name.endswith(".raw")})
                self._ended.set()

    async def _keep_on(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_S if self._closed else None):
                    await self._ended.wait()
            await asyncio.sleep(GATHER_S)  # what is closed meanwhile is kept together
            self._ended.clear()
            await self.keep()

    async def _going_on(self, linkedids: Sequence[str]) -> set[str]:
        """Those of the calls that are not over. While the data base is away, all of them."""
        try:
            return await self._store.in_progress(linkedids)
        except Exception as error:
            if not is_away(error):
                raise
            log.error("recordings wait", id="recording-not-kept", files=len(linkedids), why=type(error).__name__)
            return set(linkedids)

    async def _make(self, files: Sequence[Path]) -> None:
        known = await self._store.recordings([raw.stem for raw in files])
        kept: dict[Path, Recording | None] = {}
        gone: list[Path] = []
        for raw in files:
            try:
                kept[raw] = await self._make_one(raw, known.get(raw.stem, ()))
            except FileNotFoundError:
                gone.append(raw)  # a sweep and the closing of the file met, or somebody has deleted it
            except OSError as error:
                log.error("recording waits", id="recording-not-kept", file=raw.name, why=str(error))
        changed = await self._store.add_recordings([(raw.stem, one) for raw, one in kept.items() if one])
        await asyncio.to_thread(_remove, kept)
        for raw in (*kept, *gone):
            self._closed.pop(raw.stem, None)
        for record in changed:
            await self._on_record(record)
        for raw in (*gone, *(raw for raw, one in kept.items() if one is None)):
            if (as_it_is := await self._store.call(call_id(raw.stem))) is not None:
                await self._on_record(as_it_is)  # nothing more will come of it: what it lacks is missing

    async def _make_one(self, raw: Path, known: Sequence[Recording]) -> Recording | None:
        """The recording, handed over; None where the call ended before any sound."""
        started_at, size = await asyncio.to_thread(measure, raw)
        if not size:
            return None
        # The number it has already, if we were killed before the raw file was gone, or the call's next.
        number = next((n for n, one in enumerate(known, 1) if one.started_at == started_at), len(known) + 1)
        call, kind = call_id(raw.stem), self._kind
        try:
            made = await self._encode(raw, file_name(call, number, started_at, kind), kind)
        except EncodingFailed as error:  # what cannot be made small is kept as it is
            log.error("recording not encoded", id=error.id, file=raw.name, why=str(error))
            kind = AudioFormat.WAV
            made = await self._encode(raw, file_name(call, number, started_at, kind), kind)
        recording = Recording(
            file=str(file_name(call, number, started_at, kind)),
            started_at=started_at,
            duration_ms=duration_ms(size),
            format=kind,
            **asdict(made),
        )
        said = await self._manifest(raw.stem, number, recording)
        place = await self._shelf.take(said, self.folder / recording.file)
        if place:  # made again after it had left: it does not stay here open
            (self.folder / recording.file).unlink(missing_ok=True)
        self._remember(said.model_copy(update={"place": place}))
        return recording.model_copy(update={"place": place})

    async def _manifest(self, linkedid: str, number: int, recording: Recording) -> Manifest:
        """With all that is known of the call now. Written with the audio, so that it is there whatever comes then."""
        record = await self._store.call(call_id(linkedid))
        facts = sorted(await self._store.facts(linkedid), key=lambda fact: fact.at_ms)
        (paused,) = with_pauses([recording], silences(facts, _closed_us(recording)))
        if record is None:
            return manifest(call_id(linkedid), linkedid, number, paused)
        return manifests(record.model_copy(update={"recordings": (paused,)}))[0].model_copy(update={"number": number})

    async def _encode(self, raw: Path, name: PurePosixPath, kind: AudioFormat) -> Encoded:
        target = self.folder / name
        for other in AudioFormat:
            if other is not kind:  # of an attempt that died, under another setting
                target.with_suffix(f".{other}").unlink(missing_ok=True)
        if kind is AudioFormat.WAV or self._encoder is None:
            return await asyncio.to_thread(convert, raw, target)
        return await self._encoder.encode(raw, target, kind)

    def _remember(self, one: Manifest) -> None:
        self._described[one.file] = one
        if len(self._described) > REMEMBERED:
            del self._described[next(iter(self._described))]


def _closed_us(recording: Recording) -> int:
    """When it ended, in microseconds since the epoch."""
    return round(recording.started_at.timestamp() * 1_000_000) + recording.duration_ms * 1000


def _closed_at(raw: Path) -> int:
    try:
        return raw.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _remove(files: Iterable[Path]) -> None:
    for raw in files:
        raw.unlink(missing_ok=True)
