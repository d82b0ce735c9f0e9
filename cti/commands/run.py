"""`callcenter run`: the service itself, in the foreground."""

import argparse

from cti import supervisor
from cti.commands.errors import Exit
from cti.logs import write_logs
from cti.settings import Settings


def run(settings: Settings, given: argparse.Namespace) -> Exit:
    """Start Asterisk and the daemon and keep both alive; Ctrl-C stops them cleanly."""
    write_logs()
    supervisor.run(settings)
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter run`: nothing."""
    parser.description = run.__doc__
    parser.set_defaults(run=run)
