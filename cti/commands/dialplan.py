"""`callcenter dialplan …`: the centre's files. Its commands are in modules of their own; this joins them."""

import argparse

from cti.commands import conversations, dialplan_versions, draw, show
from cti.commands.arguments import subcommands
from cti.commands.check import check


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter dialplan`."""
    command = subcommands(parser, required=True)
    command("check", check)
    dialplan_versions.add_commands(command)
    draw.add_arguments(command("draw", draw.draw_flows))
    show.add_arguments(command("show", show.show))
    conversations.add_arguments(command("test", conversations.test_conversations))
