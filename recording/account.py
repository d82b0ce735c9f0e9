"""The router's account of one call: its facts put in order. It decides nothing that Asterisk knows better (who was
connected when, who hung up).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from acd.facts import (
    AgentStateChanged,
    CallArrived,
    CallbackAttempted,
    CallbackDialled,
    CallbackRequested,
    CallDequeued,
    CallEnded,
    CallHeld,
    CallMuted,
    CallNotParked,
    CallOffered,
    CallOverflowed,
    CallParked,
    CallQueued,
    CallReleased,
    CallRetrieved,
    CallTransferred,
    CallUnmuted,
    CallUnparked,
    Fact,
    MenuAnswered,
    NodeEntered,
    OfferEnded,
    VoicemailLeft,
    WayTaken,
    WrapUpEnded,
)
from acd.states import AgentState, ParkingOutcome
from acd.targets import TargetKind
from recording.aftermath import asked_for, closings, messages, surveys
from recording.channels import Interval
from recording.instants import utc
from recording.record import Closing, Message, Parking, PathStep, Survey, WrapUp
from recording.recorded import Silence, silences

UNTOLD = "untold"
"""Said of a hold whose end nobody told: what stands there instead is when it was over at the latest, or the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the router says of a call, in order of time. `agent_at` maps a phone to the agent who sat there; `asked_for`
    is when a message or a mark was; `requested` is a call-back asked for in this call, `dialled` and `attempted` are of
    the call that is one."""

    arrived: CallArrived | None
    path: tuple[PathStep, ...]
    queued: tuple[CallQueued | CallDequeued, ...]
    offers: tuple[tuple[CallOffered, OfferEnded | None], ...]
    holds: tuple[Interval, ...]
    transfers: tuple[CallTransferred, ...]
    parkings: tuple[Parking, ...]
    mutes: tuple[Interval, ...]
    wrap_up_ms: int
    wrap_ups: tuple[WrapUp, ...]
    ended: CallEnded | None
    left_message: bool
    asked_back: bool
    requested: CallbackRequested | None
    dialled: CallbackDialled | None
    attempted: CallbackAttempted | None
    asked_for: tuple[Interval, ...]
    surveys: tuple[Survey, ...]
    messages: tuple[Message, ...]
    silences: tuple[Silence, ...]
    closings: tuple[Closing, ...]
    agent_at: Mapping[str, str]


def account(facts: Iterable[Fact], ended_us: int) -> Account:
    """The facts of one call as its account; a hold without an end lasted to the call's end, `ended_us`."""
    ordered = sorted(facts, key=lambda fact: fact.at_ms)  # stable: facts of one millisecond keep the journal's order
    ends = {fact.offer: fact for fact in ordered if isinstance(fact, OfferEnded)}
    requested = next((fact for fact in ordered if isinstance(fact, CallbackRequested) and not fact.message), None)
    return Account(
        arrived=next((fact for fact in ordered if isinstance(fact, CallArrived)), None),
        path=_path(ordered),
        queued=tuple(fact for fact in ordered if isinstance(fact, CallQueued | CallDequeued)),
        offers=tuple((fact, ends.get(fact.offer)) for fact in ordered if isinstance(fact, CallOffered)),
        holds=_holds(ordered, ended_us),
        transfers=tuple(fact for fact in ordered if isinstance(fact, CallTransferred)),
        parkings=_parkings(ordered, ended_us),
        mutes=_mutes(ordered, ended_us),
        wrap_up_ms=sum(fact.wrap_up_ms for fact in ordered if isinstance(fact, WrapUpEnded)),
        wrap_ups=tuple(_wrap_up(fact) for fact in ordered if isinstance(fact, WrapUpEnded) and fact.wrap_up_ms),
        ended=next((fact for fact in reversed(ordered) if isinstance(fact, CallEnded)), None),
        left_message=any(isinstance(fact, VoicemailLeft) for fact in ordered),
        asked_back=requested is not None
        or any(isinstance(fact, CallOverflowed) and fact.to is TargetKind.CALLBACK for fact in ordered),
        requested=requested,
        dialled=next((fact for fact in ordered if isinstance(fact, CallbackDialled)), None),
        attempted=next((fact for fact in reversed(ordered) if isinstance(fact, CallbackAttempted)), None),
        asked_for=asked_for(ordered, ended_us),
        surveys=surveys(ordered),
        messages=messages(ordered),
        silences=silences(ordered, ended_us),
        closings=closings(ordered),
        agent_at={fact.phone: fact.agent for fact in ordered if isinstance(fact, AgentStateChanged)},
    )


