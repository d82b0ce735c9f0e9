"""The console command `callcenter`: reads the command line, calls what does the work, turns errors into exit codes."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from cti import supervisor
from cti.accounts import AccountsError
from cti.commands import (
    agents,
    call,
    callbacks,
    callers,
    calls,
    centre,
    closure,
    dialplan,
    explain,
    messages,
    prompts,
    replay,
    simulate,
    tokens,
)
from cti.commands.check import check
from cti.commands.errors import BadInput, Exit
from cti.drawing import NothingToDraw
from cti.logs import write_logs
from cti.rehearsal import CannotRehearse
from cti.settings import PREFIX, Settings, SettingsError, load_settings
from ivr.documents import DocumentError
from ivr.rehearsal.moment import MomentError
from recording.database import DatabaseError

BAD_INPUT = (
    SettingsError,
    DocumentError,
    AccountsError,
    DatabaseError,
    BadInput,
    NothingToDraw,
    CannotRehearse,
    MomentError,
)
INTERRUPTED = 130

EPILOG = f"""\
exit codes: 0 done; 1 refused, or the service is not running; 2 bad command line, settings or files.
settings: callcenter.toml, or the file named by {PREFIX}SETTINGS; a variable {PREFIX}<NAME> overrides each of:
  {", ".join(Settings.model_fields)}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    given = make_parser().parse_args(arguments)
    try:
        code = int(given.run(load_settings(), given))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `callcenter … | head`: who read this wants no more of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE
    except Exception as error:
        if not isinstance(error_id := getattr(error, "id", None), str):
            raise
        print(f"callcenter: {error} [{error_id}]", file=sys.stderr)
        return Exit.BAD_INPUT if isinstance(error, BAD_INPUT) else Exit.REFUSED
    return code


def make_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="callcenter",
        description="A call-centre service on Asterisk.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"callcenter {version('callcenter')}")
    commands = parser.add_subparsers(title="commands", metavar="command", required=True)
    running = commands.add_parser("run", help="serve in the foreground until Ctrl-C", description=run.__doc__)
    running.set_defaults(run=run)
    checking = commands.add_parser("check", help="check settings and files", description=check.__doc__)
    checking.set_defaults(run=check)
    call.add_arguments(
        commands.add_parser("call", help="place simulated calls that simulated agents answer", description=call.__doc__)
    )
    agents.add_commands(commands.add_parser("agents", help="agents: who is there, sign in and out, add, PINs"))
    callbacks.add_commands(commands.add_parser("callbacks", help="call-backs: who is owed one, add, cancel"))
    calls.add_commands(commands.add_parser("calls", help="calls: what became of them"))
    callers.add_commands(commands.add_parser("callers", help="callers who are known: VIPs, and whom they are to reach"))
    centre.add_surge(
        commands.add_parser("surge", help="call other agents into a queue", description=centre.surge.__doc__)
    )
    prompts.add_commands(commands.add_parser("prompts", help="what is said: list, record, restore, export"))
    closure.add_commands(commands.add_parser("closure", help="shut in an emergency, open again, show what is shut"))
    dialplan.add_commands(commands.add_parser("dialplan", help="the centre's files: check, draw, …"))
    explain.add_arguments(
        commands.add_parser("explain", help="say why a call went the way it went", description=explain.explain.__doc__)
    )
    simulate.add_arguments(
        commands.add_parser(
            "simulate",
            help="made-up traffic through the router, in virtual time",
            description=simulate.simulate.__doc__,
        )
    )
    replay.add_arguments(
        commands.add_parser(
            "replay", help="a recorded day once more, with other queue settings", description=replay.replay.__doc__
        )
    )
    messages.add_commands(commands.add_parser("messages", help="messages that callers have left: list, hear, done"))
    tokens.add_commands(commands.add_parser("tokens", help="access tokens of the API: add, list, revoke"))
    return parser


def run(settings: Settings, given: argparse.Namespace) -> Exit:
    """Start Asterisk and the daemon and keep both alive; Ctrl-C stops them cleanly."""
    write_logs()
    supervisor.run(settings)
    return Exit.DONE
