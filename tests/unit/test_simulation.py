"""The pure parts of the simulated telephones: SIPp's message log, tones, RTP, and the script as XML."""

import asyncio
import math
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.simulation import rtp
from cti.simulation.call import Call
from cti.simulation.scenario import scenario
from cti.simulation.sip import SipMessage, display_name, read
from cti.simulation.telephones import Telephones
from cti.simulation.tones import RATE, decode, encode, samples, share, tone
from cti.simulation.trace import Direction, TraceDecoder, TracedMessage

pytestmark = pytest.mark.unit

INVITE = (
    'INVITE sip:1001@127.0.0.1:6000 SIP/2.0\r\nFrom: "三" <sip:13900000001@127.0.0.1>;tag=a\r\n'
    "To: <sip:1001@127.0.0.1>\r\nCall-ID: b\r\nCSeq: 7 INVITE\r\n\r\n"
    "v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 20004 RTP/AVP 0 101\r\n"
).encode()
RINGING = b"SIP/2.0 180 Ringing\r\nCall-ID: b\r\nCSeq: 7 INVITE\r\nContent-Length: 0\r\n\r\n"
RULE = b"-----------------------------------------------"
LOG = b"".join(
    (
        RULE + b" 2026-11-22 03:39:08.458367\nUDP message received [%d] bytes :\n\n" % len(INVITE) + INVITE + b"\n",
        RULE + b"\nUnexpected UDP message received:\n\n" + INVITE + b"\n",
        RULE + b" 2026-11-22 03:39:08.458785\nUDP message sent (%d bytes):\n\n" % len(RINGING) + RINGING + b"\n",
    )
)


def in_pieces(cuts: list[int]) -> list[TracedMessage]:
    decoder = TraceDecoder()
    edges = [0, *sorted(cuts), len(LOG)]
    return [message for start, end in pairwise(edges) for message in decoder.feed(LOG[start:end])]


def test_the_message_log_gives_each_message_with_its_direction_and_microsecond() -> None:
    received, sent = TraceDecoder().feed(LOG)
    assert (received.direction, sent.direction) == (Direction.RECEIVED, Direction.SENT)
    assert received.at_us == 1795318748458367
    assert sent.at_us - received.at_us == 418
    assert received.sip == read(INVITE)
    assert sent.sip.status == 180


@given(st.lists(st.integers(0, len(LOG)), max_size=8))
def test_the_message_log_reads_the_same_however_it_is_cut(cuts: list[int]) -> None:
    assert in_pieces(cuts) == TraceDecoder().feed(LOG)


def test_the_message_log_reads_the_same_byte_by_byte() -> None:
    assert in_pieces(list(range(len(LOG)))) == TraceDecoder().feed(LOG)


def test_a_message_tells_its_parties_its_transaction_and_where_to_send_audio() -> None:
    message = read(INVITE)
    assert (message.method, message.status, message.call_id) == ("INVITE", None, "b")
    assert (message.user("from"), message.user("to"), message.user("contact")) == ("13900000001", "1001", "")
    assert message.audio_address == ("127.0.0.1", 20004)
    assert read(RINGING).audio_address is None
    assert read(RINGING).method == "INVITE"


def traced(direction: Direction, text: str) -> TracedMessage:
    return TracedMessage(0, direction, read(text.replace("\n", "\r\n").encode()))


