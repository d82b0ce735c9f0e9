"""The console command `callcenter`: reads the command line, calls what does the work, turns errors into exit codes.

What a command is made of is imported when it is given: nobody waits for the others.
"""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Any

from cti.commands.errors import Exit
from cti.settings import PREFIX, Settings, load_settings

INTERRUPTED = 130

COMMANDS = {
    "run": "serve in the foreground until Ctrl-C",
    "check": "check settings and files",
    "call": "place simulated calls that simulated agents answer",
    "agents": "agents: who is there, sign in and out, add, PINs",
    "floor": "calls under way: list, park, fetch, mute, dial",
    "callbacks": "call-backs: who is owed one, add, cancel",
    "calls": "calls: what became of them",
    "callers": "callers who are known: VIPs, and whom they are to reach",
    "recordings": "recordings: search, hold, delete, who heard them, keys",
    "surge": "call other agents into a queue",
    "prompts": "what is said: list, record, restore, export",
    "schedules": "who should work when: week, patterns, assign, leave, import",
    "costs": "what the centre costs: list, add, remove, import",
    "scores": "quality scores made elsewhere: list, remove, import",
    "staff": "who joined and left: list, join, change, leave, turnover",
    "outcomes": "outcome codes: list, set, import, calls without one",
    "alarms": "what is wrong now, and what to do about it",
    "closure": "shut in an emergency, open again, show what is shut",
    "dialplan": "the centre's files: check, draw, …",
    "recount": "count recorded calls again for the key figures",
    "reconcile": "a day's records against Asterisk's own",
    "explain": "say why a call went the way it went",
    "simulate": "made-up traffic through the router, in virtual time",
    "replay": "a recorded day once more, with other queue settings",
    "forecast": "calls of days to come, and the agents they need",
    "messages": "messages that callers have left: list, hear, done",
    "quality": "judge calls: score sheets, work lists, appeals, scores",
    "report": "reports: in the terminal, as files; exports of calls",
    "tokens": "access tokens of the API: add, list, revoke",
}
"""Each is the module of its name here, which says by `add_arguments(parser)` what follows it."""

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
        bad_input = isinstance(error, import_module("cti.commands.bad_input").BAD_INPUT)
        return Exit.BAD_INPUT if bad_input else Exit.REFUSED
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
    commands = parser.add_subparsers(title="commands", metavar="command", required=True, parser_class=_ParserOfCommand)
    for name, what in COMMANDS.items():
        commands.add_parser(name, help=what).module = f"{__name__}.{name}"
    return parser


class _ParserOfCommand(argparse.ArgumentParser):
    """Asks the command's module what follows it when there is something to parse."""

    module = ""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if module := self.module:
            self.module = ""
            gc.disable()  # nothing becomes garbage while modules are imported
            import_module(module).add_arguments(self)
            gc.enable()
        return super().parse_known_args(args, namespace)
