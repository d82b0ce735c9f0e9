"""What `callcenter callbacks` and `callcenter messages` have in common: both show and steer what agents owe to
customers, over the same part of the API.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cti.commands.arguments import subcommands
from cti.commands.errors import Exit
from cti.commands.service import Service
from cti.commands.tables import table
from cti.settings import Settings

Shown = Mapping[str, Any]
"""A call-back or a message as the API gives it."""

Cell = Callable[[Shown, ZoneInfo], str]
"""What stands in a column; times in the centre's zone."""

Run = Callable[[Settings, argparse.Namespace], Exit]


def print_list(settings: Settings, given: argparse.Namespace, kind: str, columns: Mapping[str, Cell]) -> Exit:
    """Print those of this kind that were asked for, each column under its header."""
    service = Service(settings)
    answer = service.get("/api/callbacks", state=given.state, queue=given.queue, kind=kind)
    if given.json:
        print(json.dumps(answer, indent=2, ensure_ascii=False))
        return Exit.DONE
    zone = ZoneInfo(service.get("/api/centre")["time_zone"])
    print(table(tuple(columns), ([cell(one, zone) for cell in columns.values()] for one in answer["callbacks"])))
    return Exit.DONE


def words(name: str) -> str:
    """A state or an outcome for people."""
    return name.replace("_", " ")


def plain(field: str) -> Cell:
    """The text in this field, if there is one."""
    return lambda one, _: one[field] or "-"


def moment(field: str) -> Cell:
    """The time in this field, if there is one."""

    def local(one: Shown, zone: ZoneInfo) -> str:
        if not (at_ms := one[field]):
            return "-"
        return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).strftime("%m-%d %H:%M:%S")

    return local


def standing(one: Shown, _: ZoneInfo) -> str:
    """How it ended, else how it stands."""
    return words(one["outcome"] or one["state"])


def add_commands(
    parser: argparse.ArgumentParser, listing: Run, of_one: Mapping[str, Run]
) -> Callable[[str, Run], argparse.ArgumentParser]:
    """What follows the command: `list`, which nothing means as well, and those `of_one`, which take an id. What is
    given back adds others."""
    command = subcommands(parser)
    shown = command("list", listing)
    shown.add_argument("--state", choices=("open", "done", "all"), default="open", help="which (default: open)")
    shown.add_argument("--queue", help="of this queue")
    shown.add_argument("--json", action="store_true", help="the API's own answer")
    parser.set_defaults(**vars(shown.parse_args([])))
    for name, run in of_one.items():
        command(name, run).add_argument("id", help="as `list` shows it")
    return command
