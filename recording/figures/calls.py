"""For what one call counts: its record as additive sums of the centre, of each queue it stood in, of each agent it came
to, each in one half hour. Pure. docs/decisions tells why it counts where it does:

- The centre counts a call in the half hour in which it began, a queue in that of its entry, an agent in that in which
  he first spoke with the caller (or, where he did not, his phone rang). All that is counted of it counts there: so
  every figure of a half hour speaks of one set of calls.
- Received are calls that came over our lines. A call-back of ours, a call from an agent's phone and one that an agent
  has placed to a number outside are counted apart, and in no figure of the 23 but by the times of agents' states.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain

from acd.decisions import Trigger
from acd.states import CallOutcome, DequeueReason, OfferOutcome, TransferKind
from recording.figures.counts import Counts
from recording.figures.period import floor
from recording.figures.rules import Rules, Thresholds
from recording.figures.scope import ScopeKind
from recording.record import (
    CALL_LIMIT,
    LINES_BUSY,
    UNKNOWN_NUMBER,
    CallRecord,
    Conversation,
    Direction,
    LegKind,
    Offer,
    QueueVisit,
    Transfer,
    WrapUp,
)

AT_ONCE_MS = 100
"""An offer of the plain queue, of which nobody says what triggered it, that began within this after the entry was made
because of the entry: app_queue rings a free phone within a few milliseconds, and looks again only after a second."""

_IN_VAIN = frozenset({OfferOutcome.MISSED, OfferOutcome.REFUSED, OfferOutcome.UNREACHABLE})

_OF_OUTCOME = {
    CallOutcome.SERVED_BY_IVR: "served_by_ivr",
    CallOutcome.TIMED_OUT: "timed_out",
    CallOutcome.OVERFLOWED: "overflowed",
    CallOutcome.VOICEMAIL: "voicemail",
    CallOutcome.CALLBACK: "callback_asked",
    CallOutcome.BLOCKED: "blocked",
}
_BLOCKED = {reason: f"blocked_{reason}" for reason in (CALL_LIMIT, UNKNOWN_NUMBER, LINES_BUSY)}
"""By the reason of a blocked call; any other is a refusal."""

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What a call adds to one row of sums. `kind` is CENTRE, QUEUE or AGENT; of an agent's row `queue` is the one his
    call came from, empty for none. `half_hour` is when it began, UTC."""

    kind: ScopeKind
    queue: str = ""
    agent: str = ""
    half_hour: datetime
    counts: Counts


