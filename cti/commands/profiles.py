"""What follows `callcenter agents` about what an agent is: added, his PIN, skills and attributes, where he may sit."""

import argparse
import secrets
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from getpass import getpass
from re import fullmatch
from typing import Any

from cti.accounts import add_phone
from cti.commands.database import with_store
from cti.commands.errors import BadInput, CommandError, Exit
from cti.commands.service import LONGEST_S, Service
from cti.people import hash_pin
from cti.settings import Settings
from cti.versions.start import current_centre
from recording.inputs.staff import Staff
from recording.store import Agent, Store

PIN_DIGITS = 6


class AgentKnown(CommandError):
    """An agent of that number is in the database."""

    id = "agent-known"


class AgentUnknown(CommandError):
    """No agent of that number is in the database."""

    id = "unknown-agent"


def add(settings: Settings, given: argparse.Namespace) -> Exit:
    """Add an agent to the database, with a PIN made at random and shown once."""
    skills, attributes, centre = dict(given.skill), dict(given.attribute), current_centre(settings)
    _require_known("skill", skills, centre.skills)
    _require_known("attribute", attributes, centre.attributes)
    pin = "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))

    async def save(store: Store) -> None:
        if given.number in {agent.number for agent in await store.agents(active_only=False)}:
            raise AgentKnown(f"agent {given.number} is in the database; expected a number that is free")
        agent = Agent(
            number=given.number,
            name=given.name,
            phone=given.phone or "",
            pin_hash=await hash_pin(pin),
            skills=skills,
            attributes=attributes,
            outside=given.outside or "",
        )
        await store.save_agents([agent])
        today = datetime.now(centre.time_zone).date()
        await Staff(store).joined([(agent.number, attributes.get("team", ""))], today)

    with_store(settings, save)
    if given.phone and (password := add_phone(settings.state, phone=given.phone, agent=given.number, name=given.name)):
        print(f"Phone {given.phone} has a SIP account. Password, kept in accounts.json: {password}")
        print(_let_asterisk_know(settings))
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


def set_skills(settings: Settings, given: argparse.Namespace) -> Exit:
    """Change an agent's levels in skills, for calls already waiting too; level 0 takes a skill from him."""
    return _edit(settings, given.number, {"skills": dict(given.skill)})


def set_attributes(settings: Settings, given: argparse.Namespace) -> Exit:
    """Change an agent's attributes, for calls already waiting too; an empty value takes one from him."""
    return _edit(settings, given.number, {"attributes": dict(given.attribute)})


def change(settings: Settings, given: argparse.Namespace) -> Exit:
    """Change an agent's name, the phone he sits at as a rule, or the outside number he may sign in at by himself."""
    edit = {name: value for name in ("name", "phone", "outside") if (value := getattr(given, name)) is not None}
    if not edit:
        raise BadInput("nothing to change; expected --name, --phone or --outside")
    return _edit(settings, given.number, edit)


def describe(skills: Mapping[str, int], attributes: Mapping[str, str]) -> str:
    """Skills and attributes in one cell of a table."""
    words = (*(f"{skill} {level}" for skill, level in skills.items()), *(f"{a} {v}" for a, v in attributes.items()))
    return ", ".join(words)


def _let_asterisk_know(settings: Settings) -> str:
    """What became of telling a running Asterisk of a new phone, in a sentence."""
    try:
        Service(settings, timeout_s=LONGEST_S).post("/api/centre/prepare")
    except CommandError as error:
        return f"It can register after the next `callcenter run` ({error})."
    return "It can register now."


def _edit(settings: Settings, number: str, edit: Mapping[str, Any]) -> Exit:
    profile = Service(settings).patch(f"/api/agents/{number}", edit)
    has = describe(profile["skills"], profile["attributes"]) or "no skill"
    sits = [f"phone {profile['phone']}"] if profile["phone"] else []
    sits += [f"outside {profile['outside']}"] if profile["outside"] else []
    print(f"Agent {number}, {profile['name']}: {'; '.join([has, *sits])}.")
    return Exit.DONE


def _require_known(what: str, given: Iterable[str], known: Iterable[str]) -> None:
    if unknown := sorted({*given} - {*known}):
        expected = f"expected one of: {', '.join(known) or '(none)'}"
        raise BadInput(f"--{what}: there is no {what} {', '.join(unknown)}; {expected}")


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
