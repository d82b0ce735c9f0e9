"""The data base away for an hour of virtual time: nobody waits for it, and everything comes, in order, when it is
back."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from recording.entries import Batch
from recording.ingest import Ingest
from recording.models import Call
from recording.record import CallRecord
from recording.store import Store
from tests.backlog import backlog
from tests.ledgers import RealCall

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

HOUR_S = 3600.0
CALLS = 1_000


class Away:
    """The data base cannot be reached for an hour; meanwhile calls go on being written down. Time passes only in the
    pauses of whoever waits for it."""

    def __init__(self, store: Store, calls: Iterator[RealCall], ledger: Path, journal: Path) -> None:
        self.now_s = 0.0
        self.tried = 0
        self.written: list[str] = []
        self._ingest = store.ingest
        self._calls = calls
        self._files = ledger, journal

    async def ingest(self, batch: Batch) -> list[CallRecord]:
        if self.now_s < HOUR_S:
            self.tried += 1
            raise OperationalError("", None, Exception("gone"))
        return await self._ingest(batch)

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        due = min(CALLS, int(CALLS * self.now_s / HOUR_S) + 1)
        while len(self.written) < due:
            self.write_one()

    def write_one(self) -> None:
        call = next(self._calls)
        for path, data in zip(self._files, (call.ledger, call.journal), strict=True):
            with path.open("ab") as file:
                file.write(data)
        self.written.append(call.rows[0].linkedid)


async def test_everything_written_while_it_was_away_comes_once_and_in_order(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, journal = tmp_path / "ledger.csv", tmp_path / "facts.jsonl"
    away = Away(store, backlog(CALLS), ledger, journal)
    told: list[CallRecord] = []
    health: list[bool] = []

    async def tell(record: CallRecord) -> None:
        told.append(record)

    monkeypatch.setattr(store, "ingest", away.ingest)
    monkeypatch.setattr("recording.ingest.asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": away.sleep}))
    away.write_one()
    ingest = Ingest(store, ledger, journal, tell, health.append)
    await ingest.catch_up()

    assert len(away.written) == CALLS
    assert [record.linkedid for record in told] == away.written
    assert not [record.linkedid for record in told if record.reconstructed]
    assert health == [False, True]
    assert away.tried < 2 * HOUR_S / 5, "it is not asked all the time"
    async with store.engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(Call)) == CALLS
    await ingest.catch_up()
    assert len(told) == CALLS
