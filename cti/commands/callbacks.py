"""`callcenter callbacks …`: who is owed a call-back, from the running service."""

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cti.commands.errors import Exit
from cti.commands.service import Service
from cti.commands.tables import table
from cti.settings import Settings

Shown = Mapping[str, Any]
"""A call-back as the API gives it."""


def list_callbacks(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show call-backs in the order they were asked for."""
    service = Service(settings)
    answer = service.get("/api/callbacks", state=given.state, queue=given.queue, kind="callback")
    if given.json:
        print(json.dumps(answer, indent=2, ensure_ascii=False))
        return Exit.DONE
    zone = ZoneInfo(service.get("/api/centre")["time_zone"])
    header = ("ASKED", "NUMBER", "QUEUE", "STATE", "TRIED", "LAST", "NEXT", "ID")
    print(table(header, (_row(one, zone) for one in answer["callbacks"])))
    return Exit.DONE


def add(settings: Settings, given: argparse.Namespace) -> Exit:
    """Have a customer called back, at a number he called from or has confirmed."""
    one = Service(settings).post(
        "/api/callbacks", number=given.number, queue=given.queue, priority=given.priority, data=dict(given.data)
    )
    print(f"Call-back {one['id']} for queue {one['queue']} is {words(one['state'])}.")
    return Exit.DONE


def cancel(settings: Settings, given: argparse.Namespace) -> Exit:
    """End a call-back."""
    one = Service(settings).delete(f"/api/callbacks/{given.id}")
    print(f"Call-back {one['id']} is cancelled.")
    return Exit.DONE


def hasten(settings: Settings, given: argparse.Namespace) -> Exit:
    """Try a call-back again now, not when its time has come."""
    one = Service(settings).post(f"/api/callbacks/{given.id}/now")
    print(f"Call-back {one['id']} is {words(one['state'])}.")
    return Exit.DONE


def voicemail(settings: Settings, given: argparse.Namespace) -> Exit:
    """Say that a machine has answered: it is tried again."""
    one = Service(settings).post(f"/api/callbacks/{given.id}/voicemail")
    print(f"Call-back {one['id']} is {words(one['state'])}.")
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter callbacks`; nothing means `list`."""
    commands = parser.add_subparsers(title="commands", metavar="command")
    listing = commands.add_parser("list", help="show call-backs", description=list_callbacks.__doc__)
    listing.add_argument("--state", choices=("open", "done", "all"), default="open", help="which (default: open)")
    listing.add_argument("--queue", help="of this queue")
    listing.add_argument("--json", action="store_true", help="the API's own answer")
    listing.set_defaults(run=list_callbacks)
    parser.set_defaults(**vars(listing.parse_args([])))
    adding = commands.add_parser("add", help="have a customer called back", description=add.__doc__)
    adding.add_argument("number", help="digits, perhaps with a + before")
    adding.add_argument("queue", help="whose agents call")
    adding.add_argument("--priority", type=int, default=0, metavar="N", help="0 to 100 (default 0)")
    adding.add_argument(
        "--data", type=_pair, action="append", default=[], metavar="NAME=VALUE", help="for the agent; may be repeated"
    )
    adding.set_defaults(run=add)
    for name, run, what in (
        ("cancel", cancel, "end a call-back"),
        ("now", hasten, "try a call-back again at once"),
        ("voicemail", voicemail, "a machine answered: try again"),
    ):
        sub = commands.add_parser(name, help=what, description=run.__doc__)
        sub.add_argument("id", help="the call-back's id")
        sub.set_defaults(run=run)


def _row(one: Shown, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        local(one["requested_ms"], zone),
        one["number"],
        one["queue"],
        words(one["outcome"] or one["state"]),
        f"{one['attempts']} of {one['attempts_at_most']}",
        words(one["last"] or "-"),
        local(one["due_ms"], zone) if one["due_ms"] else "-",
        one["id"],
    )


def words(name: str) -> str:
    """A state or an outcome for people."""
    return name.replace("_", " ")


def local(at_ms: int, zone: ZoneInfo) -> str:
    """A time of the API in the centre's zone."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).strftime("%m-%d %H:%M:%S")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected a name and a value: account=4711")
    return name, value
