"""The AGI decoder against everything Asterisk, a broken network and a stranger may send."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.agi.codec import AgiDecoder, AgiEvent, AgiLimits
from ivr.agi.environment import AgiEnvironment
from ivr.agi.errors import AgiLimitExceeded, AgiProtocolError, AgiTruncated
from ivr.agi.replies import Hangup, Reply
from tests.contract.fake_agi import environment

pytestmark = pytest.mark.contract

USAGE = (
    "520-Invalid command syntax.  Proper usage follows:\n"
    "Send the given file, allowing playback to be interrupted by the given digits.\n"
    "    <value>FAILED</value>\n"
    "520 End of proper usage.\n"
)


def read(text: str, decoder: AgiDecoder | None = None) -> list[AgiEvent]:
    decoder = decoder or in_replies()
    return decoder.feed(text.encode(errors="surrogateescape"))


def in_replies(limits: AgiLimits | None = None) -> AgiDecoder:
    decoder = AgiDecoder(limits)
    decoder.feed(environment().encode())
    return decoder


def the_environment(block: str) -> AgiEnvironment:
    (event,) = AgiDecoder().feed(block.encode())
    assert isinstance(event, AgiEnvironment)
    return event


def test_the_environment_names_the_call() -> None:
    call = the_environment(
        environment("star?x=1", ("first", "", "third"), callerid="0612", calleridname="Ann", extension="4000")
    )
    assert call.script == "star"
    assert call.channel == "PJSIP/line-00000001"
    assert call.uniqueid == "node1-1700000000.7"
    assert (call.callerid, call.calleridname) == ("0612", "Ann")
    assert (call.context, call.extension, call.language) == ("callcenter", "4000", "en")
    assert call.arguments == ("first", "", "third")
    assert call.fields["accountcode"] == ""


def test_an_unknown_caller_is_empty() -> None:
    call = the_environment(environment())
    assert (call.callerid, call.calleridname) == ("", "")


def test_a_name_with_quotes_shell_characters_and_spaces_arrives_as_it_is() -> None:
    name = """  "; $(reboot) `id` | 'x' \\ é 王 : agi_x: """
    assert the_environment(environment(calleridname=name)).calleridname == name


def test_a_name_with_line_feeds_arrives_as_it_is() -> None:
    name = "Ann\n\nBob: x\nHANGUP\n"
    call = the_environment(environment(calleridname=name))
    assert call.calleridname == name
    assert call.extension == "s"


def test_a_name_that_forges_a_field_is_refused() -> None:
    with pytest.raises(AgiProtocolError, match="names a field again"):
        read(environment(calleridname="Ann\nagi_extension: 9999"), AgiDecoder())


def test_bytes_that_are_not_utf_8_survive() -> None:
    (call,) = AgiDecoder().feed(environment(calleridname="Zoé").encode("latin-1"))
    assert isinstance(call, AgiEnvironment)
    assert call.calleridname.encode(errors="surrogateescape") == b"Zo\xe9"


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("200 result=0", Reply(200, "0")),
        ("200 result=-1", Reply(200, "-1")),
        ("200 result=", Reply(200, "")),
        ("200 result=1 ()", Reply(200, "1", "")),
        ("200 result=1 (a (b) c)", Reply(200, "1", "a (b) c")),
        ("200 result=1 (a) endpos=3)", Reply(200, "1", "a) endpos=3")),
        ("200 result=53 endpos=5760", Reply(200, "53", None, 5760)),
        ("200 result=0 (timeout) endpos=-1", Reply(200, "0", "timeout", -1)),
        ("200 result=1 (two\nlines)", Reply(200, "1", "two\nlines")),
        ("200 result=1 (\n\nHANGUP\n)", Reply(200, "1", "\n\nHANGUP\n")),
        ("510 Invalid or unknown command", Reply(510, text="Invalid or unknown command")),
        ("511 Command Not Permitted", Reply(511, text="Command Not Permitted")),
        ("520 Proper usage not available.", Reply(520, text="Proper usage not available.")),
    ],
)
def test_a_reply_is_read(line: str, reply: Reply) -> None:
    assert read(line + "\n") == [reply]


