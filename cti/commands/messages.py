"""`callcenter messages …`: what callers have left for agents to hear, from the running service."""

import argparse
import json
from pathlib import Path
from zoneinfo import ZoneInfo

from cti.commands.callbacks import Shown, local, words
from cti.commands.errors import BadInput, Exit
from cti.commands.service import Service
from cti.commands.tables import seconds, table
from cti.settings import Settings


def list_messages(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show messages in the order they were left."""
    service = Service(settings)
    answer = service.get("/api/callbacks", state=given.state, queue=given.queue, kind="message")
    if given.json:
        print(json.dumps(answer, indent=2, ensure_ascii=False))
        return Exit.DONE
    zone = ZoneInfo(service.get("/api/centre")["time_zone"])
    header = ("LEFT", "NUMBER", "QUEUE", "LENGTH", "STATE", "AGENT", "UNTIL", "ID")
    print(table(header, (_row(one, zone) for one in answer["callbacks"])))
    return Exit.DONE


def save(settings: Settings, given: argparse.Namespace) -> Exit:
    """Write the sound of a message into a file."""
    sound = Service(settings).fetch(f"/api/callbacks/{given.id}/message")
    file = Path(given.file or f"{given.id}.wav")
    try:
        with file.open("xb") as target:
            target.write(sound)
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}; expected a file that is not there yet") from None
    print(f"Message {given.id} is in {file} ({len(sound)} bytes).")
    return Exit.DONE


def done(settings: Settings, given: argparse.Namespace) -> Exit:
    """Say that a message was heard and needs nothing more."""
    one = Service(settings).post(f"/api/callbacks/{given.id}/heard")
    print(f"Message {one['id']} is {words(one['outcome'])}.")
    return Exit.DONE


def hasten(settings: Settings, given: argparse.Namespace) -> Exit:
    """Let a message that was put back stand in its queue again at once."""
    one = Service(settings).post(f"/api/callbacks/{given.id}/now")
    print(f"Message {one['id']} is {words(one['state'])}.")
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter messages`; nothing means `list`."""
    commands = parser.add_subparsers(title="commands", metavar="command")
    listing = commands.add_parser("list", help="show messages", description=list_messages.__doc__)
    listing.add_argument("--state", choices=("open", "done", "all"), default="open", help="which (default: open)")
    listing.add_argument("--queue", help="for this queue")
    listing.add_argument("--json", action="store_true", help="the API's own answer")
    listing.set_defaults(run=list_messages)
    parser.set_defaults(**vars(listing.parse_args([])))
    saving = commands.add_parser("save", help="write a message's sound into a file", description=save.__doc__)
    saving.add_argument("id", help="the message's id")
    saving.add_argument("file", nargs="?", help="a file that is not there yet (default: <id>.wav)")
    saving.set_defaults(run=save)
    for name, run, what in (
        ("done", done, "a message needs nothing more"),
        ("now", hasten, "let one that was put back be heard at once"),
    ):
        sub = commands.add_parser(name, help=what, description=run.__doc__)
        sub.add_argument("id", help="the message's id")
        sub.set_defaults(run=run)


def _row(one: Shown, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        local(one["requested_ms"], zone),
        one["number"] or "-",
        one["queue"],
        seconds(one["message"]["duration_ms"]),
        words(one["outcome"] or one["state"]),
        one["agent"] or "-",
        local(one["expires_ms"], zone),
        one["id"],
    )
