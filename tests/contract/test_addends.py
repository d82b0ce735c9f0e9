"""What stands behind numbers that are not of calls: every list adds up to its sum, exactly, in every data base."""

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from acd.facts import AgentEdited
from recording.figures.addends.listing import addends
from recording.figures.addends.values import Addend, AddendsError, AddendsOrder
from recording.figures.catalogue import FIGURES
from recording.figures.definition import LISTED
from recording.figures.expenses import NOBODYS, Expenses
from recording.figures.inputs import all_inputs
from recording.figures.period import Period, Unit
from recording.figures.report import About, FigureValue, When
from recording.figures.rules import Rules, ShareBy
from recording.figures.scope import CENTRE, Scope, ScopeKind
from recording.figures.service import Figures
from recording.inputs.cost_shares import Cost
from recording.inputs.costs import Costs
from recording.inputs.portions import portions
from recording.store import Store
from tests.contract.remembered_days import remember
from tests.figure_days import DAYS, day_of

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]


async def _listed(store: Store, query: Mapping[str, str], rules: Rules, limit: int = 3) -> list[Addend]:
    """All pages."""
    found: list[Addend] = []
    after = ""
    while True:
        order = AddendsOrder.model_validate(
            {**query, "sums": tuple(query["sums"].split(",")), "limit": limit, "after": after}
        )
        page = await addends(store, order, rules)
        assert len(page.addends) <= limit
        found += page.addends
        if page.next is None:
            return found
        after = page.next


async def _wrong(store: Store, value: FigureValue, rules: Rules) -> list[str]:
    """The sides of a number that its list does not add up to."""
    if value.addends is None:
        return []
    added: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in await _listed(store, value.addends, rules, limit=7):
        added[one.sum] += one.amount
    formula = FIGURES[value.key].formula
    wrong = []
    for side, sums, told in (
        ("numerator", formula.numerator, value.numerator),
        ("denominator", formula.denominator, value.denominator),
    ):
        total = sum((times * added[name] for name, times in sums.items()), Decimal())
        if set(sums) <= LISTED and total != told:
            wrong.append(f"{value.about.scope} {value.key} {side}: {total}, not {told}")
    return wrong


@pytest.mark.parametrize("name", DAYS)
async def test_the_list_behind_every_number_of_a_day_adds_up_to_it(store: Store, name: str) -> None:
    day = day_of(name)
    await remember(store, day)
    figures = Figures(store, day.rules, all_inputs(store, day.rules.share_costs_by), clock=lambda: day.now)
    whole = Period.parse(day.expected[0].period, day.rules.zone)
    chance = random.Random(name)
    halves = [Period.between(one.start, chance.choice([one.end, whole.end]), day.rules.zone) for one in _some(whole)]
    opened = set()
    for period in (whole, *halves):
        for kind in ScopeKind:
            for report in await figures.reports(kind, period):
                for value in report.values:
                    assert not await _wrong(store, value, day.rules)
                    if value.addends and value.value is not None:
                        opened.add(value.key)
    if name == "ordinary_day":
        assert opened == {key for key, one in FIGURES.items() if LISTED & {*one.formula.numerator}} | {"calls_per_hour"}


def _some(whole: Period) -> list[Period]:
    pieces = list(whole.split(Unit.HALF_HOUR))
    return [pieces[at] for at in (20, 21, 37)]


async def test_addends_say_who_came_who_left_and_what_a_cost_was_for(store: Store) -> None:
    day = day_of("ordinary_day")
    await remember(store, day)
    period = Period.parse("2026-11-23", day.rules.zone)

    async def listed(scope: str, *sums: str) -> list[tuple[str, str, str, str]]:
        about = About(Scope.parse(scope), When(period, day.now))
        found = await _listed(store, about.addends(sums), day.rules)
        return [(one.sum, one.agent, one.what, str(one.amount.normalize())) for one in found]

    assert await listed("centre", "attended", "scheduled") == [
        ("scheduled", "1001", "came", "1"),
        ("attended", "1001", "came", "1"),
        ("scheduled", "1002", "came", "1"),
        ("attended", "1002", "came", "1"),
        ("scheduled", "1003", "missing", "1"),
    ]
    assert await listed("centre", "left_per_year", "mean_agents") == [
        ("mean_agents", "1001", "staff", "1"),
        ("mean_agents", "1002", "staff", "1"),
        ("left_per_year", "1003", "left", "365"),
        ("mean_agents", "1003", "staff", "1"),
    ]
    assert await listed("queue:sales", "cost") == [("cost", "", "Salaries", "76.4651")]
    assert await listed("agent:1003", "adherent_ms") == []
    assert await listed("queue:sales", "scheduled_ms", "state_ready_ms", "left_per_year") == []


