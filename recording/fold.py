"""The fold: everything known of one call becomes its record. Times come from Asterisk's ledger, meaning (queues,
offers, the way through the menu) from the router's facts; what the router missed is read off the ledger and marked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from acd.callbacks import is_callback
from acd.facts import CallDequeued, Fact, OutsideRefused
from acd.seats import agent_of_channel, agents_side
from acd.states import CallOutcome, DequeueReason, EndedBy, OfferOutcome
from recording.account import UNTOLD, Account, account
from recording.callbacks import customer_of, heard_before, refused_otherwise, told_otherwise
from recording.channels import Channel, Connection, channels, connections
from recording.completed import completed
from recording.held import holds
from recording.identity import call_id
from recording.instants import span_ms, utc
from recording.ledger import VANISHED, LedgerRow, RowType
from recording.offers import Ringing, offers
from recording.record import (
    ASTERISK_LOST,
    CALL_LIMIT,
    LINES_BUSY,
    UNKNOWN_NUMBER,
    CallRecord,
    Conversation,
    Direction,
    Leg,
    LegKind,
    Mute,
    Offer,
    QueueVisit,
    Recording,
    SegmentKind,
)
from recording.recorded import with_pauses
from recording.segments import Company, segments, total_ms
from recording.transfers import transfers
from recording.unwritten import channels_told, is_made, name_told
from recording.visits import queue_visits

REFUSED = {1: UNKNOWN_NUMBER, 17: CALL_LIMIT, 34: LINES_BUSY, 42: LINES_BUSY}
"""Why a call was refused, by the Q.850 cause that dialplans/extensions.conf gives it; 34 (no circuit available) and 42
(congestion) are Asterisk's own, where it has no channel for him."""


def fold(
    rows: Sequence[LedgerRow], facts: Iterable[Fact] = (), recordings: Sequence[Recording] = ()
) -> CallRecord | None:
    """The record of the call whose `linkedid` all of `rows` and `facts` bear: each once, and those of one source in the
    order they were written. Pure and total. Where Asterisk has not written so much that there is a record, its channels
    are those of which the router tells, once we have said that it is over (recording.store).

    None while the call goes on; for an agent's dealings with the star codes: a person's word with the system is no call
    (the log of agent states has it); and for a call of ours, a call-back or an agent's, whose customer was not rung,
    but for an agent's that was refused.
    """
    end = _end(rows)
    if end is None:
        return None
    facts = [*facts]
    written = [row for row in rows if row.type != RowType.LINKEDID_END]
    whole = not end.extra.get(VANISHED) or any(row.uniqueid == end.linkedid for row in written)
    found = channels(written, end.at_us)
    every = completed(found, end, written, facts)
    record = _folded(end, written, every, facts, recordings) if whole else None
    if record is None and end.extra.get(VANISHED):
        every = channels_told(end.linkedid, facts, end.at_us)
        record = _folded(end, written, every, facts, recordings)
    if record is None or every is found:
        return record
    return record.model_copy(update={"reconstructed": True})


def _folded(
    end: LedgerRow,
    rows: Sequence[LedgerRow],
    every: Sequence[Channel],
    facts: Sequence[Fact],
    recordings: Sequence[Recording],
) -> CallRecord | None:
    """The record of the call that has these channels."""
    caller = customer_of(every, end.linkedid)
    by_us = caller is not None or is_callback(end.linkedid)
    if not by_us:
        caller = next((one for one in every if one.uniqueid == end.linkedid), next(iter(every), None))
    if caller is None:
        return None
    refused = next((fact for fact in facts if isinstance(fact, OutsideRefused)), None) if not by_us else None
    called_himself = caller.extension or caller.answered_us or every[1:]
    if not by_us and refused is None and (caller.star_code or not called_himself):
        return None
    others = [one for one in every if one is not caller]
    story = account(facts, end.at_us)
    rung = _rung(others, story)
    talks = connections(caller, rung)
    with_him = [(_who(one.channel, story), one.start_us, one.end_us) for one in talks]
    story = replace(story, holds=holds(story.holds, rows, caller.uniqueid, with_him))
    record = _record(end, caller, others, story, recordings, by_us=by_us)
    sent_on = transfers(rows, story, every, record.conversations)
    otherwise: Mapping[str, Any] = {}
    if by_us:
        otherwise = told_otherwise(every, caller, record, story)
    elif refused is not None:
        otherwise = refused_otherwise(record, refused)
    return record.model_copy(update={"transfers": sent_on, **otherwise})


