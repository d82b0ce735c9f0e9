"""Deletes recordings, with a proof that stays: first it is written down that they are to be deleted, then they are
deleted from shelf and folder, then it is looked whether anything of them is left, and only then they count as gone.
Whatever dies between, it is gone on with.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from structlog import get_logger

from recording.keeping.holds import held_of
from recording.keeping.kept import ERASED, Kept, KeptRecordings, State, tell_place
from recording.keeping.shelf import ShelfError
from recording.keeping.shelves import Shelves
from recording.models import ErasedRecording, KeptRecording, RecordedCall, RecordedParty
from recording.record import CallRecord
from recording.store import Store

log = get_logger()

RETENTION, PERSON = "retention", "person"
"""By which rule a recording is deleted."""

ROUND = 100


class RecordingHeld(Exception):
    """The recordings of a call are held."""

    id = "recording-held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That a recording is gone (see ErasedRecording, the table)."""

    id: int
    file: str
    call: str
    number: int
    started_at: datetime
    duration_ms: int
    bytes: int
    sha256: str
    shelf: str
    stored_sha256: str
    rule: str
    by: str
    why: str
    asked_at: datetime
    gone_at: datetime


class Erasures:
    """What is to be deleted and what is gone, in this store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def ask(self, calls: Sequence[str], *, rule: str, by: str, why: str, at: datetime) -> int:
        """The recordings of these calls are to be deleted; how many. Raises RecordingHeld if one of them is held."""
        said = {"rule": rule, "by": by, "why": why, "asked_at": at.isoformat()}
        async with self._store.transaction() as connection:
            if held := await held_of(connection, calls, at):
                raise RecordingHeld(
                    f"the recordings of call {min(held)} are held; expected the hold to be released first"
                )
            due = KeptRecording.call.in_(calls) & (KeptRecording.state != State.ERASING)
            asked = await connection.execute(update(KeptRecording).where(due).values(state=State.ERASING, erasing=said))
            return asked.rowcount

    async def gone(self, one: Kept, at: datetime) -> list[CallRecord]:
        """Nothing of it is there any more. Returns the call's record, which says so now."""
        said: dict[str, Any] = dict(one.erasing or {})
        told = ("file", "call", "number", "started_at", "duration_ms", "bytes", "sha256", "shelf", "stored_sha256")
        proof = {
            **{name: getattr(one, name) for name in told},
            **{name: said[name] for name in ("rule", "by", "why")},
            "asked_at": datetime.fromisoformat(said["asked_at"]),
            "gone_at": at,
        }
        async with self._store.transaction() as connection:
            await connection.execute(insert(ErasedRecording).values(proof))
            await connection.execute(delete(KeptRecording).where(KeptRecording.file == one.file))
            left = select(func.count()).select_from(KeptRecording).where(KeptRecording.call == one.call)
            if not await connection.scalar(left):
                for table in (RecordedCall, RecordedParty):
                    await connection.execute(delete(table).where(table.call == one.call))
            return await tell_place(connection, one, ERASED)

    async def proofs(self, *, call: str | None = None, limit: int = 50, before: int | None = None) -> list[Proof]:
        """The proofs, of one call or of all, the latest first; those with a smaller id than `before`."""
        table = ErasedRecording.__table__
        query = select(table).order_by(table.c.id.desc()).limit(limit)
        if call is not None:
            query = query.where(table.c.call == call)
        if before is not None:
            query = query.where(table.c.id < before)
        async with self._store.engine.connect() as connection:
            return [Proof(**row) for row in (await connection.execute(query)).mappings()]


class Eraser:
    """`await erase()` whenever something may be to be deleted. `turn` is held while a file is touched; nobody brings it
    to a shelf meanwhile."""

    def __init__(
        self,
        kept: KeptRecordings,
        erasures: Erasures,
        shelves: Shelves,
        now: Callable[[], datetime],
        on_record: Callable[[CallRecord], Awaitable[None]],
        turn: asyncio.Lock,
    ) -> None:
        self._kept = kept
        self._erasures = erasures
        self._shelves = shelves
        self._now = now
        self._on_record = on_record
        self._turn = turn

    async def erase(self) -> int:
        """Delete everything that is to be deleted; how many are gone. Those whose shelf is away stay to be deleted."""
        gone, tried = 0, set[str]()
        while some := [one for one in await self._kept.being_erased(ROUND + len(tried)) if one.file not in tried]:
            for one in some:
                tried.add(one.file)
                async with self._turn:
                    if not await asyncio.to_thread(self._remove, one):
                        continue
                    for record in await self._erasures.gone(one, self._now()):
                        await self._on_record(record)
                log.info("recording erased", call=one.call, n=one.number, rule=(one.erasing or {}).get("rule"))
                gone += 1
        return gone

    def _remove(self, one: Kept) -> bool:
        try:
            self._shelves.remove(one)
            left = self._shelves.left(one)
        except (ShelfError, OSError) as error:
            error_id = getattr(error, "id", "recording-not-erased")
            log.error("recording waits to be erased", id=error_id, call=one.call, n=one.number, why=str(error))
            return False
        if left:
            log.error("recording is still there", id="recording-not-erased", call=one.call, n=one.number)
        return not left
