"""`callcenter report schedules|send|unsend`: reports sent by mail. The service need not run, but sends them."""

import argparse
from collections.abc import Callable
from datetime import datetime, time, tzinfo
from typing import Any

from pydantic import ValidationError

from cti.commands.arguments import by_whom, fitting, forecast_argument
from cti.commands.database import with_store
from cti.commands.errors import BadInput, CommandError, Exit
from cti.commands.tables import table
from cti.http.report_schedules import ScheduleGiven, schedule_of, view_of
from cti.mail_settings import mail_address
from cti.settings import Settings
from cti.subjects import require_subject
from cti.unfit import said
from cti.versions.start import current_centre
from recording.figures.period import Unit
from recording.figures.scope import Scope
from recording.reports.document import Language
from recording.reports.mails import Delivery, ReportMails
from recording.reports.order import Form
from recording.reports.schedule import Schedule
from recording.store import Store


class ScheduleUnknown(CommandError):
    """No schedule is called so."""

    id = "unknown-schedule"


def list_schedules(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show which reports are sent to whom, and what became of the last mails."""

    async def read(store: Store) -> tuple[list[Schedule], list[Delivery]]:
        mails = ReportMails(store)
        return await mails.schedules(), list(await mails.last(given.limit))

    schedules, deliveries = with_store(settings, read)
    views = [view_of(one) for one in schedules]
    at = (
        one.at if schedule.unit is not Unit.HOUR else "at once" for schedule, one in zip(schedules, views, strict=True)
    )
    rows = (
        (one.name, one.report, one.scope, when, one.form, ", ".join(one.recipients))
        for one, when in zip(views, at, strict=True)
    )
    print(table(("NAME", "REPORT", "OF", "AT", "AS", "TO"), rows))
    if deliveries:
        print()
        zone = current_centre(settings).time_zone
        rows_of_mails = (_row(one, zone) for one in deliveries)
        print(table(("SCHEDULE", "TIME", "TO", "SENT", "TRIED", "AGAIN", "WHY"), rows_of_mails))
    _warn_without_server(settings)
    return Exit.DONE


def send(settings: Settings, given: argparse.Namespace) -> Exit:
    """Have a report sent whenever its time is over: each once, to each address. The running service takes it up within
    ten minutes."""
    try:
        wanted = ScheduleGiven(
            report=given.report,
            scope=given.scope,
            keys=tuple(key for key in given.keys.split(",") if key),
            language=given.language,
            form=given.format,
            at=given.at,
            forecast=given.forecast,
            recipients=given.to,
        )
    except ValidationError as error:
        raise BadInput(said(error, "schedule")[1]) from None
    schedule = schedule_of(given.name, wanted, given.by)
    centre = current_centre(settings)

    async def save(store: Store) -> None:
        await require_subject(store, centre, Scope.parse(given.scope))
        await ReportMails(store).save(schedule)

    with_store(settings, save)
    print(f"Schedule {given.name} holds.")
    _warn_without_server(settings)
    return Exit.DONE


def unsend(settings: Settings, given: argparse.Namespace) -> Exit:
    """Forget a schedule; its mails that have not gone are not sent."""
    if not with_store(settings, lambda store: ReportMails(store).remove(given.name)):
        raise ScheduleUnknown(f"there is no schedule {given.name}; `callcenter report schedules` shows which there are")
    print(f"Schedule {given.name} is gone.")
    return Exit.DONE


def add_schedules(command: Callable[[str, Callable[..., Any]], argparse.ArgumentParser]) -> None:
    """The commands for schedules, below `callcenter report`."""
    name = fitting(r"[^\x00-\x1f\x7f/]{1,64}", "1 to 64 characters, no /")
    listing = command("schedules", list_schedules)
    listing.add_argument("--limit", type=int, default=20, metavar="N", help="so many mails (default 20)")
    sending = command("send", send)
    sending.add_argument("name", type=name, help="what the schedule is called")
    sending.add_argument("report", help="day, week, month, …")
    sending.add_argument(
        "--to", type=address, action="append", required=True, metavar="ADDRESS", help="may be repeated"
    )
    sending.add_argument("--scope", default="centre", help="centre, queue:NAME, team:NAME or agent:NUMBER")
    sending.add_argument(
        "--at", type=_clock, default=time(7), metavar="HH:MM", help="when (default 07:00); that of an hour at once"
    )
    sending.add_argument("--keys", default="", metavar="KEY,…", help="only these figures (default: all)")
    sending.add_argument("--language", type=Language, choices=list(Language), default=Language.ENGLISH)
    sending.add_argument("--format", type=Form, choices=list(Form), default=Form.HTML, help="what is attached")
    forecast_argument(sending, "with")
    by_whom(sending)
    command("unsend", unsend).add_argument("name", type=name)


def address(text: str) -> str:
    """A mail address."""
    try:
        return mail_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; {error}") from None


def _warn_without_server(settings: Settings) -> None:
    if not settings.mail.is_set:
        print("No mail server is set: nothing is sent (docs/reports.md).")


def _clock(text: str) -> time:
    try:
        return datetime.strptime(text, "%H:%M").time()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected a time such as 07:00") from None


def _row(delivery: Delivery, zone: tzinfo) -> tuple[str, ...]:
    sent, again = (
        f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else "-"
        for moment in (delivery.sent_at, delivery.next_at)
    )
    tried = (sent, str(delivery.attempts), again, delivery.error or "-")
    return (delivery.schedule, delivery.period, delivery.recipient, *tried)