def _end(rows: Sequence[LedgerRow]) -> LedgerRow | None:
    """The end of the call: Asterisk's own before ours, of ours the last, and not before anything that is written of the
    call. A call-back has one for each agent's phone that rang: it is the one after the last of them, and not before
    anything that they did."""
    ends = [row for row in rows if row.type == RowType.LINKEDID_END]
    if ends and is_callback(ends[0].linkedid):
        begun_us = max((row.at_us for row in rows if row.type == RowType.CHAN_START), default=0)
        last_us = max((row.at_us for row in rows if row.type != RowType.LINKEDID_END), default=0)
        ends = [row._replace(at_us=max(row.at_us, last_us)) for row in ends if row.at_us >= begun_us]
    own = next((row for row in ends if not row.extra.get(VANISHED)), None)
    if own is not None or not ends:
        return own
    ours = max(ends, key=attrgetter("at_us"))
    return ours._replace(at_us=max(ours.at_us, *(row.at_us for row in rows)))


def _record(
    end: LedgerRow,
    caller: Channel,
    others: Sequence[Channel],
    story: Account,
    recordings: Sequence[Recording],
    *,
    by_us: bool,
) -> CallRecord:
    rung = _rung(others, story)
    talks = connections(caller, rung)
    ended_by = _ended_by(caller, rung, story, _left_outside(others, talks))
    left_by_caller = ended_by is EndedBy.CALLER
    if by_us:
        heard = heard_before(story)
        visits = queue_visits(story.queued, caller, (), talks, DequeueReason.WITHDRAWN, served_by_message=heard)
    else:
        visits = queue_visits(story.queued, caller, rung, talks, _reason_at_end(end, left_by_caller))
    ringing = Ringing(
        caller=caller,
        left_by_caller=left_by_caller and not by_us,
        connected=frozenset(one.channel.key for one in talks),
    )
    called = [] if by_us and not is_callback(end.linkedid) else [one for one in rung if not one.joined]
    offered = offers(story.offers, called, ringing, story.agent_at, visits)
    conversations = tuple(_conversation(one, story) for one in talks)
    last = visits[-1] if visits else None
    outside = connections(caller, [one for one in others if one not in rung])  # where his queue had sent him
    company = Company(
        agents=[(_who(one.channel, story), one.start_us, one.end_us) for one in talks],
        outside=outside,
        holds=story.holds,
        mutes=story.mutes,
    )
    started_us = min(one.started_us for one in (caller, *others)) if by_us else caller.started_us
    met = segments(
        caller,
        [(one, _who(one, story) if one in rung else "") for one in others],
        company,
        visits,
        story,
        (started_us, end.at_us),
        by_us=by_us,
    )
    hold_ms = total_ms(met, SegmentKind.HOLD)
    closed = story.closings[-1] if story.closings else None
    waited_last, talked = _waited_last(visits, story), bool(conversations or outside)
    outcome = _outcome(caller, waited_last, left_by_caller, story, talked=talked, rung=bool(offered))
    return CallRecord(
        id=call_id(end.linkedid),
        linkedid=end.linkedid,
        direction=Direction.INTERNAL if _is_phone(caller, _phones(story)) else Direction.INBOUND,
        caller=caller.caller,
        caller_name=story.arrived.caller_name if story.arrived else caller.caller_name,
        dialled=caller.extension,
        started_at=utc(started_us),
        answered_at=utc(caller.answered_us) if caller.answered_us else None,
        connected_at=conversations[0].started_at if conversations else None,
        ended_at=utc(end.at_us),
        outcome=outcome,
        ended_by=ended_by,
        reason=_reason(end, story, last, ended_by, outcome, caller.cause),
        queue=last.queue if last else None,
        priority=last.priority if last else None,
        skills=last.skills if last else {},
        data=last.data if last else {},
        agent=_agent(conversations, offered, last),
        wait_ms=sum(visit.wait_ms for visit in visits),
        talk_ms=_connected_ms(talks) - hold_ms,
        hold_ms=hold_ms,
        parked_ms=total_ms(met, SegmentKind.PARKED),
        parkings=story.parkings,
        mutes=_mutes(talks, story),
        wrap_up_ms=story.wrap_up_ms,
        wrap_ups=story.wrap_ups,
        ivr_path=story.path,
        queues=visits,
        offers=offered,
        conversations=conversations,
        callback=story.requested.callback if story.requested else None,
        segments=met,
        surveys=story.surveys,
        messages=story.messages,
        closings=story.closings,
        outcome_code=closed.code if closed else None,
        resolved=closed.resolved if closed else None,
        matter=closed.matter if closed else "",
        notes=closed.note if closed else "",
        consult_of=call_id(story.arrived.consult_of) if story.arrived and story.arrived.consult_of else None,
        legs=(_leg(caller, LegKind.CALLER, story), *(_leg(one, _kind(one, rung), story) for one in others)),
        recordings=with_pauses(recordings, story.silences),
        reconstructed=_is_reconstructed(end, story, visits, offered, outcome),
    )


