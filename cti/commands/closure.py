"""`callcenter closure …`: calendars shut in an emergency, opened again, and what is shut now."""

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cti.commands.arguments import by_whom
from cti.commands.errors import Exit
from cti.commands.service import Service
from cti.commands.tables import table
from cti.settings import Settings

EVERY = "*"


def close(settings: Settings, given: argparse.Namespace) -> Exit:
    """Shut a calendar, or everything. Callers hear why, waiting calls leave as at closing time; it lasts until it is
    opened again, also over a restart. It is logged with who and why."""
    answer = Service(settings).post(
        "/api/closures",
        calendar=given.calendar,
        on=True,
        why=given.why,
        by=given.by,
        announcement=given.announcement,
    )
    [closure] = [one for one in answer["closures"] if one["calendar"] == given.calendar]
    print(f"{_named(given.calendar)} shut; callers hear {_heard(closure)}.")
    return Exit.DONE


def lift(settings: Settings, given: argparse.Namespace) -> Exit:
    """End a closure. It is logged with who and why."""
    answer = Service(settings).post("/api/closures", calendar=given.calendar, on=False, why=given.why, by=given.by)
    left = ", ".join(one["calendar"] for one in answer["closures"])
    print(f"{_named(given.calendar)} shut no longer." + (f" Still shut: {left}." if left else ""))
    return Exit.DONE


def list_closures(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show what is shut, and the announcements recorded by phone."""
    service = Service(settings)
    answer = service.get("/api/closures")
    if given.json:
        print(json.dumps(answer, indent=2, ensure_ascii=False))
        return Exit.DONE
    zone = ZoneInfo(service.get("/api/centre")["time_zone"])
    print(table(("CALENDAR", "SINCE", "BY", "ANNOUNCEMENT", "WHY"), (_row(one, zone) for one in answer["closures"])))
    if answer["announcements"]:
        print(f"Recorded announcements: {', '.join(answer['announcements'])}")
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter closure`; nothing means `list`."""
    commands = parser.add_subparsers(title="commands", metavar="command")
    listing = commands.add_parser("list", help="show what is shut", description=list_closures.__doc__)
    listing.add_argument("--json", action="store_true", help="the API's own answer")
    listing.set_defaults(run=list_closures)
    parser.set_defaults(**vars(listing.parse_args([])))
    on = commands.add_parser("on", help="shut a calendar, or everything", description=close.__doc__)
    on.set_defaults(run=close)
    on.add_argument("--announcement", metavar="NAME", help="one of the recorded; else the house's own words")
    off = commands.add_parser("off", help="open again", description=lift.__doc__)
    off.set_defaults(run=lift)
    for sub in (on, off):
        sub.add_argument("calendar", nargs="?", default=EVERY, help="its name in calendars.yaml (default: all of them)")
        sub.add_argument("--why", help="the reason, in words; shutting needs one")
        by_whom(sub)


def _row(one: Mapping[str, Any], zone: ZoneInfo) -> tuple[str, ...]:
    since = datetime.fromtimestamp(one["since_ms"] / 1000, UTC).astimezone(zone)
    return one["calendar"], f"{since:%m-%d %H:%M:%S}", one["by"], one["announcement"] or "-", one["why"]


def _named(calendar: str) -> str:
    return "The whole centre is" if calendar == EVERY else f"Calendar {calendar} is"


def _heard(closure: Mapping[str, Any]) -> str:
    return f"announcement {closure['announcement']}" if closure["announcement"] else "the house's own words"
