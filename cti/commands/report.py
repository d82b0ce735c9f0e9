"""`callcenter report …`: reports and exports of calls, in the terminal and as files; the service need not run."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from acd.states import CallOutcome
from cti.commands.addends import addends_arguments, list_addends
from cti.commands.arguments import agent_number, forecast_argument, instant, subcommands
from cti.commands.database import with_store
from cti.commands.errors import BadInput, Exit
from cti.commands.report_schedules import add_schedules, address
from cti.reporting_work import Made, Work
from cti.settings import Settings
from recording.figures.counted import masks
from recording.figures.listing import CountedCalls
from recording.figures.scope import Scope
from recording.reports.document import Language
from recording.reports.named import REPORTS
from recording.reports.order import Form, Order
from recording.store import CallFilter, Store

HELP = {
    "hour": "one hour of the centre, a queue, a team or an agent",
    "day": "a day, half hour by half hour",
    "week": "a week, day by day",
    "month": "a month, day by day",
    "quarter": "a quarter, week by week",
    "free": "any time: --at 2026-11-01..2026-11-14",
    "bulletin": "what was evaluated on a day, what is late, who is below (`callcenter quality bulletin`)",
}
BINARY = frozenset({Form.PARQUET, Form.XLSX})


def show_report(settings: Settings, given: argparse.Namespace) -> Exit:
    """Make a report, and print it or write it to a file."""
    form = form_of(given, Form.TEXT)
    order = Order(
        report=given.report,
        scope=_scope(given),
        at=given.at,
        keys=tuple(key for key in given.keys.split(",") if key),
        language=given.language,
        form=form,
        bom=given.bom,
        calls=given.calls,
        forecast=given.forecast,
    )
    return give(settings, order, given.output, given.mail)


def give(settings: Settings, order: Order, output: Path | None, recipients: Sequence[str]) -> Exit:
    """Make a report, and send it, or write it to a file, or print it."""
    if recipients and output is not None:
        raise BadInput("--mail and --output: expected one of them; --format says what is attached to the mail")
    if recipients:
        return _mail(settings, order, recipients)
    _put(output, _made(settings, lambda work: work.report(order)))
    return Exit.DONE


def _mail(settings: Settings, order: Order, recipients: Sequence[str]) -> Exit:
    seal = f"command\n{datetime.now(UTC).isoformat()}"

    async def send(store: Store) -> None:
        for recipient in recipients:
            await Work(settings, store).mail(order, recipient, seal)

    with_store(settings, send)
    print(f"Sent to {', '.join(recipients)}.")
    return Exit.DONE


def export_calls(settings: Settings, given: argparse.Namespace) -> Exit:
    """Write calls to a file, one a row: those that `callcenter calls` would list, all of them."""
    form = form_of(given, Form.CSV)

    async def export(work: Work) -> Made:
        zone = work.centre().time_zone
        since, until = (text and instant(text, zone) for text in (given.since, given.until))
        counted = given.counted and CountedCalls(
            scope=Scope.parse(given.scope), counted=given.counted, since=since, until=until
        )
        which = CallFilter(
            since=None if counted else since,
            until=None if counted else until,
            queue=given.queue,
            agent=given.agent,
            caller=given.caller,
            outcome=given.outcome and CallOutcome(given.outcome),
            counted=counted or None,
        )
        return await work.calls(which, form, masked=given.masked, bom=given.bom)

    _put(given.output, _made(settings, export))
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter report`."""
    parser.description = __doc__
    command = subcommands(parser, required=True)
    for name in REPORTS:
        report = command(name, show_report)
        report.description = f"{HELP[name][0].upper()}{HELP[name][1:]}."
        report.set_defaults(report=name)
        of_whom = report.add_mutually_exclusive_group()
        of_whom.add_argument("--queue", metavar="NAME", help="of a queue (default: of the centre)")
        of_whom.add_argument("--team", metavar="NAME", help="of a team")
        of_whom.add_argument("--agent", type=agent_number, metavar="NUMBER", help="of an agent")
        report.add_argument("--at", default="", metavar="TIME", help=_when(name))
        report.add_argument(
            "--calls", action="store_true", help="in text: tell how to list the calls behind each number"
        )
        report.add_argument("--keys", default="", metavar="KEY,…", help="only these figures (default: all)")
        report.add_argument("--language", type=Language, choices=list(Language), default=Language.ENGLISH)
        forecast_argument(report, "the week and mails with, others without")
        output_arguments(report)
        mail_argument(report)
    add_schedules(command)
    calls = command("calls", export_calls)
    calls.add_argument("--since", metavar="TIME", help="began at this time or later: 2026-11-22T08:00 (centre's time)")
    calls.add_argument("--until", metavar="TIME", help="began before this time")
    calls.add_argument("--queue", help="stood last in this queue")
    calls.add_argument("--agent", metavar="NUMBER", help="spoke first with this agent")
    calls.add_argument("--caller", metavar="NUMBER", help="came from this number")
    calls.add_argument("--outcome", choices=[outcome.value for outcome in CallOutcome], help="ended like this")
    calls.add_argument("--counted", type=_counted, metavar="SUM", help="that count for this sum of a figure: answered")
    calls.add_argument("--scope", default="centre", help="whose sum: centre, queue:NAME, team:NAME, agent:NUMBER")
    calls.add_argument("--masked", action="store_true", help="numbers of callers masked, and no names")
    output_arguments(calls)
    addends_arguments(command("addends", list_addends))


