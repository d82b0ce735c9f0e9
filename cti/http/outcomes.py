"""Outcome codes over HTTP: the catalogue, calls closed with a code by their agents or by the floor, and calls without
one.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from re import fullmatch
from typing import Annotated

from pydantic import Field

from acd.facts import CallOutcomeSet
from acd.masking import Personal
from acd.states import OutcomePolicy
from cti.access import Holder, Role
from cti.floor import Floor
from cti.http.calls import Instant, in_zone
from cti.http.causes import API, HEADER, cause_of
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import ApiError, Unfit, UnknownCall, reaching_records
from cti.http.sheets import UnfitSheet
from cti.http.views import View
from recording.identity import call_id
from recording.inputs.outcomes import CODE, KEYS, KeysTaken, Language, Outcome, Outcomes, Title
from recording.record import CallRecord, Direction, LegKind

Line = Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]


class NotYourCall(ApiError):
    """An agent's own token closes his own calls."""

    id = "not-your-call"
    status = 403

    def __init__(self, agent: str) -> None:
        super().__init__(f"agent {agent} has not spoken in this call; expected a call of his own")


class UnknownOutcome(ApiError):
    """The catalogue has no such code for the call."""

    id = "unknown-outcome"
    status = 422

    def __init__(self, code: str, codes: list[str]) -> None:
        expected = f"expected one of: {', '.join(codes) or '(none)'}"
        super().__init__(f"code: {code!r} is no outcome of this call; {expected}", "code")


class Catalogue(View):
    """All codes, in order; those that are not active are in older records only. `policies` say for each queue whether
    its agents must close their calls with one, are asked to, or neither."""

    outcomes: list[Outcome]
    policies: dict[str, OutcomePolicy]


class OutcomeGiven(Given):
    """What a code is; it replaces what it was before."""

    titles: dict[Language, Title] = Field(min_length=1, description="Its name, by language.")
    resolved: bool = Field(description="Whether the caller's matter is settled by it (key figure 17).")
    queues: tuple[str, ...] = Field((), description="Whose calls may be closed with it; none named: of every queue.")
    keys: str = Field("", pattern=rf"^{KEYS}$", description="Digits for it behind *21, empty for none.")
    active: bool = Field(True, description="Whether it may still be given.")


class Closing(Given):
    """How a call is closed. What is left out is empty, also where it was not before."""

    code: str = Field(description="One of GET /api/outcomes.")
    note: Annotated[str, Field(max_length=2000)] = ""
    matter: Line = Field("", description="What it was about, as the centre names it: a case, an order, a subject.")


class Closed(View):
    """How a call was closed."""

    call: str
    at: datetime
    agent: str | None = Field(description="Whose call it was, null where nobody spoke with the caller.")
    by: str
    code: str
    resolved: bool
    note: Personal
    matter: Personal


class Missing(Given):
    """Which calls without a code."""

    since: Instant | None = Field(None, description="Calls that began then or later; a day ago where none is given.")
    until: Instant | None = None
    queue: str | None = None
    agent: str = ""
    limit: int = Field(100, ge=1, le=500)


class CallWithoutCode(View):
    """A call whose queue requires a code, and that has none."""

    id: str
    queue: str
    agent: str
    started_at: datetime
    ended_at: datetime


class CallsWithoutCode(View):
    """Calls that have yet to be closed, newest first."""

    calls: list[CallWithoutCode]


async def list_outcomes(asked: Asked[Nothing, Nothing]) -> Catalogue:
    """The catalogue of outcome codes, and which queues want one."""
    with reaching_records():
        outcomes = await Outcomes(asked.floor.store).all()
    queues = asked.floor.distributor.router.queues
    return Catalogue(outcomes=outcomes, policies={name: queue.settings.outcome for name, queue in queues.items()})


async def put_outcome(asked: Asked[Nothing, OutcomeGiven]) -> Outcome:
    """Add an outcome code, or change what it is from now on: calls that were closed with it keep what it meant then.
    One that is to be given no more is made inactive, not removed."""
    given, centre = asked.body, asked.floor.centre
    if unknown := sorted(set(given.queues) - centre.queues.keys()):
        raise Unfit(f"queues: there is no {unknown[0]!r}; expected some of: {', '.join(centre.queues)}", "queues")
    if unknown := sorted(set(given.titles) - set(centre.languages)):
        raise Unfit(f"titles: {unknown[0]!r} is not spoken; expected: {', '.join(centre.languages)}", "titles")
    if not fullmatch(CODE, code := asked.path["code"]):
        raise Unfit("code: expected 1 to 32 small letters, figures, - and _", "code")
    outcome = Outcome(code=code, **given.model_dump())
    try:
        with reaching_records():
            await Outcomes(asked.floor.store).save([outcome])
    except KeysTaken as error:
        raise UnfitSheet(error) from None
    return outcome


