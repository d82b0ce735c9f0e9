"""`callcenter dialplan …`: the centre's files. Its commands are in modules of their own; this joins them."""

import argparse
from collections.abc import Callable

from cti.commands import conversations, dialplan_versions, draw, show
from cti.commands.check import check
from cti.commands.errors import Exit
from cti.settings import Settings

Run = Callable[[Settings, argparse.Namespace], Exit]


def add_commands(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter dialplan`."""
    commands = parser.add_subparsers(title="commands", metavar="command", required=True)

    def command(name: str, run: Run) -> argparse.ArgumentParser:
        """A command of that name, described by the docstring of what it runs."""
        doc = run.__doc__ or ""
        sub = commands.add_parser(name, help=doc.splitlines()[0].rstrip("."), description=doc)
        sub.set_defaults(run=run)
        return sub

    command("check", check)
    dialplan_versions.add_commands(command)
    draw.add_arguments(command("draw", draw.draw_flows))
    show.add_arguments(command("show", show.show))
    conversations.add_arguments(command("test", conversations.test_conversations))
