"""Which recordings there are and where each lies: the rows of `kept_recording`, and nothing of what is done with files.

Methods raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.identity import call_id
from recording.keeping.wrapped import Wrapped
from recording.manifest import Kind, Manifest, manifests
from recording.models import ErasedRecording, KeptRecording, RecordingFile
from recording.record import ERASED, AudioFormat, CallRecord
from recording.store import Store
from recording.transactions import refold_ended, upsert

ROUND = 100
"""So many are adopted at a time."""

_TABLE = KeptRecording.__table__


class State(StrEnum):
    """What there is of a recording."""

    WAITING = "waiting"
    KEPT = "kept"
    MISSING = "missing"
    ERASING = "erasing"


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording that there is (see KeptRecording, the table)."""

    file: str
    call: str
    kind: Kind
    number: int
    state: State
    started_at: datetime
    duration_ms: int
    bytes: int
    sha256: str
    manifest: Manifest
    shelf: str
    also: str
    name: str
    stored_sha256: str
    wrapped: Wrapped | None
    erasing: dict[str, Any] | None

    @property
    def format(self) -> AudioFormat:
        """What the audio is stored as."""
        return self.manifest.format


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a recording lies now; `told` is what its call's record says of that: empty for the folder of recordings."""

    shelf: str
    name: str
    bytes: int
    sha256: str
    wrapped: Wrapped | None
    told: str


