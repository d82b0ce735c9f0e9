"""Rehearsed calls: told as they would go, by the walker that serves real ones."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from acd.known_caller import KnownCaller
from cti.centre import load_centre
from cti.rehearsal import CannotRehearse, Directory, Rehearsed, rehearse_request
from ivr.flow.steps import Prompt
from ivr.rehearsal.events import Ended, Heard, LeftQueue, Lost, Pressed, Queued, Silent, Waited
from ivr.rehearsal.hand import Act, ActError, parse_act
from ivr.rehearsal.request import Request

pytestmark = pytest.mark.unit

FIXTURES = Path(__file__).parents[1] / "fixtures" / "rehearsal"
CENTRE = load_centre(FIXTURES)
WORKDAY = "2026-11-23 12:00"
SUNDAY = "2026-11-22 12:00"


def call(
    dial: str = "4000", *press: str, at: str = WORKDAY, directory: Directory | None = None, **given: Any
) -> Rehearsed:
    request = Request.model_validate({"dial": dial, "at": at, "press": list(press), **given})
    return rehearse_request(CENTRE, request, directory)


def told(rehearsed: Rehearsed) -> list[str]:
    return [line.strip() for line in rehearsed.lines()]


def happened(rehearsed: Rehearsed, *kinds: type) -> list[Any]:
    return [event for event in rehearsed.path.events if isinstance(event, kinds)]


@pytest.mark.parametrize(
    ("golden", "press", "given"),
    [
        ("gold", ("1", "1"), {"name": "Li", "known": {"name": "Li Na", "vip": True, "priority": 7, "agent": "1001"}}),
        ("silver-on-sunday", ("2", "2"), {"at": SUNDAY, "caller": "13800138000"}),
        ("silence", (), {"queues": {"support": "nobody"}}),
    ],
)
def test_a_rehearsed_call_is_told_node_by_node(golden: str, press: tuple[str, ...], given: dict[str, Any]) -> None:
    expected = (FIXTURES / f"{golden}.txt").read_text()
    assert "\n".join(call("4000", *press, **given).lines()) + "\n" == expected


def test_programs_get_the_same_as_json() -> None:
    plain = call("4000", "1", "1", caller="13800138000").plain()
    assert json.loads(json.dumps(plain)) == plain
    assert (plain["dialled"], plain["caller"], plain["flow"]) == ("4000", "13800138000", "reception")
    assert plain["at"] == "2026-11-23T12:00:00+08:00"
    path = plain["path"]
    assert path[0] == {"event": "came", "flow": "reception", "node": "language", "kind": "language"}
    said = [{"language": "en", "text": "Welcome.", "files": ["welcome"]}]
    assert {"event": "heard", "said": said, "cut_short": False} in path
    assert {"event": "kept", "data": {"topic": "sales", "points": 10}} in path
    assert path[-1] == {"event": "ended", "reason": "served", "by": "flow", "act": None}


def test_what_is_not_said_is_assumed_and_marked_so() -> None:
    lines = told(call())
    assert "the caller presses nothing (assumed)" in lines
    assert "leaves queue support: answered (assumed)" in lines
    lines = told(call("4000", "wait", "wait", "wait", queues={"support": "answered"}))
    assert "the caller presses nothing" in lines
    assert not any("assumed" in line for line in lines)


def test_keys_of_one_act_are_pressed_at_once_and_cut_short_what_is_said() -> None:
    events = call("4000", "11").path.events
    at = events.index(Pressed("1", 0))
    assert isinstance(events[at - 1], Heard)
    welcome = next(event for event in events[at:] if isinstance(event, Heard))
    assert welcome.cut_short
    assert any(isinstance(event, Queued) and event.priority == 4 for event in events)


def test_a_key_pressed_where_nobody_listens_is_lost() -> None:
    rehearsed = call("4000", "1", "1", "!7#")
    assert happened(rehearsed, Lost) == [Lost("7#", 2)]
    assert "the caller presses 7#, which nobody listens to here" in told(rehearsed)


def test_a_key_marked_so_is_pressed_while_something_is_said() -> None:
    rehearsed = call("4000", "1", "!0")
    assert happened(rehearsed, Pressed) == [Pressed("1", 0), Pressed("0", 1)]
    assert [event.cut_short for event in happened(rehearsed, Heard)[:2]] == [False, True]
    assert happened(rehearsed, Queued)[0].queue == "support"


def test_a_caller_who_hangs_up_is_followed_to_there() -> None:
    rehearsed = call("4000", "1", "hang-up", "1")
    assert rehearsed.path.events[-1] == Ended("hung_up", "caller", 1)
    assert told(rehearsed)[-1] == "The caller hangs up."


def test_who_calls_goes_ahead_as_in_a_real_queue() -> None:
    known = KnownCaller(priority=7, agent="1001", vip=True, name="Li Na")
    by_directory = call("4000", "1", "1", directory=Directory(caller=known, source="as the directory says"))
    given = call("4000", "1", "1", known={"priority": 7, "agent": "1001", "vip": True, "name": "Li Na"})
    (queued,) = happened(by_directory, Queued)
    assert (queued.priority, queued.preferred) == (11, "1001")
    assert happened(given, Queued) == [queued]


@pytest.mark.parametrize(
    ("outcome", "at", "ending"),
    [
        ("answered", WORKDAY, [LeftQueue("support", "answered"), Ended("served", "flow")]),
        ("timed_out", WORKDAY, [LeftQueue("support", "without an agent"), Ended("nobody_free", "flow")]),
        ("full", WORKDAY, [Ended("announced", "flow")]),
        ("nobody", WORKDAY, [Ended("voicemail", "flow")]),
        ("voicemail", WORKDAY, [Ended("voicemail", "flow")]),
        ("callback", WORKDAY, [Ended("callback", "flow")]),
        ("abandoned", WORKDAY, [Ended("hung_up", "caller")]),
    ],
)
def test_a_caller_leaves_a_queue_as_it_is_said_and_goes_where_its_settings_send_him(
    outcome: str, at: str, ending: list[Any]
) -> None:
    rehearsed = call("4000", "1", "!0", at=at, queues={"support": outcome})
    assert [event for event in rehearsed.path.events if isinstance(event, LeftQueue | Ended)] == ending


def test_a_queue_that_is_closed_then_sends_its_callers_where_it_says() -> None:
    assert Waited("sales", "queue sales is closed") not in call("4000", "1", "2").path.events
    rehearsed = call("4000", "1", "2", at=SUNDAY)
    assert [event.what for event in happened(rehearsed, Waited)] == [
        "queue sales is closed",
        "goes on to queue support",
    ]
    assert "is connected with 02160000000: answered (assumed)" in told(call("4001", at=SUNDAY))


def test_who_waits_in_vain_is_sent_on_by_the_step_that_comes_first() -> None:
    rehearsed = call("4001", at="2026-11-23 08:00", queues={"night": "timed_out", "support": "timed_out"})
    assert [event.what for event in happened(rehearsed, Waited)] == [
        "nobody answers within the longest wait",
        "goes on to queue sales",
        "queue sales is closed",
        "goes on to queue support",
        "nobody answers within the longest wait",
    ]
    assert happened(rehearsed, LeftQueue) == [LeftQueue("support", "without an agent")]


def test_words_a_queue_says_are_in_the_callers_language() -> None:
    heard = happened(call("4000", "1", "!0", queues={"support": "full"}), Heard)
    assert heard[-1].pieces == (Prompt("Too many are waiting. Goodbye.", "en"),)


def test_a_number_that_the_centre_does_not_have_is_told_with_those_it_has() -> None:
    with pytest.raises(
        CannotRehearse, match=r'unknown number "4009", did you mean "4001"\? \(expected one of: 4000, 4001\)'
    ):
        call("4009")


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"queues": {"suport": "full"}}, 'unknown queue "suport", did you mean "support"?'),
        ({"answers": {"nobody": 1}}, 'unknown look_up node "nobody"'),
        ({"transfers": {"nowhere": "busy"}}, 'unknown transfer node "nowhere"'),
    ],
)
def test_what_is_given_for_a_name_that_the_centre_does_not_have_is_refused(given: dict[str, Any], wrong: str) -> None:
    with pytest.raises(CannotRehearse, match=re.escape(wrong)):
        call("4000", **given)


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("1", Act("1")),
        (" 13800138000# ", Act("13800138000#")),
        ("!*", Act("*", at_once=True)),
        ("Wait", Act()),
        ("hang-up", Act(hangs_up=True)),
    ],
)
def test_what_a_caller_does_is_read(text: str, act: Act) -> None:
    assert parse_act(text) == act


@pytest.mark.parametrize("text", ["", "!", "a", "1 2", "!wait", "1" * 101, "hangup"])
def test_what_no_caller_does_is_refused(text: str) -> None:
    with pytest.raises(ActError, match="is nothing a caller does; expected keys such as"):
        parse_act(text)


def test_silence_is_no_key() -> None:
    assert happened(call("4000", "wait", "1", "1"), Silent) == [Silent(0)]
