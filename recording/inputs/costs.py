"""Costs in the data base, and what of them falls into a time.

Methods raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal

from pydantic import ValidationError
from sqlalchemy import RowMapping, delete, select

from recording.inputs import cells
from recording.inputs.cost_shares import AMOUNT, SCOPE, UNITS, Cost, total
from recording.inputs.sheet import CellError, Column, Sheet
from recording.models import CostEntry
from recording.store import Store
from recording.transactions import upsert


class SecondCurrency(Exception):
    """Costs are entered in another currency than those that are known: no sum is made of two, no rate is guessed."""

    id = "cost-second-currency"

    def __init__(self, given: Iterable[str], known: str) -> None:
        super().__init__(f"currency: {', '.join(given)}; expected {known}, as the other costs are in")


class Costs:
    """The costs in this store, by the calendar of the centre's zone."""

    def __init__(self, store: Store, zone: tzinfo) -> None:
        self._store = store
        self._zone = zone

    async def costs(self, start: datetime, end: datetime, scope: str = "centre") -> Mapping[str, Decimal]:
        """What falls between these instants, exact to the ten-thousandth, by currency; the centre's is that of all,
        a queue's ("queue:sales") or a team's is what was entered for it."""
        first, last = (moment.astimezone(self._zone).date() for moment in (start, end))
        return total(await self.entries(first, last), scope, start, end, self._zone)

    async def entries(self, first: date, last: date) -> list[Cost]:
        """The costs of whatever touches these days, both included, in order of time."""
        table = CostEntry.__table__
        query = select(table).where(table.c.first <= last, table.c.last >= first)
        query = query.order_by(table.c.first, table.c.what, table.c.scope)
        async with self._store.reading() as connection:
            return [_cost(row) for row in (await connection.execute(query)).mappings()]

    async def currency(self) -> str:
        """That of all costs; empty where there is none yet."""
        async with self._store.reading() as connection:
            return await connection.scalar(select(CostEntry.currency).limit(1)) or ""

    async def save(self, costs: Iterable[Cost]) -> None:
        """Add costs, or replace those of the same what, whose and from when; all or none. Raises SecondCurrency."""
        rows: list[dict[str, object]] = []
        for cost in costs:
            row = cost.model_dump(exclude={"amount"})
            rows.append({"id": cost.id, **row, "amount": int(cost.amount * UNITS)})
        replaced = {row["id"] for row in rows}
        given = dict.fromkeys(str(row["currency"]) for row in rows)
        async with self._store.transaction() as connection:
            entered = await connection.execute(select(CostEntry.id, CostEntry.currency))
            known = next((row.currency for row in entered if row.id not in replaced), next(iter(given), ""))
            if other := [currency for currency in given if currency != known]:
                raise SecondCurrency(other, known)
            await upsert(connection, CostEntry, "id", rows)

    async def remove(self, name: str) -> bool:
        """Take a cost out, by its id; False where there is none."""
        async with self._store.transaction() as connection:
            return bool((await connection.execute(delete(CostEntry).where(CostEntry.id == name))).rowcount)


def _cost(row: RowMapping) -> Cost:
    given = {name: row[name] for name in Cost.model_fields if name != "amount"}
    return Cost(**given, amount=Decimal(row["amount"]) / UNITS)


def _amount(text: str) -> Decimal:
    if not AMOUNT.fullmatch(text):
        raise ValueError(text)
    amount = Decimal(text)
    if round(amount, 4) != amount or abs(amount) >= 10**12:
        raise ValueError(text)
    return amount


def _made(**values: object) -> Cost:
    try:
        return Cost.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if first["type"] == "value_error":
            raise CellError("last", "the first day or a later one") from None
        raise CellError(".".join(map(str, first["loc"])), first["msg"]) from None


_text: Callable[[Decimal], str] = "{:f}".format

SHEET: Sheet[Cost] = Sheet(
    name="costs",
    columns=(
        Column(
            name="what", expected="what it is for, 1 to 80 characters", read=cells.fitting(r"[^\x00-\x1f\x7f]{1,80}")
        ),
        Column(
            name="scope",
            expected="centre, queue:<name> or team:<name>",
            read=cells.fitting(SCOPE),
            otherwise="centre",
        ),
        cells.day_column("first"),
        cells.day_column("last"),
        Column(name="amount", expected="an amount such as 1200.50", read=_amount, write=_text),
        Column(name="currency", expected="three capital letters", read=cells.fitting(r"[A-Z]{3}")),
    ),
    make=_made,
    take=dict,
    key=lambda cost: cost.id,
)
