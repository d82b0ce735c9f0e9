"""Makes a forecast with its staff, as one value. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from recording.forecasting.backtest import Backtest
from recording.forecasting.history import History
from recording.forecasting.model import Expected, forecast
from recording.forecasting.plan import Habits, plan
from recording.forecasting.staffing import Target
from recording.forecasting.values import DayOutlook, HalfHourOutlook, Outlook, Tested


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
            erlang_c=one.erlang_c.scheduled,
            erlang_a=one.erlang_a and one.erlang_a.scheduled,
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
        for_agents=habits.for_agents,
        share=target.share,
        within_s=target.within_s,
        shrinkage=target.shrinkage,
        days=tuple(_day(day, one, half_hours, habits.patience_s) for day, one in zip(days, made.days, strict=True)),
        half_hours=tuple(half_hours),
        tested=tested and Tested(**{name: getattr(tested, name) for name in Tested.model_fields}),
    )


def _day(day: date, expected: Expected, half_hours: Sequence[HalfHourOutlook], patience_s: float | None) -> DayOutlook:
    mine = [one for one in half_hours if one.start.date() == day]
    return DayOutlook(
        day=day,
        calls=expected.calls,
        low=expected.low,
        high=expected.high,
        agents=max((one.scheduled for one in mine), default=0),
        agent_hours=sum(one.scheduled for one in mine) / 2,
        erlang_c_hours=sum(one.erlang_c for one in mine) / 2,
        erlang_a_hours=None if patience_s is None else sum(one.erlang_a or 0 for one in mine) / 2,
    )
