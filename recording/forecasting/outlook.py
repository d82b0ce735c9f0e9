"""A forecast with its staff as one value, as the API, reports and the command show it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from recording.forecasting.backtest import Backtest
from recording.forecasting.history import History
from recording.forecasting.model import Expected, forecast
from recording.forecasting.plan import Habits, plan
from recording.forecasting.staffing import Target


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HalfHourOutlook(_Value):
    """Calls expected in the half hour that begins at `start`, between bounds, and the agents they need: `agents`
    serving, `scheduled` planned for that. With those, `service_level` (0 to 1) are answered in time, callers wait
    `wait_s` on the average, `abandoned` (0 to 1) leave, and agents are busy `occupancy` (0 to 1) of their time."""

    start: datetime
    calls: float
    low: float
    high: float
    agents: int
    scheduled: int
    service_level: float
    wait_s: float
    abandoned: float
    occupancy: float


class DayOutlook(_Value):
    """A day's calls between bounds; `agents` at once at its busiest, and `agent_hours` of all its half hours, both as
    scheduled."""

    day: date
    calls: float
    low: float
    high: float
    agents: int
    agent_hours: float


class Tested(_Value):
    """How good forecasts of the last `weeks` would have been: the share of all calls (0 and up) by which half hours and
    days were off, beside the naive forecast (the same weekday a week before), and how many lay between their bounds."""

    weeks: int
    error: float
    naive_error: float
    day_error: float
    naive_day_error: float
    covered: float
    covered_days: float

    @classmethod
    def of(cls, found: Backtest) -> "Tested":
        """As it is shown."""
        return cls(**{name: getattr(found, name) for name in cls.model_fields})


class Outlook(_Value):
    """`days_known` up to `last_known` were learnt from. The bounds hold for `level` (0 to 1) of half hours, and of
    days. `patience_s` is null where no caller left, so that all are taken to wait for ever."""

    scope: str
    days_known: int
    last_known: date
    level: float
    handle_s: float
    patience_s: float | None
    share: float
    within_s: float
    shrinkage: float
    days: tuple[DayOutlook, ...]
    half_hours: tuple[HalfHourOutlook, ...]
    tested: Tested | None = None


def outlook(
    scope: str,
    history: History,
    zone: ZoneInfo,
    days: Sequence[date],
    habits: Habits,
    target: Target,
    *,
    level: float = 0.8,
    is_open: Callable[[datetime], bool] = lambda _: True,
    special: Mapping[date, float] = MappingProxyType({}),
    cautious: bool = False,
    tested: Backtest | None = None,
) -> Outlook:
    """Forecast these days and plan their staff; `cautious` plans for the upper bound of the calls.

    Raises TooLittleHistory, TooFarAhead.
    """
    made = forecast(history, zone, days, level=level, is_open=is_open, special=special)
    half_hours = [
        HalfHourOutlook(
            start=one.expected.start.astimezone(zone),
            calls=one.expected.calls,
            low=one.expected.low,
            high=one.expected.high,
            agents=one.need.agents,
            scheduled=one.need.scheduled,
            service_level=one.need.service_level,
            wait_s=one.need.wait_s,
            abandoned=one.need.abandoned,
            occupancy=one.need.occupancy,
        )
        for one in plan(made.half_hours, habits, target, cautious=cautious)
    ]
    return Outlook(
        scope=scope,
        days_known=sum(1 for slots in history.days if any(value is not None for value in slots)),
        last_known=history.last,
        level=level,
        handle_s=habits.handle_s,
        patience_s=habits.patience_s,
        share=target.share,
        within_s=target.within_s,
        shrinkage=target.shrinkage,
        days=tuple(_day(day, one, half_hours) for day, one in zip(days, made.days, strict=True)),
        half_hours=tuple(half_hours),
        tested=tested and Tested.of(tested),
    )


def _day(day: date, expected: Expected, half_hours: Sequence[HalfHourOutlook]) -> DayOutlook:
    mine = [one for one in half_hours if one.start.date() == day]
    return DayOutlook(
        day=day,
        calls=expected.calls,
        low=expected.low,
        high=expected.high,
        agents=max((one.scheduled for one in mine), default=0),
        agent_hours=sum(one.scheduled for one in mine) / 2,
    )
