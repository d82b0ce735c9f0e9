"""`callcenter recount`: the past judged by the thresholds of today, all of it or from a day on."""

import asyncio
import shutil
from pathlib import Path

import pytest

from cti.commands import main
from recording.figures.period import Period
from recording.figures.rules import Rules
from recording.figures.scope import CENTRE
from recording.figures.service import Figures
from recording.store import Store
from tests.contract.fake_floor import HOME
from tests.ledgers import real_call
from tests.made_tables import lend_tables

pytestmark = pytest.mark.contract

ABANDONED = real_call("abandoned_waiting")


async def _short(database: Path) -> int:
    """Short abandons of the day of the call."""
    store = Store(f"sqlite:///{database}")
    period = Period.parse(f"{ABANDONED.record().started_at:%Y-%m-%d}", Rules().zone)
    report = await Figures(store, Rules()).report(CENTRE, period, ["abandonment"])
    await store.close()
    return 1 - int(report["abandonment"].denominator)


async def _remember(database: Path) -> None:
    store = Store(f"sqlite:///{database}")
    for batch in ABANDONED.batches():
        await store.ingest(batch)
    await store.close()


def test_the_past_is_counted_by_the_thresholds_of_today_from_the_day_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(HOME / "dialplans", tmp_path / "dialplans"))
    state = tmp_path / "state"
    state.mkdir()
    lend_tables(state / "callcenter.db")
    monkeypatch.setenv("CALLCENTER_STATE", str(state))
    monkeypatch.setenv("CALLCENTER_DIALPLANS", str(folder))
    asyncio.run(_remember(state / "callcenter.db"))
    assert main(["recount"]) == 0
    assert capsys.readouterr().out == "1 calls and the times of 0 agents are counted again.\n"
    assert asyncio.run(_short(state / "callcenter.db")) == 1
    queues = folder / "queues.yaml"
    queues.write_text(queues.read_text("utf-8").replace("  sales:\n", "  sales:\n    short_abandon_s: 0\n", 1), "utf-8")
    assert main(["recount", "--since", "2027-01-01"]) == 0  # after the call
    assert capsys.readouterr().out.startswith("0 calls ")
    assert asyncio.run(_short(state / "callcenter.db")) == 1
    assert main(["recount", "--since", "2026-01-01"]) == 0
    assert capsys.readouterr().out.startswith("1 calls ")
    assert asyncio.run(_short(state / "callcenter.db")) == 0
    with pytest.raises(SystemExit, match="2"):
        main(["recount", "--since", "yesterday"])
