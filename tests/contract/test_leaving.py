"""A caller who leaves a message, for a queue or at a node, on a fake channel: what he hears, and what is kept."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from acd.facts import CallDequeued, CallEnded
from acd.queues import QueueSettings
from acd.states import DequeueReason, EndedBy
from ivr.desk import Desk, Voicemail
from ivr.flow.model import Flow
from ivr.messages import Messages, Note
from tests.contract.leaving_floor import (
    FLOW,
    GREETING,
    QUESTION,
    REVIEWED,
    VOICEMAIL,
    Delivered,
    ended,
    leaving,
    sounds,
)
from tests.contract.reception_floor import CALL, Floor, called, hangs_up, position_at, words

pytestmark = pytest.mark.contract


def takes(*lengths_ms: int) -> Callable[[list[str]], str]:
    """Each take in turn lies on the disk and is so long; of the last the caller presses the hash key."""
    left = iter(lengths_ms)

    def answer(command: list[str]) -> str:
        length_ms = next(left)
        Path(f"{command[2]}.wav").write_bytes(bytes(44 + length_ms * 16))
        return f"200 result=35 (dtmf) endpos={length_ms * 8}"

    return answer


def keys(*pressed: str) -> Callable[[list[str]], str]:
    """The answers to the question, in turn; empty: none."""
    left = iter(pressed)
    return lambda _: f"200 result={ord(key) if (key := next(left)) else 0}"


def files(tmp_path: Path) -> list[str]:
    """What is left in the folder of messages, by its ending."""
    return sorted("".join(file.suffixes[-1:]) for file in (tmp_path / "voicemail").glob("*"))


def size(tmp_path: Path) -> int:
    """How large the only message is."""
    (file,) = (tmp_path / "voicemail").glob("*.wav")
    return file.stat().st_size


async def test_a_message_is_greeted_recorded_thanked_for_and_handed_over(tmp_path: Path) -> None:
    delivered = Delivered()
    async with leaving(VOICEMAIL, tmp_path, delivered=delivered) as (floor, asterisk):
        await asterisk.serve({"RECORD FILE": takes(5_000)})
        assert sounds(asterisk) == ["Speak now.", "tone", "Thank you, your message has been recorded. Goodbye."]
        (record,) = [command for command in asterisk.commands if command[0] == "RECORD"]
        assert record[3:] == ["wav", "#", "60000", "0", "s=4"]
        ((note, file, length_ms),) = delivered.got
        assert (note.linkedid, note.queue, note.language, length_ms) == (CALL, "sales", "en", 5_000)
        assert f"{tmp_path / file}" == f"{record[2]}.wav"
        assert files(tmp_path) == [".wav"]
        assert ended(floor) == (EndedBy.SYSTEM, "voicemail", DequeueReason.OVERFLOWED)
        assert asterisk.variables["CALLCENTER_DONE"] == "1"


async def test_without_words_of_its_own_a_queue_greets_with_the_houses_in_his_language(tmp_path: Path) -> None:
    async with leaving(VOICEMAIL, tmp_path, language="cmn", voicemail=Voicemail()) as (_, asterisk):
        await asterisk.serve()
        assert sounds(asterisk)[0] == "请在提示音后留言，留言结束请按井号键。"


async def test_the_dialplan_knows_of_a_message_as_long_as_it_is_spoken(tmp_path: Path) -> None:
    async with leaving(VOICEMAIL, tmp_path) as (_, asterisk):
        await asterisk.serve({"RECORD FILE": takes(5_000)})
        noted = [command[2] for command in asterisk.commands if "CALLCENTER_MESSAGE" in command[-1]]
        (record,) = [command for command in asterisk.commands if command[0] == "RECORD"]
        thanks = "Thank you, your message has been recorded. Goodbye."
        assert noted == [
            f"CALLCENTER_MESSAGE={Path(record[2]).name},CALLCENTER_THANKS={thanks},DIALSTATUS=",
            "CALLCENTER_MESSAGE=,CALLCENTER_THANKS=,DIALSTATUS=",
        ]


@pytest.mark.parametrize("voicemail", [GREETING, REVIEWED])
async def test_a_message_that_a_hang_up_ends_is_kept(tmp_path: Path, voicemail: Voicemail) -> None:
    delivered = Delivered()
    async with leaving(VOICEMAIL, tmp_path, voicemail=voicemail, delivered=delivered) as (floor, asterisk):
        await asterisk.serve({"RECORD FILE": hangs_up(asterisk, "200 result=-1 (hangup) endpos=24000")})
        assert [length_ms for _, _, length_ms in delivered.got] == [3_000]
        assert ended(floor) == (EndedBy.CALLER, "hung_up", DequeueReason.OVERFLOWED)


@pytest.mark.parametrize("reply", ["200 result=0 (timeout) endpos=8000", "200 result=35 (dtmf) endpos=0"])
async def test_silence_is_no_message_and_leaves_no_file(tmp_path: Path, reply: str) -> None:
    delivered = Delivered()
    async with leaving(VOICEMAIL, tmp_path, voicemail=REVIEWED, delivered=delivered) as (floor, asterisk):

        def record(command: list[str]) -> str:
            Path(f"{command[2]}.wav").write_bytes(b"silence")
            return reply

        await asterisk.serve({"RECORD FILE": record})
        assert not delivered.got
        assert files(tmp_path) == []
        assert sounds(asterisk)[-1] == "We have not heard a message. Goodbye."
        assert ended(floor) == (EndedBy.SYSTEM, "no_message", DequeueReason.OVERFLOWED)


@pytest.mark.parametrize("during", ["STREAM FILE Speak now.", "STREAM FILE tone"])
async def test_who_hangs_up_before_the_tone_left_no_message(tmp_path: Path, during: str) -> None:
    delivered = Delivered()
    async with leaving(VOICEMAIL, tmp_path, delivered=delivered) as (floor, asterisk):
        await asterisk.serve({during: hangs_up(asterisk, "200 result=-1 endpos=80")})
        assert not delivered.got
        assert files(tmp_path) == []
        assert ended(floor) == (EndedBy.CALLER, "hung_up", DequeueReason.OVERFLOWED)


async def test_he_hears_his_message_speaks_it_anew_and_keeps_that(tmp_path: Path) -> None:
    delivered = Delivered()
    async with leaving(VOICEMAIL, tmp_path, voicemail=REVIEWED, delivered=delivered) as (floor, asterisk):
        await asterisk.serve({"RECORD FILE": takes(5_000, 7_000), "WAIT FOR DIGIT": keys("2", "3", "1")})
        first, anew = [command[2] for command in asterisk.commands if command[0] == "RECORD"]
        thanks = "Thank you, your message has been recorded. Goodbye."
        heard = ["Speak now.", "tone", QUESTION, first, QUESTION, "tone", QUESTION, thanks]
        assert (sounds(asterisk), anew) == (heard, f"{first}.again")
        assert [length_ms for _, _, length_ms in delivered.got] == [7_000]
        assert size(tmp_path) == 44 + 7_000 * 16
        assert files(tmp_path) == [".wav"]
        assert ended(floor)[1] == "voicemail"


async def test_a_take_anew_that_says_nothing_leaves_the_one_before_and_silence_keeps_it(tmp_path: Path) -> None:
    delivered = Delivered()
    async with leaving(VOICEMAIL, tmp_path, voicemail=REVIEWED, delivered=delivered) as (_, asterisk):
        await asterisk.serve({"RECORD FILE": takes(5_000, 100), "WAIT FOR DIGIT": keys("3", "")})
        ((_, _, length_ms),) = delivered.got
        assert (length_ms, size(tmp_path)) == (5_000, 44 + 5_000 * 16)
        assert files(tmp_path) == [".wav"]


async def test_a_message_that_he_cancels_is_deleted(tmp_path: Path) -> None:
    delivered = Delivered()
    async with leaving(VOICEMAIL, tmp_path, voicemail=REVIEWED, delivered=delivered) as (floor, asterisk):
        await asterisk.serve({"RECORD FILE": takes(5_000), "WAIT FOR DIGIT": keys("*")})
        assert (delivered.got, files(tmp_path)) == ([], [])
        assert sounds(asterisk)[-1] == "Your message has been deleted."
        assert ended(floor)[1] == "no_message"


async def test_who_hangs_up_while_he_is_asked_has_kept_it(tmp_path: Path) -> None:
    delivered = Delivered()
    async with leaving(VOICEMAIL, tmp_path, voicemail=REVIEWED, delivered=delivered) as (_, asterisk):
        gone = hangs_up(asterisk, "200 result=-1 endpos=80")
        await asterisk.serve({"RECORD FILE": takes(5_000), f"STREAM FILE {QUESTION}": gone})
        assert [length_ms for _, _, length_ms in delivered.got] == [5_000]


async def test_a_message_is_on_the_disk_with_its_note_when_the_connection_breaks(tmp_path: Path) -> None:
    delivered = Delivered()
    async with leaving(VOICEMAIL, tmp_path, voicemail=REVIEWED, delivered=delivered) as (_, asterisk):

        def breaks(command: list[str]) -> None:
            Path(f"{command[2]}.wav").write_bytes(bytes(44 + 4_000 * 16))
            asterisk.cut()

        with suppress(ConnectionError):
            await asterisk.serve({"RECORD FILE": breaks})
    assert (delivered.got, files(tmp_path)) == ([], [".json", ".wav"])
    messages = Messages(tmp_path / "voicemail", delivered)
    assert messages.recover({"node1-1700000000.7"}) == 0  # he may still be speaking
    assert messages.recover(()) == 1
    ((note, _, length_ms),) = delivered.got
    assert (note.queue, length_ms, files(tmp_path)) == ("sales", 4_000, [".wav"])


def left_behind(tmp_path: Path, delivered: Delivered, length_ms: int) -> str:
    """A message that was being spoken when a daemon died; its name."""
    note = Note(
        linkedid=CALL, channel=CALL, number="100", queue="sales", language="en", begun_ms=1, entered_ms=1
    )  # fmt: skip
    with Messages(tmp_path / "voicemail", delivered).taking(note) as take:
        take.sound.with_name(f"{take.name}.wav").write_bytes(bytes(44 + length_ms * 16))
        return take.name


@pytest.mark.parametrize(
    ("length_ms", "said", "reason"),
    [
        (4_000, "Thank you, your message has been recorded. Goodbye.", "voicemail"),
        (1_000, "We have not heard a message. Goodbye.", "no_message"),
    ],
)
async def test_who_spoke_a_message_when_the_daemon_died_is_thanked_by_the_next(
    tmp_path: Path, length_ms: int, said: str, reason: str
) -> None:
    delivered = Delivered()
    name = left_behind(tmp_path, delivered, length_ms)
    floor = Floor(QueueSettings(name="sales", on_nobody=VOICEMAIL))
    desk = Desk(
        distributor=floor.distributor, sound_of=words, messages=Messages(tmp_path / "voicemail", delivered)
    )  # fmt: skip
    at = position_at(FLOW, "sales", "en")
    async with called(desk, FLOW, CALL, "4000", "{", "", "en", "", "", "", "", name, position=at) as asterisk:
        await asterisk.serve()
        assert sounds(asterisk) == [said]
        assert [length for _, _, length in delivered.got] == [length_ms][: reason == "voicemail"]
        (end,) = floor.named(CallEnded)
        assert (end.reason, asterisk.variables["CALLCENTER_DONE"]) == (reason, "1")
        assert not floor.named(CallDequeued)


NODE = Flow.model_validate(
    {
        "flow": "hotline",
        "languages": ("en", "cmn"),
        "start": "speak",
        "operator": "agent",
        "nodes": {
            "speak": {
                "kind": "voicemail", "queue": "sales", "text": {"en": "Tell us.", "cmn": "请说。"}, "next": "left",
                "otherwise": "none", "most_s": 20,
            },
            "left": {"kind": "hangup", "reason": "left"},
            "none": {"kind": "hangup", "reason": "none"},
            "agent": {"kind": "hangup", "reason": "agent", "text": {"en": "An agent.", "cmn": "人工。"}},
        },
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("pressed", "reason"), [("1", "left"), ("", "left"), ("*", "none"), ("0", "agent")]
)  # fmt: skip
async def test_a_node_takes_a_message_in_its_own_words_and_goes_on(tmp_path: Path, pressed: str, reason: str) -> None:
    delivered, floor = Delivered(), Floor(QueueSettings(name="sales"))
    desk = Desk(
        distributor=floor.distributor, sound_of=words, messages=Messages(tmp_path / "voicemail", delivered), beep="tone"
    )  # fmt: skip
    async with called(desk, NODE, CALL, "4000") as asterisk:
        await asterisk.serve({"RECORD FILE": takes(5_000), "WAIT FOR DIGIT": keys(pressed)})
        assert sounds(asterisk)[:3] == ["Tell us.", "tone", QUESTION]
        (record,) = [command for command in asterisk.commands if command[0] == "RECORD"]
        assert record[5] == "20000"
        assert (len(delivered.got) == 1, floor.named(CallEnded)[0].reason) == (reason == "left", reason)


async def test_a_node_whose_greeting_is_ended_by_0_leads_to_an_agent_and_leaves_no_file(tmp_path: Path) -> None:
    floor = Floor(QueueSettings(name="sales"))
    desk = Desk(distributor=floor.distributor, sound_of=words, messages=Messages(tmp_path / "voicemail", Delivered()))
    async with called(desk, NODE, CALL, "4000") as asterisk:
        await asterisk.serve({"STREAM FILE Tell us.": "200 result=48 endpos=80"})
        assert sounds(asterisk) == ["Tell us.", "An agent."]
        assert files(tmp_path) == []


async def test_star_ends_the_greeting_of_a_node_and_leads_back_to_the_question_before(tmp_path: Path) -> None:
    menu = {"kind": "menu", "text": {"en": "Press 1."}, "choices": {"1": "speak"}, "otherwise": "none", "tries": 1}
    nodes = {name: node.model_dump() for name, node in NODE.nodes.items()}
    flow = Flow.model_validate({**NODE.model_dump(), "start": "menu", "nodes": {"menu": menu, **nodes}})
    floor = Floor(QueueSettings(name="sales"))
    desk = Desk(distributor=floor.distributor, sound_of=words, messages=Messages(tmp_path / "voicemail", Delivered()))
    async with called(desk, flow, CALL, "4000") as asterisk:
        await asterisk.serve({"STREAM FILE Tell us.": "200 result=42 endpos=80", "STREAM FILE Press 1.": keys("1", "")})
        assert sounds(asterisk) == ["Press 1.", "Tell us.", "Press 1."]
        assert files(tmp_path) == []


async def test_who_was_speaking_at_a_node_goes_on_behind_it(tmp_path: Path) -> None:
    delivered = Delivered()
    name, floor = left_behind(tmp_path, delivered, 4_000), Floor(QueueSettings(name="sales"))
    desk = Desk(
        distributor=floor.distributor, sound_of=words, messages=Messages(tmp_path / "voicemail", delivered)
    )  # fmt: skip
    at = position_at(NODE, "speak", "en")
    async with called(desk, NODE, CALL, "4000", "{", "", "en", "", "", "", "", name, position=at) as asterisk:
        await asterisk.serve()
        assert floor.named(CallEnded)[0].reason == "left"
        assert len(delivered.got) == 1