def mail_argument(parser: argparse.ArgumentParser) -> None:
    """To whom it is sent."""
    parser.add_argument(
        "--mail",
        type=address,
        action="append",
        default=[],
        metavar="ADDRESS",
        help="send it there; --format is attached",
    )


def output_arguments(parser: argparse.ArgumentParser) -> None:
    """In which form, and where to."""
    parser.add_argument("--format", type=Form, choices=list(Form), help="default: by the name of --output")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write it there (default: print it)")
    parser.add_argument("--bom", action="store_true", help="CSV with a byte order mark, for spreadsheets that guess")


def _when(name: str) -> str:
    if name == "free":
        return "from one day to another, both included: 2026-11-01..2026-11-14"
    example = {"hour": "2026-11-21T10", "quarter": "2026-Q4"}.get(name, "2026-11-21")
    return f'such as {example}, or any part of it; "now" for the one that runs (default: the last that is over)'


def form_of(given: argparse.Namespace, default: Form) -> Form:
    """The form that was asked for, or the one that the name of the file says."""
    form: Form = given.format or _by_name(given.output) or default
    if form in BINARY and given.output is None and not getattr(given, "mail", None) and sys.stdout.isatty():
        raise BadInput(f"--format {form}: expected --output FILE, this is nothing for a terminal")
    return form


def _by_name(file: Path | None) -> Form | None:
    suffix = "" if file is None else file.suffix.lower().removeprefix(".")
    named = {**{form.value: form for form in Form}, "txt": Form.TEXT, "htm": Form.HTML}
    if suffix and suffix not in named:
        raise BadInput(f"--output {file}: expected a name that ends in .{', .'.join(named)}, or --format with it")
    return named.get(suffix)


def _scope(given: argparse.Namespace) -> str:
    for kind in ("queue", "team", "agent"):
        if name := getattr(given, kind):
            return f"{kind}:{name}"
    return "centre"


def _counted(text: str) -> str:
    try:
        masks(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _made(settings: Settings, make: Callable[[Work], Awaitable[Made]]) -> bytes:
    async def work(store: Store) -> bytes:
        made = await make(Work(settings, store))
        return b"".join(await asyncio.to_thread(list, made.pieces))

    return with_store(settings, work)


def _put(file: Path | None, body: bytes) -> None:
    if file is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
        return
    try:
        file.write_bytes(body)
    except OSError as error:
        raise BadInput(f"--output {file}: {error.strerror}") from None
    print(f"{file}: {len(body):,} bytes")
