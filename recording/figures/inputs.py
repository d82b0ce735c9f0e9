"""What figures need that is neither in calls nor in the log of states: schedules, costs, scores, staff. Each kind tells
its sums by the names that the catalogue's formulas have; a sum that nobody tells makes its figure "no data".
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from recording.figures.entered import Turnover
from recording.figures.expenses import Expenses
from recording.figures.period import Period
from recording.figures.rules import ShareBy
from recording.figures.scope import Scope
from recording.figures.shifts import Shifts
from recording.quality.figure import NONE, MeanScore, mean_score, mean_scores
from recording.store import Store

_HUNDREDTH = Decimal("0.01")


class Inputs(Protocol):
    """Sums that are not of calls. Methods raise SQLAlchemy's errors while the data base is away."""

    async def sums(self, scope: Scope, period: Period, names: Collection[str], now: datetime) -> Mapping[str, Decimal]:
        """Those of `names` that it knows, of what has happened before `now`."""

    async def each(
        self, scopes: Collection[Scope], period: Period, names: Collection[str], now: datetime
    ) -> Mapping[Scope, Mapping[str, Decimal]]:
        """The same of several scopes at once; of which it knows nothing, it tells nothing."""


class AllInputs:
    """Several of them as one."""

    def __init__(self, *parts: Inputs) -> None:
        self._parts: Sequence[Inputs] = parts

    async def sums(self, scope: Scope, period: Period, names: Collection[str], now: datetime) -> Mapping[str, Decimal]:
        """What any of them knows."""
        found: dict[str, Decimal] = {}
        for part in self._parts:
            found |= await part.sums(scope, period, names, now)
        return found

    async def each(
        self, scopes: Collection[Scope], period: Period, names: Collection[str], now: datetime
    ) -> Mapping[Scope, Mapping[str, Decimal]]:
        """What any of them knows of each."""
        found: dict[Scope, dict[str, Decimal]] = {scope: {} for scope in scopes}
        for part in self._parts:
            for scope, sums in (await part.each(scopes, period, names, now)).items():
                found[scope] |= sums
        return found


NO_INPUTS = AllInputs()


class Scores:
    """Figure 12: the evaluations of recording.quality, and the scores that were made elsewhere."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def sums(self, scope: Scope, period: Period, names: Collection[str], now: datetime) -> Mapping[str, Decimal]:
        """The scores in points, and how many they are of."""
        if "score" not in names:
            return {}
        return _scored(await mean_score(self._store, scope, period.since, period.until))

    async def each(
        self, scopes: Collection[Scope], period: Period, names: Collection[str], now: datetime
    ) -> Mapping[Scope, Mapping[str, Decimal]]:
        """Read at once."""
        if "score" not in names:
            return {}
        kinds = sorted({scope.kind for scope in scopes})
        means = await mean_scores(self._store, kinds, period.since, period.until)
        every = {key: _scored(mean) for key, mean in means.items()}
        return {scope: every.get((scope.kind, scope.name), _UNSCORED) for scope in scopes}


def _scored(mean: MeanScore) -> Mapping[str, Decimal]:
    return {"score": mean.sum_hundredths * _HUNDREDTH, "evaluations": Decimal(mean.evaluations)}


_UNSCORED = _scored(NONE)


def all_inputs(store: Store, share_costs_by: ShareBy) -> AllInputs:
    """Everything that this store knows besides calls."""
    return AllInputs(Scores(store), Shifts(store), Expenses(store, share_costs_by), Turnover(store))
