"""`callcenter messages …`: what callers have left for agents to hear, from the running service."""

import argparse
from pathlib import Path

from cti.commands.errors import BadInput, Exit
from cti.commands.owed import add_commands, moment, plain, print_list, standing, words
from cti.commands.service import Service
from cti.commands.tables import seconds
from cti.settings import Settings

COLUMNS = {
    "LEFT": moment("requested_ms"),
    "NUMBER": plain("number"),
    "QUEUE": plain("queue"),
    "LENGTH": lambda one, _: seconds(one["message"]["duration_ms"]),
    "STATE": standing,
    "AGENT": plain("agent"),
    "UNTIL": moment("expires_ms"),
    "ID": plain("id"),
}


def list_messages(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show messages in the order they were left."""
    return print_list(settings, given, "message", COLUMNS)


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
    command = add_commands(parser, list_messages, {"done": done, "now": hasten})
    saving = command("save", save)
    saving.add_argument("id", help="as `list` shows it")
    saving.add_argument("file", nargs="?", help="a file that is not there yet (default: <id>.wav)")
