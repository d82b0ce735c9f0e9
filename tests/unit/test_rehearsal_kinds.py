"""What each kind of node asks of the house, rehearsed: answered as it is given for the call, as the centre's files have
it, or assumed.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from acd.calendar_dates import parse_dates
from acd.calendars import Calendar, Holiday
from acd.hours import parse_hours
from cti.centre import load_centre
from cti.centre_file import Number
from cti.rehearsal import Rehearsed, rehearse_request
from ivr.flow.handing import QueueNode
from ivr.flow.model import Flow
from ivr.rehearsal.events import (
    CallbackAsked,
    Heard,
    LookedUp,
    Marked,
    MessageTaken,
    Pressed,
    Queued,
    Recording,
    Transferred,
)
from ivr.rehearsal.request import Request
from tests.flow_examples import FLOWS, load

pytestmark = pytest.mark.unit

CENTRE = load_centre(Path(__file__).parents[1] / "fixtures" / "rehearsal")
SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = Calendar(
    parse_hours({"mon-fri": "09:00-18:00"}, SHANGHAI),
    (Holiday(parse_dates("2026-10-01 to 2026-10-07"), "National Day"),),
)
SECRET = Flow.model_validate(
    {
        "flow": "secret",
        "languages": ("en",),
        "start": "hello",
        "nodes": {
            "hello": {"kind": "say", "text": {"en": "Hello."}, "next": "pin"},
            "pin": {
                "kind": "collect",
                "text": {"en": "Your PIN?"},
                "into": "pin",
                "length": 4,
                "secret": True,
                "next": "end",
                "otherwise": "end",
            },
            "end": {"kind": "hangup", "reason": "done", "text": {"en": "Goodbye."}},
        },
    }
)


def call(example: str, *press: str, flow: Flow | None = None, **given: Any) -> Rehearsed:
    """A call into an example of a good flow."""
    flows = load(FLOWS / "good" / f"{example}.yaml") if flow is None else {example: flow}
    centre = replace(
        CENTRE,
        flows=flows,
        numbers={"4000": Number(flow=example, fallback="support")},
        calendars={"office": OFFICE},
    )
    wanted = {"dial": "4000", "at": "2026-11-23 12:00", "press": list(press), **given}
    return rehearse_request(centre, Request.model_validate(wanted))


def happened(rehearsed: Rehearsed, *kinds: type) -> list[Any]:
    return [event for event in rehearsed.path.events if isinstance(event, kinds)]


def told(rehearsed: Rehearsed) -> list[str]:
    return [line.strip() for line in rehearsed.lines()]


@pytest.mark.parametrize(
    ("at", "closures", "says", "end"),
    [
        ("2026-11-23 12:00", {}, "calendar office says open", "done"),
        ("2026-11-22 12:00", {}, "calendar office says closed", "closed"),
        ("2026-10-02 12:00", {}, "calendar office says holiday (National Day)", "holiday"),
        ("2026-11-23 12:00", {"office": ""}, "calendar office says emergency", "closed"),
        ("2026-11-23 12:00", {"*": "closure-7"}, "calendar office says emergency", "closed"),
    ],
)
def test_a_calendar_says_what_it_says_at_that_moment(at: str, closures: dict[str, str], says: str, end: str) -> None:
    rehearsed = call("hours", at=at, closures=closures)
    lines = told(rehearsed)
    assert says in lines
    assert lines[-1] == f"The call ends: {end}."
    assert ("says (en) [closure-7]" in lines) is ("*" in closures), "what was recorded for it is heard"


def test_a_look_up_is_answered_as_it_is_given_and_its_values_are_used() -> None:
    answer = {"customer": {"name": "Li Na"}, "accounts": [{"balance": 12.5}]}
    rehearsed = call("look-up", caller="13800138000", answers={"first": answer})
    lines = told(rehearsed)
    assert "GET https://crm.example/customers/13800138000: an answer" in lines
    assert "keeps name = 'Li Na', balance = 12.5" in lines
    assert any("Hello Li Na" in line for line in lines)
    assert told(call("look-up", caller="13800138000", answers={"look-up/first": answer})) == lines


@pytest.mark.parametrize(
    ("answers", "failure", "assumed"),
    [
        ({}, "look-up-unreachable", True),
        ({"first": "failed"}, "look-up-unreachable", False),
        ({"first": {"customer": {}}}, "look-up-value-missing", False),
        ({"first": {"customer": {"name": []}, "accounts": [{"balance": 1}]}}, "look-up-value-unfit", False),
    ],
)
def test_a_look_up_without_what_the_flow_wants_has_failed(answers: dict[str, Any], failure: str, assumed: bool) -> None:
    rehearsed = call("look-up", caller="13800138000", answers=answers)
    (looked_up,) = happened(rehearsed, LookedUp)
    assert (looked_up.failure, looked_up.assumed) == (failure, assumed)
    assert any("We could not find you." in line for line in told(rehearsed))


def test_what_is_said_during_a_look_up_can_be_cut_short_by_the_key_for_an_agent() -> None:
    flow = load(FLOWS / "good" / "look-up.yaml")["look-up"]
    agents = {"agents": QueueNode(kind="queue", queue="support", then="end")}
    helped = flow.model_copy(update={"operator": "agents", "nodes": {**flow.nodes, **agents}})
    rehearsed = call("look-up", "!0", flow=helped, caller="13800138000")
    assert happened(rehearsed, LookedUp) == []
    assert [event.queue for event in happened(rehearsed, Queued)] == ["support"]
    assert "…cut short by a key" in told(rehearsed)
    assert happened(call("look-up", flow=helped, caller="13800138000"), Heard)[0].pieces[0].text == "One moment please."


def test_a_look_up_whose_address_cannot_be_made_has_failed_before() -> None:
    (looked_up,) = happened(call("look-up"), LookedUp)
    assert looked_up.failure == "look-up-address-unfit"


@pytest.mark.parametrize("press", [("7391",), ("!7391",), ("73", "91"), ("7391#",)])
def test_the_keys_of_a_secret_are_shown_nowhere(press: tuple[str, ...]) -> None:
    rehearsed = call("secret", *press, flow=SECRET)
    shown = "\n".join([*rehearsed.lines(), str(rehearsed.plain())])
    assert not set("739") & {key for event in happened(rehearsed, Pressed) for key in event.keys}
    assert "7391" not in shown
    assert happened(rehearsed, Recording) == [Recording(goes_on=False), Recording(goes_on=True)]
    assert "the recording pauses" in told(rehearsed)


def test_a_string_of_keys_that_may_go_on_ends_in_silence_and_the_next_one_is_the_next_answer() -> None:
    for first in ("13800138000", "0123456", "0123456*"):
        rehearsed = call("collect-a-range", first, "2026")
        (queued,) = happened(rehearsed, Queued)
        assert queued.data == {"order": first.rstrip("*"), "year": "2026"}
        assert ("the caller presses no more" in told(rehearsed)) is (first == "0123456"), "it may be longer"


def test_a_transfer_ends_as_it_is_given_where_the_toll_guard_lets_it() -> None:
    assert happened(call("transfer"), Transferred) == [Transferred("7001", "answered", True)]
    tried = happened(call("transfer", transfers={"first": "busy"}), Transferred)
    assert tried[0] == Transferred("7001", "busy")
    assert tried[1].to == "01065551234"
    back = happened(
        call("transfer", "1234", transfers=dict.fromkeys(("first", "outside", "there"), "failed")), Transferred
    )
    assert [one.to for one in back] == ["7001", "01065551234", "1234", ""], "a withheld number is none"
    assert (back[-1].outcome == "answered", back[-1].assumed) == (False, False)


def test_a_call_back_is_noted_where_the_queue_calls_back_and_nothing_is_said_against_it() -> None:
    for press in ("1", "2"):  # the offer is taken, or what comes next asks no more
        rehearsed = call("callback", press, caller="13800138000")
        assert happened(rehearsed, CallbackAsked) == [CallbackAsked("sales", "13800138000", True, True)]
    refused = call("callback", "2", caller="13800138000", callbacks="refused")
    assert happened(refused, CallbackAsked) == [CallbackAsked("sales", "13800138000", False)]
    assert told(refused)[-1] == "The call ends: nobody."


def test_a_queue_that_calls_nobody_back_notes_no_call_back(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = {name: queue.model_copy(update={"callback": None}) for name, queue in CENTRE.queues.items()}
    monkeypatch.setitem(globals(), "CENTRE", replace(CENTRE, queues=silent))
    noted = happened(call("callback", "1", caller="13800138000"), CallbackAsked)
    assert {event.taken for event in noted} == {False}


def test_a_message_is_left_or_not() -> None:
    rehearsed = call("voicemail")
    assert happened(rehearsed, MessageTaken) == [MessageTaken("sales", True, True)]
    assert "says (en) “Please leave a message.”" in told(rehearsed)
    none = call("voicemail", messages="none")
    assert [event.left for event in happened(none, MessageTaken)] == [False, False]


def test_who_presses_0_instead_of_leaving_a_message_comes_to_an_agent() -> None:
    flow = load(FLOWS / "good" / "voicemail.yaml")["voicemail"]
    agents = {"agents": QueueNode(kind="queue", queue="support", then="end")}
    helped = flow.model_copy(update={"operator": "agents", "nodes": {**flow.nodes, **agents}})
    rehearsed = call("voicemail", "!0", flow=helped)
    assert happened(rehearsed, MessageTaken) == []
    assert [event.queue for event in happened(rehearsed, Queued)] == ["support"]


def test_a_mark_is_given_or_not() -> None:
    rehearsed = call("survey", "4")
    assert happened(rehearsed, Marked) == [Marked("satisfaction", "4")]
    assert "marks satisfaction with 4" in told(rehearsed)
    assert happened(call("survey", "9"), Marked) == []


@pytest.mark.parametrize(
    ("known", "told_of", "priority"),
    [
        (
            {"vip": True, "priority": 7, "agent": "1002"},
            "the caller is known: no name, VIP, priority +7, agent 1002",
            12,
        ),
        ({"name": "Li", "open_case": "C1"}, "the caller is known: Li, open case C1", None),
        (None, "the caller is not known", None),
    ],
)
def test_who_calls_decides_where_the_flow_asks(
    known: dict[str, Any] | None, told_of: str, priority: int | None
) -> None:
    rehearsed = call("caller", known=known)
    assert told_of in told(rehearsed)
    assert [event.priority for event in happened(rehearsed, Queued)] == ([] if priority is None else [priority])
    assert any("Hello Li" in line for line in told(rehearsed)) is (known is not None and "open_case" in known)
