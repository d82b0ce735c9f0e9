"""`callcenter agents …`: who is there (from the running service), who is known and their PINs (in the database)."""

import argparse
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from getpass import getpass
from re import fullmatch

from cti.centre import load_centre
from cti.commands.database import with_store
from cti.commands.errors import BadInput, CommandError, Exit
from cti.commands.service import Service
from cti.commands.tables import table
from cti.people import hash_pin
from cti.settings import Settings
from recording.store import Agent, Store

PIN_DIGITS = 6


class AgentKnown(CommandError):
    """An agent of that number is in the database."""

    id = "agent-known"


class AgentUnknown(CommandError):
    """No agent of that number is in the database."""

    id = "unknown-agent"


def list_agents(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show all agents and what they do."""
    agents = Service(settings).get("/api/agents")["agents"]
    rows = (
        (agent["number"], agent["name"], agent["state"], agent["reason"], agent["phone"], _skills(agent["skills"]))
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


def add(settings: Settings, given: argparse.Namespace) -> Exit:
    """Add an agent to the database, with a PIN made at random and shown once."""
    skills = dict(given.skill)
    known = load_centre(settings.dialplans).skills
    if unknown := sorted(skills.keys() - known.keys()):
        raise BadInput(f"--skill: there is no skill {', '.join(unknown)}; expected one of: {', '.join(known)}")
    pin = "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))

    async def save(store: Store) -> None:
        if given.number in {agent.number for agent in await store.agents(active_only=False)}:
            raise AgentKnown(f"agent {given.number} is in the database; expected a number that is free")
        pin_hash = await hash_pin(pin)
        await store.save_agents(
            [
                Agent(
                    number=given.number,
                    name=given.name,
                    phone=given.phone or "",
                    pin_hash=pin_hash,
                    skills=skills,
                    outside=given.outside or "",
                )
            ]
        )

    with_store(settings, save)
    print(f"Agent {given.number} is added and can sign in. PIN, shown only this once: {pin}")
    return Exit.DONE


def set_pin(settings: Settings, given: argparse.Namespace) -> Exit:
    """Set an agent's PIN, asked for twice at a terminal, else read from the first line of the standard input."""
    pin = _ask_pin()

    async def save(store: Store) -> None:
        known = {agent.number: agent for agent in await store.agents(active_only=False)}
        if (agent := known.get(given.number)) is None:
            raise AgentUnknown(f"there is no agent {given.number} in the database")
        await store.save_agents([replace(agent, pin_hash=await hash_pin(pin))])

    with_store(settings, save)
    print(f"The PIN of agent {given.number} is set.")
    return Exit.DONE


def add_commands(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter agents`; nothing means `list`."""
    parser.set_defaults(run=list_agents)
    commands = parser.add_subparsers(title="commands", metavar="command")

    def command(
        name: str, run: Callable[[Settings, argparse.Namespace], Exit], *, number: bool = True
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=_help(run), description=run.__doc__)
        sub.set_defaults(run=run)
        if number:
            sub.add_argument("number", type=_number, help="the agent's number, such as 1001")
        return sub

    command("list", list_agents, number=False)
    adding = command("add", add)
    adding.add_argument("name", type=_name, help='his name, such as "Li Na"')
    adding.add_argument("--phone", type=_phone, help="the phone he sits at as a rule (SIP user name)")
    adding.add_argument(
        "--outside", type=_outside, metavar="NUMBER", help="an outside number he may sign in at by himself"
    )
    adding.add_argument(
        "--skill",
        type=_skill,
        action="append",
        default=[],
        metavar="SKILL=LEVEL",
        help="level 1 to 10; may be repeated",
    )
    command("set-pin", set_pin)
    signing_in = command("sign-in", sign_in)
    signing_in.add_argument("--phone", type=_phone, help="the phone he sits at; his own where none is given")
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


def _change(settings: Settings, number: str, verb: str, **body: str | bool | None) -> Exit:
    agent = Service(settings).post(f"/api/agents/{number}/{verb}", **body)
    reason = f" ({agent['reason']})" if agent["reason"] else ""
    phone = f" at phone {agent['phone']}" if agent["phone"] else ""
    print(f"Agent {number} is {agent['state'].replace('_', ' ')}{reason}{phone}.")
    return Exit.DONE


def _ask_pin() -> str:
    if sys.stdin.isatty():
        pin = getpass("PIN: ")
        if getpass("Again: ") != pin:
            raise BadInput("the two PINs differ")
    else:
        pin = sys.stdin.readline().strip()
    if not fullmatch(r"[0-9]{4,12}", pin):
        raise BadInput("the PIN does not fit; expected 4 to 12 digits")
    return pin


def _fitting(pattern: str, expected: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not fullmatch(pattern, text):
            raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected {expected}")
        return text

    return check


_number = _fitting(r"[0-9]{2,8}", "2 to 8 digits")
_phone = _fitting(r"[A-Za-z0-9]{2,32}", "2 to 32 letters and digits")
_outside = _fitting(r"\+?[0-9]{3,20}", "3 to 20 figures, perhaps with a + before")
_name = _fitting(r"[^\x00-\x1f\x7f]{1,80}", "1 to 80 characters")


def _skill(text: str) -> tuple[str, int]:
    match = fullmatch(r"([a-z][a-z0-9_-]*)=([1-9]|10)", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected a skill and a level from 1 to 10: sales=5")
    return match[1], int(match[2])


def _skills(skills: Mapping[str, int]) -> str:
    return ", ".join(f"{skill} {level}" for skill, level in skills.items())


def _help(run: Callable[..., Exit]) -> str:
    return (run.__doc__ or "").splitlines()[0].rstrip(".")
