"""`callcenter reconcile DAY`: one day's records against Asterisk's own call records; the service need not run."""

import argparse
from datetime import date, datetime, time, timedelta

from cti.commands.database import with_store
from cti.commands.errors import BadInput, CommandError, Exit
from cti.commands.tables import table
from cti.reconciliation import ReconciliationView, shown
from cti.settings import Settings
from cti.versions.start import current_centre
from recording.reconcile.day import Day, reconcile
from recording.reconcile.rows import DayGone
from recording.store import Store

HEADER = ("CAUSE", "CALL", "CHANNEL", "OURS", "ASTERISK'S")


class NotKept(CommandError):
    """The files of that day have been removed, at least in part: they were older than `file_days`."""

    id = DayGone.id


def reconcile_day(settings: Settings, given: argparse.Namespace) -> Exit:
    """Print every difference; the exit code is 1 where there is one that a killed Asterisk does not explain."""
    zone = current_centre(settings).time_zone
    day = given.day or datetime.now(zone).date()
    since, until = (datetime.combine(one, time.min, zone) for one in (day, day + timedelta(days=1)))

    async def compare(store: Store) -> Day:
        return await reconcile(store, settings.asterisk_log, since, until)

    try:
        view = shown(with_store(settings, compare))
    except DayGone as error:
        raise NotKept(f"{day}: {error}") from None
    except OSError as error:
        raise BadInput(f"{error.filename}: {error.strerror}; expected Asterisk's call records") from None
    print(view.model_dump_json() if given.json else "\n".join(_lines(day, view)))
    return Exit.DONE if view.agrees else Exit.REFUSED


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter reconcile`."""
    parser.set_defaults(run=reconcile_day)
    parser.add_argument(
        "day", nargs="?", type=_day, metavar="DAY", help="such as 2026-11-22; today where none is given"
    )
    parser.add_argument("--json", action="store_true", help="for programs")


def _lines(day: date, view: ReconciliationView) -> list[str]:
    kinds = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in sorted(view.rows.items()))
    lines = [f"{day}: {view.records} records, {sum(view.rows.values())} rows of Asterisk ({kinds or 'none'})"]
    if view.went_on_alone:
        lines.append(f"Asterisk stopped counting {view.went_on_alone} times while a caller went on alone.")
    lines += [f"Asterisk's file, {one}" for one in view.unreadable]
    if not view.differences:
        return [*lines, "No difference."]
    rows = [(one.cause, one.call or one.linkedid, one.channel, one.ours, one.theirs) for one in view.differences]
    return [*lines, table(HEADER, rows)]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected a day such as 2026-11-22") from None
