"""`callcenter callbacks …`: who is owed a call-back, from the running service."""

import argparse

from cti.commands.errors import Exit
from cti.commands.owed import add_commands, moment, plain, print_list, standing, words
from cti.commands.service import Service
from cti.settings import Settings

COLUMNS = {
    "ASKED": moment("requested_ms"),
    "NUMBER": plain("number"),
    "QUEUE": plain("queue"),
    "STATE": standing,
    "TRIED": lambda one, _: f"{one['attempts']} of {one['attempts_at_most']}",
    "LAST": lambda one, _: words(one["last"] or "-"),
    "NEXT": moment("due_ms"),
    "ID": plain("id"),
}


def list_callbacks(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show call-backs in the order they were asked for."""
    return print_list(settings, given, "callback", COLUMNS)


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
    command = add_commands(parser, list_callbacks, {"cancel": cancel, "now": hasten, "voicemail": voicemail})
    adding = command("add", add)
    adding.add_argument("number", help="digits, perhaps with a + before")
    adding.add_argument("queue", help="whose agents call")
    adding.add_argument("--priority", type=int, default=0, metavar="N", help="0 to 100 (default 0)")
    adding.add_argument(
        "--data", type=_pair, action="append", default=[], metavar="NAME=VALUE", help="for the agent; may be repeated"
    )


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected a name and a value: account=4711")
    return name, value