class KeptRecordings:
    """The recordings in this store. `take` and `describe` are what recording.manifest.TakesRecordings asks for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def take(self, manifest: Manifest, _path: object = None) -> str:
        """Note a finished recording that lies in the folder of recordings, under `manifest.file`: from now on it waits
        for its shelf. Taken again as it is, it stays where it is; one that was deleted stays so. Returns its
        place."""
        async with self._store.transaction() as connection:
            known = (await connection.execute(select(_TABLE).where(_TABLE.c.file == manifest.file))).mappings().first()
            if known is not None and known["sha256"] == manifest.sha256:
                on_record = select(RecordingFile.place).where(RecordingFile.file == manifest.file)
                return await connection.scalar(on_record) or ""
            gone = (ErasedRecording.call == manifest.call) & (ErasedRecording.file == manifest.file)
            if await connection.scalar(select(ErasedRecording.id).where(gone).limit(1)) is not None:
                return ERASED
            await upsert(connection, KeptRecording, "file", [_row(manifest)])
            return ""

    async def describe(self, manifest: Manifest) -> None:
        """More is known of a recording: its manifest is put in the place of the one that lies beside it."""
        held = _TABLE.c.file == manifest.file
        change = update(KeptRecording).where(held).values(manifest=manifest.model_dump(mode="json"), described=False)
        async with self._store.transaction() as connection:
            await connection.execute(change)

    async def adopt(self) -> int:
        """Take what was recorded before there were shelves; how many. Those of calls without a record are left."""
        taken, tried = 0, set[str]()
        unknown = (
            select(RecordingFile.linkedid)
            .outerjoin(KeptRecording, KeptRecording.file == RecordingFile.file)
            .where(KeptRecording.file.is_(None), RecordingFile.place == "")
            .distinct()
        )
        while some := set(await self._names(unknown.limit(ROUND + len(tried)))) - tried:
            for linkedid in some:
                record = await self._store.call(call_id(linkedid))
                for one in manifests(record) if record else ():
                    await self.take(one)
                    taken += 1
            tried |= some
        return taken

    async def find(self, call: str, number: int, kind: Kind = Kind.CALL) -> Kept | None:
        """The call's recording of this kind and number, None where there is none, or no more."""
        found = await self._read(_TABLE.c.call == call, _TABLE.c.kind == kind, _TABLE.c.number == number)
        return found[0] if found else None

    async def of_file(self, file: str) -> Kept | None:
        """The recording of this name, None where there is none, or no more."""
        found = await self._read(_TABLE.c.file == file)
        return found[0] if found else None

    async def messages(self, call: str) -> list[Kept]:
        """The messages that there are of those left in this call."""
        return await self._read(_TABLE.c.call == call, _TABLE.c.kind == Kind.MESSAGE)

    async def was_erased(self, call: str, number: int, kind: Kind) -> bool:
        """Whether there was this recording, and is no more."""
        table = ErasedRecording.__table__
        query = select(table.c.id).where(table.c.call == call, table.c.number == number, table.c.kind == kind)
        async with self._store.engine.connect() as connection:
            return await connection.scalar(query.limit(1)) is not None

    async def waiting(self, limit: int) -> list[Kept]:
        """The oldest that wait for their shelf. One of a call is on its record by then: until then its raw file may be
        made into it again."""
        on_record = select(RecordingFile.file).where(RecordingFile.file == _TABLE.c.file).exists()
        ready = on_record | (_TABLE.c.kind == Kind.MESSAGE)
        return await self._read(_TABLE.c.state == State.WAITING, ready, limit=limit)

    async def undescribed(self, limit: int) -> list[Kept]:
        """Some whose manifest is not the one that lies beside them."""
        return await self._read(_TABLE.c.state == State.KEPT, _TABLE.c.described.is_(False), limit=limit)

    async def being_erased(self, limit: int) -> list[Kept]:
        """Some that are to be deleted."""
        return await self._read(_TABLE.c.state == State.ERASING, limit=limit)

    async def under_other_keys(self, current: str, limit: int) -> list[Kept]:
        """Some that are sealed, but not under this key."""
        return await self._read(_TABLE.c.key.not_in(("", current)), limit=limit)

    async def still(self, one: Kept, state: State) -> bool:
        """Whether it is in this state now."""
        async with self._store.engine.connect() as connection:
            return await connection.scalar(select(_TABLE.c.state).where(_TABLE.c.file == one.file)) == state

    async def counts(self) -> dict[State, int]:
        """How many there are in each state but kept: those are too many to count often."""
        query = select(_TABLE.c.state, func.count()).where(_TABLE.c.state != State.KEPT).group_by(_TABLE.c.state)
        async with self._store.engine.connect() as connection:
            return {State(state): count for state, count in await connection.execute(query)}

    async def sealed_under(self) -> dict[str, int]:
        """How many recordings each master key seals."""
        query = select(_TABLE.c.key, func.count()).where(_TABLE.c.key != "").group_by(_TABLE.c.key)
        async with self._store.engine.connect() as connection:
            found = await connection.execute(query)
            return {str(key): int(count) for key, count in found}

    async def oldest_waiting(self) -> datetime | None:
        """When the oldest began that waits for its shelf."""
        query = select(func.min(_TABLE.c.started_at)).where(_TABLE.c.state == State.WAITING)
        async with self._store.engine.connect() as connection:
            oldest: datetime | None = await connection.scalar(query)
            return oldest

    async def put(self, one: Kept, place: Place, at: datetime) -> list[CallRecord]:
        """It lies there now. Returns the record of its call if that has changed by it."""
        wrapped = place.wrapped or Wrapped("", "")
        values = {
            "state": State.KEPT,
            "shelf": place.shelf,
            "name": place.name,
            "stored_bytes": place.bytes,
            "stored_sha256": place.sha256,
            "key": wrapped.key,
            "wrapped": wrapped.text,
            "kept_at": at,
            "described": True,
        }
        held = (_TABLE.c.file == one.file) & (_TABLE.c.state == State.WAITING) & (_TABLE.c.sha256 == one.sha256)
        async with self._store.transaction() as connection:
            await connection.execute(update(KeptRecording).where(held).values(values))
            return await tell_place(connection, one, place.told)

    async def described(self, one: Kept) -> None:
        """Its manifest lies beside it, unless another came meanwhile."""
        async with self._store.transaction() as connection:
            found = await connection.scalar(select(_TABLE.c.manifest).where(_TABLE.c.file == one.file))
            if found is not None and Manifest.model_validate(found) == one.manifest:
                await connection.execute(update(KeptRecording).where(_TABLE.c.file == one.file).values(described=True))

    async def missing(self, one: Kept) -> None:
        """It was to be kept, and is not in the folder of recordings."""
        held = (_TABLE.c.file == one.file) & (_TABLE.c.state == State.WAITING)
        async with self._store.transaction() as connection:
            await connection.execute(update(KeptRecording).where(held).values(state=State.MISSING))

    async def turned_over(self, one: Kept, wrapped: Wrapped) -> None:
        """Its data key is under another master key now."""
        held = (_TABLE.c.file == one.file) & (_TABLE.c.wrapped == (one.wrapped.text if one.wrapped else ""))
        async with self._store.transaction() as connection:
            await connection.execute(update(KeptRecording).where(held).values(key=wrapped.key, wrapped=wrapped.text))

    async def elsewhere(self, shelf: str, limit: int) -> list[Kept]:
        """The oldest that are kept, but not on this shelf."""
        return await self._read(_TABLE.c.state == State.KEPT, _TABLE.c.shelf != shelf, limit=limit)

    async def between_shelves(self, limit: int) -> list[Kept]:
        """Some that are kept, and of which something may lie on another shelf, too."""
        held = _TABLE.c.also.not_in(("", _TABLE.c.shelf))
        return await self._read(_TABLE.c.state == State.KEPT, held, limit=limit)

    async def open_ones(self, limit: int) -> list[Kept]:
        """The oldest that are kept, and not sealed."""
        return await self._read(_TABLE.c.state == State.KEPT, _TABLE.c.key == "", limit=limit)

    async def open_total(self) -> tuple[int, int]:
        """How many are kept and not sealed, and how many bytes that is."""
        query = select(func.count(), func.coalesce(func.sum(_TABLE.c.bytes), 0))
        async with self._store.engine.connect() as connection:
            row = (await connection.execute(query.where(_TABLE.c.state == State.KEPT, _TABLE.c.key == ""))).one()
        return int(row[0]), int(row[1])

    async def sealed(self, one: Kept, place: Place) -> bool:
        """What counts is the sealed audio now, and something of it still lies open on its own shelf. False if it is not
        kept open where it was any more."""
        assert place.wrapped is not None
        values: dict[str, str | int] = {
            "name": place.name,
            "stored_bytes": place.bytes,
            "stored_sha256": place.sha256,
            "key": place.wrapped.key,
            "wrapped": place.wrapped.text,
            "also": one.shelf,
        }
        return await self._change(one, State.KEPT, values, place.told, _TABLE.c.key == "")

    async def half_sealed(self, limit: int) -> list[Kept]:
        """Some that are sealed, and of which something may still lie open."""
        return await self._read(_TABLE.c.state == State.KEPT, _TABLE.c.also == _TABLE.c.shelf, limit=limit)

    async def leaves(self, one: Kept, shelf: str) -> bool:
        """Something of it may lie on that shelf from now on, too. False if it is not kept where it was."""
        return await self._change(one, State.KEPT, {"also": shelf})

    async def arrived(self, one: Kept, shelf: str, place: str) -> bool:
        """It lies on that shelf now, and something of it still on the one where it lay; `place` is what its record
        says. False if it was to be deleted meanwhile."""
        return await self._change(one, State.KEPT, {"shelf": shelf, "also": one.shelf}, place)

    async def settled(self, one: Kept) -> None:
        """Nothing of it lies on another shelf than its own any more."""
        async with self._store.transaction() as connection:
            await connection.execute(update(KeptRecording).where(_TABLE.c.file == one.file).values(also=""))

    async def _change(
        self, one: Kept, state: State, values: Mapping[str, str | int], place: str | None = None, *more: Any
    ) -> bool:
        held = and_(_TABLE.c.file == one.file, _TABLE.c.state == state, _TABLE.c.shelf == one.shelf, *more)
        async with self._store.transaction() as connection:
            changed = await connection.execute(update(KeptRecording).where(held).values(values))
            if changed.rowcount and place is not None:
                await tell_place(connection, one, place)
            return bool(changed.rowcount)

    async def _names(self, query: Select[str]) -> list[str]:
        async with self._store.engine.connect() as connection:
            return list(await connection.scalars(query))

    async def _read(self, *held: Any, limit: int | None = None) -> list[Kept]:
        query = select(_TABLE).where(*held).order_by(_TABLE.c.started_at, _TABLE.c.file).limit(limit)
        async with self._store.engine.connect() as connection:
            return [kept_of(row) for row in (await connection.execute(query)).mappings()]


