"""`callcenter outcomes …`: the codes with which agents close calls, and the calls that were not closed. The catalogue
is in the data base: for that the service need not run.
"""

import argparse
from collections.abc import Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from cti.commands.arguments import fitting, subcommands
from cti.commands.database import with_store
from cti.commands.errors import BadInput, Exit
from cti.commands.service import Service
from cti.commands.sheets import sheet_commands
from cti.commands.tables import table
from cti.settings import Settings
from cti.versions.start import current_centre
from recording.inputs import cells
from recording.inputs.outcomes import CODE, KEYS, Outcome, Outcomes
from recording.store import Store


def list_outcomes(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show the catalogue of outcome codes."""

    async def read(store: Store) -> list[Outcome]:
        return await Outcomes(store).all()

    rows = (
        (
            *(one.code, cells.titled(one.titles), cells.said(one.resolved), cells.joined(one.queues) or "all"),
            *(one.keys or "-", cells.said(one.active)),
        )
        for one in with_store(settings, read)
    )
    print(table(("CODE", "TITLES", "RESOLVED", "QUEUES", "KEYS", "ACTIVE"), rows))
    return Exit.DONE


def set_outcome(settings: Settings, given: argparse.Namespace) -> Exit:
    """Add an outcome code, or change what is given of one that is known."""
    centre = current_centre(settings)
    _require("--title", [language for language, _ in given.title or ()], centre.languages)
    _require("--queue", given.queue or (), centre.queues)
    changes: dict[str, object] = {"queues": tuple(given.queue)} if given.queue is not None else {}
    changes |= {name: value for name in ("resolved", "keys", "active") if (value := getattr(given, name)) is not None}

    async def save(store: Store) -> None:
        known = await Outcomes(store).find(given.code)
        titles = {**(known.titles if known else {}), **dict(given.title or ())}
        if known is None and (not titles or given.resolved is None):
            raise BadInput(f"{given.code} is new: expected --title LANGUAGE=TITLE and --resolved yes or no")
        before = known.model_dump() if known else {"code": given.code}
        await Outcomes(store).save([Outcome.model_validate({**before, **changes, "titles": titles})])

    with_store(settings, save)
    print(f"Outcome {given.code} is known.")
    return Exit.DONE


def list_missing(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show calls of the last day, or since a day, that have no code although their queue requires one."""
    service = Service(settings)
    query = {"since": given.since and f"{given.since}T00:00", "queue": given.queue, "agent": given.agent, "limit": 500}
    calls = service.get("/api/outcomes/missing", **query)["calls"]
    zone = ZoneInfo(service.get("/api/centre")["time_zone"])
    rows = (
        (
            datetime.fromisoformat(one["started_at"]).astimezone(zone).strftime("%Y-%m-%d %H:%M"),
            *(one[part] for part in ("queue", "agent", "id")),
        )
        for one in calls
    )
    print(table(("BEGAN", "QUEUE", "AGENT", "CALL"), rows))
    return Exit.DONE


def close(settings: Settings, given: argparse.Namespace) -> Exit:
    """Close a call with an outcome code, in place of its agent."""
    body = {"code": given.code, "note": given.note, "matter": given.matter}
    closed = Service(settings).put(f"/api/calls/{given.call}/outcome", body)
    print(f"Call {closed['call']} is closed: {closed['code']}.")
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter outcomes`; nothing means `list`."""
    parser.set_defaults(run=list_outcomes)
    command = subcommands(parser)
    command("list", list_outcomes)
    code = fitting(CODE, "1 to 32 small letters, figures, - and _")
    setting = command("set", set_outcome)
    setting.add_argument("code", type=code)
    setting.add_argument("--title", type=_title, action="append", metavar="LANGUAGE=TITLE", help="may be repeated")
    setting.add_argument("--resolved", type=_yes_or_no, metavar="yes|no", help="whether the matter is settled by it")
    setting.add_argument("--queue", nargs="*", metavar="QUEUE", help="whose calls may be closed with it; none: all")
    setting.add_argument("--keys", type=fitting(KEYS, "1 to 4 figures, or nothing"), help="its digits behind *21")
    setting.add_argument("--active", type=_yes_or_no, metavar="yes|no", help="whether it may still be given")
    sheet_commands(command, ["outcomes"])
    missing = command("missing", list_missing)
    missing.add_argument("--since", metavar="DAY", type=fitting(r"\d{4}-\d\d-\d\d", "a day such as 2026-11-22"))
    missing.add_argument("--queue")
    missing.add_argument("--agent")
    closing = command("close", close)
    closing.add_argument("call", help="the call's id")
    closing.add_argument("code", type=code)
    closing.add_argument("--note", default="")
    closing.add_argument("--matter", default="", help="what it was about, as the centre names it")


def _title(text: str) -> tuple[str, str]:
    try:
        ((language, title),) = cells.by_language(text).items()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected such as en=Sold") from None
    return language, title


def _yes_or_no(text: str) -> bool:
    try:
        return cells.yes_or_no(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected yes or no") from None


def _require(option: str, given: Iterable[str], known: Collection[str]) -> None:
    if unknown := [name for name in given if name not in known]:
        raise BadInput(f"{option}: there is no {unknown[0]!r}; expected one of: {', '.join(known)}")