async def close_call(asked: Asked[Nothing, Closing]) -> Closed:
    """Close a call with an outcome code, while it goes on, in wrap-up, or later; again: the last one holds, and all are
    kept. An agent's own token closes the calls in which he spoke and those that he placed, a token of the floor any."""
    call = await _call(asked.floor, asked.path["id"])
    if asked.holder.agent and asked.holder.agent not in call.agents:
        raise NotYourCall(asked.holder.agent)
    with reaching_records():
        codes = [one for one in await Outcomes(asked.floor.store).all() if one.suits(call.queue)]
    outcome = next((one for one in codes if one.code == asked.body.code), None)
    if outcome is None:
        raise UnknownOutcome(asked.body.code, [one.code for one in codes])
    with asked.floor.distributor.command() as (router, now_ms):
        fact = CallOutcomeSet(
            at_ms=now_ms,
            linkedid=call.linkedid,
            agent=asked.holder.agent or call.agent,
            code=outcome.code,
            resolved=outcome.resolved,
            note=asked.body.note,
            matter=asked.body.matter,
            cause=_by(asked),
        )
        router.outcomes.close(fact)
    return Closed(
        call=asked.path["id"],
        at=datetime.fromtimestamp(fact.at_ms / 1000, UTC),
        agent=fact.agent or None,
        by=fact.cause,
        **{name: getattr(fact, name) for name in ("code", "resolved", "note", "matter")},
    )


async def list_missing(asked: Asked[Missing, Nothing]) -> CallsWithoutCode:
    """Calls that reached an agent, and that nobody has closed although their queue requires it, newest first."""
    query, router, zone = asked.query, asked.floor.distributor.router, asked.floor.centre.time_zone
    required = [name for name, queue in router.queues.items() if queue.settings.outcome is OutcomePolicy.REQUIRED]
    if query.queue is not None:
        router.queue(query.queue)
        required = [name for name in required if name == query.queue]
    now = datetime.fromtimestamp(asked.floor.distributor.clock.now_ms() / 1000, UTC)
    since, until = query.since or now - timedelta(days=1), query.until or now
    with reaching_records():
        found = await Outcomes(asked.floor.store).not_closed(
            required, in_zone(since, zone), in_zone(until, zone), agent=query.agent, most=query.limit
        )
    return CallsWithoutCode(calls=[CallWithoutCode(**asdict(one)) for one in found])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A call that is to be closed: whose it is (`agent`), and who spoke in it, or placed it."""

    linkedid: str
    queue: str
    agent: str
    agents: frozenset[str]


async def _call(floor: Floor, name: str) -> _Call:
    """The call of this id, whether it goes on, is wrapped up, or is over. Raises UnknownCall."""
    with reaching_records():
        record = await floor.store.call(name)
    linkedid = record.linkedid if record else next((one for one in _live(floor) if call_id(one) == name), None)
    if linkedid is None:
        raise UnknownCall(name, "that goes on or is over")
    return _whole(floor, linkedid, record)


def _live(floor: Floor) -> Iterator[str]:
    router = floor.distributor.router
    yield from floor.live.board.calls
    yield from (agent.linkedid for agent in router.roster if agent.linkedid)
    yield from (owed.linkedid for owed in router.outcomes)


def _whole(floor: Floor, linkedid: str, record: CallRecord | None) -> _Call:
    router = floor.distributor.router
    queue, agent, agents = "", "", set[str]()
    if record is not None:
        queue, agent = record.queue or "", record.agent or ""
        agents = {agent, *(one.agent for one in record.conversations)}
        if record.direction is Direction.OUTBOUND:  # that nobody was reached is an outcome of his attempt, too
            placed = [leg.agent for leg in record.legs if leg.kind is LegKind.AGENT and leg.agent]
            agent, agents = agent or next(iter(placed), ""), agents.union(placed)
    if (live := floor.live.board.calls.get(linkedid)) is not None:
        queue = live.queue or queue
    if (talk := router.conversations.by_call.get(linkedid)) is not None:
        queue, agent = talk.queue, talk.agent
    elif (wrap_up := router.conversations.wrap_up_of(linkedid)) is not None:
        agent, queue = wrap_up[0], wrap_up[1].queue
    elif (owed := router.outcomes.of(linkedid)) is not None:
        queue, agent = owed.queue, owed.agent
    return _Call(linkedid=linkedid, queue=queue, agent=agent, agents=frozenset(agents | {agent}) - {""})


def _by(asked: Asked[Nothing, Closing]) -> str:
    """Who does it: what the program says, else whose token it is."""
    holder: Holder = asked.holder
    if holder.agent or HEADER not in asked.request.headers:
        return f"{API}:{holder.agent or holder.name}"
    return cause_of(asked.request)


ENDPOINTS = (
    Endpoint("GET", "/api/outcomes", list_outcomes, Nothing, Nothing, Catalogue, role=Role.AGENT),
    Endpoint("GET", "/api/outcomes/missing", list_missing, Missing, Nothing, CallsWithoutCode, errors=(404,)),
    Endpoint("PUT", "/api/outcomes/{code}", put_outcome, Nothing, OutcomeGiven, Outcome, role=Role.ADMINISTRATOR),
    Endpoint("PUT", "/api/calls/{id}/outcome", close_call, Nothing, Closing, Closed, errors=(404,), role=Role.AGENT),
)