@pytest.mark.parametrize(
    ("incoming", "dialog"), [(True, "x;to-tag=from;from-tag=to"), (False, "x;to-tag=to;from-tag=from")]
)
def test_a_dialog_is_named_with_asterisks_tag_first_whichever_side_began_it(incoming: bool, dialog: str) -> None:
    call = Call("x", incoming=incoming, send=lambda *_: None, audio=None)
    theirs, ours = (Direction.RECEIVED, Direction.SENT) if incoming else (Direction.SENT, Direction.RECEIVED)
    call.take(traced(theirs, "INVITE sip:a SIP/2.0\nFrom: <sip:b@c>;tag=from\nTo: <sip:a@c>\nCSeq: 1 INVITE\n\n"))
    call.take(traced(ours, "SIP/2.0 200 OK\nFrom: <sip:b@c>;tag=from\nTo: <sip:a@c>;tag=to\nCSeq: 1 INVITE\n\n"))
    call.take(traced(theirs, "ACK sip:a SIP/2.0\nCSeq: 1 ACK\n\n"))
    call.take(
        traced(theirs, "INVITE sip:a SIP/2.0\nFrom: <sip:a@c>;tag=to\nTo: <sip:b@c>;tag=from\nCSeq: 2 INVITE\n\n")
    )
    assert call.dialog == dialog


def test_a_telephone_that_is_invited_twice_and_says_so_twice_rings_once(tmp_path: Path) -> None:
    """On a busy machine Asterisk repeats its INVITE before SIPp has come to answer the first."""
    phones = Telephones(tmp_path, sip_port=1, audio=False)
    phones._telephones["1001"] = phone = phones._telephone("1001", None)
    invite = "INVITE sip:1001@a SIP/2.0\nFrom: <sip:b@c>\nTo: <sip:1001@a>\nCall-ID: x\nCSeq: 7 INVITE\n\n"
    ringing = "SIP/2.0 180 Ringing\nTo: <sip:1001@a>\nCall-ID: x\nCSeq: 7 INVITE\n\n"
    for _ in range(2):
        phones._take(traced(Direction.RECEIVED, invite))
        phones._take(traced(Direction.SENT, ringing))
    assert [call.call_id for call in phone.calls] == ["x"]


async def test_an_acknowledgement_that_is_said_again_ends_no_hold() -> None:
    call = Call("x", incoming=False, send=lambda *_: None, audio=None)
    call.take(traced(Direction.RECEIVED, "SIP/2.0 200 OK\nCSeq: 2 INVITE\n\n"))
    call.take(traced(Direction.SENT, "ACK sip:a SIP/2.0\nCSeq: 2 ACK\n\n"))
    hold = asyncio.create_task(call.hold())
    await asyncio.sleep(0)
    call.take(traced(Direction.SENT, "ACK sip:a SIP/2.0\nCSeq: 2 ACK\n\n"))
    await asyncio.sleep(0)
    assert not hold.done()
    call.take(traced(Direction.SENT, "ACK sip:a SIP/2.0\nCSeq: 3 ACK\n\n"))
    await hold


def test_a_message_without_its_headers_has_empty_ones() -> None:
    message = SipMessage("OPTIONS sip:a SIP/2.0", {}, "")
    assert (message.method, message.call_id) == ("", "")


def test_a_name_is_quoted_so_that_it_stays_one_header() -> None:
    assert display_name('a "b" \\ $(c)') == '"a \\"b\\" \\\\ $(c)"'
    assert display_name("one\r\nX-Other: two") == '"one X-Other: two"'


@given(st.integers(0, 255))
def test_every_byte_of_audio_comes_back_from_its_sample(byte: int) -> None:
    assert decode(encode(decode(byte))) == decode(byte)


