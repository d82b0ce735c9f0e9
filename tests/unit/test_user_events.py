"""Facts as AMI user events: every fact goes, and whatever a caller puts in stays a value."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.facts import CallArrived, CallOffered, CallQueued
from cti.ami.codec import encode_action
from cti.user_events import LONGEST, user_event

pytestmark = pytest.mark.unit


def _arrived(name: str) -> CallArrived:
    return CallArrived(
        at_ms=1, linkedid="node1-1.0", channel="PJSIP/line-01", caller="100", caller_name=name, dialled="4000",
        flow="hotline",
    )  # fmt: skip


def test_the_headers_are_the_facts_fields_its_name_first() -> None:
    assert list(user_event(_arrived("Li Na")).items()) == [
        ("UserEvent", "CallcenterCallArrived"),
        ("AtMs", "1"),
        ("Linkedid", "node1-1.0"),
        ("Channel", "PJSIP/line-01"),
        ("Caller", "100"),
        ("CallerName", "Li Na"),
        ("Dialled", "4000"),
        ("Flow", "hotline"),
        ("Resumed", "false"),
        ("ConsultOf", ""),
    ]


def test_structured_fields_are_json() -> None:
    queued = CallQueued(
        at_ms=1, linkedid="1", queue="sales", priority=0, skills={"sales": 1}, entered_ms=1, waiting=1,
        data={"order": "7, urgent"},
    )  # fmt: skip
    headers = user_event(queued)
    assert json.loads(headers["Skills"]) == {"sales": 1}
    assert json.loads(headers["Data"]) == {"order": "7, urgent"}


def test_the_decision_record_stays_at_home() -> None:
    offered = CallOffered(
        at_ms=1, linkedid="1", offer="1.1", queue="sales", agent="1001", wait_ms=0, decision={"rule": "longest_idle"}
    )
    assert "Decision" not in user_event(offered)


def test_a_name_with_line_ends_injects_no_header() -> None:
    assert user_event(_arrived("Li\r\nAction: Originate\0"))["CallerName"] == "Li  Action: Originate "


def test_a_name_without_end_is_cut() -> None:
    assert len(user_event(_arrived("周" * 2000))["CallerName"]) == LONGEST


@given(st.text(st.characters(exclude_categories=[])))
def test_whatever_the_name_one_action_of_the_same_lines_goes_out(name: str) -> None:
    plain, odd = (encode_action("UserEvent", user_event(_arrived(each))) for each in ("", name))
    assert odd.count(b"\r\n") == plain.count(b"\r\n")
    assert odd.count(b"\n") == odd.count(b"\r") == odd.count(b"\r\n")
