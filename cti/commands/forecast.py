"""`callcenter forecast`: how many calls will come, and how many agents they need. From the figures of the past; with
`--sample` from the history that is shipped, which needs neither a past nor a service.
"""

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from re import fullmatch

from cti.centre import centre_of
from cti.commands import arguments
from cti.commands.database import with_store
from cti.commands.errors import BadInput, Exit
from cti.commands.tables import table
from cti.figures_file import rules_of
from cti.forecasts import foresee
from cti.reporting_errors import UnknownSubject
from cti.settings import Settings
from recording.figures.scope import CENTRE, ScopeKind
from recording.figures.service import Figures
from recording.forecasting.backtest import backtest
from recording.forecasting.model import TooFarAhead, TooLittleHistory
from recording.forecasting.order import ForecastOrder
from recording.forecasting.outlook import outlook
from recording.forecasting.sample import ZONE, sample
from recording.forecasting.showing import DAY_HEADER, HALF_HOUR_HEADER, as_csv, day_rows, half_hour_rows, head
from recording.forecasting.source import NothingHandled, Past
from recording.forecasting.staffing import Target
from recording.forecasting.values import MOST_DAYS_SHOWN, Outlook
from recording.store import Store

SAMPLE_HANDLE_S, SAMPLE_PATIENCE_S = 330.0, 120.0
"""A call's usual length (kpi.md, figures 2 and 10), and a patience as floors have it."""
SAMPLE_SHARE, SAMPLE_WITHIN_S = 80.0, 20.0


def show_forecast(settings: Settings, given: argparse.Namespace) -> Exit:
    """Forecast the calls of days to come per half hour, and say how many agents they need."""
    try:
        made = _of_sample(given) if given.sample else _of_figures(settings, given)
    except (TooLittleHistory, TooFarAhead, NothingHandled) as error:
        raise BadInput(str(error)) from error
    if given.format == "json":
        print(made.model_dump_json(indent=2))
    elif given.format == "csv":
        print(as_csv(made), end="")
    else:
        print("\n".join((*head(made), "")))
        rows = (HALF_HOUR_HEADER, half_hour_rows(made)) if given.half_hours else (DAY_HEADER, day_rows(made))
        print(table(*rows))
    return Exit.DONE


def _of_sample(given: argparse.Namespace) -> Outlook:
    history, special = sample()
    known = Past(history=history.without(special.keys()), handle_s=SAMPLE_HANDLE_S, patience_s=SAMPLE_PATIENCE_S)
    learnt = known.history.without(set(given.leave_out))
    first, level = given.first or history.last + timedelta(days=1), given.level / 100
    target = Target(
        share=(given.share or SAMPLE_SHARE) / 100,
        within_s=given.within or SAMPLE_WITHIN_S,
        occupancy=given.occupancy / 100,
        shrinkage=given.shrinkage / 100,
    )
    return outlook(
        "sample",
        learnt,
        ZONE,
        [first + timedelta(days=number) for number in range(given.days)],
        known.habits(CENTRE, given.handle_time, given.patience),
        target,
        level=level,
        special=dict(given.special),
        cautious=given.cautious,
        tested=backtest(learnt, ZONE, weeks=given.test, level=level) if given.test else None,
    )


def _of_figures(settings: Settings, given: argparse.Namespace) -> Outlook:
    centre = centre_of(settings)
    if given.queue is not None and given.queue not in centre.queues:
        raise UnknownSubject(ScopeKind.QUEUE, given.queue, centre.queues)
    now = datetime.now(UTC)
    first = given.first or now.astimezone(centre.time_zone).date()
    order = ForecastOrder(
        scope=f"queue:{given.queue}" if given.queue else "centre",
        period=f"{first}..{first + timedelta(days=given.days - 1)}",
        share=given.share,
        within_s=given.within,
        occupancy=given.occupancy,
        shrinkage=given.shrinkage,
        handle_s=given.handle_time,
        patience_s=given.patience,
        level=given.level,
        cautious=given.cautious,
        leave_out=tuple(given.leave_out),
        special=dict(given.special),
        test=given.test,
    )

    async def read(store: Store) -> Outlook:
        return await foresee(order, centre, Figures(store, rules_of(centre)), now)

    return with_store(settings, read)


def _special(text: str) -> tuple[date, float]:
    day, _, share = text.partition("=")
    if not fullmatch(r"\d+(\.\d+)?", share):
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected a day and a share: 2026-10-01=0.3")
    return arguments.day(day), float(share)


def _between(low: float, high: float) -> Callable[[str], float]:
    """An argument's type: a number between these, both excluded."""

    def check(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not low < number < high:
            raise argparse.ArgumentTypeError(
                f"{text!r} does not fit; expected a number above {low:g} and below {high:g}"
            )
        return number

    return check


def _whole(most: int) -> Callable[[str], int]:
    """An argument's type: a whole number from 1 to this."""

    def check(text: str) -> int:
        if not fullmatch(r"[1-9]\d{0,3}", text) or int(text) > most:
            raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected 1 to {most}")
        return int(text)

    return check


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter forecast`."""
    parser.description = show_forecast.__doc__
    parser.set_defaults(run=show_forecast)
    percent, seconds = _between(0, 100), _between(0, 86_400)
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument("--queue", help="of this queue (default: of all calls that reach the centre)")
    whose.add_argument("--sample", action="store_true", help="from the history that is shipped, to try it out")
    parser.add_argument(
        "--from", dest="first", type=arguments.day, metavar="DAY", help="the first day (default: today)"
    )
    parser.add_argument(
        "--days", type=_whole(MOST_DAYS_SHOWN), default=7, metavar="N", help=f"1 to {MOST_DAYS_SHOWN} (default 7)"
    )
    parser.add_argument("--share", type=percent, metavar="PERCENT", help="of the calls, answered … (the band's)")
    parser.add_argument("--within", type=seconds, metavar="SECONDS", help="… within this time (the queue's)")
    parser.add_argument(
        "--occupancy",
        type=_between(0, 100.001),
        default=100,
        metavar="PERCENT",
        help="agents are to be busy at most (100)",
    )
    parser.add_argument(
        "--shrinkage", type=_between(-0.001, 100), default=0, metavar="PERCENT", help="of those scheduled are away (0)"
    )
    parser.add_argument("--handle-time", type=seconds, metavar="SECONDS", help="of a call (default: of the last weeks)")
    parser.add_argument("--patience", type=seconds, metavar="SECONDS", help="of callers (default: as it was)")
    parser.add_argument("--level", type=percent, default=80, metavar="PERCENT", help="how often the bounds hold (80)")
    parser.add_argument("--cautious", action="store_true", help="plan for the upper bound of the calls")
    parser.add_argument(
        "--leave-out", type=arguments.day, action="append", default=[], metavar="DAY", help="a past day that was odd"
    )
    parser.add_argument(
        "--special", type=_special, action="append", default=[], metavar="DAY=SHARE", help="a day to come that is odd"
    )
    parser.add_argument("--test", type=_whole(26), metavar="WEEKS", help="how good it would have been")
    parser.add_argument("--half-hours", action="store_true", help="a row for each half hour, not each day")
    parser.add_argument("--format", choices=("text", "csv", "json"), default="text")
