"""Makes a forecast of this centre: its figures are the past, its files say the target, when queues are open and which
days are none like others. It takes libraries of hundreds of megabytes; only commands and the process that makes
reports import it.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from acd.hours import Schedule
from cti.centre import Centre
from cti.figures_file import rules_of
from recording.figures.period import Period, Unit
from recording.figures.scope import Scope, ScopeKind
from recording.figures.service import AnyFigures
from recording.forecasting.backtest import backtest
from recording.forecasting.history import History, half_hours
from recording.forecasting.model import FURTHEST_DAYS, LEAST_DAYS, TooFarAhead, TooLittleHistory
from recording.forecasting.order import ForecastOrder
from recording.forecasting.outlook import outlook
from recording.forecasting.source import HABIT_DAYS, NothingHandled, past
from recording.forecasting.staffing import Target
from recording.forecasting.values import Outlook
from recording.reports.compose import NOTHING_FURTHER, Further, subject_of
from recording.reports.document import Language
from recording.reports.forecast import forecast_sections, no_forecast
from recording.reports.material import Names

USUAL_SHARE = 80.0
"""Where the centre's band of the service level has no lower end (kpi.md, figure 21)."""

SHUT_AT_MOST = 14
"""So many days are looked through for the next on which anything is open."""

_LATER = (timedelta(0), timedelta(minutes=15), timedelta(minutes=29))
"""Where a half hour is looked at: a queue that opens at 8:15 is open in that of 8:00."""


async def foresee(order: ForecastOrder, centre: Centre, figures: AnyFigures, now: datetime) -> Outlook:
    """The forecast. Raises ForecastOrderError, ScopeError, PeriodError, TooLittleHistory, TooFarAhead, NothingHandled,
    and what `figures` raises.
    """
    scope, zone = order.whose(), centre.time_zone
    days = order.days(now, zone)
    yesterday = now.astimezone(zone).date() - timedelta(days=1)
    last = min(order.known_until or yesterday, yesterday)
    known = await past(figures, scope, zone, last)
    is_open = opening(centre, scope)
    odd = {*order.leave_out, *shut_days(known.history, zone, is_open)}
    history, level = known.history.without(odd), order.level / 100
    return outlook(
        str(scope),
        history,
        zone,
        days,
        known.habits(scope, order.handle_s, order.patience_s),
        target_of(order, centre),
        level=level,
        is_open=is_open,
        special=order.special,
        cautious=order.cautious,
        tested=backtest(history, zone, weeks=order.test, level=level) if order.test else None,
    )


async def ahead(
    period: Period, scope: Scope, centre: Centre, figures: AnyFigures, names: Names, language: Language, now: datetime
) -> Further:
    """What follows the time of a report, from what was known at its end, as sections of it: the next week or month, of
    a day the next on which anything is open. Where there is no forecast, the sentence that says why; of a queue of
    former days nothing."""
    if scope.kind is ScopeKind.QUEUE and scope.name not in centre.queues:
        return NOTHING_FURTHER
    coming = following(period, opening(centre, scope))
    if coming is None:
        return no_forecast("forecast-all-shut", language, days=str(SHUT_AT_MOST))
    last = period.end.date() - timedelta(days=1)
    order = ForecastOrder(scope=str(scope), period=coming.name, known_until=last)
    try:
        made = await foresee(order, centre, figures, now)
    except TooLittleHistory as error:
        return no_forecast(error.id, language, days=str(error.days), least=str(LEAST_DAYS))
    except TooFarAhead as error:
        return no_forecast(error.id, language, days=str(FURTHEST_DAYS))
    except NothingHandled as error:
        return no_forecast(error.id, language, days=str(HABIT_DAYS))
    return forecast_sections(made, subject_of(scope, names), language, centre.time_zone, period.unit)


def following(period: Period, is_open: Callable[[datetime], bool]) -> Period | None:
    """The time of the same length after this one; of a day the next on which anything is open, None where none of the
    next ones has such an hour."""
    coming = Period.at(period.unit, period.end, period.zone)
    if period.unit is not Unit.DAY:
        return coming
    for _ in range(SHUT_AT_MOST):
        if any(is_open(half_hour.start) for half_hour in coming.split(Unit.HALF_HOUR)):
            return coming
        coming = Period.at(Unit.DAY, coming.end, period.zone)
    return None


def target_of(order: ForecastOrder, centre: Centre) -> Target:
    """What is said, and else the lower end of the service level's band within the time of the queue."""
    scope, rules = order.whose(), rules_of(centre)
    band = rules.band("service_level")
    usual = float(band.low) if band is not None and band.low is not None and 0 < band.low < 100 else USUAL_SHARE
    within_ms = rules.of_queue(scope.name or None).service_level_ms
    return Target(
        share=(order.share or usual) / 100,
        within_s=order.within_s or within_ms / 1000,
        occupancy=order.occupancy / 100,
        shrinkage=order.shrinkage / 100,
    )


def opening(centre: Centre, scope: Scope) -> Callable[[datetime], bool]:
    """Whether a queue, or any of the centre, is open in the half hour that begins at a moment."""
    hours = centre.service_hours()
    mine: Sequence[Schedule | None] = [hours[scope.name]] if scope.kind is ScopeKind.QUEUE else list(hours.values())
    schedules = [one for one in mine if one is not None]
    if len(schedules) < len(mine) or not schedules:
        return lambda _: True
    return lambda moment: any(one.is_open(moment + later) for one in schedules for later in _LATER)


def shut_days(history: History, zone: ZoneInfo, is_open: Callable[[datetime], bool]) -> set[date]:
    """Past days on which nothing was open though most of their weekday's were, as the calendars have it today: a
    holiday is not to be taken for a weak Tuesday."""
    by_weekday: dict[int, dict[date, bool]] = defaultdict(dict)
    for offset in range(len(history.days)):
        day = history.first + timedelta(days=offset)
        by_weekday[day.weekday()][day] = any(map(is_open, half_hours(zone, day, day + timedelta(days=1))))
    return {
        day
        for days in by_weekday.values()
        if sum(days.values()) * 2 > len(days)
        for day, was_open in days.items()
        if not was_open
    }