def of_call(record: CallRecord, rules: Rules, *, settled: bool = False) -> tuple[Contribution, ...]:
    """The sums of one call: one row of the centre, then those of its queues and agents, each row once.

    `settled`: no further contact on the same matter has followed in time, as far as is known.
    """
    stays = _stays(record)
    rows: dict[tuple[str, str, datetime], Contribution] = {}
    for row in chain(
        (_centre(record, rules, settled=settled),),
        _queues(record, rules, stays, settled=settled),
        _agents(record, rules, stays, settled=settled),
    ):
        key = row.queue, row.agent, row.half_hour
        same = rows.get(key)
        rows[key] = row if same is None else replace(row, counts=same.counts + row.counts)
    return tuple(rows.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stay:
    """A stay in a queue and what followed from it; without a visit where the caller came to an agent otherwise."""

    visit: QueueVisit | None
    conversations: tuple[Conversation, ...]
    offers: tuple[Offer, ...]
    wrap_ups: tuple[WrapUp, ...]
    transfers: tuple[Transfer, ...]

    @property
    def queue(self) -> str:
        return self.visit.queue if self.visit else ""

    @property
    def agents(self) -> tuple[str, ...]:
        """Everybody it came to, each once."""
        named = [one.agent for one in self.offers]
        named += [one.agent for one in self.conversations]
        named += [one.agent for one in self.wrap_ups]
        return tuple(dict.fromkeys(named))

    @property
    def hold_ms(self) -> int:
        return sum(one.hold_ms for one in self.conversations)

    @property
    def talk_ms(self) -> int:
        return sum(_ms(one.started_at, one.ended_at) for one in self.conversations) - self.hold_ms

    @property
    def wrap_up_ms(self) -> int:
        return sum(one.wrap_up_ms for one in self.wrap_ups)

    def of(self, agent: str) -> "_Stay":
        """What of it is this agent's."""
        return replace(
            self,
            conversations=tuple(one for one in self.conversations if one.agent == agent),
            offers=tuple(one for one in self.offers if one.agent == agent),
            wrap_ups=tuple(one for one in self.wrap_ups if one.agent == agent),
            transfers=tuple(one for one in self.transfers if one.agent == agent),
        )


def _stays(record: CallRecord) -> tuple[_Stay, ...]:
    """Everything with an agent belongs to the last queue entered before it; a wrap-up to the one it names, a transfer
    to the conversation that it ended."""
    starts = [visit.entered_at for visit in record.queues]

    def last(moment: datetime) -> int:
        return bisect_right(starts, moment) - 1

    def of_wrap_up(one: WrapUp) -> int:
        named = [at for at in range(last(one.started_at) + 1) if record.queues[at].queue == one.queue]
        return named[-1] if named else last(one.started_at)

    def of_transfer(one: Transfer) -> int:
        ended = [his.started_at for his in record.conversations if his.agent == one.agent and his.started_at <= one.at]
        return last(max(ended, default=one.at))

    found = [
        _Stay(
            visit=visit,
            conversations=tuple(one for one in record.conversations if last(one.started_at) == at),
            offers=tuple(one for one in record.offers if last(one.at) == at),
            wrap_ups=tuple(one for one in record.wrap_ups if of_wrap_up(one) == at),
            transfers=tuple(one for one in record.transfers if of_transfer(one) == at),
        )
        for at, visit in enumerate((None, *record.queues), -1)
    ]
    return tuple(one for one in found if one.visit or one.agents)


def _half_hour(moment: datetime, rules: Rules) -> datetime:
    return floor(moment, rules.zone).astimezone(UTC)


def _centre(record: CallRecord, rules: Rules, *, settled: bool) -> Contribution:
    half_hour = _half_hour(record.started_at, rules)
    if record.direction is not Direction.INBOUND:
        sums = _placed(record) if _is_own(record) else _of_ours(record, *_times(record))
        return Contribution(kind=ScopeKind.CENTRE, half_hour=half_hour, counts=Counts(**sums))
    became = _became(record)
    sums = {"received": 1, became: 1, "offered": int(bool(record.queues))}
    if became == "blocked":
        sums[_BLOCKED.get(record.reason, "blocked_refused")] = 1
    if record.answered_at is not None:
        sums |= {"line_answered": 1, "ring_ms": _ms(record.started_at, record.answered_at)}
    first = record.queues[0] if record.queues else None
    waited = first is not None and _had_to_wait(first, record.offers)
    sums |= _waiting(became, _first_wait_ms(record), rules.of_queue(first.queue if first else None), waited=waited)
    if became == "answered":
        sums |= _worked(record.talk_ms, record.hold_ms, int(record.hold_ms > 0), record.wrap_up_ms)
        sums |= _sent_on(record.transfers) | _resolved(record, settled=settled)
    return Contribution(kind=ScopeKind.CENTRE, half_hour=half_hour, counts=Counts(**sums))


def _queues(record: CallRecord, rules: Rules, stays: Sequence[_Stay], *, settled: bool) -> Iterator[Contribution]:
    """One row for each queue and half hour; who came to a queue twice in it was received there twice."""
    answered = [stay for stay in stays if stay.visit and stay.visit.reason is DequeueReason.ANSWERED]
    for stay in stays:
        if (visit := stay.visit) is None:
            continue
        if record.direction is Direction.INBOUND:
            became = _left_how(record, visit)
            sums = {"received": 1, "offered": 1, became: 1}
            waited = _had_to_wait(visit, stay.offers)
            sums |= _waiting(became, visit.wait_ms, rules.of_queue(visit.queue), waited=waited)
            if became == "answered":
                sums |= _rang(stay.offers) | _worked(stay.talk_ms, stay.hold_ms, int(stay.hold_ms > 0), stay.wrap_up_ms)
                sums |= _sent_on(stay.transfers)
                sums |= _resolved(record, settled=settled) if stay is answered[-1] else {}
        else:
            sums = _of_ours(record, *_times(stay))
        half_hour = _half_hour(visit.entered_at, rules)
        yield Contribution(kind=ScopeKind.QUEUE, queue=visit.queue, half_hour=half_hour, counts=Counts(**sums))


def _agents(record: CallRecord, rules: Rules, stays: Sequence[_Stay], *, settled: bool) -> Iterator[Contribution]:
    if _is_own(record):
        yield from _placers(record, rules)
        return
    closer = record.conversations[-1].agent if record.conversations else record.agent
    last = max((at for at, stay in enumerate(stays) if closer in stay.agents), default=-1)
    for at, stay in enumerate(stays):
        for agent in stay.agents:
            his = stay.of(agent)
            moments = [one.started_at for one in his.conversations] or [one.at for one in his.offers]
            moments = moments or [one.started_at for one in his.wrap_ups]
            if record.direction is Direction.INBOUND:
                sums = _his_call(record, rules, stay, his)
                if sums.get("answered"):
                    sums |= _sent_on(his.transfers)
                    sums |= _resolved(record, settled=settled) if (agent, at) == (closer, last) else {}
            else:
                sums = _of_ours(record, *_times(his))
            yield Contribution(
                kind=ScopeKind.AGENT,
                queue=stay.queue,
                agent=agent,
                half_hour=_half_hour(min(moments), rules),
                counts=Counts(**sums),
            )


def _his_call(record: CallRecord, rules: Rules, stay: _Stay, his: _Stay) -> dict[str, int]:
    """Of an agent: a call rang at his phone and became one of answered, abandoned, timed out (he missed or refused it,
    or could not be rung), withdrawn (taken back, or a colleague was quicker)."""
    outcomes = {one.outcome for one in his.offers}
    if his.conversations or OfferOutcome.ANSWERED in outcomes:
        became = "answered"
    elif OfferOutcome.ABANDONED in outcomes:
        became = "abandoned"
    else:
        became = "timed_out" if outcomes & _IN_VAIN else "withdrawn"
    visit = stay.visit
    direct = visit is None or (became == "answered" and _first_agent(stay) != his.agents[0])
    wait_ms = 0 if visit is None or direct else visit.wait_ms
    sums = {"received": 1, "offered": 1, became: 1, "rang_in_vain": sum(one.outcome in _IN_VAIN for one in his.offers)}
    sums |= _waiting(became, wait_ms, rules.of_queue(stay.queue), waited=False)
    if became == "answered":
        sums |= _rang(his.offers) | _worked(his.talk_ms, his.hold_ms, int(his.hold_ms > 0), his.wrap_up_ms)
    return sums


def _first_agent(stay: _Stay) -> str | None:
    """Who took the call out of the queue; whoever spoke later with the caller was handed him."""
    if stay.conversations:
        return stay.conversations[0].agent
    return next((one.agent for one in stay.offers if one.outcome is OfferOutcome.ANSWERED), None)


def _became(record: CallRecord) -> str:
    """The one name under which a received call is counted in the centre's split."""
    if record.outcome is CallOutcome.ANSWERED:
        return "answered" if record.agent is not None else "answered_elsewhere"
    if record.outcome is CallOutcome.ABANDONED:
        return "abandoned" if record.queues or record.offers else "left_early"
    return _OF_OUTCOME.get(record.outcome, "withdrawn")


def _left_how(record: CallRecord, visit: QueueVisit) -> str:
    """The one name under which an entry is counted in its queue's split. A wish is the last queue's."""
    asked = record.outcome in (CallOutcome.VOICEMAIL, CallOutcome.CALLBACK)
    if asked and visit is record.queues[-1] and visit.reason in (DequeueReason.OVERFLOWED, DequeueReason.TIMED_OUT):
        return _OF_OUTCOME[record.outcome]
    return visit.reason.value


def _first_wait_ms(record: CallRecord) -> int:
    """His waits until he first spoke with an agent, without what he did between two queues."""
    until = record.connected_at
    return sum(visit.wait_ms for visit in record.queues if until is None or visit.entered_at < until)


def _had_to_wait(visit: QueueVisit, offers: Iterable[Offer]) -> bool:
    """Whether no agent was free when he came: else the entry itself triggered an offer. What was offered when he came
    to the same queue again says nothing of it."""
    stay = (one for one in offers if one.queue == visit.queue and visit.entered_at <= one.at <= visit.left_at)
    first = next(stay, None)
    if first is None:
        return True
    if trigger := first.decision.get("trigger"):
        return bool(trigger != Trigger.CALL_ENTERED)
    return _ms(visit.entered_at, first.at) > AT_ONCE_MS


def _waiting(became: str, wait_ms: int, thresholds: Thresholds, *, waited: bool) -> dict[str, int]:
    sums = {"waited": int(waited)}
    if became == "answered":
        in_time = wait_ms <= thresholds.service_level_ms
        sums |= {"answer_wait_ms": wait_ms, "answered_in_time": int(in_time)}
    elif became == "abandoned":
        short = wait_ms <= thresholds.short_abandon_ms
        sums |= {
            "short_abandoned": int(short),
            "abandoned_in_time": int(wait_ms <= thresholds.service_level_ms),
            "abandon_wait_ms": 0 if short else wait_ms,
        }
    if waited and became in ("answered", "abandoned"):
        sums |= {"waited_to_end": 1, "waited_ms": wait_ms}
    return sums


def _rang(offers: Iterable[Offer]) -> dict[str, int]:
    """Of a queue or an agent: how long the phone rang that was answered."""
    rung = [one.ring_ms for one in offers if one.outcome is OfferOutcome.ANSWERED][:1]
    return {"line_answered": len(rung), "ring_ms": sum(rung)}


def _worked(talk_ms: int, hold_ms: int, held: int, wrap_up_ms: int) -> dict[str, int]:
    return {"talk_ms": talk_ms, "hold_ms": hold_ms, "held": held, "wrap_up_ms": wrap_up_ms}


def _times(one: CallRecord | _Stay) -> tuple[int, int, int, bool]:
    """Talk, hold and wrap-up, and whether anybody talked."""
    return one.talk_ms, one.hold_ms, one.wrap_up_ms, bool(one.conversations)


def _of_ours(record: CallRecord, talk_ms: int, hold_ms: int, wrap_up_ms: int, talked: bool) -> dict[str, int]:
    """What is counted of a call that nobody made to us, and no agent to somebody outside."""
    if record.direction is Direction.INTERNAL:
        return {"internal": 1, "internal_reached": int(talked), "internal_talk_ms": talk_ms}
    if _is_own(record):
        return {}  # his queue did not place it
    return {
        "callback_attempts": 1,
        "callback_reached": int(bool(record.conversations)),
        "callback_talk_ms": talk_ms,
        "callback_hold_ms": hold_ms,
        "callback_wrap_up_ms": wrap_up_ms,
    }


def _is_own(record: CallRecord) -> bool:
    """Whether an agent has placed it himself to a number outside."""
    return record.direction is Direction.OUTBOUND and record.callback is None


def _placed(record: CallRecord) -> dict[str, int]:
    """One that the toll guard did not let him make was none."""
    if record.outcome is CallOutcome.BLOCKED:
        return {}
    return {
        "outbound": 1,
        "outbound_reached": int(bool(record.conversations)),
        "outbound_talk_ms": record.talk_ms,
        "outbound_hold_ms": record.hold_ms,
        "outbound_wrap_up_ms": record.wrap_up_ms,
    }


def _placers(record: CallRecord, rules: Rules) -> Iterator[Contribution]:
    """Who placed it: it counts in the half hour in which it began. Who was handed the customer has his talk, in that in
    which he first spoke with him."""
    if record.outcome is CallOutcome.BLOCKED:
        return
    placer = record.agent or next((leg.agent for leg in record.legs if leg.kind is LegKind.AGENT and leg.agent), None)
    named = [placer, *(one.agent for one in record.conversations), *(one.agent for one in record.wrap_ups)]
    for at, agent in enumerate(dict.fromkeys(one for one in named if one)):
        talks = [one for one in record.conversations if one.agent == agent]
        hold_ms = sum(one.hold_ms for one in talks)
        talk_ms = sum(_ms(one.started_at, one.ended_at) for one in talks) - hold_ms
        wrap_up_ms = sum(one.wrap_up_ms for one in record.wrap_ups if one.agent == agent)
        sums = {"outbound_talk_ms": talk_ms, "outbound_hold_ms": hold_ms, "outbound_wrap_up_ms": wrap_up_ms}
        if at == 0:
            sums |= {"outbound": 1, "outbound_reached": int(bool(record.conversations))}
        moment = record.started_at if at == 0 or not talks else talks[0].started_at
        half_hour = _half_hour(moment, rules)
        yield Contribution(kind=ScopeKind.AGENT, agent=agent, half_hour=half_hour, counts=Counts(**sums))


def _sent_on(transfers: Iterable[Transfer]) -> dict[str, int]:
    kinds = {one.kind for one in transfers}
    return {
        "transferred": int(bool(kinds)),
        "transferred_blind": int(TransferKind.BLIND in kinds),
        "transferred_announced": int(TransferKind.ANNOUNCED in kinds),
    }


def _resolved(record: CallRecord, *, settled: bool) -> dict[str, int]:
    resolved = bool(record.resolved)
    return {"resolved": int(resolved), "resolved_first": int(resolved and settled)}


def _ms(start: datetime, end: datetime) -> int:
    return max(0, (end - start) // _MILLISECOND)
