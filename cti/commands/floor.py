"""`callcenter floor …`: the calls under way, and what a desktop does with them: park, fetch, mute, dial. An agent is
named by his number, his call by him, a parked caller by his space.
"""

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from acd.errors import NotInConversation, NotParked
from cti.commands import arguments
from cti.commands.errors import Exit, ServiceRefused
from cti.commands.service import Service
from cti.commands.tables import table
from cti.settings import Settings

TALKING = ("talking", "holding")


def list_calls(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show the calls under way, the oldest first: where each is, with whom, and since when."""
    service = Service(settings)
    floor = service.get("/api/floor")
    if given.json:
        print(json.dumps(floor, indent=2, ensure_ascii=False))
        return Exit.DONE
    zone = ZoneInfo(service.get("/api/centre")["time_zone"])
    header = ("SINCE", "STATE", "CALLER", "DIALLED", "QUEUE", "AGENT", "SPACE", "ID")
    print(table(header, (_row(call, zone) for call in sorted(floor["calls"], key=lambda call: call["arrived_ms"]))))
    return Exit.DONE


def park(settings: Settings, given: argparse.Namespace) -> Exit:
    """Park the caller of an agent: he hears music until somebody fetches him, or he goes back. The agent is released.
    Where he is parked, `callcenter floor` shows."""
    service = Service(settings)
    service.post(f"/api/calls/{_call_of(service, given.agent)}/park", space=given.space)
    print(f"The caller of agent {given.agent} is being parked{f' at {given.space}' if given.space else ''}.")
    return Exit.DONE


def fetch(settings: Settings, given: argparse.Namespace) -> Exit:
    """Ring an agent's phone for the caller who is parked at a space. If he does not answer, the caller stays there."""
    service = Service(settings)
    calls = service.get("/api/floor")["calls"]
    parked = next((call["id"] for call in calls if call["space"] == given.space), None)
    if parked is None:
        taken = ", ".join(sorted(call["space"] for call in calls if call["space"])) or "nobody is parked"
        raise ServiceRefused(NotParked.id, f"nobody is parked at {given.space}; expected one of: {taken}")
    service.post(f"/api/calls/{parked}/fetch", agent=given.agent)
    print(f"Agent {given.agent} is rung for the caller at {given.space}.")
    return Exit.DONE


def mute(settings: Settings, given: argparse.Namespace) -> Exit:
    """Let an agent's caller, and the recording, hear nothing of him, until `unmute` or the end of the conversation."""
    return _mute(settings, given.agent, "mute", "hears nothing of him")


def unmute(settings: Settings, given: argparse.Namespace) -> Exit:
    """Let an agent's caller hear him again."""
    return _mute(settings, given.agent, "unmute", "hears him")


def dial(settings: Settings, given: argparse.Namespace) -> Exit:
    """Let an agent call a number outside, if he may: his phone rings, and dials when he picks up."""
    Service(settings).post(f"/api/agents/{given.agent}/dial", number=given.number)
    print(f"Agent {given.agent} is rung, and calls {given.number} when he picks up.")
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter floor`; nothing means `list`."""
    command = arguments.subcommands(parser)
    listing = command("list", list_calls)
    listing.add_argument("--json", action="store_true", help="the API's own answer: agents, queues, alarms as well")
    parser.set_defaults(**vars(listing.parse_args([])))
    for name, run in (("park", park), ("fetch", fetch), ("mute", mute), ("unmute", unmute), ("dial", dial)):
        sub = command(name, run)
        sub.add_argument("agent", type=arguments.agent_number, help="the agent's number, such as 1002")
        if name == "park":
            sub.add_argument("--space", type=SPACE, help="the space, if it is free; the next free one as a rule")
        elif name == "fetch":
            sub.add_argument("space", type=SPACE, help="where the caller is parked, such as 703")
        elif name == "dial":
            sub.add_argument("number", type=arguments.outside, help="the number outside, such as 13800138000")


SPACE = arguments.fitting(r"[0-9]{2,6}", "a parking space of centre.yaml, such as 703")


def _call_of(service: Service, agent: str) -> str:
    """The call in which the agent talks. Raises ServiceRefused."""
    shown = service.get(f"/api/agents/{agent}")
    if shown["activity"] not in TALKING:
        said = f"agent {agent} is {shown['state'].replace('_', ' ')}; expected one who talks with a caller"
        raise ServiceRefused(NotInConversation.id, said)
    return str(shown["call"])


def _mute(settings: Settings, agent: str, verb: str, so: str) -> Exit:
    service = Service(settings)
    service.post(f"/api/calls/{_call_of(service, agent)}/{verb}")
    print(f"The caller of agent {agent} {so}.")
    return Exit.DONE


def _row(call: Mapping[str, Any], zone: ZoneInfo) -> tuple[str, ...]:
    since = datetime.fromtimestamp(call["since_ms"] / 1000, UTC).astimezone(zone)
    state = f"{call['state']}, muted" if call["muted"] else call["state"]
    where = (call[part] or "-" for part in ("caller", "dialled", "queue", "agent", "space"))
    return (f"{since:%H:%M:%S}", state, *where, call["id"])
