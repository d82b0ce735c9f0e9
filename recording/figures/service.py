"""Asks for figures: the door for reports, pages, forecasts. What stands behind it reads stored sums."""

from collections.abc import Collection, Sequence
from typing import Protocol

from recording.figures.period import Period, Unit
from recording.figures.report import Report, Series
from recording.figures.scope import Scope, ScopeKind


class AnyFigures(Protocol):
    """What who shows figures needs; tests give one made by hand. Methods raise SQLAlchemy's errors while the data base
    is away."""

    async def report(self, scope: Scope, period: Period, keys: Collection[str] | None = None) -> Report:
        """The figures of one scope; `keys` are those wanted, all that the scope has where nothing is given."""

    async def reports(self, kind: ScopeKind, period: Period, keys: Collection[str] | None = None) -> Sequence[Report]:
        """One report for each queue, team or agent that has anything in the period, by name."""

    async def series(self, key: str, scope: Scope, period: Period, step: Unit) -> Series:
        """One figure, a value for each step of the period."""
