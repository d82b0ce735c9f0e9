"""Agents over HTTP: who is there, and the changes of state that a desktop or a supervisor makes for them."""

from typing import Annotated, Any

import structlog
from pydantic import Field

from acd.errors import UnknownAgent
from cti.access import Role
from cti.ami.errors import AmiError
from cti.http.causes import cause_of
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import AsteriskAway, NotYourCall, Unfit
from cti.http.views import AgentView, View, agent_view
from cti.outside import seat_outside

log = structlog.get_logger()


class Agents(View):
    """All agents, by number."""

    agents: list[AgentView]


class SignIn(Given):
    """Where he sits down, and whether he wants calls at once."""

    phone: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{2,32}$")] | None = Field(
        None, description="The phone he sits at; his own where none is given."
    )
    outside: bool = Field(False, description="At an outside number instead, where he confirms each call by a key.")
    number: str | None = Field(None, description="That number; the one stored with him where none is given.")
    ready: bool = True


class Extension(Given):
    """How much longer he needs."""

    seconds: Annotated[int, Field(ge=1, le=86_400)] | None = Field(
        None, description="As much as the queue gives at a time where nothing is said."
    )


class NotReady(Given):
    """Why he wants no calls: one of the centre's reasons."""

    reason: str


class Dialled(Given):
    """Whom he calls."""

    number: str = Field(pattern=r"^\+?[0-9]{2,20}$", description="The number outside, without the centre's own prefix.")


async def list_agents(asked: Asked[Nothing, Nothing]) -> Agents:
    """All agents and what they do now, by number."""
    live = asked.floor.live
    agents = sorted(asked.floor.distributor.router.roster, key=lambda agent: agent.number)
    return Agents(agents=[agent_view(agent, live.board) for agent in agents])


async def show_agent(asked: Asked[Nothing, Nothing]) -> AgentView:
    """One agent and what he does now."""
    return _now(asked)


async def sign_in(asked: Asked[Nothing, SignIn]) -> AgentView:
    """Sign an agent in at a phone. He is read from the database anew, so one who was just added is known."""
    number = asked.path["number"]
    if (person := await asked.floor.people.find(number)) is None:
        raise UnknownAgent(number)
    if asked.body.outside:
        phone = seat_outside(asked.floor.centre, number, asked.body.number or person.outside)
    elif not (phone := asked.body.phone or person.phone):
        raise Unfit(f"phone: agent {number} has no phone of his own; expected the one he sits at", "phone")
    with asked.floor.distributor.command() as (router, now_ms):
        router.sign_in(number, phone, ready=asked.body.ready, cause=cause_of(asked.request), now_ms=now_ms)
    return _now(asked)


async def sign_out(asked: Asked[Nothing, Nothing]) -> AgentView:
    """Sign an agent out. A ringing offer goes to another; a conversation goes on to its end."""
    with asked.floor.distributor.command() as (router, now_ms):
        router.sign_out(asked.path["number"], cause=cause_of(asked.request), now_ms=now_ms)
    return _now(asked)


async def ready(asked: Asked[Nothing, Nothing]) -> AgentView:
    """The agent wants calls. His wrap-up, if any, is over."""
    with asked.floor.distributor.command() as (router, now_ms):
        router.set_ready(asked.path["number"], cause=cause_of(asked.request), now_ms=now_ms)
    return _now(asked)


async def not_ready(asked: Asked[Nothing, NotReady]) -> AgentView:
    """The agent wants no calls. A ringing offer goes to another; a conversation goes on to its end."""
    reasons = asked.floor.centre.reasons
    if (reason := asked.body.reason) not in reasons:
        raise Unfit(f"reason: {reason!r} is none of this centre's; expected one of: {', '.join(reasons)}", "reason")
    with asked.floor.distributor.command() as (router, now_ms):
        router.set_not_ready(asked.path["number"], reason, cause=cause_of(asked.request), now_ms=now_ms)
    return _now(asked)


async def end_wrap_up(asked: Asked[Nothing, Nothing]) -> AgentView:
    """The agent is done with his after-call work. He is then what he chose last, ready or not."""
    cause = cause_of(asked.request)
    with asked.floor.distributor.command() as (router, now_ms):
        router.end_wrap_up(asked.path["number"], cause=cause, now_ms=now_ms)
    return _now(asked)


async def extend_wrap_up(asked: Asked[Nothing, Extension]) -> AgentView:
    """The agent needs longer for his after-call work; his queue says how long it may be in all."""
    cause = cause_of(asked.request)
    by_ms = None if asked.body.seconds is None else asked.body.seconds * 1000
    with asked.floor.distributor.command() as (router, now_ms):
        router.extend_wrap_up(asked.path["number"], by_ms, cause=cause, now_ms=now_ms)
    return _now(asked)


async def dial(asked: Asked[Nothing, Dialled]) -> AgentView:
    """Let the agent call a number outside: his phone rings, and dials when he picks up. Who may call whom is said in
    centre.yaml (`outside.agents`). An agent's own token may do it for him.
    """
    number, holder = asked.path["number"], asked.holder
    if not holder.role.includes(Role.FLOOR) and holder.agent != number:
        raise NotYourCall(holder.agent)
    try:
        await asked.floor.dial(number, asked.body.number)
    except AmiError as error:
        log.warning("not-dialled", error_id=error.id, agent=number, detail=str(error))
        raise AsteriskAway from error
    return _now(asked)


def _now(asked: Asked[Nothing, Any]) -> AgentView:
    agent = asked.floor.distributor.router.roster.agent(asked.path["number"])
    return agent_view(agent, asked.floor.live.board)


ENDPOINTS = (
    Endpoint("GET", "/api/agents", list_agents, Nothing, Nothing, Agents),
    Endpoint("GET", "/api/agents/{number}", show_agent, Nothing, Nothing, AgentView, errors=(404,)),
    Endpoint("POST", "/api/agents/{number}/sign-in", sign_in, Nothing, SignIn, AgentView, errors=(404, 409)),
    Endpoint("POST", "/api/agents/{number}/sign-out", sign_out, Nothing, Nothing, AgentView, errors=(404, 409)),
    Endpoint("POST", "/api/agents/{number}/ready", ready, Nothing, Nothing, AgentView, errors=(404, 409)),
    Endpoint("POST", "/api/agents/{number}/not-ready", not_ready, Nothing, NotReady, AgentView, errors=(404, 409)),
    Endpoint("POST", "/api/agents/{number}/end-wrap-up", end_wrap_up, Nothing, Nothing, AgentView, errors=(404, 409)),
    Endpoint(
        "POST",
        "/api/agents/{number}/dial",
        dial,
        Nothing,
        Dialled,
        AgentView,
        errors=(403, 404, 409, 503),
        role=Role.AGENT,
    ),
    Endpoint(
        "POST", "/api/agents/{number}/extend-wrap-up", extend_wrap_up, Nothing, Extension, AgentView, errors=(404, 409)
    ),
)
