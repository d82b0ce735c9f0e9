"""The directory of callers in the data base, and whom a caller spoke with last."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from recording.directory import AT_ONCE, Directory, DirectoryEntry
from recording.numbers import spellings
from recording.store import Store
from tests.ledgers import EVERY, real_call

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

MA = DirectoryEntry(
    number="+8613900000001", name="马云", priority=3, agent="1002", note="Pays late,\nand well.", language="cmn"
)


async def test_a_caller_is_saved_changed_found_and_removed(store: Store) -> None:
    directory = Directory(store)
    assert await directory.find(MA.number) is None
    await directory.save([MA])
    assert await directory.find(MA.number) == MA
    changed = MA.model_copy(update={"priority": 0, "agent": "", "open_case": "C-7"})
    await directory.save([changed])
    assert await directory.find(MA.number) == changed
    assert await directory.remove(MA.number)
    assert not await directory.remove(MA.number)
    assert await directory.find(MA.number) is None


async def test_a_large_directory_is_saved_at_once_and_read_in_pages(store: Store) -> None:
    directory = Directory(store)
    entries = [DirectoryEntry(number=f"{number:05}") for number in range(AT_ONCE + 10)]
    await directory.save(reversed(entries))
    first = await directory.page(AT_ONCE)
    assert first + await directory.page(AT_ONCE, first[-1].number) == entries


async def test_the_last_agent_is_he_of_the_latest_call_that_reached_one(store: Store) -> None:
    directory = Directory(store)
    for name in ("answered_agent_hangs_up", "missed_then_answered", "abandoned_waiting"):
        for batch in real_call(name).batches():
            await store.ingest(batch)
    records = {record.caller: record for record in await store.calls(page=EVERY)}
    call = next(record for record in records.values() if record.agent)
    before = call.started_at - timedelta(seconds=1)
    latest = max(
        (one for one in await store.calls(page=EVERY) if one.caller == call.caller and one.agent), key=_started
    )
    assert await directory.last_agent([call.caller], before) == latest.agent
    assert await directory.last_agent(["+861", *spellings(call.caller, "86")], before) == latest.agent
    assert await directory.last_agent(["404"], before) == ""
    assert await directory.last_agent([call.caller], datetime.now(UTC) + timedelta(days=1)) == ""


async def test_the_last_agent_is_found_by_an_index(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'calls.sqlite'}")
    await store.migrate()
    plan = (
        "EXPLAIN QUERY PLAN SELECT agent FROM call WHERE caller IN ('1', '2') AND started_at >= '2026' "
        "AND agent IS NOT NULL ORDER BY started_at DESC LIMIT 1"
    )
    async with store.engine.connect() as connection:
        steps = " ".join(str(row[-1]) for row in await connection.execute(text(plan)))
    await store.close()
    assert "USING INDEX ix_call_caller_started_at (caller=? AND started_at>?)" in steps


def _started(record: object) -> datetime:
    started: datetime = record.started_at  # type: ignore[attr-defined]
    return started
