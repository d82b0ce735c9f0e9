"""Random histories of call-backs: what must hold after every step, and that a journal of them brings all of it back."""

import json
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd.callback_book import CallbackBook
from acd.callback_history import history
from acd.callback_rules import HOUR_MS, MINUTE_MS, CallbackRules
from acd.callback_shelf import KEEP_MS
from acd.callbacks import ENGAGED, LIVE, UNDER_WAY, Callback
from acd.errors import RoutingError
from acd.facts import (
    CallbackAttempted,
    CallbackDialled,
    CallbackEnded,
    CallbackRequested,
    OfferEnded,
    from_json,
)
from acd.states import CallbackOutcome, CallbackState, OfferOutcome
from recording.holding import Holding
from tests.ledgers import line_of
from tests.unit.callback_floor import CallbackFloor

pytestmark = pytest.mark.unit

RULES = {
    "sales": CallbackRules(expires_ms=3 * HOUR_MS),
    "support": CallbackRules(attempts=1, retry_ms={}, expires_ms=HOUR_MS),
}
NUMBERS = ("13900000001", "13900000002")
FAILED = [outcome for outcome in CallbackOutcome if outcome is not CallbackOutcome.REACHED][:6]

# What is drawn is a verb and two numbers; whom the verb concerns is the first number's choice among all there are.
STEPS = st.tuples(
    st.sampled_from(
        ["ask", "offer", "miss", "dial", "answer", "end", "put out", "cancel", "machine", "come", "leave", "served",
         "wait", "down", "up", "message", "pick up", "heard", "put back"]
    ),
    st.integers(0, 7),
    st.integers(0, 7),
)  # fmt: skip


@dataclass
class History:
    """A floor on which whatever is asked happens, if it can."""

    floor: CallbackFloor = field(default_factory=lambda: CallbackFloor(RULES))
    calls: list[str] = field(default_factory=list)

    def step(self, verb: str, first: int, second: int) -> None:
        """One thing happens."""
        floor, now_ms = self.floor, self.floor.now_ms
        book = floor.book
        every = [*book]
        one = every[first % len(every)] if every else None
        try:
            match verb:
                case "ask":
                    floor.ask(NUMBERS[first % 2], [*RULES][second % 2])
                case "message":
                    floor.leave_message((*NUMBERS, "")[first % 3], [*RULES][second % 2], f"{len(every)}.wav")
                case "come":
                    self.calls.append(f"call {len(self.calls)}")
                    floor.comes(self.calls[-1], NUMBERS[first % 2])
                case "leave" if self.calls:
                    floor.leaves(self.calls[first % len(self.calls)])
                case "served" if self.calls:
                    queue = [*RULES][second % 2]
                    book.caller_served(self.calls[first % len(self.calls)], queue, now_ms=now_ms)
                case "wait":
                    floor.wait((0, 1, MINUTE_MS, 5 * MINUTE_MS, 20 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS, KEEP_MS)[first])
                case "down":
                    book.asterisk_down(now_ms=now_ms)
                case "up":
                    book.asterisk_up(self.calls, now_ms=now_ms)
                case _ if one is not None:
                    self._step_of(one, verb, second)
        except RoutingError:
            pass
        floor.settle()

    def _step_of(self, one: Callback, verb: str, second: int) -> None:
        floor, now_ms, linkedid = self.floor, self.floor.now_ms, one.linkedid
        match verb:
            case "offer":
                floor.offer(one)
            case "miss":
                floor.miss(one)
            case "dial":
                floor.dial(one)
            case "answer" if one.state is CallbackState.DIALLING:
                floor.book.connected(linkedid)
                floor.facts.append(_answered(one, now_ms))
            case "pick up":
                floor.pick_up(one)
            case "heard" if one.state is CallbackState.LISTENING:
                floor.end(one, CallbackOutcome.HEARD)
            case "put back" if one.state is CallbackState.LISTENING:
                floor.end(one, CallbackOutcome.PUT_BACK)
            case "end" if one.state in UNDER_WAY:
                floor.end(one, FAILED[second % len(FAILED)])
            case "put out" if one.state in (CallbackState.WAITING, CallbackState.RINGING):
                floor.standing.remove(linkedid)
                floor.book.put_out(linkedid, now_ms=now_ms)
            case "cancel":
                floor.book.cancel(one.id, cause="api", now_ms=now_ms)
            case "machine":
                floor.book.tell_voicemail(one.id, now_ms=now_ms)


