"""The channels of a call that came in, of which Asterisk's ledger has lost some: what was not written is put in from
what the router tells (recording.unwritten). What is written counts before it, and stays.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from acd.facts import AgentStateChanged, CallArrived, CallReleased, Fact, OfferEnded
from acd.states import AgentState, OfferOutcome
from recording.channels import Channel, Connection, Interval, connections
from recording.ledger import VANISHED, LedgerRow, RowType
from recording.unwritten import channels_told, name_told

_SAME_US = 500_000
"""Within this, ledger and router tell of the same moment."""

_ENDS = RowType.HANGUP, RowType.CHAN_END

_LASTING = {
    RowType.CHAN_START: RowType.CHAN_END,
    RowType.APP_START: RowType.APP_END,
    RowType.BRIDGE_ENTER: RowType.BRIDGE_EXIT,
}
"""What begins and ends: Asterisk writes both."""


@dataclass(frozen=True, slots=True)
class _Written:
    """Of which channels (their uniqueid) the ledger has the beginning, the end, and both with the end of all that began
    in between."""

    begun: frozenset[str]
    ended: frozenset[str]
    whole: frozenset[str]


def completed(
    found: Sequence[Channel], end: LedgerRow, rows: Iterable[LedgerRow], facts: Sequence[Fact]
) -> Sequence[Channel]:
    """The channels, as they were `found` in the `rows` of the ledger, with what it has lost of them: its beginning, its
    end (it is we who say that the call is over, `end`), something of the caller, or all of a talk. As they are where it
    has lost nothing that can be seen, where the router does not know of the call, and of a call of ours."""
    if not any(isinstance(fact, CallArrived) for fact in facts):
        return found
    written = _written(rows)
    agent_at = {fact.phone: fact.agent for fact in facts if isinstance(fact, AgentStateChanged)}
    lost = bool(end.extra.get(VANISHED)) or end.linkedid not in written.whole
    if not lost and _talked(facts) <= {_who(one, agent_at) for one in found if one.uniqueid in written.whole}:
        return found
    told, *others = channels_told(end.linkedid, facts, end.at_us) or (None,)
    if told is None or told.runs:  # a call to a customer
        return found
    caller = next((one for one in found if one.uniqueid == end.linkedid), None)
    known = [one for one in found if one is not caller]
    if caller is not None and not lost and all(_is_there(one, caller, known, agent_at, written) for one in others):
        return found
    begun = told if caller is None else _caller(caller, told, written)
    made: list[Channel] = []
    stays = [*(caller.stays if caller is not None else ())]
    for one in others:
        of_it = _same(one, known, agent_at, written)
        if of_it is None:
            made.append(one)
            stays += one.stays
            continue
        known.remove(of_it)
        seen = connections(caller, [of_it]) if caller is not None else ()
        if not one.stays or _covers(seen, one.stays):
            made.append(_other(of_it, one, written))
        else:
            made.append(replace(_other(of_it, one, written), stays=one.stays, told=True))
            stays += one.stays
    left = (replace(one, told=one.uniqueid not in written.begun & written.ended) for one in known)
    return replace(begun, stays=tuple(stays)), *sorted((*made, *left), key=lambda one: one.started_us)


def _written(rows: Iterable[LedgerRow]) -> _Written:
    rows = [*rows]
    counted = Counter((row.uniqueid, row.type) for row in rows)
    begun = frozenset(row.uniqueid for row in rows if row.type == RowType.CHAN_START)
    torn = {
        uniqueid
        for uniqueid in begun
        for first, last in _LASTING.items()
        if counted[uniqueid, first] != counted[uniqueid, last]
    }
    return _Written(
        begun=begun,
        ended=frozenset(row.uniqueid for row in rows if row.type in _ENDS),
        whole=begun - torn,
    )


def _talked(facts: Iterable[Fact]) -> set[str]:
    """The agents of whom the router says that they talked with the caller."""
    return {
        fact.agent
        for fact in facts
        if isinstance(fact, CallReleased)
        or (isinstance(fact, OfferEnded) and fact.outcome is OfferOutcome.ANSWERED)
        or (isinstance(fact, AgentStateChanged) and fact.after is AgentState.TALKING)
    }


def _who(channel: Channel, agent_at: Mapping[str, str]) -> str:
    return agent_at.get(channel.endpoint, channel.agent)


def _is_there(
    told: Channel, caller: Channel, known: Iterable[Channel], agent_at: Mapping[str, str], written: _Written
) -> bool:
    """Whether the ledger knows of this talk, however long it says it was, or knows better: it has the whole channel.
    Without a talk a channel is not looked for."""
    if not told.stays:
        return True
    own = [one for one in known if _who(one, agent_at) == _who(told, agent_at)]
    complete = [one for one in own if one.uniqueid in written.whole]
    return any(
        one.start_us <= talk.end_us + _SAME_US and one.end_us >= talk.start_us - _SAME_US
        for talk in told.stays
        for one in (*connections(caller, own), *map(_life, complete))
    )


def _life(channel: Channel) -> Connection:
    return Connection(channel=channel, start_us=channel.started_us, end_us=channel.ended_us)


def _same(told: Channel, known: Iterable[Channel], agent_at: Mapping[str, str], written: _Written) -> Channel | None:
    """The channel in the ledger of which the router tells: the agent's, or that of a line, that was there then. Of
    several it is the one that began then or, where none did, whose beginning or end is nearest."""
    agents = {*agent_at.values()}

    def is_it(one: Channel) -> bool:
        if name_told(told):
            return _who(one, agent_at) == _who(told, agent_at)
        return _who(one, agent_at) not in agents and not one.endpoint.isdigit()

    there = [
        one
        for one in known
        if is_it(one) and one.started_us <= told.ended_us + _SAME_US and one.ended_us >= told.started_us - _SAME_US
    ]

    def apart(one: Channel) -> tuple[bool, int]:
        if one.uniqueid not in written.begun:
            return True, abs(one.ended_us - told.ended_us)
        apart_us = abs(one.started_us - told.started_us)
        return apart_us > _SAME_US, apart_us

    return min(there, key=apart, default=None)


def _covers(seen: Sequence[Connection], told: Sequence[Interval]) -> bool:
    """Whether the ledger has this talk from its beginning to its end."""
    if not seen:
        return False
    begun_us, ended_us = min(one.start_us for one in seen), max(one.end_us for one in seen)
    return abs(begun_us - told[0].start_us) <= _SAME_US and abs(ended_us - told[-1].end_us) <= _SAME_US


def _caller(own: Channel, told: Channel, written: _Written) -> Channel:
    begun = own.uniqueid in written.begun
    answered = own.answered_us
    if answered is None or (not begun and told.answered_us is not None and told.answered_us < answered):
        answered = told.answered_us
    return replace(
        own,
        started_us=own.started_us if begun else min(own.started_us, told.started_us),
        answered_us=answered,
        caller=own.caller or told.caller,
        extension=own.extension if begun else told.extension,
        told=not begun or own.uniqueid not in written.ended,
    )


def _other(own: Channel, told: Channel, written: _Written) -> Channel:
    """Of an agent. What has no beginning in the ledger came from another call, where he had been asked, or lost it."""
    came = own.joined and told.joined and abs(own.started_us - told.started_us) <= _SAME_US
    begun, ended = came or own.uniqueid in written.begun, own.uniqueid in written.ended
    return replace(
        own,
        started_us=own.started_us if begun else min(own.started_us, told.started_us),
        answered_us=own.answered_us or told.answered_us if begun else told.answered_us,
        ended_us=own.ended_us if ended else min(own.ended_us, told.ended_us),
        joined=told.joined,
        told=not begun or not ended,
    )
