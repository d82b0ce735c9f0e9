"""What a forecast is made from, read off the figures of the past: calls of each half hour, and what they are like."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from recording.figures.period import Period, midnight
from recording.figures.scope import Scope, ScopeKind
from recording.figures.service import AnyFigures
from recording.forecasting.history import History, history_of
from recording.forecasting.model import MOST_DAYS
from recording.forecasting.plan import Habits, patience

HABIT_DAYS = 28
"""What calls are like is taken from so many days."""


class NothingHandled(Exception):
    """No call was handled lately, so that nobody knows how long one takes."""

    id = "forecast-handle-time-unknown"

    def __init__(self, scope: Scope) -> None:
        super().__init__(
            f"{scope}: no call was handled in {HABIT_DAYS} days; "
            "expected a handle time (--handle-time, in the API handle_time)"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """`handle_s` and `patience_s` are None where no call was handled, and no caller left; `for_agents` is the share of
    calls that came to a queue."""

    history: History
    handle_s: float | None
    patience_s: float | None
    for_agents: float = 1.0

    def habits(self, scope: Scope, handle_s: float | None = None, patience_s: float | None = None) -> Habits:
        """What calls are like; what is given goes before what was. Raises NothingHandled."""
        if (handle := handle_s or self.handle_s) is None:
            raise NothingHandled(scope)
        return Habits(handle_s=handle, patience_s=patience_s or self.patience_s, for_agents=self.for_agents)


async def past(figures: AnyFigures, scope: Scope, zone: ZoneInfo, last: date, days: int = MOST_DAYS) -> Past:
    """The days up to `last`, and no more than `days` of them; those before the first call do not count as days.

    Raises what `figures` raises.
    """
    until = midnight(last + timedelta(days=1), zone)
    whole = Period.between(midnight(last - timedelta(days=days - 1), zone), until, zone)
    calls = await figures.received(scope, whole)
    first = min(calls, default=None)
    begin = first.astimezone(zone).date() if first else last
    habits = Period.between(midnight(last - timedelta(days=HABIT_DAYS - 1), zone), until, zone)
    report = await figures.report(
        scope, habits, ("handle_time", "speed_of_answer", "time_to_abandon", "received", "service_level")
    )
    waited = report["speed_of_answer"].numerator + report["time_to_abandon"].numerator
    handled = report["handle_time"].value
    received, offered = report["received"].numerator, report["service_level"].parts["offered"].denominator
    return Past(
        history=history_of(calls, zone, begin, last),
        handle_s=None if handled is None else float(handled),
        patience_s=patience(float(waited) / 1000, int(report["time_to_abandon"].denominator)),
        for_agents=float(offered / received) if scope.kind is ScopeKind.CENTRE and received else 1.0,
    )
