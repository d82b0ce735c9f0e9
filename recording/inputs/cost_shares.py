"""What the centre costs (kpi.md, figure 4): amounts for a time, shared out over it evenly and exactly. Pure.

A share is the difference of two rounded sums, so that shares of times that follow each other add up to the whole, to
the ten-thousandth, however finely it is cut.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Self
from uuid import UUID, uuid5

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from recording.inputs.clock_times import at
from recording.inputs.days import Day

UNITS = 10_000
"""Amounts are kept as so many parts of one unit of money."""

SCOPE = r"centre|(queue|team):[^\x00-\x1f\x7f:]{1,64}"

_NAMESPACE = UUID("2c8f6b0e-31f5-5e0c-8c76-4d2f0d8b9a11")
_US = timedelta(microseconds=1)


def _plain(value: object) -> object:
    """A text is an amount as people write it: 1e3 is a slip of the finger, and 5,5 is five or fifty-five."""
    if isinstance(value, str) and not AMOUNT.fullmatch(value):
        raise ValueError("expected an amount such as 1200.50")
    return value


AMOUNT = re.compile(r"-?[0-9]+([.][0-9]+)?")

Amount = Annotated[Decimal, BeforeValidator(_plain), Field(max_digits=16, decimal_places=4)]


class Cost(BaseModel):
    """An amount for the days from `first` to `last`, both included, in the centre's zone. `scope` is whose cost it is:
    centre, queue:<name> or team:<name>."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str = Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$", description="Salaries, rent, …")
    scope: str = Field("centre", pattern=rf"^({SCOPE})$")
    first: Day
    last: Day
    amount: Amount = Field(description="For the whole time; at most four places after the point.")
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="Three capital letters (ISO 4217).")

    @property
    def id(self) -> str:
        """Its identity: what, whose and from when on; one of the same replaces it."""
        return uuid5(_NAMESPACE, f"{self.what}\n{self.scope}\n{self.first}").hex

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"last: expected {self.first} or a later day")
        return self


def share(cost: Cost, start: datetime, end: datetime, zone: tzinfo) -> Decimal:
    """What of the cost falls between these instants, to the ten-thousandth."""
    begin, over = at(cost.first, 0, zone), at(cost.last + timedelta(days=1), 0, zone)
    whole_us = (over - begin) // _US
    units = int(cost.amount * UNITS)

    def until(moment: datetime) -> int:
        spent_us = min(max((moment - begin) // _US, 0), whole_us)
        return round(Fraction(units * spent_us, whole_us))  # halves to the even one

    return Decimal(until(max(start, end)) - until(start)) / UNITS


def total(costs: Iterable[Cost], scope: str, start: datetime, end: datetime, zone: tzinfo) -> Mapping[str, Decimal]:
    """What falls between these instants, by currency. The centre's cost is that of all: each cost is entered once,
    where it arises. That of a queue or a team is what was entered for it, with no share of the centre's."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for cost in costs:
        if scope in ("centre", cost.scope) and (part := share(cost, start, end, zone)):
            sums[cost.currency] += part
    return dict(sums)
