"""`callcenter agents …`: who is there and what he does, changed and read back through the running service; what an
agent is stands in cti/commands/profiles.py.
"""

import argparse
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from cti.commands import arguments, profiles
from cti.commands.errors import Exit
from cti.commands.service import Service
from cti.commands.tables import table
from cti.settings import Settings


def list_agents(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show all agents and what they do."""
    agents = Service(settings).get("/api/agents")["agents"]
    rows = (
        (
            *(agent[part] for part in ("number", "name", "state", "reason", "phone")),
            profiles.describe(agent["skills"], agent["attributes"]),
        )
        for agent in agents
    )
    print(table(("NUMBER", "NAME", "STATE", "REASON", "PHONE", "SKILLS"), rows))
    return Exit.DONE


def sign_in(settings: Settings, given: argparse.Namespace) -> Exit:
    """Sign an agent in."""
    outside = {"outside": True, "number": given.outside or None} if given.outside is not None else {}
    return _change(settings, given.number, "sign-in", phone=given.phone, ready=not given.not_ready, **outside)


def sign_out(settings: Settings, given: argparse.Namespace) -> Exit:
    """Sign an agent out."""
    return _change(settings, given.number, "sign-out")


def ready(settings: Settings, given: argparse.Namespace) -> Exit:
    """Make an agent ready."""
    return _change(settings, given.number, "ready")


def not_ready(settings: Settings, given: argparse.Namespace) -> Exit:
    """Make an agent not ready."""
    return _change(settings, given.number, "not-ready", reason=given.reason)


def end_wrap_up(settings: Settings, given: argparse.Namespace) -> Exit:
    """End an agent's wrap-up; he is then what he chose last."""
    return _change(settings, given.number, "end-wrap-up")


def extend_wrap_up(settings: Settings, given: argparse.Namespace) -> Exit:
    """Make an agent's wrap-up longer, as far as his queue allows."""
    return _change(settings, given.number, "extend-wrap-up", seconds=given.seconds)


def show_log(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show an agent's changes of state on one day, and who or what caused each."""
    service = Service(settings)
    day = given.day.isoformat() if given.day else None
    log = service.get(f"/api/agents/{given.number}/log", day=day)
    zone = ZoneInfo(service.get("/api/centre")["time_zone"])
    rows = (
        (
            datetime.fromisoformat(entry["at"]).astimezone(zone).strftime("%H:%M:%S.%f")[:-3],
            *(entry[part] for part in ("before", "after", "reason", "phone", "cause", "linkedid")),
        )
        for entry in log["entries"]
    )
    print(table(("TIME", "FROM", "TO", "REASON", "PHONE", "CAUSE", "CALL"), rows))
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter agents`; nothing means `list`."""
    parser.set_defaults(run=list_agents)
    commands = parser.add_subparsers(title="commands", metavar="command")

    def command(
        name: str, run: Callable[[Settings, argparse.Namespace], Exit], *, number: bool = True
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=_help(run), description=run.__doc__)
        sub.set_defaults(run=run)
        if number:
            sub.add_argument("number", type=arguments.agent_number, help="the agent's number, such as 1001")
        return sub

    command("list", list_agents, number=False)
    signing_in = command("sign-in", sign_in)
    signing_in.add_argument("--phone", type=arguments.phone, help="the phone he sits at; his own where none is given")
    signing_in.add_argument(
        "--outside",
        nargs="?",
        const="",
        metavar="NUMBER",
        help="at an outside number, where he confirms each call by a key; the one stored with him where none is given",
    )
    signing_in.add_argument("--not-ready", action="store_true", help="he does not want calls yet")
    command("sign-out", sign_out)
    command("ready", ready)
    command("not-ready", not_ready).add_argument("reason", help="one of the centre's reasons, such as break")
    command("end-wrap-up", end_wrap_up)
    extending = command("extend-wrap-up", extend_wrap_up)
    extending.add_argument("seconds", type=int, nargs="?", help="as much as his queue gives at a time as a rule")
    command("log", show_log).add_argument("--day", type=arguments.day, help="such as 2026-11-22; today as a rule")
    _add_profile_commands(command)


def _add_profile_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    adding = command("add", profiles.add)
    adding.add_argument("name", type=arguments.name, help='his name, such as "Li Na"')
    adding.add_argument("--phone", type=arguments.phone, help="the phone he sits at as a rule (SIP user name)")
    adding.add_argument(
        "--outside", type=arguments.outside, metavar="NUMBER", help="an outside number he may sign in at by himself"
    )
    adding.add_argument(
        "--skill",
        type=arguments.skill,
        action="append",
        default=[],
        metavar="SKILL=LEVEL",
        help="level 1 to 10; may be repeated",
    )
    adding.add_argument(
        "--attribute",
        type=arguments.attribute,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="such as language=cmn; may be repeated",
    )
    command("set-pin", profiles.set_pin)
    skills = command("skill", profiles.set_skills)
    skills.add_argument(
        "skill", type=arguments.skill_or_none, nargs="+", metavar="SKILL=LEVEL", help="level 1 to 10; 0: not any more"
    )
    attributes = command("attribute", profiles.set_attributes)
    attributes.add_argument(
        "attribute", type=arguments.attribute, nargs="+", metavar="NAME=VALUE", help="an empty value: not any more"
    )
    changing = command("change", profiles.change)
    changing.add_argument("--name", type=arguments.name)
    changing.add_argument("--phone", type=arguments.phone_or_none, help='the phone he sits at as a rule; "" for none')
    changing.add_argument(
        "--outside",
        type=arguments.outside_or_none,
        metavar="NUMBER",
        help='the outside number he may sign in at by himself; "" for none',
    )


def _change(settings: Settings, number: str, verb: str, **body: str | bool | int | None) -> Exit:
    agent = Service(settings).post(f"/api/agents/{number}/{verb}", **body)
    reason = f" ({agent['reason']})" if agent["reason"] else ""
    phone = f" at phone {agent['phone']}" if agent["phone"] else ""
    print(f"Agent {number} is {agent['state'].replace('_', ' ')}{reason}{phone}.")
    return Exit.DONE


def _help(run: Callable[..., Exit]) -> str:
    return (run.__doc__ or "").splitlines()[0].rstrip(".")