async def test_who_changes_his_team_adds_to_each_what_he_did_in_its_half_hours(store: Store) -> None:
    day = day_of("ordinary_day")
    moved = datetime(2026, 11, 23, 2, 17, 13, tzinfo=UTC)  # 10:17 in Shanghai: his half hour is still north's
    edited = AgentEdited(
        at_ms=round(moved.timestamp() * 1000), agent="1001", name="1001", skills={}, attributes={"team": "south"},
        outside="", cause="api",
    )  # fmt: skip
    await remember(store, replace(day, facts=[*day.facts, edited]))
    figures = Figures(store, day.rules, all_inputs(store, day.rules.share_costs_by), clock=lambda: day.now)
    signed_in = {}
    for report in await figures.reports(ScopeKind.TEAM, Period.parse("2026-11-23", day.rules.zone)):
        assert [one for value in report.values for one in await _wrong(store, value, day.rules)] == []
        signed_in[report.scope.name] = report["calls_per_hour"].denominator
    assert signed_in == {"north": 40 * 60_000, "south": (30 + 120) * 60_000}


async def test_lists_that_there_are_not_are_refused(store: Store) -> None:
    order = AddendsOrder(
        sums=("answered",), scope="centre", since=datetime(2026, 1, 1, tzinfo=UTC),
        until=datetime(2026, 1, 2, tzinfo=UTC), as_of=datetime(2026, 1, 2, tzinfo=UTC),
    )  # fmt: skip
    with pytest.raises(AddendsError, match="sums: 'answered'; expected some of: adherent_ms, attended"):
        await addends(store, order, Rules())
    with pytest.raises(AddendsError, match="after: expected the next"):
        await addends(store, order.model_copy(update={"sums": ("cost",), "after": "riches:1:2"}), Rules())


@pytest.mark.parametrize("share_by", ShareBy)
async def test_what_all_of_a_kind_bear_is_what_the_centre_costs(store: Store, share_by: ShareBy) -> None:
    day = day_of("ordinary_day")
    await remember(store, day)
    chance = random.Random(share_by)
    first = date(2026, 11, 23)
    scopes = ["centre", "centre", "queue:sales", "queue:nobody", "team:north", "team:south"]
    costs = [
        Cost(
            what=f"cost {number}", scope=chance.choice(scopes), first=first, last=first + timedelta(days=number),
            amount=Decimal(chance.randrange(1, 10**7)) / 10**4, currency="CNY",
        )
        for number in range(9)
    ]  # fmt: skip
    await Costs(store, day.rules.zone).save(costs)
    expenses = Expenses(store, share_by)
    period = Period.parse("2026-11-23", day.rules.zone)
    whole = (await expenses.sums(CENTRE, period, {"cost"}, day.now))["cost"]
    for kind in (ScopeKind.QUEUE, ScopeKind.TEAM, ScopeKind.AGENT):
        bills = await expenses.bills(kind, period, day.now)
        borne = sum(Decimal(sum(one.units for one in his)) / 10**4 for his in bills.values())
        own = {name for name, his in bills.items() if his and all(one.cost.scope == f"{kind}:{name}" for one in his)}
        if share_by is ShareBy.NONE:
            assert own == set(bills)
        else:
            assert borne == whole
            assert (NOBODYS in bills) is (share_by is ShareBy.CALLS)  # the caller whom the menu served
        scope = next(Scope(kind, name) for name in sorted(bills) if name) if any(bills) else None
        if scope is not None:
            told = await expenses.sums(scope, period, {"cost"}, day.now)
            assert told["cost"] == Decimal(sum(one.units for one in bills[scope.name])) / 10**4


def test_portions_add_up_to_the_whole_and_are_off_by_one_at_most() -> None:
    chance = random.Random(1)
    for _ in range(200):
        whole, weights = chance.randrange(-(10**6), 10**6), [chance.randrange(0, 50) for _ in range(9)]
        falls = portions(whole, weights)
        if not any(weights):
            assert falls == [0] * 9
            continue
        assert sum(falls) == whole
        assert all(abs(one - whole * weight / sum(weights)) <= 1 for one, weight in zip(falls, weights, strict=True))
