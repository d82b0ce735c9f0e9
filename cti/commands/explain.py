"""`callcenter explain`: why a call reached whom it reached, from the running service."""

import argparse
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cti.commands.errors import Exit
from cti.commands.service import Service
from cti.settings import Settings
from recording.identity import call_id


def explain(settings: Settings, given: argparse.Namespace) -> Exit:
    """Say why a call went the way it went: its queues and steps, each offer and why it was this agent."""
    service = Service(settings)
    name = given.call if len(given.call) == 32 else call_id(given.call)
    answer = service.get(f"/api/calls/{name}/decisions")
    if given.json:
        print(json.dumps(answer, indent=2, ensure_ascii=False))
        return Exit.DONE
    zone = ZoneInfo(service.get("/api/centre")["time_zone"])
    for line in describe(answer, zone, candidates=given.candidates):
        print(line)
    return Exit.DONE


def describe(answer: Mapping[str, Any], zone: ZoneInfo, *, candidates: bool) -> Iterable[str]:
    """The answer of the API in lines for people."""
    yield f"Call {answer['id']}{', under way' if answer['under_way'] else ''}"
    if answer.get("forgotten"):
        yield "It is long ago: its lines are kept no longer, only its offers are known."
    if not answer["decisions"]:
        yield "It has come to no queue."
    for one in answer["decisions"]:
        at = datetime.fromisoformat(one["at"]).astimezone(zone)
        yield f"{at:%H:%M:%S}.{at.microsecond // 1000:03}  {one['sentence']}"
        if candidates:
            for candidate in one["decision"].get("candidates", ()):
                yield f"              agent {candidate['agent']}: {_judged(candidate)}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter explain`."""
    parser.description = explain.__doc__
    parser.set_defaults(run=explain)
    parser.add_argument("call", help="the call's id, or Asterisk's linkedid with the node in front")
    parser.add_argument("--candidates", action="store_true", help="each agent looked at, and what excluded him")
    parser.add_argument("--json", action="store_true", help="the API's own answer, with the whole records")


def _judged(candidate: Mapping[str, Any]) -> str:
    if candidate["excluded"]:
        return f"left out, {candidate['excluded']}"
    compared = (f"{name} {value}" for name, value in candidate.items() if name not in ("agent", "excluded"))
    return ", ".join(compared) or "free"
