"""Secrets while they are keyed: the recording pauses, and nothing that is written down has their digits."""

from typing import Any

import pytest

from ivr import collect_words
from ivr.flow.model import Flow
from ivr.flow.parts import KEYS
from ivr.flow.secrets import Secret
from ivr.flow.steps import Ask, Digit, Done, Input, Paused, PauseRecording, ResumeRecording, Step
from ivr.walker import Walker
from ivr.walking.core import Walk
from tests.unit.collecting import ASKED, answers, collecting, flow, keyed, words

pytestmark = pytest.mark.unit


def _walk(walker: Walker) -> Walk:
    return walker._walk


class TestSecret:
    DIGITS = "739184"

    def collecting(self, *inputs: Input, **collect: Any) -> tuple[Walker, Step]:
        walker, step = collecting(secret=True, **collect)
        for one in inputs:
            step = walker.feed(one)
        return walker, step

    def test_the_recording_pauses_before_it_is_asked_for_and_goes_on_before_anything_else_is_said(self) -> None:
        walker, step = self.collecting()
        assert step == PauseRecording()
        assert walker.feed(Paused(safe=True)) == Ask((ASKED,), KEYS, 5000)
        assert keyed(walker, self.DIGITS) == ResumeRecording("keyed")
        assert words(walker.feed(Done())) == ["And now?"]

    def test_what_cannot_be_kept_from_the_recording_is_not_asked_for(self) -> None:
        walker, step = self.collecting(Paused(safe=False))
        assert words(step) == [collect_words.not_safe("en").text]
        assert words(keyed(walker, ".")) == ["Goodbye."]
        assert answers(walker) == ["not_safe"]

    @pytest.mark.parametrize(
        ("keys", "collect", "why", "leads_to"),
        [
            ("12#", {"tries": 1, "invalid": {}}, "invalid", "wrong"),
            ("12#.", {"tries": 1}, "invalid", "wrong"),
            ("-", {"tries": 1, "timeout": {}}, "timeout", "wrong"),
            ("*", {}, "back", "first"),
            ("0#", {}, "operator", "agent"),
            ("0-", {}, "operator", "agent"),
            ("0", {"pattern": "1XXXXX"}, "operator", "agent"),
        ],
    )
    def test_whichever_way_the_caller_leaves_the_recording_goes_on(
        self, keys: str, collect: dict[str, Any], why: str, leads_to: str
    ) -> None:
        walker, _ = self.collecting(Paused(safe=True), **collect)
        assert keyed(walker, keys) == ResumeRecording(why)
        walker.feed(Done())
        assert walker.node == leads_to

    def test_its_first_key_may_come_during_the_words_before_it(self) -> None:
        nodes = flow(secret=True).model_dump(by_alias=True, exclude_none=True)
        nodes["nodes"]["first"] = {"kind": "say", "text": {"en": "Welcome."}, "next": "number"}
        walker = Walker({"test": Flow.model_validate(nodes)}, "test")
        walker.start()
        assert walker.feed(Digit("7")) == PauseRecording()
        assert walker.feed(Paused(safe=True)) == Ask((), KEYS, 3000)
        assert keyed(walker, self.DIGITS[1:]) == ResumeRecording("keyed")
        assert _walk(walker).secrets["account"] == Secret(self.DIGITS)

    def test_it_is_with_nobody_but_who_sends_it_on(self) -> None:
        walker, _ = self.collecting(Paused(safe=True))
        keyed(walker, self.DIGITS)
        walker.feed(Done())
        assert _walk(walker).secrets == {"account": Secret(self.DIGITS)}
        assert "account" not in walker.data
        for told in (walker.data, walker.trail, walker.position, walker.position.to_json(), _walk(walker)):
            assert self.DIGITS not in repr(told)

    def test_in_the_middle_of_it_nothing_that_is_written_down_has_its_digits(self) -> None:
        walker, _ = self.collecting(Paused(safe=True))
        keyed(walker, self.DIGITS[:5])
        assert self.DIGITS[:3] not in repr((walker.data, walker.trail, walker.position.to_json()))

    def test_a_value_of_the_same_name_takes_its_place_and_is_taken_by_it(self) -> None:
        walk = _walk(collecting()[0])
        walk.keep({"account": "1"})
        walk.keep({"account": Secret("2")})
        assert "account" not in walk.data
        walk.keep({"account": "3"})
        assert (walk.data["account"], dict(walk.secrets)) == ("3", {})

    def test_what_is_made_of_it_is_one_also_in_other_flows_and_a_condition_may_look_at_it(self) -> None:
        outer = flow(secret=True, next="made").model_dump(by_alias=True, exclude_none=True)
        outer["nodes"] |= {
            "made": {
                "kind": "set",
                "data": {"both": "{account}-{call.language}", "copy": "{account}"},
                "next": "inner",
            },
            "inner": {
                "kind": "flow",
                "flow": "inner",
                "with": {"pin": "{copy}"},
                "into": {"back": "pin"},
                "next": "right",
            },
        }
        inner = {
            "flow": "inner",
            "languages": ["en"],
            "arguments": ["pin"],
            "returns": ["pin"],
            "start": "asked",
            "nodes": {
                "asked": {
                    "kind": "branch",
                    "cases": [{"when": "pin starts with '739'", "next": "yes"}],
                    "otherwise": "no",
                },
                "yes": {"kind": "say", "text": {"en": "Your code is {pin}."}, "next": "done"},
                "no": {"kind": "hangup", "reason": "wrong", "text": {"en": "Wrong."}},
                "done": {"kind": "return", "values": {"pin": "{pin}"}},
            },
        }
        walker = Walker({"test": Flow.model_validate(outer), "inner": Flow.model_validate(inner)}, "test")
        walker.start()
        walker.feed(Digit("1"))
        walker.feed(Paused(safe=True))
        keyed(walker, self.DIGITS)
        step = walker.feed(Done())
        assert (walker.node, words(step)) == ("yes", ["Your code is"])
        seen = [repr((walker.data, walker.position.to_json()))]
        keyed(walker, ".")
        assert dict(_walk(walker).secrets) == {
            "account": Secret(self.DIGITS),
            "both": Secret(f"{self.DIGITS}-en"),
            "copy": Secret(self.DIGITS),
            "back": Secret(self.DIGITS),
        }
        assert self.DIGITS not in "".join([*seen, repr((walker.data, walker.trail, walker.position.to_json()))])