def _wrap_up(fact: WrapUpEnded) -> WrapUp:
    return WrapUp(
        agent=fact.agent,
        queue=fact.queue,
        started_at=utc((fact.at_ms - fact.wrap_up_ms) * 1000),
        ended_at=utc(fact.at_ms * 1000),
        wrap_up_ms=fact.wrap_up_ms,
    )


def _path(facts: Iterable[Fact]) -> tuple[PathStep, ...]:
    steps: list[PathStep] = []
    for fact in facts:
        match fact:
            case NodeEntered():
                steps.append(PathStep(node=fact.node, kind=fact.kind, at=utc(fact.at_ms * 1000)))
            case MenuAnswered() if steps and steps[-1].node == fact.node:
                steps[-1] = steps[-1].model_copy(update={"choice": fact.choice})
            case WayTaken() if steps and steps[-1].node == fact.node:
                steps[-1] = steps[-1].model_copy(update={"choice": fact.way})
            case MenuAnswered():  # the step before was lost, the answer was not
                at = utc(fact.at_ms * 1000)
                steps.append(PathStep(node=fact.node, kind="menu", at=at, choice=fact.choice))
            case _:
                pass
    return tuple(steps)


def _parkings(facts: Iterable[Fact], ended_us: int) -> tuple[Parking, ...]:
    """Each stay at a space; it may be told anew by a daemon that came after. Of one whose end nobody told it is known
    that it was over when the caller stood in a queue or talked again."""
    found: list[Parking] = []
    stands = False
    for fact in facts:
        match fact:
            case CallParked() if not stands or found[-1].space != fact.space:
                found.append(Parking(space=fact.space, agent=fact.agent, started_at=_at(fact), ended_at=utc(ended_us)))
                stands = True
            case CallNotParked():
                outcome, at = ParkingOutcome.FULL, _at(fact)
                found.append(Parking(space=None, agent=fact.agent, started_at=at, ended_at=at, outcome=outcome))
            case CallUnparked() if found and found[-1].outcome is None:
                last, to = found[-1], fact.agent or None
                found[-1] = last.model_copy(update={"ended_at": _at(fact), "outcome": fact.outcome, "to": to})
                stands = False
            case CallQueued() | AgentStateChanged(after=AgentState.TALKING) if stands:
                found[-1] = found[-1].model_copy(update={"ended_at": _at(fact)})
                stands = False
            case _:
                pass
    return tuple(found)


def _at(fact: Fact) -> datetime:
    return utc(fact.at_ms * 1000)


def _mutes(facts: Iterable[Fact], ended_us: int) -> tuple[Interval, ...]:
    """Who was muted from when to when, named by his number, with who wanted it; the end of the conversation ends it."""
    done: list[Interval] = []
    begun: dict[str, tuple[int, str]] = {}
    for fact in facts:
        match fact:
            case CallMuted():
                begun.setdefault(fact.agent, (fact.at_ms * 1000, fact.by))
            case CallUnmuted() | CallReleased() if fact.agent in begun:
                start_us, by = begun.pop(fact.agent)
                done.append(Interval(name=fact.agent, data=by, start_us=start_us, end_us=fact.at_ms * 1000))
            case _:
                pass
    left = (Interval(name=who, data=by, start_us=start, end_us=ended_us) for who, (start, by) in begun.items())
    return (*done, *left)


def _holds(facts: Iterable[Fact], ended_us: int) -> tuple[Interval, ...]:
    """Who held him from when to when. A router that found the agent talking has not lived to see the end of a hold that
    began before; of one that found him holding in the same moment it is the same hold."""
    done: list[Interval] = []
    begun: dict[str, int] = {}
    found_us: dict[str, int] = {}

    def end(agent: str, end_us: int, *, told: bool = True) -> None:
        start_us, was_us = begun.pop(agent), found_us.pop(agent, None)
        data = "" if told and was_us is None else UNTOLD
        done.append(Interval(name=agent, data=data, start_us=start_us, end_us=end_us if was_us is None else was_us))

    for fact in facts:
        at_us = fact.at_ms * 1000
        match fact:
            case CallHeld() if found_us.get(fact.agent) == at_us:
                del found_us[fact.agent]
            case CallHeld():
                if fact.agent in found_us:
                    end(fact.agent, at_us)
                begun.setdefault(fact.agent, at_us)
            case CallRetrieved() | CallReleased() if fact.agent in begun:
                end(fact.agent, at_us)
            case AgentStateChanged(after=AgentState.TALKING) if (
                fact.agent in begun and fact.before is not AgentState.HOLDING
            ):
                found_us.setdefault(fact.agent, at_us)
            case _:
                pass
    for agent in [*begun]:
        end(agent, ended_us, told=False)
    return tuple(done)
