"""The forecast: how many calls each half hour of days to come will bring, and between which bounds.

From the top down, as floors plan: a day's calls by exponential smoothing with a weekly season (R. J. Hyndman and
others, "Forecasting with Exponential Smoothing", 2008; the library statsmodels), on square roots, which make the
scatter of counts even; shared out over the day as its weekday's late days were. The bounds are quantiles of simulated
half hours: days that scatter as the smoothing says, half hours that scatter around their share as they did (more than
Poisson).

Pure: the same history gives the same forecast.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from recording.forecasting.history import SLOTS, WEEK, History, half_hours, slot_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

LEAST_DAYS = 4 * WEEK
MOST_DAYS = 26 * WEEK
"""Half a year is looked back on: what was before says little about next week."""
FURTHEST_DAYS = 8 * WEEK
SHARE_WEEKS = 12
SHARE_FADES = 0.9
"""The shares of a day: so many weeks, each counting this much of the one after it."""
DRAWS = 1000
SEED = 20261122
REMEMBERED = 64
"""Simulated days of so many pasts and lengths are kept, half a MiB each at most."""


class TooLittleHistory(Exception):
    """There are too few days to learn from."""

    id = "forecast-history-too-short"

    def __init__(self, days: int) -> None:
        self.days = days
        super().__init__(
            f"{days} days of calls are known; expected {LEAST_DAYS} at least before the first day asked for"
        )


class TooFarAhead(Exception):
    """The days asked for are too far away to say anything of them, or lie in the past."""

    id = "forecast-too-far-ahead"

    def __init__(self, last: date) -> None:
        super().__init__(
            f"the history ends on {last}; expected days after it, {last + timedelta(days=FURTHEST_DAYS)} at the latest"
        )


@dataclass(frozen=True, slots=True)
class Expected:
    """The calls of one half hour, or day, that begins at `start` (UTC): on the average, and between which bounds."""

    start: datetime
    calls: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """`level` is the share (0 to 1) of half hours, and of days, that come to lie between their bounds."""

    level: float
    half_hours: tuple[Expected, ...]
    days: tuple[Expected, ...]


def forecast(
    history: History,
    zone: ZoneInfo,
    days: Sequence[date],
    *,
    level: float = 0.8,
    is_open: Callable[[datetime], bool] = lambda _: True,
    special: Mapping[date, float] = MappingProxyType({}),
) -> Forecast:
    """The calls of each half hour of these days, one after another; none while `is_open` says no. Of a special day so
    many times the calls are expected that an ordinary one of its weekday would bring.

    Raises TooLittleHistory, TooFarAhead.
    """
    first, ahead = days[0], (days[-1] - history.last).days
    if first <= history.last or ahead > FURTHEST_DAYS:
        raise TooFarAhead(history.last)
    known = _Known.of(history)
    totals = known.simulated(ahead)[(first - history.last).days - 1 :]
    draws = np.random.default_rng(SEED)
    bounds = ((1 - level) / 2, (1 + level) / 2)
    expected: list[Expected] = []
    sums: list[Expected] = []
    for day, total in zip(days, totals, strict=True):
        opened = [moment for moment in half_hours(zone, day, day + timedelta(days=1)) if is_open(moment)]
        shares = known.shares(day.weekday())
        mine = shares[[slot_of(moment.astimezone(zone)) for moment in opened]]
        means = total[:, None] * mine[None, :] * special.get(day, 1.0)
        simulated = known.scattered(means, draws)
        expected += _between(opened, means.mean(0), np.quantile(simulated, bounds, axis=0) if opened else means[:2])
        whole = simulated.sum(1)
        start = half_hours(zone, day, day + timedelta(days=1))[0]
        low, high = (float(one) for one in np.quantile(whole, bounds))
        sums.append(Expected(start, float(means.sum(1).mean()), low, high))
    return Forecast(level=level, half_hours=tuple(expected), days=tuple(sums))


def naive(history: History, day: date) -> tuple[float, ...]:
    """The slots of the same weekday before, of which something is known: what every better forecast must beat."""
    latest = history.last - timedelta(days=(history.last.weekday() - day.weekday()) % WEEK)
    while latest >= history.first:
        slots = history.on(latest)
        if any(value is not None for value in slots):
            return tuple(value or 0.0 for value in slots)
        latest -= timedelta(days=WEEK)
    return (0.0,) * SLOTS


def _between(moments: Sequence[datetime], means: "Numbers", bounds: "Numbers") -> list[Expected]:
    low, high = bounds
    return [
        Expected(moment, float(mean), float(least), float(most))
        for moment, mean, least, most in zip(moments, means, low, high, strict=True)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """The days looked back on, the last one last; what is not known is filled in with what its weekday was like."""

    last_weekday: int
    slots: "Numbers"
    scatter: float

    @classmethod
    def of(cls, history: History) -> "_Known":
        days = history.days[-MOST_DAYS:]
        known = sum(1 for slots in days if any(value is not None for value in slots))
        if known < LEAST_DAYS:
            raise TooLittleHistory(known)
        table = np.array([[np.nan if value is None else value for value in slots] for slots in days])
        filled = _filled(table)
        found = cls(history.last.weekday(), filled, 0.0)
        return cls(found.last_weekday, filled, found._scatter())

    def simulated(self, ahead: int) -> "Numbers":
        """What the next days' calls may come to: (days, DRAWS)."""
        return _simulated(tuple(float(total) for total in self.slots.sum(1)), ahead)

    def shares(self, weekday: int) -> "Numbers":
        """How a day of this weekday is shared out over its slots; they sum to 1, or to 0 where it never had a call."""
        return self._shares(self._days_of(weekday))

    def scattered(self, means: "Numbers", draws: np.random.Generator) -> "Numbers":
        """Half hours drawn around these means, with the variance mean + scatter × mean²."""
        if self.scatter > 0:
            means = means * draws.gamma(1 / self.scatter, self.scatter, means.shape)
        return draws.poisson(means).astype(np.float64)

    def _days_of(self, weekday: int) -> "Numbers":
        """Its late days, the last one first."""
        back = (self.last_weekday - weekday) % WEEK
        return self.slots[::-1][back::WEEK][:SHARE_WEEKS]

    @staticmethod
    def _shares(days: "Numbers") -> "Numbers":
        weights = SHARE_FADES ** np.arange(len(days))
        added: Numbers = (days * weights[:, None]).sum(0)
        return added / added.sum() if added.sum() > 0 else added

    def _scatter(self) -> float:
        """By moments: how much more the slots of late days lie off their shares than Poisson's counts would."""
        over, squares = 0.0, 0.0
        for weekday in range(WEEK):
            days = self._days_of(weekday)
            means = days.sum(1)[:, None] * self._shares(days)[None, :]
            over += float(((days - means) ** 2 - means).sum())
            squares += float((means**2).sum())
        return max(0.0, over / squares) if squares else 0.0


