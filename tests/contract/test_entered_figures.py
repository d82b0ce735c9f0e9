"""Figures 4 and 23 from what people have entered, by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from recording.figures.entered import Turnover
from recording.figures.expenses import Expenses
from recording.figures.inputs import AllInputs
from recording.figures.period import Period, Unit
from recording.figures.rules import Rules
from recording.figures.scope import CENTRE, Scope, ScopeKind
from recording.figures.service import Figures
from recording.inputs.cost_shares import Cost
from recording.inputs.costs import Costs, SecondCurrency
from recording.inputs.staff import Staff
from recording.inputs.staffing import StaffEntry, StaffEvent
from recording.store import Store

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

ZONE = ZoneInfo("Asia/Shanghai")
NOVEMBER = Period.at(Unit.MONTH, datetime(2026, 11, 15, tzinfo=UTC), ZONE)
LATER = datetime(2027, 1, 1, tzinfo=UTC)
NORTH = Scope(ScopeKind.TEAM, "north")


def entry(agent: str, day: date, event: StaffEvent, team: str = "north") -> StaffEntry:
    return StaffEntry(agent=agent, day=day, event=event, team=team)


async def test_turnover_is_a_yearly_rate_of_the_centre_and_of_a_team(store: Store) -> None:
    began = date(2026, 1, 1)
    await Staff(store).save(
        [
            *(entry(agent, began, StaffEvent.JOINED) for agent in ("1", "2")),
            *(entry(agent, began, StaffEvent.JOINED, "south") for agent in ("3", "4")),
            entry("2", date(2026, 11, 15), StaffEvent.LEFT),
        ]
    )
    turnover = Turnover(store)
    names = {"left_per_year", "mean_agents"}
    # north: 1 of 1.5 in 30 days; the centre: 1 of 3.5
    told = await turnover.sums(NORTH, NOVEMBER, names, LATER)
    assert told == {"left_per_year": Decimal("12.16666667"), "mean_agents": Decimal("1.5")}
    assert (await turnover.sums(CENTRE, NOVEMBER, names, LATER))["mean_agents"] == Decimal("3.5")
    today = datetime(2026, 11, 10, 4, tzinfo=UTC)
    assert (await turnover.sums(NORTH, NOVEMBER, names, today))["left_per_year"] == 0
    assert await turnover.sums(Scope(ScopeKind.TEAM, "east"), NOVEMBER, names, LATER) == {}
    assert await turnover.sums(Scope(ScopeKind.QUEUE, "sales"), NOVEMBER, names, LATER) == {}
    assert await turnover.sums(NORTH, NOVEMBER, names, datetime(2026, 10, 1, tzinfo=UTC)) == {}
    figures = Figures(store, Rules(zone=ZONE), AllInputs(Expenses(store), turnover), clock=lambda: LATER)
    report = await figures.report(CENTRE, NOVEMBER, ["turnover", "cost_per_call"])
    values = {value.key: value.value for value in report.values}
    # 365 / 30 of 3.5; a centre without calls and costs has no cost per call
    assert values["turnover"] is not None
    assert round(values["turnover"], 1) == Decimal("347.6")
    assert values["cost_per_call"] is None


async def test_cost_is_what_falls_into_the_period_until_now_in_one_currency(store: Store) -> None:
    costs, expenses = Costs(store, ZONE), Expenses(store)
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    cost = Cost(what="Salaries", first=first, last=last, amount=Decimal(3000), currency="CNY")
    assert await costs.currency() == ""
    await costs.save([cost, cost.model_copy(update={"what": "Line", "scope": "team:north", "amount": Decimal(30)})])
    assert await expenses.sums(CENTRE, NOVEMBER, {"cost"}, LATER) == {"cost": Decimal(3030)}
    assert await expenses.sums(NORTH, NOVEMBER, {"cost"}, LATER) == {"cost": Decimal(30)}
    assert await costs.currency() == "CNY"
    noon = datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert await expenses.sums(CENTRE, NOVEMBER, {"cost"}, noon) == {"cost": Decimal("50.5")}
    assert await expenses.sums(CENTRE, NOVEMBER, {"answered"}, LATER) == {}
    with pytest.raises(SecondCurrency, match="currency: EUR; expected CNY, as the other costs are in"):
        await costs.save([cost.model_copy(update={"what": "Licence", "currency": "EUR"})])
    with pytest.raises(SecondCurrency, match="EUR"):
        await costs.save([cost, cost.model_copy(update={"currency": "EUR", "what": "Line"})])
    assert await expenses.sums(CENTRE, NOVEMBER, {"cost"}, LATER) == {"cost": Decimal(3030)}
    for one in await costs.entries(first, last):
        await costs.remove(one.id)
    await costs.save([cost.model_copy(update={"currency": "EUR"})])  # none is left: another may begin
    assert await expenses.sums(CENTRE, NOVEMBER, {"cost"}, LATER) == {"cost": Decimal(3000)}
