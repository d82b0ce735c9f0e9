"""An addend as the API shows it, and the order of a list of them. It takes nothing to say one."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from recording.figures.definition import LISTED

MOST = 1_000
"""Of one page."""


class AddendsError(ValueError):
    """Sums that have no addends, or a page that there is not; `field` is what of the order is to blame."""

    id = "figures-addends-invalid"

    def __init__(self, message: str, field: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


def require_sums(names: Collection[str]) -> None:
    """Raises AddendsError."""
    if unknown := sorted(set(names) - LISTED):
        raise AddendsError(f"{unknown[0]!r}; expected some of: {', '.join(sorted(LISTED))}", "sums")
    if not names:
        raise AddendsError(f"expected some of: {', '.join(sorted(LISTED))}", "sums")


class Addend(BaseModel):
    """One part of a sum. `amount` is what it adds to `sum`: milliseconds of one that ends in `_ms`, money of a cost,
    people of the others."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sum: str
    amount: Decimal
    what: str = Field(
        description="The state; shift, or how the day differed (overtime, swap, changed); came or missing; what a cost "
        "is for; left or staff."
    )
    agent: str = Field("", description="Whose it is; empty: nobody's alone.")
    start: datetime | None = None
    end: datetime | None = None
    scope: str = Field("", description="Of a cost: for whom it was entered.")
    whole: Decimal | None = Field(None, description="Of a cost: all of it, of all its days and of everybody.")
    currency: str = ""
    share: int | None = Field(None, description="Of one of the staff: percent of a full week.")
    team: str = Field("", description="Of one of the staff: his team then; empty: none.")


class Addends(BaseModel):
    """A page of addends, in order; `next` is the `after` of the next page, null if there is none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    addends: tuple[Addend, ...]
    next: str | None


class AddendsOrder(BaseModel):
    """Which addends are wanted: of these sums of a scope, in [since, until), as far as they were known at `as_of`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sums: tuple[str, ...]
    scope: str
    since: datetime
    until: datetime
    as_of: datetime
    limit: int = Field(200, ge=1, le=MOST)
    after: str = ""


class Source(Protocol):
    """The addends of some sums. Methods raise SQLAlchemy's errors while the data base is away."""

    @property
    def keys(self) -> Sequence[str]:
        """By what they are had, in order: agents, as a rule."""

    async def of(self, key: str) -> Sequence[Addend]:
        """Those of one key, always in the same order."""