@given(st.integers(-32768, 32767))
def test_a_sample_keeps_its_value_within_a_step_of_the_law(sample: int) -> None:
    assert abs(decode(encode(sample)) - sample) <= max(8, abs(sample) // 16 + 2, abs(sample) - 32124)


@pytest.mark.parametrize("hertz", [440, 500, 1260])
def test_a_tone_is_heard_at_its_frequency_and_at_no_other(hertz: int) -> None:
    heard = samples(tone(hertz)[: RATE // 5])
    assert share(heard, hertz) > 0.99
    assert share(heard, hertz + 40) < 0.01


def test_in_silence_no_tone_is_heard() -> None:
    assert share([0] * 800, 440) == 0.0


def test_two_tones_share_the_energy() -> None:
    both = [a + b for a, b in zip(samples(tone(440)), samples(tone(500)), strict=True)]
    assert math.isclose(share(both, 440), 0.5, abs_tol=0.02)


def packets(voice: rtp.Voice, count: int) -> list[bytes]:
    return [packet for _ in range(count) for packet in voice.packets()]


def test_a_voice_counts_its_packets_and_samples() -> None:
    first, second = packets(rtp.Voice(440), 2)
    assert (int.from_bytes(second[2:4]) - int.from_bytes(first[2:4])) % 2**16 == 1
    assert (int.from_bytes(second[4:8]) - int.from_bytes(first[4:8])) % 2**32 == rtp.SAMPLES
    assert first[8:12] == second[8:12]


def test_a_digit_is_one_event_whose_end_is_said_three_times() -> None:
    voice = rtp.Voice(440)
    voice.press("5")
    sent = packets(voice, 14)
    events = [packet for packet in sent if packet[1] & 0x7F == rtp.EVENT]
    assert len({packet[4:8] for packet in events}) == 1
    assert [packet[1] >> 7 for packet in events] == [1, 0, 0, 0, 0, 0, 0, 0]
    assert [packet[13] >> 7 for packet in events] == [0, 0, 0, 0, 0, 1, 1, 1]
    assert {packet[12] for packet in events} == {5}
    assert [int.from_bytes(packet[14:16]) for packet in events] == [160, 320, 480, 640, 800, 800, 800, 800]
    assert all(packet[1] & 0x7F == rtp.AUDIO for packet in sent[8:])


def test_digits_follow_one_another_with_a_pause_between() -> None:
    voice = rtp.Voice(440)
    voice.press("*0")
    kinds = [packet[1] & 0x7F for packet in packets(voice, 20)]
    assert kinds == [rtp.EVENT] * 8 + [rtp.AUDIO] * 4 + [rtp.EVENT] * 8


def test_keys_can_be_pressed_as_fast_as_packets_go() -> None:
    voice = rtp.Voice(440)
    voice.press("12", key_ms=20, pause_ms=0)
    first, second, after = voice.packets(), voice.packets(), voice.packets()
    assert [packet[12] for packet in first + second] == [1] * 4 + [2] * 4
    assert [packet[13] >> 7 for packet in first] == [0, 1, 1, 1]
    assert len({packet[4:8] for packet in first}) == 1
    assert first[0][4:8] != second[0][4:8]
    assert not voice.pressing
    assert [packet[1] & 0x7F for packet in after] == [rtp.AUDIO]


def test_pressing_is_over_with_the_first_end_of_the_last_digit() -> None:
    voice = rtp.Voice(440)
    voice.press("1")
    assert [(voice.packets(), voice.pressing)[1] for _ in range(7)] == [True, True, True, True, True, False, False]


def test_digits_not_yet_sent_are_forgotten_on_release() -> None:
    voice = rtp.Voice(440)
    voice.press("123")
    voice.packets()
    voice.release()
    assert not voice.pressing
    assert voice.packets()[0][1] & 0x7F == rtp.AUDIO


def test_what_is_no_key_is_refused() -> None:
    with pytest.raises(ValueError, match="keys of a telephone"):
        rtp.Voice(440).press("x")


@given(st.binary(max_size=40))
def test_no_bytes_on_the_audio_port_disturb_a_telephone(data: bytes) -> None:
    packet = rtp.read(data)
    assert packet is None or len(packet.payload) == len(data) - 12


def test_the_script_is_well_formed_and_every_way_leads_to_a_label() -> None:
    script = ElementTree.fromstring(scenario(ring_ms=0, talk_ms=1000))
    labels = {element.get("id") for element in script.iter("label")}
    ways = {element.get(name) for element in script.iter() for name in ("next", "ontimeout")} - {None}
    assert ways <= labels


def test_a_telephone_without_limits_waits_for_commands() -> None:
    assert "timeout" not in scenario()
    assert 'timeout="1" ontimeout="answer"' in scenario(ring_ms=0)
    assert 'timeout="900" ontimeout="hang up"' in scenario(talk_ms=900)