async def tell_place(connection: AsyncConnection, one: Kept, place: str) -> list[CallRecord]:
    """Let the call's record say where its recording is. Returns the record if that is new."""
    table = RecordingFile.__table__
    held = (table.c.file == one.file) & (table.c.place != place)
    changed = await connection.execute(update(RecordingFile).where(held).values(place=place))
    return await refold_ended(connection, {one.manifest.linkedid}) if changed.rowcount else []


def kept_of(row: Any) -> Kept:
    """The row as a value."""
    return Kept(
        **{name: row[name] for name in ("file", "call", "number", "started_at", "duration_ms", "bytes", "sha256")},
        kind=Kind(row["kind"]),
        state=State(row["state"]),
        manifest=Manifest.model_validate(row["manifest"]),
        shelf=row["shelf"],
        also=row["also"],
        name=row["name"],
        stored_sha256=row["stored_sha256"],
        wrapped=Wrapped(row["key"], row["wrapped"]) if row["key"] else None,
        erasing=row["erasing"],
    )


def _row(manifest: Manifest) -> dict[str, Any]:
    told: Sequence[str] = ("file", "call", "kind", "number", "started_at", "duration_ms", "bytes", "sha256")
    return {
        **{name: getattr(manifest, name) for name in told},
        "state": State.WAITING,
        "manifest": manifest.model_dump(mode="json"),
        "described": False,
        **dict.fromkeys(("shelf", "also", "name", "stored_sha256", "key", "wrapped"), ""),
    }
