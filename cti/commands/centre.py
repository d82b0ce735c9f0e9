"""`callcenter reload` and `callcenter surge`: edits of the files taken by the running service, and agents of other work
called into a queue, each with who asked for it.
"""

import argparse
import getpass

from cti.commands.errors import Exit
from cti.commands.service import Service
from cti.settings import Settings

LONGEST_S = 300.0
"""So long a reload may take: every new text is spoken first."""

CHANGED = {"queues_added": "new queues", "queues_changed": "queues changed", "flows_changed": "flows changed"}


def reload(settings: Settings, given: argparse.Namespace) -> Exit:
    """Let the running service take the centre's files as they are now, all of them or none. No call is cut."""
    edit = Service(settings, timeout_s=LONGEST_S).post("/api/centre/reload", by=given.by)
    print(f"The centre is as its files say, version {edit['version']}.")
    for key, said in CHANGED.items():
        if names := edit[key]:
            print(f"{said.capitalize()}: {', '.join(names)}.")
    if names := edit["queues_retired"]:
        print(f"No longer in the file, but served for the calls under way: {', '.join(names)}.")
    return Exit.DONE


def surge(settings: Settings, given: argparse.Namespace) -> Exit:
    """Call a queue's blended agents in whatever its length, or let them go. It is logged with who and why."""
    queue = Service(settings).post(
        f"/api/queues/{given.queue}/surge", on=given.switch == "on", why=given.why, by=given.by
    )
    if queue["surge"]:
        print(f"Surge in queue {given.queue}: {queue['waiting']} calls wait, {queue['agents_free']} agents are free.")
    else:
        print(f"No surge in queue {given.queue}.")
    return Exit.DONE


def add_reload(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter reload`."""
    parser.set_defaults(run=reload)
    add_by(parser)


def add_surge(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter surge`."""
    parser.set_defaults(run=surge)
    parser.add_argument("switch", choices=("on", "off"))
    parser.add_argument("queue", help="its name in queues.yaml")
    parser.add_argument("--why", help="the reason, in words; a surge needs one")
    add_by(parser)


def add_by(parser: argparse.ArgumentParser) -> None:
    """`--by`, for what is logged with who asked for it."""
    parser.add_argument("--by", default=_user(), metavar="NAME", help="who asks for it, for the log (default: you)")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in containers
        return "command"
