"""What an action looks like on the wire, and what is refused before it gets there."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.ami.codec import AmiDecoder, encode_action
from cti.ami.errors import AmiHeaderRefused
from tests.contract.fake_ami import BANNER

pytestmark = pytest.mark.contract

BREAKS_OUT = ["\r\nAction: Command", "\nCommand: core stop now", "\r", "\0"]


def test_an_action_is_its_lines_and_a_blank_one() -> None:
    assert encode_action("Redirect", {"Channel": "PJSIP/line-1", "Exten": ""}, action_id="a-1") == (
        b"Action: Redirect\r\nActionID: a-1\r\nChannel: PJSIP/line-1\r\nExten: \r\n\r\n"
    )


def test_a_sequence_is_one_header_for_each_part() -> None:
    data = encode_action("Filter", {"Filter": ["a", "b"], "Operation": "Add"})
    assert data == b"Action: Filter\r\nFilter: a\r\nFilter: b\r\nOperation: Add\r\n\r\n"


@pytest.mark.parametrize("tail", BREAKS_OUT)
def test_a_value_with_a_line_end_or_a_nul_is_refused(tail: str) -> None:
    with pytest.raises(AmiHeaderRefused, match="header 'CallerID': the value holds a line end or a NUL"):
        encode_action("Originate", {"CallerID": f"Li{tail}"})


@pytest.mark.parametrize("tail", BREAKS_OUT)
def test_such_a_value_is_refused_in_a_variable_an_action_id_and_the_action_itself_too(tail: str) -> None:
    with pytest.raises(AmiHeaderRefused):
        encode_action("Originate", variables={"NAME": f"Li{tail}"})
    with pytest.raises(AmiHeaderRefused):
        encode_action("Originate", action_id=f"1{tail}")
    with pytest.raises(AmiHeaderRefused):
        encode_action(f"Ping{tail}")


@pytest.mark.parametrize("name", ["", "A:b", "A b", "A\r\nB", "A\nB", "A\0", "名"])
def test_a_header_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(AmiHeaderRefused, match="visible ASCII"):
        encode_action("UserEvent", {name: "x"})


@pytest.mark.parametrize("name", ["Action", "ACTIONID"])
def test_the_headers_an_answer_is_found_by_cannot_be_overwritten(name: str) -> None:
    with pytest.raises(AmiHeaderRefused, match="not for the caller to set"):
        encode_action("Ping", {name: "x"})


def test_a_refusal_says_where_but_not_the_value() -> None:
    with pytest.raises(AmiHeaderRefused) as caught:
        encode_action("Login", {"Secret": "hush\n"})
    assert str(caught.value) == "action 'Login', header 'Secret': the value holds a line end or a NUL"
    assert caught.value.id == "ami-header-refused"


def test_a_line_as_long_as_asterisk_reads_passes_and_one_byte_more_does_not() -> None:
    room = 1024 - len("Data: \r\n")
    assert len(encode_action("Originate", {"Data": "x" * room}).split(b"\r\n")[1]) == 1022
    with pytest.raises(AmiHeaderRefused, match="1025 bytes; Asterisk takes 1024"):
        encode_action("Originate", {"Data": "x" * (room + 1)})
    with pytest.raises(AmiHeaderRefused, match="Asterisk takes 1024"):
        encode_action("Originate", {"Data": "名" * 400})


def test_more_headers_than_asterisk_reads_are_refused() -> None:
    encode_action("UserEvent", {f"H{n}": "" for n in range(127)})
    with pytest.raises(AmiHeaderRefused, match="129 headers; Asterisk takes 128"):
        encode_action("UserEvent", {f"H{n}": "" for n in range(128)})


def test_a_variable_value_is_escaped_as_asterisk_splits_it() -> None:
    data = encode_action("Originate", variables={"__NAME": 'Li, "the" \\ one'})
    assert b'Variable: __NAME=Li\\, \\"the\\" \\\\ one\r\n' in data


def test_a_variable_name_with_an_equals_sign_is_refused() -> None:
    with pytest.raises(AmiHeaderRefused, match="equals sign"):
        encode_action("Originate", variables={"A=B": "x"})


def test_bytes_that_are_not_utf8_go_back_as_they_came() -> None:
    [message] = AmiDecoder().feed(BANNER + b"Event: Newchannel\r\nCallerIDName: caf\xe9\r\n\r\n")
    assert b"Name: caf\xe9\r\n" in encode_action("UserEvent", {"Name": message.get("CallerIDName")})


def test_a_character_that_has_no_bytes_is_refused() -> None:
    with pytest.raises(AmiHeaderRefused, match="UTF-8"):
        encode_action("UserEvent", {"Name": "\ud800"})


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=30), max_size=4))
def test_an_action_is_refused_or_has_exactly_the_headers_it_was_given(headers: dict[str, str]) -> None:
    try:
        data = encode_action("UserEvent", headers)
    except AmiHeaderRefused:
        return
    lines = re.split(rb"\r\n|\n|\r", data)
    assert lines[0] == b"Action: UserEvent"
    assert [line.decode().split(": ", 1) for line in lines[1:-2]] == [list(item) for item in headers.items()]
    assert lines[-2:] == [b"", b""]
