"""The channels of a call of which Asterisk has written nothing, made from what the router tells of it: what the ledger
would have said, as far as that can be known. Which calls those are, and when they are over, is decided elsewhere
(recording.store); what becomes of them where Asterisk has written some of the call, in recording.completed; what a
call's channels mean, in recording.fold.

The router's moments stand for Asterisk's: it tells of an answer a few milliseconds later. What nobody told is not made
up: of an agent's channel it is known whose phone it was, and not the number that Asterisk gave it.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from acd.facts import (
    AgentStateChanged,
    CallArrived,
    CallbackAttempted,
    CallbackDialled,
    CallEnded,
    CallFact,
    CallJoined,
    CallOffered,
    CallReleased,
    CallTransferred,
    Fact,
    OfferEnded,
    OutsideRefused,
    TransferEnded,
)
from acd.seats import is_outside, outside_channel, phone_of_channel
from acd.states import AgentState, CallbackOutcome, EndedBy, OfferOutcome, TransferKind
from recording.channels import Channel, Interval

BEGINS = CallArrived, CallbackDialled, OutsideRefused
"""With each of these the router tells that there is a call."""

TOLD_ENDS = CallEnded, CallbackAttempted, OutsideRefused
"""With each of these the router says that a call is over, or about to be."""

_IN_TALK = frozenset({AgentState.TALKING, AgentState.HOLDING})
_CUSTOMER = "PJSIP/line-"
_OFFERED, _JOINED = "offered", "joined"
_ENDED_BY = {
    CallbackOutcome.BUSY: EndedBy.CALLER,
    CallbackOutcome.REFUSED: EndedBy.CALLER,
    CallbackOutcome.GIVEN_UP: EndedBy.AGENT,
}


def name_told(channel: Channel) -> str:
    """How Asterisk named it: of an agent's as far as it is known, without its number; of others empty."""
    if not is_made(channel):
        return channel.name
    return "" if channel.name == _CUSTOMER else channel.name.removesuffix(";1").removesuffix("-")


def is_made(channel: Channel) -> bool:
    """Whether it is the router alone that tells of it; that has none of the names that Asterisk gave it."""
    return channel.name.removesuffix(";1").endswith("-")


def channels_told(linkedid: str, facts: Iterable[Fact], ended_us: int) -> tuple[Channel, ...]:
    """The caller's channel, those of the agents who were rung for him or spoke with him, and those of the numbers
    outside at which a queue or his flow has had somebody answer; none where the router does not tell that the call
    began. `facts` are all of the call, `ended_us` is its end."""
    ordered = sorted(facts, key=lambda fact: fact.at_ms)
    begun = next((fact for fact in ordered if isinstance(fact, BEGINS)), None)
    if begun is None:
        return ()
    if isinstance(begun, OutsideRefused):
        return (_channel(f"PJSIP/{begun.agent}-", linkedid, (begun.at_ms * 1000, ended_us), caller=begun.agent),)
    first_us = min(fact.at_ms for fact in ordered if isinstance(fact, CallFact)) * 1000
    whole = (_within(one, first_us, ended_us) for one in _talks(ordered, ended_us))
    talks = sorted(whole, key=lambda talk: talk.start_us)
    phones = {fact.agent: fact.phone for fact in ordered if isinstance(fact, AgentStateChanged)}
    if isinstance(begun, CallbackDialled) or any(phones.get(one.name) == _phone(begun) for one in talks):
        return _of_ours(linkedid, begun, ordered, talks, phones, ended_us)
    outside = [_outside(fact) for fact in ordered if isinstance(fact, TransferEnded) and fact.number and fact.answered]
    caller = _channel(
        begun.channel,
        linkedid,
        (first_us, ended_us),
        answered_us=first_us,
        stays=[*talks, *outside],
        caller=begun.caller,
        caller_name=begun.caller_name,
        extension=begun.dialled,
    )
    rung = _rung(linkedid, ordered, talks, phones)
    return caller, *rung, *(_sent_outside(linkedid, one) for one in outside)


def _of_ours(
    linkedid: str,
    begun: CallArrived | CallbackDialled,
    facts: Sequence[Fact],
    talks: Sequence[Interval],
    phones: Mapping[str, str],
    ended_us: int,
) -> tuple[Channel, ...]:
    """Of a call to a customer: its agent's channel, which dials him, and the customer's."""
    dialled_us = begun.at_ms * 1000
    if isinstance(begun, CallbackDialled):
        number, agent, name = begun.number, begun.agent, ""
    else:
        number, agent, name = begun.dialled, talks[0].name, begun.channel
    reached, by = _ended(facts)
    spoken = [replace(one, start_us=max(one.start_us, dialled_us)) for one in talks if one.name == agent and reached]
    over_us = max((one.end_us for one in spoken), default=ended_us)
    offered_us = [fact.at_ms * 1000 for fact in facts if isinstance(fact, CallOffered) and fact.agent == agent]
    own_name = name or _made(agent, phones.get(agent, agent))
    dial = Interval(
        name="Dial", data=f"PJSIP/{number}@line,,b(callback-customer^s^1)", start_us=dialled_us, end_us=over_us
    )
    own = _channel(
        own_name,
        linkedid,
        (min([dialled_us, *offered_us[-1:]]), ended_us),
        answered_us=dialled_us,
        stays=spoken,
        runs=(dial,),
        source=own_name if by is EndedBy.AGENT else "",
    )
    customer = _channel(
        _CUSTOMER,
        f"{linkedid};customer",
        (dialled_us, over_us),
        answered_us=spoken[0].start_us if spoken else None,
        stays=spoken,
        source=_CUSTOMER if by is EndedBy.CALLER else "",
    )
    return own, customer


