"""What the AMI decoder makes of a stream, whatever Asterisk or a broken peer puts into it."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.ami.codec import AmiDecoder
from cti.ami.errors import AmiProtocolError
from cti.ami.message import Message

pytestmark = pytest.mark.contract

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
PARTS = [
    BANNER,
    b"Response: Success\r\nActionID: 1\r\nMessage: Authentication accepted\r\n\r\n",
    "Event: Newchannel\r\nCallerIDName: 李小龙 😀\r\nAccountCode: \r\nExten:\r\n\r\n".encode(),
    b"\r\n",  # seen after some answers
    b"Event: Odd\r\nCallerIDName: caf\xe9\xff\r\n\r\n",
    b"\r\n\r\n",
    b"Response: Follows\r\nPrivilege: Command\r\nActionID: 2\r\none\n\r\n\r\nEvent: no\n\n--END COMMAND--\r\n\r\n",
    b"Event: Hangup\r\nCause: 16\r\n\r\n",
]
STREAM = b"".join(PARTS)


def decode_all(decoder: AmiDecoder, pieces: Iterable[bytes]) -> list[Message]:
    return [message for piece in pieces for message in decoder.feed(piece)]


def decode(*pieces: bytes) -> list[Message]:
    return decode_all(AmiDecoder(), pieces)


def one(text: str) -> Message:
    [message] = decode(BANNER, text.encode() + b"\r\n\r\n")
    return message


WHOLE = decode(STREAM)


def test_the_banner_gives_the_version() -> None:
    decoder = AmiDecoder()
    assert decoder.feed(BANNER[:-1]) == []
    assert decoder.version is None
    decoder.feed(BANNER[-1:])
    assert decoder.version == "11.0.0"


@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b"A stranger", b"Asterisk\r\n", b"\r\n", b"\0\xff"])
def test_a_peer_that_is_not_asterisk_is_found_out_by_its_banner(greeting: bytes) -> None:
    with pytest.raises(AmiProtocolError, match="not Asterisk's AMI"):
        decode(greeting)


def test_a_stream_becomes_its_messages() -> None:
    assert [message.event or message.response for message in WHOLE] == [
        "Success", "Newchannel", "Odd", "Follows", "Hangup",
    ]  # fmt: skip


@given(st.lists(st.integers(0, len(STREAM)), max_size=30))
def test_any_split_gives_the_same_messages(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert decode(*(STREAM[begin:end] for begin, end in pairwise(edges))) == WHOLE


def test_a_stream_in_single_bytes_gives_the_same_messages() -> None:
    assert decode(*(bytes([byte]) for byte in STREAM)) == WHOLE


def test_a_utf8_character_cut_in_two_survives() -> None:
    event = "Event: Newchannel\r\nCallerIDName: 李\r\n\r\n".encode()
    for cut in range(len(event)):
        [message] = decode(BANNER, event[:cut], event[cut:])
        assert message.get("CallerIDName") == "李"


def test_bytes_that_are_not_utf8_survive_as_surrogate_escapes() -> None:
    assert WHOLE[2].get("CallerIDName").encode("utf-8", "surrogateescape") == b"caf\xe9\xff"


def test_an_empty_value_is_a_value() -> None:
    message = one("Event: Newexten\r\nAppData: \r\nExten:\r\nContext: lines")
    assert (message.get("AppData", "none"), message.get("Exten", "none")) == ("", "")
    assert message.get("Priority", "none") == "none"


def test_header_names_match_in_any_case() -> None:
    message = one("Event: Newchannel\r\nUniqueID: 7")
    assert message.get("uniqueid") == message.get("UNIQUEID") == "7"


def test_a_header_is_found_behind_letters_whose_small_form_is_longer() -> None:
    message = one("Event: Newchannel\r\nCallerIDName: İİİİ\r\nExten: 4000\r\nContext: lines")
    assert (message.get("exten"), message.get("Context"), message.get("CallerIDName")) == ("4000", "lines", "İİİİ")


@given(
    st.lists(st.tuples(st.sampled_from(["Exten", "EXTEN", "Ext", "x"]), st.text(max_size=6))),
    st.sampled_from(["exten", "EXT", "X", "Event", "vent", "Ex"]),
)
def test_a_header_found_is_the_first_of_its_name(headers: list[tuple[str, str]], wanted: str) -> None:
    message = one("\r\n".join(["Event: E", *(f"{name}: {value}".replace("\r\n", "") for name, value in headers)]))
    named = [value for name, value in message.headers if name.lower() == wanted.lower()]
    assert message.get(wanted, "none") == (named[0] if named else "none")
    assert message.get_all(wanted) == named


def test_headers_keep_their_order_and_their_repetitions() -> None:
    message = one("Event: Dial\r\nChanVariable: A=1\r\nChannel: c\r\nchanvariable: B=2")
    assert message.headers == (("Event", "Dial"), ("ChanVariable", "A=1"), ("Channel", "c"), ("chanvariable", "B=2"))
    assert message.get_all("ChanVariable") == ["A=1", "B=2"]
    assert message.get("ChanVariable") == "A=1"


def test_a_value_keeps_its_colons_and_all_blanks_but_the_one_after_the_name() -> None:
    message = one("Event: UserEvent\r\nUrl: https://crm.example:8443/\r\nTight:x:y\r\nWide:   two  ")
    assert (message.get("Url"), message.get("Tight"), message.get("Wide")) == (
        "https://crm.example:8443/", "x:y", "  two  ",
    )  # fmt: skip


@pytest.mark.parametrize("mark", ["\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_only_a_full_line_end_ends_a_header(mark: str) -> None:
    message = one(f"Event: Newchannel\r\nCallerIDName: a{mark}Response: Success\r\nExten: 1")
    assert message.get("CallerIDName") == f"a{mark}Response: Success"
    assert message.get("Exten") == "1"


def test_an_event_with_a_response_header_is_not_a_response() -> None:
    message = one("Event: OriginateResponse\r\nActionID: 9\r\nResponse: Failure")
    assert (message.event, message.response, message.get("Response")) == ("OriginateResponse", "", "Failure")


def test_a_line_without_a_colon_is_kept_and_disturbs_nothing() -> None:
    message = one("Event: Odd\r\nno colon here\r\nExten: 1")
    assert message.headers[1] == ("", "no colon here")
    assert message.get("Exten") == "1"


def test_the_output_of_a_command_is_its_lines() -> None:
    message = one("Response: Success\r\nActionID: 3\r\nMessage: Command output follows\r\nOutput: a: b\r\nOutput: ")
    assert message.output == ["a: b", ""]


def test_the_output_of_an_old_command_is_its_text_with_blank_lines_and_colons() -> None:
    message = WHOLE[3]
    assert message.output == ["one", "\r", "\r", "Event: no", ""]
    assert (message.action_id, message.get("Event", "none")) == ("2", "none")


def test_a_command_without_output_has_no_lines() -> None:
    [message] = decode(BANNER, b"Response: Follows\r\nPrivilege: Command\r\n--END COMMAND--\r\n\r\n")
    assert message.output == []
    assert one("Response: Success").output == []


def test_messages_are_values() -> None:
    assert one("Event: A\r\nB: c") == one("Event: A\r\nB: c") != one("Event: A\r\nB: d")
    assert len({one("Event: A"), one("Event: A"), one("Event: B")}) == 2


def test_a_representation_for_logs_shows_no_values() -> None:
    assert repr(one("Event: Newchannel\r\nCallerIDNum: 13800000000")) == "<Message Newchannel, 2 headers>"


def test_the_stream_may_end_anywhere() -> None:
    begin = 0
    for part in PARTS:
        for length in range(1, len(part) + 1):
            decoder = AmiDecoder()
            messages = decoder.feed(STREAM[: begin + length])
            assert messages == WHOLE[: len(messages)]
            if length == len(part) or not part.strip():
                decoder.feed_eof()
            else:
                with pytest.raises(AmiProtocolError, match="the connection was closed"):
                    decoder.feed_eof()
        begin += len(part)


def test_a_connection_closed_before_the_banner_is_said_to_be() -> None:
    with pytest.raises(AmiProtocolError, match="before Asterisk's banner"):
        AmiDecoder().feed_eof()


def test_a_line_at_the_limit_passes_and_one_byte_more_does_not() -> None:
    event = b"Event: E\r\n"
    [message] = AmiDecoder(max_line=30).feed(BANNER + event + b"A: " + b"x" * 27 + b"\r\n\r\n")
    assert len(message.get("A")) == 27
    with pytest.raises(AmiProtocolError, match="a line is longer than 30 bytes"):
        AmiDecoder(max_line=30).feed(BANNER + event + b"A: " + b"x" * 28 + b"\r\n\r\n")


def test_a_message_at_the_limit_passes_and_one_byte_more_does_not() -> None:
    message = b"Event: E\r\nA: " + b"x" * 27
    assert len(AmiDecoder(max_line=30, max_message=40).feed(BANNER + message + b"\r\n\r\n")) == 1
    with pytest.raises(AmiProtocolError, match="a message is longer than 40 bytes"):
        AmiDecoder(max_line=30, max_message=40).feed(BANNER + message + b"x\r\n\r\n")


@pytest.mark.parametrize(("piece", "what"), [(b"x", "a line"), (b"A: b\r\n", "a message")])
def test_what_never_ends_is_refused_before_it_fills_the_memory(piece: bytes, what: str) -> None:
    decoder = AmiDecoder(max_line=1_000, max_message=10_000)
    with pytest.raises(AmiProtocolError, match=what):
        decode_all(decoder, [BANNER, *[piece] * (11_000 // len(piece))])


def test_the_messages_before_a_fault_are_not_lost() -> None:
    with pytest.raises(AmiProtocolError) as caught:
        AmiDecoder(max_line=50).feed(BANNER + b"Event: Good\r\n\r\nEvent: Bad\r\nA: " + b"x" * 60 + b"\r\n\r\n")
    assert [message.event for message in caught.value.messages] == ["Good"]


@given(st.binary(max_size=400), st.integers(0, 400))
def test_garbage_after_the_banner_gives_messages_or_a_clear_error(garbage: bytes, cut: int) -> None:
    def outcome(*pieces: bytes) -> tuple[list[Message], bool]:
        decoder = AmiDecoder(max_line=60, max_message=100)
        messages: list[Message] = []
        try:
            for piece in pieces:
                messages += decoder.feed(piece)
        except AmiProtocolError as error:
            return messages + error.messages, True
        return messages, False

    assert outcome(BANNER, garbage) == outcome(BANNER, garbage[:cut], garbage[cut:])
