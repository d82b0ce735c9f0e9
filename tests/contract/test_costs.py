"""Costs in the data base, over HTTP, on the command line and as a sheet."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from recording.inputs.clock_times import at
from recording.inputs.cost_shares import Cost
from recording.inputs.costs import Costs
from recording.inputs.sheets import SHEETS, Known, SheetUnfit, give_out, take_in
from recording.store import Store
from tests.contract.command_line import callcenter
from tests.contract.fake_floor import BEARER, FakeFloor, open_floor

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

ZONE = ZoneInfo("Asia/Shanghai")
KNOWN = Known(queues=frozenset({"sales"}), languages=frozenset(), zone=ZONE)
RENT = Cost(what="Rent", first=date(2026, 11, 1), last=date(2026, 11, 30), amount=Decimal("12345.6789"), currency="CNY")
LINE = RENT.model_copy(update={"what": "Line", "scope": "queue:sales", "amount": Decimal("-30")})
BODY = {"what": "Rent", "first": "2026-11-01", "last": "2026-11-30", "amount": "3000.0001", "currency": "CNY"}


async def test_costs_are_kept_exactly_and_fall_into_times(store: Store) -> None:
    costs = Costs(store, ZONE)
    await costs.save([RENT, LINE])
    assert await costs.entries(date(2026, 11, 30), date(2026, 12, 31)) == [LINE, RENT]
    assert await costs.entries(date(2026, 12, 1), date(2026, 12, 31)) == []
    month = at(date(2026, 11, 1), 0, ZONE), at(date(2026, 12, 1), 0, ZONE)
    assert await costs.costs(*month) == {"CNY": Decimal("12315.6789")}
    assert await costs.costs(*month, "queue:sales") == {"CNY": Decimal(-30)}
    await costs.save([RENT.model_copy(update={"amount": Decimal(1)})])
    assert await costs.costs(*month) == {"CNY": Decimal(-29)}
    assert await costs.remove(RENT.id)
    assert not await costs.remove(RENT.id)


async def test_a_sheet_of_costs_is_taken_in_and_given_out_the_same(store: Store) -> None:
    text = "what,scope,first,last,amount,currency\nLine,queue:sales,2026-11-01,2026-11-30,-30,CNY\n"
    text += "Rent,centre,2026-11-01,2026-11-30,12345.6789,CNY\n"
    await take_in(store, SHEETS["costs"], text, KNOWN)
    assert (await give_out(store, SHEETS["costs"], KNOWN)).splitlines() == text.splitlines()
    bad = "what,scope,first,last,amount,currency\nA,queue:sails,2026-11-01,2026-11-30,1,CNY\n"
    bad += "B,all,2026-11-31,2026-11-30,1.23456,yuan\nC,,2026-11-30,2026-11-01,1,CNY\n"
    with pytest.raises(SheetUnfit) as caught:
        await take_in(store, SHEETS["costs"], bad, KNOWN)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [
        (2, "scope"), (3, "scope"), (3, "first"), (3, "amount"), (3, "currency"), (4, "last"),
    ]  # fmt: skip


async def put(web: FakeFloor, body: object) -> tuple[int, Any]:
    async with web.client.put("/api/costs", json=body, headers=BEARER) as answer:
        return answer.status, await answer.json()


async def test_costs_are_put_listed_with_their_shares_and_removed(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        status, cost = await put(web, BODY)
        assert (status, cost["amount"], cost["scope"]) == (200, "3000.0001", "centre")
        await put(web, {**BODY, "what": "Line", "scope": "queue:sales", "amount": "30"})
        assert (await put(web, {**BODY, "scope": "queue:sails"}))[0] == 422
        assert (await put(web, {**BODY, "last": "2026-10-31"}))[0] == 422
        _, listed = await web.get("/api/costs?since=2026-11-02&until=2026-11-02")
        assert [Decimal(one["share"]) for one in listed["costs"]] == [1, 100]
        totals = {
            scope: {name: Decimal(sum_) for name, sum_ in sums.items()} for scope, sums in listed["totals"].items()
        }
        assert totals == {"centre": {"CNY": Decimal(101)}, "queue:sales": {"CNY": Decimal(1)}}
        assert (await web.get("/api/costs?since=2026-11-02&until=2026-11-01"))[0] == 422
        assert (await web.delete(f"/api/costs/{cost['id']}"))[0] == 200
        assert (await web.delete(f"/api/costs/{cost['id']}"))[1]["error"]["id"] == "unknown-cost"


async def test_costs_are_added_listed_and_removed_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    days = ("--first", "2026-11-01", "--last", "2026-11-30")
    assert await callcenter("costs", "add", "Rent", "3000", "CNY", *days) == 0
    name = capsys.readouterr().out.split()[1]
    assert await callcenter("costs", "list", "--since", "2026-11-01", "--until", "2026-11-10") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["Rent", "centre", "2026-11-01", "2026-11-30", "3000.00", "CNY", "1000.00", name]
    assert lines[2] == "2026-11-01 to 2026-11-10, centre: 1000.00 CNY"
    assert await callcenter("costs") == 0
    assert await callcenter("costs", "add", "Line", "30", "CNY", *days, "--scope", "queue:sails") == 2
    capsys.readouterr()
    for amount in ("much", "1e3", "5,5"):
        assert await callcenter("costs", "add", "Line", amount, "CNY", *days) == 2
        assert "amount: expected an amount such as 1200.50 [bad-input]" in capsys.readouterr().err
    assert await callcenter("costs", "add", "Line", "5", "CNY", "--first", "2026-11-02", "--last", "2026-11-01") == 2
    assert capsys.readouterr().err == "callcenter: last: expected 2026-11-02 or a later day [bad-input]\n"
    assert await callcenter("costs", "add", "Rent", "3000", "CNY", *days) == 0
    assert "in the place of 3000.00 until 2026-11-30." in capsys.readouterr().out
    assert await callcenter("costs", "list", "--since", "2026-11-02", "--until", "2026-11-01") == 2
    assert await callcenter("costs", "remove", name) == 0
    assert await callcenter("costs", "remove", name) == 1


async def test_a_cost_for_ever_is_refused_and_so_is_a_question_about_days_that_there_are_not(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        for days in ({"last": "9999-12-31"}, {"first": "0001-01-01"}):
            status, answer = await put(web, {**BODY, **days})
            assert (status, answer["error"]["field"]) == (422, next(iter(days)))
            assert "expected a day from 1970-01-01 to 2199-12-31" in answer["error"]["message"]
        for path in (
            "/api/costs?since=2026-11-22&until=9999-12-31",
            "/api/recordings/share?since=0001-01-01",
            "/api/quality/counted?since=0001-01-01T00:00:00%2B12:00&until=2026-11-22T00:00:00Z",
        ):
            answer = await web.client.get(path, headers=BEARER)
            assert answer.status == 422, path