@lru_cache(maxsize=REMEMBERED)
def _simulated(totals: tuple[float, ...], ahead: int) -> "Numbers":
    """What follows days with these calls: (ahead, DRAWS), for reading only. To find the weights takes most of a
    forecast's time, and who asks again for the same past is told the same."""
    roots = np.sqrt(np.array(totals) + 0.25)
    if np.ptp(roots) == 0:
        drawn = np.full((ahead, DRAWS), roots[0] ** 2 - 0.25)
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that the search for the best weights ended early harms nobody
            model = ETSModel(
                roots, error="add", seasonal="add", seasonal_periods=WEEK, initialization_method="estimated"
            )
            fitted = model.fit(disp=False)
            told = fitted.simulate(ahead, anchor="end", repetitions=DRAWS, rng=np.random.default_rng(SEED))
        above: Numbers = np.maximum(np.asarray(told, dtype=np.float64).reshape(ahead, DRAWS), 0)
        drawn = np.maximum(above**2 - 0.25, 0)
    drawn.setflags(write=False)
    return drawn


def _filled(table: "Numbers") -> "Numbers":
    """Every slot that is not known becomes the mean of the same slot and weekday around it."""
    filled = table.copy()
    for day, slot in zip(*np.nonzero(np.isnan(table)), strict=True):
        for weeks in (2, len(table)):
            near = table[max(0, day % WEEK, day - weeks * WEEK) : day + weeks * WEEK + 1]
            same = near[(np.arange(len(near)) + max(0, day % WEEK, day - weeks * WEEK) - day) % WEEK == 0, slot]
            if not np.isnan(same).all():
                filled[day, slot] = np.nanmean(same)
                break
        else:
            filled[day, slot] = 0.0
    return filled
