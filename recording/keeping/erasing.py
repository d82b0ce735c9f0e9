"""Which recordings are to be deleted and which are gone, with a proof that stays: the rows, and nothing of what is done
with files (recording/keeping/eraser.py).

Methods raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from recording.keeping.holds import RecordingHeld, held_of
from recording.keeping.kept import Kept, State, tell_place
from recording.manifest import Kind
from recording.models import ErasedRecording, KeptRecording, RecordedCall, RecordedParty
from recording.record import ERASED, CallRecord
from recording.store import Store

RETENTION, PERSON = "retention", "person"
"""By which rule a recording is deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That a recording is gone (see ErasedRecording, the table)."""

    id: int
    file: str
    call: str
    kind: Kind
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
        told = (
            "file",
            "call",
            "kind",
            "number",
            "started_at",
            "duration_ms",
            "bytes",
            "sha256",
            "shelf",
            "stored_sha256",
        )
        proof = {
            **{name: getattr(one, name) for name in told},
            **{name: said[name] for name in ("rule", "by", "why")},
            "asked_at": datetime.fromisoformat(said["asked_at"]),
            "gone_at": at,
        }
        async with self._store.transaction() as connection:
            if not (await connection.execute(delete(KeptRecording).where(KeptRecording.file == one.file))).rowcount:
                return []  # proven already
            await connection.execute(insert(ErasedRecording).values(proof))
            of_call = (KeptRecording.call == one.call) & (KeptRecording.kind == Kind.CALL)
            left = select(func.count()).select_from(KeptRecording).where(of_call)
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
            return [Proof(**{**row, "kind": Kind(row["kind"])}) for row in (await connection.execute(query)).mappings()]
