"""Messages in the book of call-backs: heard by one agent after another until one has done with it, or calls back."""

import pytest

from acd.callback_rules import HOUR_MS, MINUTE_MS, CallbackRules
from acd.errors import CallbackOver, CallbackUnderWay, NoMessage
from acd.facts import CallbackAttempted, CallbackDialled, CallbackEnded, CallbackRequested, MessageHeard
from acd.hours import parse_hours
from acd.states import CallbackOutcome, CallbackState
from tests.unit.callback_floor import NUMBER, CallbackFloor
from tests.unit.test_hours import SHANGHAI

pytestmark = pytest.mark.unit


def test_a_message_stands_in_its_queue_at_once_and_is_done_when_an_agent_has_heard_it() -> None:
    floor = CallbackFloor()
    left = floor.leave_message()
    assert floor.standing == [left.linkedid]
    floor.hear(left)
    assert (left.state, left.outcome, floor.standing) == (CallbackState.DONE, CallbackOutcome.HEARD, [])
    (asked,), (heard,), (ended,) = (
        floor.stated(CallbackRequested),
        floor.stated(MessageHeard),
        floor.stated(CallbackEnded),
    )
    assert (asked.message, asked.message_ms, asked.cause) == ("voicemail/1.wav", 5_000, "voicemail")
    assert (heard.linkedid, heard.callback, heard.whole) == ("node1-7.1", left.id, True)
    assert (ended.outcome, ended.cause) == (CallbackOutcome.HEARD, "attempt")


def test_what_an_agent_puts_back_stands_there_again_a_minute_later_as_often_as_it_takes() -> None:
    floor = CallbackFloor()
    left = floor.leave_message()
    for _ in range(5):
        floor.hear(left, CallbackOutcome.PUT_BACK)
        assert (left.state, floor.standing) == (CallbackState.DUE, [])
        floor.wait(MINUTE_MS)
        assert floor.standing == [left.linkedid]
    assert left.attempts == 0


def test_it_waits_for_nobody_and_two_of_one_caller_stand_side_by_side() -> None:
    floor = CallbackFloor()
    floor.comes("node1-7.1")
    first, second = floor.leave_message(), floor.leave_message(file="voicemail/2.wav")
    nameless = [floor.leave_message("", file=f"voicemail/{number}.wav") for number in (3, 4)]
    assert len(floor.standing) == 4
    assert floor.offer(first)
    assert floor.pick_up(first)
    assert floor.offer(second)
    assert all(map(floor.offer, nameless))


def test_the_same_file_is_one_message() -> None:
    floor = CallbackFloor()
    assert floor.leave_message() is floor.leave_message()


def test_he_who_hears_it_calls_back_and_it_is_tried_again_as_any_call_back_is() -> None:
    floor = CallbackFloor()
    left = floor.leave_message()
    floor.offer(left)
    floor.pick_up(left)
    assert floor.dial(left)
    assert floor.stated(CallbackDialled)[0].number == NUMBER
    floor.end(left, CallbackOutcome.BUSY)
    assert (left.state, left.attempts, left.last) == (CallbackState.DUE, 1, CallbackOutcome.BUSY)
    floor.wait(5 * MINUTE_MS)
    floor.offer(left)
    floor.pick_up(left)
    floor.dial(left)
    floor.book.connected(left.linkedid)
    floor.end(left)
    assert (left.outcome, left.attempts) == (CallbackOutcome.REACHED, 2)


def test_who_is_on_the_line_himself_or_rung_for_a_call_back_is_not_rung_for_a_message() -> None:
    floor = CallbackFloor()
    left = floor.leave_message()
    floor.offer(left)
    floor.pick_up(left)
    floor.comes("node1-8.1")
    assert left.state is CallbackState.LISTENING
    assert not floor.dial(left)
    floor.leaves("node1-8.1")
    asked = floor.ask(queue="support")
    floor.offer(asked)
    assert not floor.dial(left)
    floor.miss(asked)
    assert floor.dial(left)
    assert asked.state is CallbackState.REQUESTED  # and that one waits meanwhile


def test_a_call_back_does_not_take_the_place_of_a_message_nor_a_talk_its_hearing() -> None:
    floor = CallbackFloor()
    left, asked = floor.leave_message(), floor.ask()
    floor.comes("node1-8.1")
    floor.book.caller_served("node1-8.1", "sales", now_ms=floor.now_ms)
    floor.settle()
    assert (left.open, asked.outcome) == (True, CallbackOutcome.SUPERSEDED)


@pytest.mark.parametrize("number", ["", "unknown", "12"])
def test_a_number_that_cannot_be_called_is_not_called(number: str) -> None:
    floor = CallbackFloor()
    left = floor.leave_message(number)
    floor.offer(left)
    floor.pick_up(left)
    assert not floor.book.may_dial(left.linkedid, now_ms=floor.now_ms)
    assert not floor.dial(left)


def test_a_queue_that_takes_no_call_backs_takes_messages() -> None:
    floor = CallbackFloor({})
    left = floor.leave_message()
    floor.offer(left)
    floor.pick_up(left)
    assert not floor.dial(left)
    floor.end(left, CallbackOutcome.HEARD)
    assert left.outcome is CallbackOutcome.HEARD


def test_customers_are_called_back_in_their_hours_though_messages_are_heard_in_others() -> None:
    hours = parse_hours({"mon-sun": "09:00-18:00"}, SHANGHAI)
    floor = CallbackFloor({"sales": CallbackRules(hours=hours)})
    left = floor.leave_message()
    floor.offer(left)
    floor.pick_up(left)
    times = [floor.now_ms + hour * HOUR_MS for hour in range(24)]
    can = [floor.book.may_dial(left.linkedid, now_ms=now_ms) for now_ms in times]
    assert can.count(True) == 9


def test_nobody_takes_away_what_an_agent_listens_to_and_its_time_ends_with_that() -> None:
    floor = CallbackFloor()
    left = floor.leave_message()
    floor.offer(left)
    floor.pick_up(left)
    floor.wait(25 * HOUR_MS)
    assert left.state is CallbackState.LISTENING
    for verb in (floor.book.cancel, floor.book.tell_heard):
        with pytest.raises(CallbackUnderWay):
            verb(left.id, cause="api", now_ms=floor.now_ms)
    floor.end(left, CallbackOutcome.PUT_BACK)
    assert left.outcome is CallbackOutcome.EXPIRED


def test_a_supervisor_who_has_heard_it_says_so_once_and_of_a_message_only() -> None:
    floor = CallbackFloor()
    left, asked = floor.leave_message(), floor.ask("13900000002")
    floor.book.tell_heard(left.id, cause="api", now_ms=floor.now_ms)
    floor.settle()
    assert (left.outcome, floor.standing) == (CallbackOutcome.HEARD, [asked.linkedid])
    with pytest.raises(CallbackOver):
        floor.book.tell_heard(left.id, cause="api", now_ms=floor.now_ms)
    with pytest.raises(NoMessage):
        floor.book.tell_heard(asked.id, cause="api", now_ms=floor.now_ms)


def test_verbs_of_hearing_do_nothing_for_what_brings_no_message() -> None:
    floor = CallbackFloor()
    asked = floor.ask()
    floor.offer(asked)
    assert not floor.pick_up(asked)
    floor.book.heard(asked.linkedid, 1, whole=True, now_ms=floor.now_ms)
    floor.settle()
    assert not floor.stated(MessageHeard)
    assert not floor.stated(CallbackAttempted)
