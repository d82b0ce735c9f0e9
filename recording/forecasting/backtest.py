"""How good forecasts would have been: each week of the past forecast from what was known before it, and held against
what came, beside the naive forecast (last week again). Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from recording.forecasting.history import WEEK, History, slot_of
from recording.forecasting.model import LEAST_DAYS, Expected, TooLittleHistory, forecast, naive


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """Errors are weighted absolute percentage errors: Σ |forecast - calls| ÷ Σ calls, 0 and up. `covered` is the share
    of half hours, and `covered_days` of days, that lay between their bounds, which were made for `level`."""

    weeks: int
    half_hours: int
    error: float
    naive_error: float
    day_error: float
    naive_day_error: float
    level: float
    covered: float
    covered_days: float


def backtest(history: History, zone: ZoneInfo, *, weeks: int, level: float = 0.8) -> Backtest:
    """The last so many whole weeks, each forecast from what was known on the evening before it.

    Raises TooLittleHistory.
    """
    begin = history.last - timedelta(days=weeks * WEEK - 1)
    if (begin - history.first).days < LEAST_DAYS:
        raise TooLittleHistory((begin - history.first).days)
    slots = [one for week in range(weeks) for one in _week(history, zone, begin + timedelta(days=week * WEEK), level)]
    days = list(_by_day(slots))
    called, called_days = sum(one.calls for one in slots), sum(one.calls for one in days)
    return Backtest(
        weeks=weeks,
        half_hours=len(slots),
        error=sum(abs(one.expected.calls - one.calls) for one in slots) / called,
        naive_error=sum(abs(one.naive - one.calls) for one in slots) / called,
        day_error=sum(abs(one.expected.calls - one.calls) for one in days) / called_days,
        naive_day_error=sum(abs(one.naive - one.calls) for one in days) / called_days,
        level=level,
        covered=_share_within(slots),
        covered_days=_share_within(days),
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """What came, and what was expected of it; `day` is its day where it is a half hour of one."""

    day: date
    calls: float
    expected: Expected
    naive: float
    of_day: Expected


def _week(history: History, zone: ZoneInfo, first: date, level: float) -> Iterator[_Held]:
    before = history.until(first)
    days = [first + timedelta(days=offset) for offset in range(WEEK)]
    made = forecast(before, zone, days, level=level)
    whole = dict(zip(days, made.days, strict=True))
    guesses = {day: naive(before, day) for day in days}
    for one in made.half_hours:
        local: datetime = one.start.astimezone(zone)
        day, slot = local.date(), slot_of(local)
        came = history.on(day)[slot]
        if came is not None:
            yield _Held(day, came, one, guesses[day][slot], whole[day])


def _by_day(slots: list[_Held]) -> Iterator[_Held]:
    for day in sorted({one.day for one in slots}):
        mine = [one for one in slots if one.day == day]
        calls, guess = sum(one.calls for one in mine), sum(one.naive for one in mine)
        yield _Held(day, calls, mine[0].of_day, guess, mine[0].of_day)


def _share_within(held: list[_Held]) -> float:
    return sum(one.expected.low <= one.calls <= one.expected.high for one in held) / len(held)