def test_a_usage_reply_of_many_lines_is_one_reply() -> None:
    assert read(USAGE + "200 result=0\n") == [Reply(520), Reply(200, "0")]


def test_a_hangup_comes_between_replies() -> None:
    assert read("HANGUP\n200 result=0\nHANGUP\nHANGUP\n") == [Hangup(), Reply(200, "0"), Hangup(), Hangup()]


def test_a_hangup_comes_within_a_usage_reply() -> None:
    first, rest = USAGE.split("\n", 1)
    assert read(f"{first}\nHANGUP\n{rest}") == [Hangup(), Reply(520)]


@pytest.mark.parametrize("line", ["", "hello", "20 result=0", "200", "200 OK", "200 result=0 endpos=x", "HANGUP "])
def test_a_line_that_is_no_reply_is_refused(line: str) -> None:
    with pytest.raises(AgiProtocolError) as caught:
        read(line + "\n")
    assert caught.value.id == "agi-protocol-error"


@pytest.mark.parametrize("line", ["GET / HTTP/1.1\r", "", "agi_network: no", "\x16\x03\x01", "agi_request: x"])
def test_a_stranger_is_refused_at_his_first_line(line: str) -> None:
    with pytest.raises(AgiProtocolError, match="expected 'agi_network: yes'"):
        read(line + "\n", AgiDecoder())


def test_no_error_repeats_what_the_peer_said() -> None:
    for text in ("0612345678 hello\n", "200 0612345678\n"):
        with pytest.raises(AgiProtocolError) as caught:
            read(text)
        assert "0612345678" not in str(caught.value)


@pytest.mark.parametrize("text", ["x" * 101, "x" * 101 + "\n"])
def test_a_line_over_its_limit_is_refused_even_before_its_end(text: str) -> None:
    with pytest.raises(AgiLimitExceeded, match="100 at most"):
        read(text, AgiDecoder(AgiLimits(line_bytes=100)))


def test_a_reply_of_many_lines_over_its_limit_is_refused() -> None:
    limits = AgiLimits(reply_characters=100)
    with pytest.raises(AgiLimitExceeded):
        read("200 result=1 (\n" + "x\n" * 100, in_replies(limits))
    assert len(read("200 result=0\n" * 100, in_replies(limits))) == 100


def test_an_endless_environment_is_refused() -> None:
    with pytest.raises(AgiLimitExceeded):
        read("agi_network: yes\n" + "more\n" * 1000, AgiDecoder())


def test_an_end_between_replies_is_no_error() -> None:
    in_replies().feed_eof()


@given(st.integers(0, len(environment()) - 1))
def test_an_end_within_the_environment_is_reported(length: int) -> None:
    decoder = AgiDecoder()
    decoder.feed(environment().encode()[:length])
    with pytest.raises(AgiTruncated):
        decoder.feed_eof()


@given(st.integers(1, len(USAGE) - 1))
def test_an_end_within_a_reply_is_reported(length: int) -> None:
    decoder = in_replies()
    decoder.feed(USAGE.encode()[:length])
    with pytest.raises(AgiTruncated):
        decoder.feed_eof()


STREAM = (
    environment(calleridname='王芳 "é"\n\nx', callerid="0612")
    + "200 result=0\n200 result=1 (王\n芳 (é))\nHANGUP\n"
    + USAGE
    + "511 Command Not Permitted\n200 result=1 ()\nHANGUP\n"
).encode() + b"200 result=1 (\xff\xe9)\n"


@given(st.lists(st.integers(0, len(STREAM))))
def test_the_events_are_the_same_in_any_split(cuts: list[int]) -> None:
    whole = AgiDecoder().feed(STREAM)
    decoder = AgiDecoder()
    places = [0, *sorted(cuts), len(STREAM)]
    parts = [STREAM[start:end] for start, end in pairwise(places)]
    assert [event for part in parts for event in decoder.feed(part)] == whole
    assert len(whole) == 9


@given(st.binary())
def test_garbage_ends_in_an_agi_error_or_in_nothing(data: bytes) -> None:
    for decoder in (AgiDecoder(), in_replies()):
        try:
            decoder.feed(data)
        except AgiProtocolError:
            continue