def _rung(others: Sequence[Channel], story: Account) -> list[Channel]:
    """The agents' phones among the other channels."""
    return [one for one in others if _is_phone(one, _phones(story))]


def _phones(story: Account) -> frozenset[str]:
    return frozenset(story.agent_at) | {offered.agent for offered, _ in story.offers}


def _is_phone(channel: Channel, phones: frozenset[str]) -> bool:
    """An agent's phone: one the router spoke of, or one named as phones and outside seats are and lines are not."""
    return channel.endpoint in phones or channel.endpoint.isdigit() or agent_of_channel(channel.name) != ""


def _kind(channel: Channel, rung: Sequence[Channel]) -> LegKind:
    return LegKind.AGENT if channel in rung else LegKind.OTHER


def _ended_by(caller: Channel, rung: Sequence[Channel], story: Account, left_outside: bool) -> EndedBy:
    """Asterisk keeps the first hang-up it saw as the source: a caller it names did hang up, but an agent it names may
    have left a caller who then went on in the flow, of which only the router knows.
    """
    if caller.source == caller.name:
        return EndedBy.CALLER
    if story.ended:
        return story.ended.by
    by_agent = caller.source in {one.name for one in rung} or (not caller.source and left_outside)
    return EndedBy.AGENT if by_agent else EndedBy.SYSTEM


def _left_outside(others: Sequence[Channel], talks: Sequence[Connection]) -> bool:
    """Whether the agent spoken with last sat outside and hung up: only the dialplan's side of his seat tells that."""
    return any(one.source and agents_side(one.name) == talk.channel.name for one in others for talk in talks[-1:])


def _reason_at_end(end: LedgerRow, left_by_caller: bool) -> DequeueReason:
    if end.extra.get(VANISHED):
        return DequeueReason.WITHDRAWN
    return DequeueReason.ABANDONED if left_by_caller else DequeueReason.TIMED_OUT


def _agent(conversations: Sequence[Conversation], offered: Sequence[Offer], last: QueueVisit | None) -> str | None:
    """Who spoke with the caller first, or picked up and hung up at once."""
    if conversations:
        return conversations[0].agent
    if last and last.reason is DequeueReason.ANSWERED:
        return next((offer.agent for offer in offered if offer.outcome is OfferOutcome.ANSWERED), None)
    return None


def _waited_last(visits: Sequence[QueueVisit], story: Account) -> QueueVisit | None:
    """The queue he was in last, if it is that which his call came to: who was fetched back from the fallback queue into
    a menu has the flow before him again.
    """
    last = visits[-1] if visits else None
    if last and last.reason is DequeueReason.WITHDRAWN and story.path and story.path[-1].at >= last.left_at:
        return None
    return last


def _sent_to(story: Account, otherwise: CallOutcome) -> CallOutcome:
    """What became of him who has talked with nobody, where a queue or his flow has sent him."""
    if story.left_message:
        return CallOutcome.VOICEMAIL
    return CallOutcome.CALLBACK if story.asked_back else otherwise


