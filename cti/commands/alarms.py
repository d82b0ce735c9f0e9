"""`callcenter alarms`: what is wrong now, since when, and what to do about it, from the running service."""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from textwrap import wrap
from typing import Any
from zoneinfo import ZoneInfo

from cti.commands.errors import Exit
from cti.commands.service import Service
from cti.settings import Settings

WIDTH = 100


def alarms(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show every alarm that stands; the exit code is 1 where there is one."""
    service = Service(settings)
    standing: Sequence[Mapping[str, Any]] = service.get("/api/alarms")["alarms"]
    if given.json:
        print(json.dumps(standing, indent=2, ensure_ascii=False))
    else:
        zone = ZoneInfo(service.get("/api/centre")["time_zone"])
        print("\n".join(_lines(standing, zone)))
    return Exit.REFUSED if standing else Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter alarms`."""
    parser.description = alarms.__doc__
    parser.set_defaults(run=alarms)
    parser.add_argument("--json", action="store_true", help="for programs")


def _lines(standing: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> Iterable[str]:
    if not standing:
        yield "No alarm."
    for one in standing:
        since = datetime.fromtimestamp(one["since_ms"] / 1000, zone)
        yield f"{since:%Y-%m-%d %H:%M:%S}  {one['alarm']}  {one['where']}: {one['what']}"
        yield from (f"    {line}" for line in wrap(one["to_do"], WIDTH))
