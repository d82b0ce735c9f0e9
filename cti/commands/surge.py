"""`callcenter surge`: agents of other work called into a queue, with who asked for it and why."""

import argparse

from cti.commands.arguments import by_whom
from cti.commands.errors import Exit
from cti.commands.service import Service
from cti.settings import Settings


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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter surge`."""
    parser.description = surge.__doc__
    parser.set_defaults(run=surge)
    parser.add_argument("switch", choices=("on", "off"))
    parser.add_argument("queue", help="its name in queues.yaml")
    parser.add_argument("--why", help="the reason, in words; a surge needs one")
    by_whom(parser)
