"""Walls around a flow: whatever a caller, a program or a file says, it stays a word. It is evaluated nowhere, and
reaches no shell, no file outside its folder and no other place of Asterisk. (Addresses: tests of ivr/look_ups.) What
comes to a channel is shown in tests/contract, what Asterisk makes of it in tests/integration.
"""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from acd.callback_rules import NUMBER
from acd.errors import RoutingError
from acd.facts import CallArrived, CallQueued
from acd.seats import outside_seat
from cti.ami.codec import encode_action
from cti.user_events import user_event
from ivr.agi.commands import LINE_BYTES, encode_command
from ivr.agi.errors import AgiArgumentRefused
from ivr.documents import Name
from ivr.flow.digit_patterns import PatternError, parse
from ivr.flow.model import Flow
from ivr.flow.position import Position, Standing
from ivr.flow.steps import (
    Digit,
    Enqueue,
    Finished,
    FreeText,
    Input,
    Play,
    Prompt,
    Recorded,
    Step,
    Transfer,
    Transferred,
)
from ivr.flow.templates import parse_template
from ivr.flow.words import Said
from ivr.prompts.passing import PassingSounds
from ivr.toll_guard import Refusal, refusal
from ivr.walker import Walker
from ivr.whereabouts import PART, _parts
from tests.contract.fake_agi import split_words

pytestmark = pytest.mark.unit

EVIL = [
    "${SHELL(id)}",
    "${SYSTEM(reboot)}${FILE(/etc/passwd)}",
    "$[1 + 1]",
    "a,b,c",
    "x\r\nAction: Originate\r\nApplication: System\r\n\r\n",
    "x\nHANGUP",
    'say "hi" \\" \\',
    "../../../etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "a&b|c^d",
    "nul\0nul",
    "x" * 5_000,
    "PJSIP/1001&Local/1@callcenter/n",
    "100@evil.example",
    "100,,U(outside-ask^x)",
    "{call.dialled}",
    "%s%n",
    "\u202egnp.exe",
    "１３８００１３８０００",
    "; rm -rf / #",
    "$(id) `id`",
]
SAFE_NAME = re.compile(r"[A-Za-z0-9/_.-]+")


def flow() -> Flow:
    """The caller's name goes wherever a value can go."""
    nodes = {
        "keep": {"kind": "set", "data": {"a": "{caller.name}", "b": "<{caller.name}>"}, "next": "hello"},
        "hello": {"kind": "say", "text": {"en": "Hello {a}, {a|digits}, {b|spell}."}, "next": "number"},
        "number": {"kind": "transfer", "number": "{a}", "next": "end", "otherwise": "extension"},
        "extension": {"kind": "transfer", "extension": "{a}", "next": "end", "otherwise": "queue"},
        "queue": {"kind": "queue", "queue": "sales", "data": {"a": "{a}", "b": "{b}"}, "then": "end"},
        "end": {"kind": "hangup", "reason": "served"},
    }
    return Flow.model_validate({"flow": "walls", "languages": ["en"], "start": "keep", "nodes": nodes})


def walked(name: str) -> tuple[Walker, list[Step]]:
    """The steps of a caller of that name, to his queue."""
    walker = Walker({"walls": flow()}, "walls", {"caller.name": name})
    steps = [walker.start()]
    answers: list[Input] = [Finished(), *[Transferred(answered=False, error="toll-no-number")] * 2]
    for answer in answers:
        steps.append(walker.feed(answer))
    return walker, steps


@pytest.mark.parametrize("evil", EVIL)
def test_a_value_is_nothing_but_a_value_in_every_step(evil: str) -> None:
    _, (said, number, extension, queued) = walked(evil)
    assert isinstance(said, Play)
    free = [piece for piece in said.pieces if isinstance(piece, FreeText)]
    assert [piece.text for piece in free] == [evil[:4_000]]
    fixed = [piece.text for piece in said.pieces if isinstance(piece, Prompt)]
    assert all(text.replace("'", "").replace(",", "").replace(" ", "").isalnum() for text in fixed)
    assert isinstance(number, Transfer)
    assert not number.written
    assert refusal(number.number or "", written=False, ours=False, allow=["."]) is Refusal.NO_NUMBER
    assert isinstance(extension, Transfer)
    assert isinstance(queued, Enqueue)
    assert queued.queue == "sales"
    assert queued.data == {"a": evil[:4_000], "b": f"<{evil}>"[:4_000]}


