"""`callcenter call`: simulated callers and agents, for who has no phone at hand; shows path, record and recording."""

import argparse
import asyncio
from zoneinfo import ZoneInfo

from acd.states import CallOutcome
from cti.commands.calls import describe, print_calls
from cti.commands.errors import Exit
from cti.commands.rehearsal import Rehearsal, Script
from cti.commands.service import Service
from cti.settings import Settings

MOST = 100


def place_calls(settings: Settings, given: argparse.Namespace) -> Exit:
    """Place simulated calls on the running centre; simulated agents, those who are signed out now, answer them."""
    zone = ZoneInfo(Service(settings).get("/api/centre")["time_zone"])
    script = Script(dialled=given.to, count=given.count, keys=given.keys, name=given.name)
    records = asyncio.run(Rehearsal(settings, script, lambda line: print(line, flush=True)).play())
    print()
    if len(records) == 1:
        print("\n".join(describe(records[0], zone, f"{settings.state}/recordings")))
    else:
        print_calls(records, zone)
        print(f"Recordings: {settings.state}/recordings")
    answered = all(record["outcome"] == CallOutcome.ANSWERED for record in records)
    return Exit.DONE if answered else Exit.REFUSED


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter call`."""
    parser.description = place_calls.__doc__
    parser.set_defaults(run=place_calls)
    parser.add_argument(
        "--count",
        type=int,
        choices=range(1, MOST + 1),
        default=1,
        metavar="N",
        help="so many calls at once, up to 100 (default 1)",
    )
    parser.add_argument("--to", default="4000", metavar="NUMBER", help="the number dialled (default 4000)")
    parser.add_argument(
        "--keys",
        default="215",
        help="keys the caller presses, one at each question (default 215: English, sales, very good)",
    )
    parser.add_argument("--name", default="Test 测试", help="the caller's name")