def _outcome(
    caller: Channel,
    last: QueueVisit | None,
    left_by_caller: bool,
    story: Account,
    *,
    talked: bool,
    rung: bool,
) -> CallOutcome:
    if talked or (last and last.reason is DequeueReason.ANSWERED):
        return CallOutcome.ANSWERED
    if last:
        if last.reason is DequeueReason.ABANDONED:
            return CallOutcome.ABANDONED
        overflowed = last.reason is DequeueReason.OVERFLOWED
        return _sent_to(story, CallOutcome.OVERFLOWED if overflowed else CallOutcome.TIMED_OUT)
    if caller.answered_us is not None and not rung:  # who was rung, but not out of a queue: a colleague, for another
        return _sent_to(story, CallOutcome.SERVED_BY_IVR)
    if left_by_caller:
        return CallOutcome.ABANDONED
    return CallOutcome.TIMED_OUT if rung else CallOutcome.BLOCKED


def _reason(
    end: LedgerRow, story: Account, last: QueueVisit | None, ended_by: EndedBy, outcome: CallOutcome, cause: int
) -> str:
    if end.extra.get(VANISHED):
        return ASTERISK_LOST
    if outcome is CallOutcome.BLOCKED:
        return REFUSED.get(cause, "refused")
    if story.ended:
        return story.ended.reason
    if ended_by is EndedBy.SYSTEM and last and last.reason is DequeueReason.TIMED_OUT:
        return last.reason.value
    return "hung_up"


def _connected_ms(talks: Sequence[Connection]) -> int:
    """How long the caller was with an agent at all: two at once, or one whose end is lost, do not make it longer."""
    total_ms, until_us = 0, 0
    for one in sorted(talks, key=lambda one: one.start_us):
        if one.end_us > until_us:
            total_ms += span_ms(max(one.start_us, until_us), one.end_us)
            until_us = one.end_us
    return total_ms


def _conversation(one: Connection, story: Account) -> Conversation:
    agent = _who(one.channel, story)
    held = (
        span_ms(max(hold.start_us, one.start_us), min(hold.end_us, one.end_us))
        for hold in story.holds
        if hold.name == agent
    )
    return Conversation(agent=agent, started_at=utc(one.start_us), ended_at=utc(one.end_us), hold_ms=sum(held))


def _mutes(talks: Sequence[Connection], story: Account) -> tuple[Mute, ...]:
    """When who was muted, within his conversations: with each of them it is over."""
    return tuple(
        Mute(agent=one.name, by=one.data, started_at=utc(start_us), ended_at=utc(end_us))
        for one in story.mutes
        for talk in talks
        if _who(talk.channel, story) == one.name
        and (start_us := max(one.start_us, talk.start_us)) < (end_us := min(one.end_us, talk.end_us))
    )


def _who(channel: Channel, story: Account) -> str:
    """The agent who sat at this phone."""
    return story.agent_at.get(channel.endpoint, channel.agent)


def _leg(channel: Channel, kind: LegKind, story: Account) -> Leg:
    made = is_made(channel)
    return Leg(
        channel=name_told(channel),
        uniqueid="" if made else channel.uniqueid,
        kind=kind,
        number=channel.caller if kind is LegKind.CALLER else "" if made and kind is LegKind.OTHER else channel.endpoint,
        agent=_who(channel, story) if kind is LegKind.AGENT else None,
        started_at=utc(channel.started_us),
        answered_at=utc(channel.answered_us) if channel.answered_us else None,
        ended_at=utc(channel.ended_us),
        cause=channel.cause,
        reconstructed=channel.told,
    )


def _is_reconstructed(
    end: LedgerRow, story: Account, visits: Sequence[QueueVisit], offered: Sequence[Offer], outcome: CallOutcome
) -> bool:
    """The router's account has a gap: a beginning, an end, a hold, an offer or the leaving of a queue that it does not
    tell. Of a call that Asterisk's dialplan refused there is no such account, and nothing is missing."""
    if outcome is CallOutcome.BLOCKED and not story.arrived and not end.extra.get(VANISHED):
        return False
    left = {fact.queue for fact in story.queued if isinstance(fact, CallDequeued)}
    return (
        end.extra.get(VANISHED) is True
        or not story.arrived
        or story.ended is None
        or any(ended is None for _, ended in story.offers)
        or any(one.data == UNTOLD for one in story.holds)
        or any(offer.reconstructed for offer in offered)
        or any(visit.queue not in left for visit in visits)
    )
