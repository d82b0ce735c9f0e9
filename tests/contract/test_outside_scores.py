"""Quality scores that were made elsewhere: taken in, counted in figure 12, listed and taken out."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from recording.figures.scope import Scope
from recording.inputs.scores import Score, Scores
from recording.inputs.sheets import SHEETS, Known, SheetUnfit, give_out, take_in
from recording.inputs.staff import Staff
from recording.quality.figure import NONE, mean_score, mean_scores
from recording.store import Store
from tests.contract.command_line import callcenter
from tests.contract.fake_floor import PEOPLE, open_floor

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

ZONE = ZoneInfo("Asia/Shanghai")
KNOWN = Known(queues=frozenset({"sales"}), languages=frozenset(), zone=ZONE)
TEXT = """agent,at,score,reviewer,queue,call,reference
1001,2026-11-22 14:30,87.5,Wang Fang,sales,,QM-1
1001,2026-11-22T09:00:00+00:00,60,,,,QM-2
1002,2026-11-23 00:00,40,,sales,,
"""
DAY = datetime(2026, 11, 21, 16, tzinfo=UTC), datetime(2026, 11, 22, 16, tzinfo=UTC)


async def test_scores_are_taken_in_and_count_for_their_scope_and_time(store: Store) -> None:
    await store.save_agents(PEOPLE)
    await Staff(store).joined([("1001", "north")], date(2026, 1, 1))
    await take_in(store, SHEETS["scores"], TEXT, KNOWN)
    for scope, mean, count in (
        ("centre", "73.75", 2),
        ("agent:1001", "73.75", 2),
        ("team:north", "73.75", 2),
        ("queue:sales", "87.50", 1),
        ("agent:1002", None, 0),
    ):
        found = await mean_score(store, Scope.parse(scope), *DAY)
        assert (found.mean, found.evaluations) == (None if mean is None else Decimal(mean), count), scope
        whose = Scope.parse(scope)
        every = await mean_scores(store, [whose.kind], *DAY)
        assert every.get((whose.kind, whose.name), NONE) == found
    assert (await mean_score(store, Scope.parse("agent:1002"), DAY[1], DAY[1] + timedelta(days=1))).evaluations == 1
    given_out = await give_out(store, SHEETS["scores"], KNOWN)
    await take_in(store, SHEETS["scores"], given_out, KNOWN)  # the same: nothing is doubled
    assert await give_out(store, SHEETS["scores"], KNOWN) == given_out
    (first, _) = await Scores(store, ZONE).scores(*DAY, "1001")
    assert (first.at, first.score) == (datetime(2026, 11, 22, 6, 30, tzinfo=UTC), Decimal("87.5"))
    assert await Scores(store, ZONE).remove(first.id)
    assert not await Scores(store, ZONE).remove(first.id)
    await Scores(store, ZONE).save([Score(agent="1001", at=first.at, score=Decimal(100))])
    assert (await mean_score(store, Scope.parse("agent:1001"), *DAY)).mean == Decimal("80.00")


async def test_every_fault_of_a_sheet_of_scores_is_told(store: Store) -> None:
    await store.save_agents(PEOPLE)
    bad = "agent,at,score,queue,call\n4711,2026-11-22 14:30,50,sails,\n1001,yesterday,100.5,sales,7\n"
    with pytest.raises(SheetUnfit) as caught:
        await take_in(store, SHEETS["scores"], bad, KNOWN)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [
        (2, "agent"), (2, "queue"), (3, "at"), (3, "score"), (3, "call"),
    ]  # fmt: skip


async def test_scores_are_imported_listed_and_removed_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    async with open_floor(tmp_path):
        pass  # its agents are in the data base
    file = tmp_path / "scores.csv"
    file.write_text(TEXT, "utf-8")
    assert await callcenter("scores", "import", str(file)) == 0
    capsys.readouterr()
    assert await callcenter("scores", "list", "--since", "2026-11-01", "--until", "2026-11-22") == 0
    _, first, second = capsys.readouterr().out.splitlines()
    assert first.split()[:4] == ["2026-11-22", "14:30", "1001", "87.50"]
    assert second.split()[1:4] == ["17:00", "1001", "60.00"]
    assert await callcenter("scores", "remove", second.split()[-1]) == 0
    assert await callcenter("scores", "remove", second.split()[-1]) == 1
