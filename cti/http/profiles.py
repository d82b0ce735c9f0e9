"""What an agent is, over HTTP: his name, skills and attributes and where he may sit, as the database has them. A change
holds at once, for calls already waiting too.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import Field

from acd.errors import UnknownAgent
from acd.facts import AgentEdited
from acd.masking import Personal
from acd.seats import outside_seat
from cti.http.causes import cause_of
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import Unfit, reaching_records
from cti.http.views import View
from recording.inputs.staff import Staff
from recording.inputs.staffing import TEAM
from recording.store import Agent

Value = TypeVar("Value", int, str)


class Profile(View):
    """An agent as the database has him."""

    number: str
    name: str
    phone: str = Field(description="The phone he sits at as a rule, empty for none.")
    outside: Personal = Field(description="The outside number he may sign in at by himself, empty for none.")
    skills: Mapping[str, int]
    attributes: Mapping[str, str]


class Edit(Given):
    """What is to be different; what is left out stays as it is."""

    name: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,80}$")] | None = None
    phone: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{2,32}$|^$")] | None = None
    outside: str | None = Field(None, description="Empty: none any more.")
    skills: Mapping[str, Annotated[int, Field(ge=0, le=10)]] = Field({}, description="Level 0 takes a skill from him.")
    attributes: Mapping[str, Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{0,64}$")]] = Field(
        {}, description="An empty value takes an attribute from him."
    )


async def show_profile(asked: Asked[Nothing, Nothing]) -> Profile:
    """What an agent can do and where he may sit."""
    number = asked.path["number"]
    if (person := await asked.floor.people.find(number)) is None:
        raise UnknownAgent(number)
    return _profile(person)


async def edit_profile(asked: Asked[Nothing, Edit]) -> Profile:
    """Change what an agent can do. It holds at once, for calls already waiting too; the journal keeps who did it."""
    cause, edit = cause_of(asked.request), asked.body
    _require_known("skills", edit.skills, asked.floor.centre.skills)
    _require_known("attributes", edit.attributes, asked.floor.centre.attributes)
    if edit.outside:
        outside_seat(edit.outside)
    number = asked.path["number"]
    with reaching_records():
        if TEAM in edit.attributes:  # first: what is written with the staff is what accounts are brought in line with
            if await asked.floor.people.find(number) is None:
                raise UnknownAgent(number)
            now = datetime.fromtimestamp(asked.floor.distributor.clock.now_ms() / 1000, asked.floor.centre.time_zone)
            await Staff(asked.floor.store).changed_team(number, edit.attributes[TEAM], now.date())
        person = await asked.floor.people.edit(number, lambda person: _edited(person, edit))
    asked.floor.distributor.state(
        AgentEdited(
            at_ms=asked.floor.distributor.clock.now_ms(),
            agent=person.number,
            name=person.name,
            skills=person.skills,
            attributes=person.attributes,
            outside=person.outside,
            cause=cause,
        )
    )
    return _profile(person)


def _edited(person: Agent, edit: Edit) -> Agent:
    return replace(
        person,
        name=person.name if edit.name is None else edit.name,
        phone=person.phone if edit.phone is None else edit.phone,
        outside=person.outside if edit.outside is None else edit.outside,
        skills=_merged(person.skills, edit.skills),
        attributes=_merged(person.attributes, edit.attributes),
    )


def _merged(had: Mapping[str, Value], given: Mapping[str, Value]) -> Mapping[str, Value]:
    return {name: value for name, value in {**had, **given}.items() if value}


def _require_known(field: str, given: Collection[str], known: Collection[str]) -> None:
    for name in given:
        if name not in known:
            what = field.removesuffix("s")
            raise Unfit(f"{field}: there is no {what} {name!r}; expected one of: {', '.join(known) or '(none)'}", field)


def _profile(person: Agent) -> Profile:
    return Profile(
        number=person.number,
        name=person.name,
        phone=person.phone,
        outside=person.outside,
        skills=person.skills,
        attributes=person.attributes,
    )


ENDPOINTS = (
    Endpoint("GET", "/api/agents/{number}/profile", show_profile, Nothing, Nothing, Profile, errors=(404,)),
    Endpoint("PATCH", "/api/agents/{number}", edit_profile, Nothing, Edit, Profile, errors=(404,)),
)