@pytest.mark.parametrize("evil", EVIL)
def test_a_position_comes_back_as_it_was_and_is_ascii_in_words_of_one_line(evil: str) -> None:
    walker, _ = walked(evil)
    written = walker.position.to_json()
    assert written.isascii()
    assert written.isprintable()
    assert Position.from_json(written) == walker.position
    for part in _parts(written):
        line = encode_command("SET VARIABLE", "CALLCENTER_POSITION_2", part)
        assert split_words(line.decode().removesuffix("\n")) == ["SET", "VARIABLE", "CALLCENTER_POSITION_2", part]
        assert len(line) <= LINE_BYTES
        assert len(part) <= PART


@given(st.text(max_size=300))
def test_any_word_reaches_asterisk_as_one_word_or_not_at_all(text: str) -> None:
    try:
        line = encode_command("SET VARIABLE", "NAME", text)
    except AgiArgumentRefused:
        assert any(sign in text for sign in "\r\n\0") or len(text.encode(errors="surrogateescape")) > LINE_BYTES // 4
        return
    assert line.count(b"\n") == 1
    assert split_words(line.decode(errors="surrogateescape").removesuffix("\n")) == ["SET", "VARIABLE", "NAME", text]


@pytest.mark.parametrize("evil", EVIL)
def test_a_user_event_is_one_event_whatever_is_in_its_fact(evil: str) -> None:
    arrived = CallArrived(at_ms=1, linkedid=evil, channel=evil, caller=evil, caller_name=evil, dialled=evil, flow=evil)
    queued = CallQueued(
        at_ms=1, linkedid=evil, queue=evil, entered_ms=1, priority=0, skills={evil: 1}, data={evil: evil}, waiting=1
    )
    for fact in (arrived, queued):
        data = encode_action("UserEvent", user_event(fact), action_id="1")
        lines = data.decode().split("\r\n")
        assert lines[0] == "Action: UserEvent"
        assert [line for line in lines[1:] if line.startswith(("Action:", "Application:"))] == []
        assert data.count(b"\r\n\r\n") == 1
        assert data.endswith(b"\r\n\r\n")
        assert max(map(len, data.split(b"\r\n"))) < 1024


@pytest.mark.parametrize("evil", [*EVIL, "A", "a b", "a/b", "a.b", "ä", "-a", ""])
def test_no_name_of_a_file_or_queue_in_a_flow_can_be_anything_else(evil: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(evil)
    with pytest.raises(ValidationError):
        Said.model_validate({"file": evil})


@pytest.mark.parametrize("evil", EVIL)
def test_the_sound_of_free_text_is_named_by_a_hash(evil: str, tmp_path: Path) -> None:
    name = PassingSounds(tmp_path).name(evil, "en")
    assert name.parent == tmp_path
    assert SAFE_NAME.fullmatch(name.name)


@pytest.mark.parametrize("evil", EVIL)
def test_nothing_but_digits_is_dialled(evil: str) -> None:
    assert NUMBER.fullmatch(evil) is None
    with pytest.raises(RoutingError):
        outside_seat(evil)
    assert not parse(".").matches(evil)


@pytest.mark.parametrize("evil", EVIL)
def test_a_value_is_not_read_as_a_template_or_a_pattern(evil: str) -> None:
    assert parse_template("<{a}>").text({"a": evil, "call.dialled": "4000"}) == f"<{evil}>"[:4_000]
    with pytest.raises(PatternError):
        parse(evil)


def test_a_key_that_no_phone_has_is_a_wrong_key_and_nothing_else() -> None:
    nodes = {
        "ask": {
            "kind": "collect", "text": {"en": "Your number."}, "into": "n", "length": [1, 40], "tries": 1,
            "next": "end", "otherwise": "wrong",
        },
        "end": {"kind": "hangup", "reason": "served", "text": {"en": "Thanks."}},
        "wrong": {"kind": "hangup", "reason": "wrong", "text": {"en": "Sorry."}},
    }  # fmt: skip
    walker = Walker({"a": Flow.model_validate({"flow": "a", "languages": ["en"], "start": "ask", "nodes": nodes})}, "a")
    walker.start()
    for key in ("$", "{", "\0", "１", "A"):
        walker.feed(Digit(key))
    walker.feed(Digit("#"))
    assert (walker.node, walker.data.get("n")) == ("wrong", None)


def test_recorded_files_of_a_flow_are_named_within_their_folder() -> None:
    assert Said.model_validate({"file": "welcome"}).file == "welcome"
    assert Recorded("welcome", "en").file == "welcome"


def test_a_position_that_was_tampered_with_is_none() -> None:
    for text in (
        "",
        "{",
        "[]",
        '{"v":1}',
        '{"v":"x","l":"en","s":[],"a":{}}',
        json.dumps({"v": 1, "l": "en", "s": 3, "a": {}}),
    ):
        with pytest.raises(ValueError, match="no position"):
            Position.from_json(text)
    assert Position("en", (Standing("a", "b", {}, ()),), {}).to_json()
