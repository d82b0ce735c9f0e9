"""One call-back after another through the book: who stands in a queue when, who is dialled again, and how it ends."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from acd.callback_book import AGAIN_MS, CallbackBook
from acd.callback_rules import HOUR_MS, MINUTE_MS, CallbackRules
from acd.callback_shelf import KEEP_MS
from acd.callbacks import CallbackEvent, ImpossibleStep, is_callback
from acd.errors import (
    CallbackAsked,
    CallbackNotReached,
    CallbackOver,
    CallbackUnderWay,
    NoCallbacks,
    NotToBeCalled,
    UnknownCallback,
)
from acd.facts import CallbackAttempted, CallbackDialled, CallbackEnded, CallbackRequested
from acd.hours import parse_hours
from acd.states import CallbackOutcome as Outcome
from acd.states import CallbackState as State
from tests.unit.callback_floor import NUMBER, CallbackFloor

pytestmark = pytest.mark.unit


def test_it_stands_in_the_queue_at_once_with_the_place_he_had() -> None:
    floor = CallbackFloor()
    asked = floor.ask(waited_ms=90_000)
    assert (asked.state, floor.standing) == (State.WAITING, [asked.linkedid])
    (fact,) = floor.stated(CallbackRequested)
    assert (fact.entered_ms, fact.number, fact.cause) == (floor.now_ms - 90_000, NUMBER, "caller")
    assert is_callback(asked.linkedid)
    assert not is_callback("node1-1795329934.5")


def test_who_asks_for_it_on_the_line_is_called_back_only_when_he_has_hung_up() -> None:
    floor = CallbackFloor()
    floor.comes("his-call")
    asked = floor.ask(origin="his-call")
    assert (asked.state, floor.standing) == (State.REQUESTED, [])
    floor.leaves("his-call")
    assert asked.state is State.WAITING


def test_an_agent_who_does_not_take_it_leaves_it_where_it_was() -> None:
    floor = CallbackFloor()
    asked = floor.ask()
    assert floor.offer(asked)
    linkedid = asked.linkedid
    floor.miss(asked)
    assert (asked.state, asked.linkedid, floor.standing, asked.attempts) == (State.WAITING, linkedid, [linkedid], 0)


def test_a_customer_reached_ends_it() -> None:
    floor = CallbackFloor()
    asked = floor.ask(waited_ms=60_000)
    floor.talk(asked)
    assert asked.state is State.TALKING
    floor.wait(5_000)
    floor.end(asked)
    (attempt,), (ended,) = floor.stated(CallbackAttempted), floor.stated(CallbackEnded)
    assert (attempt.outcome, attempt.due_ms, attempt.agent, attempt.attempt) == (Outcome.REACHED, 0, "1001", 1)
    assert (ended.outcome, ended.attempts, ended.wait_ms, ended.cause) == (Outcome.REACHED, 1, 65_000, "attempt")


def test_a_busy_customer_is_tried_again_soon_one_who_does_not_answer_later_and_a_third_time_is_the_last() -> None:
    floor = CallbackFloor()
    asked = floor.ask()
    entered_ms = asked.entered_ms
    floor.fail(asked, Outcome.BUSY)
    assert (asked.state, asked.due_ms) == (State.DUE, floor.now_ms + 5 * MINUTE_MS)
    floor.wait(5 * MINUTE_MS)
    assert (asked.state, asked.entered_ms) == (State.WAITING, entered_ms)
    floor.fail(asked, Outcome.NO_ANSWER)
    assert asked.due_ms == floor.now_ms + 30 * MINUTE_MS
    floor.wait(30 * MINUTE_MS)
    floor.fail(asked, Outcome.UNREACHABLE)
    assert (asked.state, asked.outcome, asked.attempts) == (State.DONE, Outcome.UNREACHABLE, 3)
    assert [fact.attempt for fact in floor.stated(CallbackDialled)] == [1, 2, 3]
    assert len({fact.linkedid for fact in floor.stated(CallbackDialled)}) == 3  # each stay is a call of its own


def test_who_declines_the_call_is_not_called_again() -> None:
    floor = CallbackFloor()
    asked = floor.ask()
    floor.fail(asked, Outcome.REFUSED)
    assert (asked.state, asked.outcome) == (State.DONE, Outcome.REFUSED)


def test_a_call_back_expires_while_it_waits_but_not_while_its_customer_is_rung_or_talks() -> None:
    floor = CallbackFloor()
    waits, rung = floor.ask(), floor.ask("13900000002")
    floor.wait(24 * HOUR_MS - 1)
    floor.offer(rung)
    floor.dial(rung)
    floor.wait(1)
    assert (waits.outcome, rung.state) == (Outcome.EXPIRED, State.DIALLING)
    assert floor.standing == [rung.linkedid]
    floor.end(rung, Outcome.BUSY)
    assert (rung.state, rung.outcome) == (State.DONE, Outcome.EXPIRED)
    assert [fact.cause for fact in floor.stated(CallbackEnded)] == ["time", "time"]


def test_one_that_is_due_after_its_expiry_expires_then() -> None:
    floor = CallbackFloor({"sales": CallbackRules(expires_ms=10 * MINUTE_MS)})
    asked = floor.ask()
    floor.fail(asked, Outcome.NO_ANSWER)
    floor.wait(10 * MINUTE_MS)
    assert asked.outcome is Outcome.EXPIRED


def test_only_one_attempt_to_a_number_is_live() -> None:
    floor = CallbackFloor()
    sales, support = floor.ask(), floor.ask(queue="support")
    assert floor.standing == [sales.linkedid, support.linkedid]
    both = support.linkedid
    assert floor.offer(sales)
    assert (floor.states(), floor.standing) == ([State.RINGING, State.REQUESTED], [sales.linkedid])
    assert not floor.book.offered(both, "1002", now_ms=floor.now_ms)  # reserved in the same moment
    floor.miss(sales)
    assert floor.states() == [State.WAITING, State.WAITING]
    floor.talk(support)
    assert floor.states() == [State.REQUESTED, State.TALKING]
    floor.end(support)
    assert floor.states() == [State.WAITING, State.DONE]


def test_a_second_one_to_the_same_queue_is_refused_and_the_first_keeps_its_place() -> None:
    floor = CallbackFloor()
    first = floor.ask()
    with pytest.raises(CallbackAsked) as refusal:
        floor.ask()
    assert refusal.value.callback == first.id


def test_who_rings_himself_is_not_called_meanwhile_and_once_served_not_at_all() -> None:
    floor = CallbackFloor()
    asked, elsewhere = floor.ask(), floor.ask(queue="support")
    floor.offer(asked)
    floor.comes("his-call")
    assert (floor.states(), floor.standing) == ([State.REQUESTED, State.REQUESTED], [])
    floor.leaves("his-call")
    assert floor.states() == [State.WAITING, State.WAITING]
    floor.comes("again")
    floor.book.caller_served("again", "sales", now_ms=floor.now_ms)
    assert (asked.outcome, elsewhere.state) == (Outcome.SUPERSEDED, State.REQUESTED)
    floor.leaves("again")
    assert elsewhere.state is State.WAITING


def test_a_withheld_number_on_the_line_concerns_nobody() -> None:
    floor = CallbackFloor()
    floor.ask()
    floor.comes("somebody", "")
    floor.book.caller_served("somebody", "sales", now_ms=floor.now_ms)
    assert floor.states() == [State.WAITING]


def test_without_asterisk_none_stands_in_a_queue() -> None:
    floor = CallbackFloor(up=False)
    waits, talks = floor.ask(), floor.ask("13900000002")
    assert floor.standing == []
    floor.book.asterisk_up((), now_ms=floor.now_ms)
    floor.settle()
    floor.talk(talks)
    floor.book.asterisk_down(now_ms=floor.now_ms)
    floor.settle()
    assert (waits.state, talks.state) == (State.REQUESTED, State.TALKING)


def test_a_caller_whose_call_ended_unheard_is_no_longer_on_the_line() -> None:
    floor = CallbackFloor()
    floor.comes("his-call")
    floor.comes("another", "13900000002")
    asked, other = floor.ask(origin="his-call"), floor.ask("13900000002", origin="another")
    floor.book.asterisk_up(["another"], now_ms=floor.now_ms)
    assert (asked.state, other.state) == (State.WAITING, State.REQUESTED)


def test_one_put_out_of_its_queue_comes_again_after_a_while() -> None:
    floor = CallbackFloor()
    asked = floor.ask()
    floor.standing.remove(asked.linkedid)
    floor.book.put_out(asked.linkedid, now_ms=floor.now_ms)
    assert floor.states() == [State.DUE]
    floor.wait(AGAIN_MS)
    assert floor.states() == [State.WAITING]


def test_it_can_be_cancelled_until_the_customer_is_rung() -> None:
    floor = CallbackFloor()
    asked, rung = floor.ask(), floor.ask("13900000002")
    floor.offer(asked)
    floor.book.cancel(asked.id, cause="api", now_ms=floor.now_ms)
    floor.settle()
    assert (asked.outcome, floor.standing) == (Outcome.CANCELLED, [rung.linkedid])
    assert not floor.dial(asked)
    floor.offer(rung)
    floor.dial(rung)
    with pytest.raises(CallbackUnderWay):
        floor.book.cancel(rung.id, cause="api", now_ms=floor.now_ms)
    with pytest.raises(CallbackOver):
        floor.book.cancel(asked.id, cause="api", now_ms=floor.now_ms)
    with pytest.raises(UnknownCallback):
        floor.book.cancel("nobody", cause="api", now_ms=floor.now_ms)


def test_a_machine_that_answered_is_tried_again_whether_told_in_the_call_or_after_it() -> None:
    floor = CallbackFloor()
    asked = floor.ask()
    floor.talk(asked)
    floor.book.tell_voicemail(asked.id, now_ms=floor.now_ms)
    floor.end(asked)
    assert (asked.state, asked.last, asked.due_ms) == (State.DUE, Outcome.VOICEMAIL, floor.now_ms + 60 * MINUTE_MS)
    floor.wait(60 * MINUTE_MS)
    floor.talk(asked)
    floor.end(asked)
    assert floor.states() == [State.DONE]
    floor.book.tell_voicemail(asked.id, now_ms=floor.now_ms)
    assert floor.states() == [State.DUE]
    floor.wait(60 * MINUTE_MS)
    floor.talk(asked)
    floor.end(asked)
    floor.book.tell_voicemail(asked.id, now_ms=floor.now_ms)
    assert (asked.state, asked.outcome) == (State.DONE, Outcome.VOICEMAIL)  # the third was the last
    with pytest.raises(CallbackNotReached):
        floor.book.tell_voicemail(asked.id, now_ms=floor.now_ms)


def test_a_machine_is_not_tried_again_beside_a_newer_one_to_the_number() -> None:
    floor = CallbackFloor()
    asked = floor.ask()
    floor.talk(asked)
    floor.end(asked)
    floor.ask()
    with pytest.raises(CallbackNotReached):
        floor.book.tell_voicemail(asked.id, now_ms=floor.now_ms)


def test_one_that_is_over_can_be_looked_at_for_a_day() -> None:
    floor = CallbackFloor()
    asked = floor.ask()
    floor.talk(asked)
    floor.end(asked)
    floor.wait(KEEP_MS - 1)
    assert floor.book.get(asked.id) is asked
    floor.wait(1)
    with pytest.raises(UnknownCallback):
        floor.book.get(asked.id)
    assert floor.book.next_due_ms is None


@pytest.mark.parametrize(
    "number", ["", "12", "1234567890123456", "12a", "*43", "0112&PJSIP", "+", "++49", "138 0013", "٣٣٣", "123\n"]
)
def test_what_is_no_number_is_never_dialled(number: str) -> None:
    floor = CallbackFloor()
    with pytest.raises(NotToBeCalled) as refusal:
        floor.ask(number)
    assert len(number) < 3 or number not in str(refusal.value)


def test_a_queue_says_which_numbers_it_calls_and_whether_it_calls_at_all() -> None:
    floor = CallbackFloor({"sales": CallbackRules(prefixes=("0", "1"))})
    floor.ask("02155501234")
    with pytest.raises(NotToBeCalled):
        floor.ask("9002155501234")
    with pytest.raises(NoCallbacks):
        floor.ask(queue="support")


def test_a_number_is_the_same_person_however_it_is_written() -> None:
    floor = CallbackFloor()
    floor.book = CallbackBook("node1", floor.rules.get, lambda number: number.removeprefix("0")[-11:])
    floor.book.asterisk_up((), now_ms=floor.now_ms)
    asked = floor.ask("013900000001")
    with pytest.raises(CallbackAsked):
        floor.ask("+8613900000001")
    floor.comes("his-call", "13900000001")
    assert (asked.state, asked.number) == (State.REQUESTED, "013900000001")


def test_edited_rules_hold_for_what_is_still_to_come() -> None:
    rules = {"sales": CallbackRules(), "support": CallbackRules()}
    floor = CallbackFloor(rules)
    sales, support = floor.ask(), floor.ask("13900000002", "support")
    rules["sales"] = CallbackRules(attempts=1)
    del rules["support"]
    floor.book.revise()
    floor.fail(sales, Outcome.BUSY)
    floor.fail(support, Outcome.BUSY)
    assert floor.states() == [State.DONE, State.DUE]


def test_outside_calling_hours_it_waits_for_them() -> None:
    day = parse_hours({"daily": "08:00-20:00"}, ZoneInfo("UTC"))
    floor = CallbackFloor({"sales": CallbackRules(hours=day, expires_ms=100 * HOUR_MS)})
    floor.now_ms = round(datetime(2026, 11, 22, 19, 59, tzinfo=UTC).timestamp() * 1000)
    asked, rings = floor.ask(), floor.ask("13900000002")
    floor.offer(rings)
    floor.wait(MINUTE_MS)
    assert (asked.state, rings.state, floor.standing) == (State.DUE, State.RINGING, [rings.linkedid])
    floor.miss(rings)
    assert floor.standing == []
    floor.wait(12 * HOUR_MS)
    assert floor.states() == [State.WAITING, State.WAITING]


def test_one_for_which_there_are_no_hours_waits_to_its_expiry() -> None:
    floor = CallbackFloor({"sales": CallbackRules(hours=parse_hours({}, ZoneInfo("UTC")))})
    asked = floor.ask()
    floor.wait(24 * HOUR_MS)
    assert (asked.outcome, asked.stay) == (Outcome.EXPIRED, 0)


def test_what_the_table_has_no_row_for_changes_nothing() -> None:
    asked = CallbackFloor().ask()
    with pytest.raises(ImpossibleStep):
        asked.apply(CallbackEvent.CONNECTED)
    assert asked.state is State.WAITING
