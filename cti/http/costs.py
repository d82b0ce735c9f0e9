"""What the centre costs, over HTTP: amounts for a time, and what of them falls into other times."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from pydantic import Field

from cti.access import Role
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import ApiError, Unfit, reaching_records
from cti.http.views import View
from recording.inputs.clock_times import at
from recording.inputs.cost_shares import Cost, total
from recording.inputs.costs import Costs, SecondCurrency


class UnknownCost(ApiError):
    """There is no such cost."""

    id = "unknown-cost"
    status = 404

    def __init__(self) -> None:
        super().__init__("there is no such cost; expected an id of GET /api/costs")


class OtherCurrency(ApiError):
    """The costs that are known are in another currency."""

    id = SecondCurrency.id
    status = 409

    def __init__(self, error: SecondCurrency) -> None:
        super().__init__(str(error), "currency")


class CostDays(Given):
    """Which days, in the centre's time zone, both included; the present month where none are given."""

    since: date | None = None
    until: date | None = None


class CostView(View):
    """A cost, and its share of the days that were asked for. Amounts are texts: they are exact."""

    id: str
    what: str
    scope: str
    first: date
    last: date
    amount: Decimal
    currency: str
    share: Decimal | None = Field(None, description="Null where no days were asked for.")


class CostsView(View):
    """The costs that touch these days, and the sums of their shares by scope and currency. The centre's sum is that of
    all costs, each entered once where it arises."""

    since: date
    until: date
    costs: list[CostView]
    totals: Mapping[str, Mapping[str, Decimal]]


async def list_costs(asked: Asked[CostDays, Nothing]) -> CostsView:
    """The costs of some days, and what of each falls into them."""
    zone, clock = asked.floor.centre.time_zone, asked.floor.distributor.clock
    today = datetime.fromtimestamp(clock.now_ms() / 1000, zone).date()
    since = asked.query.since or (asked.query.until or today).replace(day=1)
    until = asked.query.until or (since.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if until < since:
        raise Unfit(f"until: expected {since} or a later day", "until")
    with reaching_records():
        costs = await Costs(asked.floor.store, zone).entries(since, until)
    start, end = at(since, 0, zone), at(until + timedelta(days=1), 0, zone)
    shares = [sum(total([cost], cost.scope, start, end, zone).values(), Decimal()) for cost in costs]
    scopes = sorted({"centre", *(cost.scope for cost in costs)})
    return CostsView(
        since=since,
        until=until,
        costs=[_view(cost, share) for cost, share in zip(costs, shares, strict=True)],
        totals={scope: total(costs, scope, start, end, zone) for scope in scopes},
    )


async def put_cost(asked: Asked[Nothing, Cost]) -> CostView:
    """Add a cost, or replace the one of the same what, whose (`scope`) and first day."""
    kind, _, name = asked.body.scope.partition(":")
    queues = asked.floor.centre.queues
    if kind == "queue" and name not in queues:
        raise Unfit(f"scope: there is no queue {name!r}; expected one of: {', '.join(queues)}", "scope")
    try:
        with reaching_records():
            await Costs(asked.floor.store, asked.floor.centre.time_zone).save([asked.body])
    except SecondCurrency as error:
        raise OtherCurrency(error) from None
    return _view(asked.body, None)


async def remove_cost(asked: Asked[Nothing, Nothing]) -> CostsView:
    """Take a cost out; the answer is what is left of the present month."""
    with reaching_records():
        if not await Costs(asked.floor.store, asked.floor.centre.time_zone).remove(asked.path["id"]):
            raise UnknownCost
    return await list_costs(Asked(asked.floor, asked.request, asked.path, CostDays(), Nothing(), asked.holder))


def _view(cost: Cost, share: Decimal | None) -> CostView:
    return CostView(id=cost.id, share=share, **cost.model_dump())


ENDPOINTS = (
    Endpoint("GET", "/api/costs", list_costs, CostDays, Nothing, CostsView),
    Endpoint("PUT", "/api/costs", put_cost, Nothing, Cost, CostView, errors=(409,), role=Role.ADMINISTRATOR),
    Endpoint(
        "DELETE", "/api/costs/{id}", remove_cost, Nothing, Nothing, CostsView, errors=(404,), role=Role.ADMINISTRATOR
    ),
)