def _answered(one: Callback, now_ms: int) -> OfferEnded:
    """The router's word that the customer has answered."""
    return OfferEnded(
        at_ms=now_ms, linkedid=one.linkedid, offer="", queue=one.queue, agent="1001", ring_ms=0,
        outcome=OfferOutcome.ANSWERED,
    )  # fmt: skip


def check(floor: CallbackFloor) -> None:
    """What must hold whenever nothing is happening."""
    live = Counter(one.number for one in floor.book if one.engages)
    assert all(count == 1 for count in live.values())
    opened = Counter((one.number, one.queue) for one in floor.book if one.open and one.message is None)
    assert all(count == 1 for count in opened.values())
    standing = {one.linkedid for one in floor.book if one.state in {*LIVE, *ENGAGED, CallbackState.WAITING}}
    assert sorted(floor.standing) == sorted(standing)
    for one in floor.book:
        assert one.attempts <= one.rules.attempts
        assert (one.due_ms is not None) == (one.state is CallbackState.DUE)
        assert (one.outcome is None) == one.open
        assert one.state in ENGAGED or not one.open or floor.now_ms < one.expires_ms
    ends = Counter(fact.callback for fact in floor.stated(CallbackEnded))
    reopened = Counter(
        fact.callback for fact in floor.stated(CallbackAttempted)
        if fact.outcome is CallbackOutcome.VOICEMAIL and fact.due_ms
    )  # fmt: skip
    for fact in floor.stated(CallbackRequested):
        assert ends[fact.callback] <= 1 + reopened[fact.callback]
    dials = Counter((fact.callback, fact.attempt) for fact in floor.stated(CallbackDialled))
    assert all(count == 1 for count in dials.values())


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, max_size=60))
def test_whatever_happens_one_attempt_a_number_is_live_and_every_end_is_told_once(
    steps: list[tuple[str, int, int]],
) -> None:
    story = History()
    for step in steps:
        story.step(*step)
        check(story.floor)
    story.floor.book.asterisk_up((), now_ms=story.floor.now_ms)
    story.floor.settle()
    for one in [*story.floor.book]:
        if one.state in ENGAGED:
            story.floor.end(one)
    story.floor.wait(4 * HOUR_MS)
    assert not any(one.open for one in story.floor.book)  # each is at its end when its time is over
    assert story.floor.standing == []


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS.filter(lambda step: step[0] != "put out"), max_size=60))  # that is told by no fact
def test_a_journal_brings_back_all_that_was_open_wherever_the_daemon_died(steps: list[tuple[str, int, int]]) -> None:
    story = History()
    held: list[bytes] = []
    for step in steps:
        before = len(story.floor.facts)
        story.step(*step)
        held = Holding([*held, *map(line_of, story.floor.facts[before:])]).lines
    for facts in (story.floor.facts, [from_json(json.loads(line)) for line in held]):
        rules = RULES.get, story.floor.message_rules
        back = CallbackBook("node1", RULES.get, message_rules_of=story.floor.message_rules)
        back.restore(history(facts, *rules), now_ms=story.floor.now_ms)
        assert back.take().enter == []
        assert [shown(one) for one in back] == [shown(one) for one in story.floor.book]


def shown(one: Callback) -> dict[str, object]:
    """What must come back: all but that it waits, which it does not before Asterisk is there."""
    unstood = one.state in (CallbackState.WAITING, CallbackState.RINGING, CallbackState.LISTENING)
    return {
        "id": one.id,
        "number": one.number,
        "message": one.message,
        "queue": one.queue,
        "entered_ms": one.entered_ms,
        "expires_ms": one.expires_ms,
        "state": CallbackState.REQUESTED if unstood else one.state,
        "stay": one.stay,
        "attempts": one.attempts,
        "due_ms": one.due_ms,
        "outcome": one.outcome,
        "ended_ms": one.ended_ms,
    }