def _ended(facts: Sequence[Fact]) -> tuple[bool, EndedBy | None]:
    """Whether the customer was reached, and who ended the call; None where that is not known."""
    for fact in reversed(facts):
        if isinstance(fact, CallEnded):
            return fact.reason == CallbackOutcome.REACHED, fact.by
        if isinstance(fact, CallbackAttempted):
            return fact.outcome is CallbackOutcome.REACHED, _ENDED_BY.get(fact.outcome)
    return True, None


def _rung(
    linkedid: str, facts: Sequence[Fact], talks: Sequence[Interval], phones: Mapping[str, str]
) -> Iterator[Channel]:
    """The agents' channels: of each offer for which a phone rang, and of each who came to the caller otherwise, or of
    whom nobody told how: no offer is made up for him."""
    ends = {fact.offer: fact for fact in facts if isinstance(fact, OfferEnded)}
    left = [*talks]
    every = [fact for fact in facts if isinstance(fact, CallOffered)]
    for offered in every:
        end, at_us = ends.get(offered.offer), offered.at_ms * 1000
        later_us = [one.at_ms * 1000 for one in every if one.agent == offered.agent and one.at_ms > offered.at_ms]
        next_us = min(later_us, default=sys.maxsize)
        if end is None or end.outcome is OfferOutcome.ANSWERED:
            until_us = end.at_ms * 1000 if end else at_us
            of_it = (one for one in left if one.name == offered.agent and one.data == _OFFERED)
            after = (one for one in of_it if at_us <= one.start_us < next_us and one.end_us >= until_us)
            if (talk := next(after, None)) is None:
                continue  # nobody told that they talked; that his phone rang is in the offer
            left.remove(talk)
            yield _agent(linkedid, talk, phones, rung_us=at_us, joined=False)
        elif end.outcome is not OfferOutcome.UNREACHABLE:
            own = _made(offered.agent, phones.get(offered.agent, offered.agent))
            yield _channel(own, f"{linkedid};{offered.offer}", (at_us, end.at_ms * 1000))
    yield from (_agent(linkedid, one, phones, rung_us=one.start_us, joined=True) for one in left)


def _agent(linkedid: str, talk: Interval, phones: Mapping[str, str], *, rung_us: int, joined: bool) -> Channel:
    return _channel(
        _made(talk.name, phones.get(talk.name, talk.name)),
        f"{linkedid};{talk.name} {talk.start_us}",
        (rung_us, talk.end_us),
        answered_us=talk.start_us,
        stays=[talk],
        joined=joined,
    )


def _outside(fact: TransferEnded) -> Interval:
    end_us = fact.at_ms * 1000
    return Interval(name="outside", data="", start_us=end_us - fact.talk_ms * 1000, end_us=end_us)


def _sent_outside(linkedid: str, talk: Interval) -> Channel:
    times = talk.start_us, talk.end_us
    return _channel(_CUSTOMER, f"{linkedid};outside {talk.start_us}", times, answered_us=talk.start_us, stays=[talk])


def _talks(facts: Iterable[Fact], ended_us: int) -> Iterator[Interval]:
    """Which agent was with the caller from when to when, and how he came."""
    begun: dict[str, tuple[int, str]] = {}
    released = set[str]()  # who is told to talk after that does so in another call about this one, or is offered anew
    for fact in facts:
        at_us = fact.at_ms * 1000
        match fact:
            case CallReleased():
                released.add(fact.agent)
                before_us = at_us - (fact.talk_ms + fact.hold_ms) * 1000
                yield _talk(fact.agent, begun.pop(fact.agent, (before_us, _OFFERED)), at_us)
            case CallJoined(agent=who) | CallTransferred(kind=TransferKind.ANNOUNCED, to=who) if who:
                begun.setdefault(who, (at_us, _JOINED))
            case OfferEnded(outcome=OfferOutcome.ANSWERED, agent=who):
                begun.setdefault(who, (at_us, _OFFERED))
            case AgentStateChanged(after=after, agent=who) if after in _IN_TALK and who not in released:
                begun.setdefault(who, (at_us, _OFFERED))
            case CallEnded():
                ended_us = at_us
                break  # who goes on after that does so without him
            case _:
                pass
    yield from (_talk(who, how, max(how[0], ended_us)) for who, how in begun.items())


def _talk(agent: str, begun: tuple[int, str], end_us: int) -> Interval:
    return Interval(name=agent, data=begun[1], start_us=min(begun[0], end_us), end_us=end_us)


def _within(talk: Interval, begun_us: int, ended_us: int) -> Interval:
    """What of it was in this call: an agent may have talked about it before, or go on with a colleague."""
    start_us = min(max(talk.start_us, begun_us), ended_us)
    return replace(talk, start_us=start_us, end_us=min(max(talk.end_us, start_us), ended_us))


def _phone(begun: CallArrived) -> str:
    return phone_of_channel(begun.channel)


def _made(agent: str, phone: str) -> str:
    return outside_channel(phone, agent) if is_outside(phone) else f"PJSIP/{phone}-"


def _channel(
    name: str,
    uniqueid: str,
    times: tuple[int, int],
    *,
    answered_us: int | None = None,
    stays: Iterable[Interval] = (),
    runs: tuple[Interval, ...] = (),
    caller: str = "",
    caller_name: str = "",
    extension: str = "",
    source: str = "",
    joined: bool = False,
) -> Channel:
    return Channel(
        name=name,
        uniqueid=uniqueid,
        caller=caller,
        caller_name=caller_name,
        extension=extension,
        started_us=times[0],
        answered_us=answered_us,
        ended_us=times[1],
        cause=0,
        source=source,
        joined=joined,
        stays=tuple(replace(one, name=f"{one.name} {one.start_us}") for one in stays),
        runs=runs,
        told=True,
    )
