"""A caller who leaves a queue without an agent of it, on a fake channel: where he is seen to, and what is stated."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from acd.facts import CallDequeued, CallEnded, VoicemailLeft
from acd.queues import QueueSettings
from acd.states import DequeueReason, EndedBy
from acd.targets import LEAVE, Target, TargetKind
from ivr.desk import Care, Desk, Outside, Voicemail
from ivr.flow.model import Flow
from tests.contract.fake_agi import FakeAsterisk
from tests.contract.reception_floor import CALL, Floor, called, dial, hangs_up, words

pytestmark = pytest.mark.contract

FLOW = Flow.model_validate(
    {
        "flow": "hotline",
        "languages": ("en", "cmn"),
        "start": "sales",
        "nodes": {
            "sales": {"kind": "queue", "queue": "sales", "then": "served", "otherwise": "no"},
            "served": {"kind": "hangup", "reason": "served"},
            "no": {"kind": "hangup", "reason": "nobody_free", "text": {"en": "Sorry.", "cmn": "对不起。"}},
        },
    }
)
VOICEMAIL = Target(TargetKind.VOICEMAIL)
NUMBER = Target(TargetKind.NUMBER, "01012345678")
CLOSED = Target(TargetKind.SAY, speech={"en": "We are closed.", "cmn": "已下班。"})
GREETING = Voicemail(greeting={"en": "Speak now.", "cmn": "请说。"}, most_ms=60_000, silence_s=4)
OUTSIDE = Outside(line="carrier", ring_ms=30_000)


@asynccontextmanager
async def leaving(
    target: Target,
    tmp_path: Path,
    *,
    language: str = "en",
    voicemail: Voicemail = GREETING,
    outside: Outside | None = OUTSIDE,
) -> AsyncIterator[tuple[Floor, FakeAsterisk]]:
    """A caller whom the queue sends elsewhere, for nobody is signed in."""
    floor = Floor(QueueSettings(name="sales", on_nobody=target))
    floor.sign_out()
    desk = Desk(
        distributor=floor.distributor,
        sound_of=words,
        care_of=lambda queue: Care(voicemail=voicemail),
        outside=lambda: outside,
        messages=tmp_path / "voicemail",
        beep="tone",
    )
    async with called(desk, FLOW, CALL, "4000", "", "", language) as asterisk:
        yield floor, asterisk


def sounds(asterisk: FakeAsterisk) -> list[str]:
    """What he has heard."""
    return [command[2] for command in asterisk.commands if command[:2] == ["STREAM", "FILE"]]


def ended(floor: Floor) -> tuple[EndedBy, str, DequeueReason]:
    """Who ended the call, why, and how he left the queue."""
    (end,), (left,) = floor.named(CallEnded), floor.named(CallDequeued)
    return end.by, end.reason, left.reason


async def test_a_message_is_greeted_recorded_thanked_for_and_stated(tmp_path: Path) -> None:
    async with leaving(VOICEMAIL, tmp_path) as (floor, asterisk):
        await asterisk.serve()
        assert sounds(asterisk) == ["Speak now.", "tone", "Thank you, your message has been recorded. Goodbye."]
        (record,) = [command for command in asterisk.commands if command[0] == "RECORD"]
        assert record[3:] == ["wav", "#", "60000", "0", "s=4"]
        (left,) = floor.named(VoicemailLeft)
        assert (left.linkedid, left.queue, left.language, left.duration_ms) == (CALL, "sales", "en", 5_000)
        assert f"{tmp_path / left.file}" == f"{record[2]}.wav"
        assert ended(floor) == (EndedBy.SYSTEM, "voicemail", DequeueReason.OVERFLOWED)
        assert asterisk.variables["CALLCENTER_DONE"] == "1"


async def test_without_words_of_its_own_a_queue_greets_with_the_houses_in_his_language(tmp_path: Path) -> None:
    async with leaving(VOICEMAIL, tmp_path, language="cmn", voicemail=Voicemail()) as (_, asterisk):
        await asterisk.serve()
        assert sounds(asterisk)[0] == "请在提示音后留言，留言结束请按井号键。"


async def test_a_message_that_a_hang_up_ends_is_kept(tmp_path: Path) -> None:
    async with leaving(VOICEMAIL, tmp_path) as (floor, asterisk):
        await asterisk.serve({"RECORD FILE": hangs_up(asterisk, "200 result=-1 (hangup) endpos=24000")})
        assert floor.named(VoicemailLeft)[0].duration_ms == 3_000
        assert ended(floor) == (EndedBy.CALLER, "hung_up", DequeueReason.OVERFLOWED)


@pytest.mark.parametrize("reply", ["200 result=0 (timeout) endpos=8000", "200 result=35 (dtmf) endpos=0"])
async def test_silence_is_no_message_and_leaves_no_file(tmp_path: Path, reply: str) -> None:
    async with leaving(VOICEMAIL, tmp_path) as (floor, asterisk):

        def record(command: list[str]) -> str:
            file = Path(f"{command[2]}.wav")
            file.parent.mkdir()
            file.write_bytes(b"silence")
            return reply

        await asterisk.serve({"RECORD FILE": record})
        assert not floor.named(VoicemailLeft)
        assert not list((tmp_path / "voicemail").iterdir())
        assert sounds(asterisk)[-1] == "We have not heard a message. Goodbye."
        assert ended(floor) == (EndedBy.SYSTEM, "no_message", DequeueReason.OVERFLOWED)


@pytest.mark.parametrize("during", ["STREAM FILE Speak now.", "STREAM FILE tone"])
async def test_who_hangs_up_before_the_tone_left_no_message(tmp_path: Path, during: str) -> None:
    async with leaving(VOICEMAIL, tmp_path) as (floor, asterisk):
        await asterisk.serve({during: hangs_up(asterisk, "200 result=-1 endpos=80")})
        assert not floor.named(VoicemailLeft)
        assert ended(floor) == (EndedBy.CALLER, "hung_up", DequeueReason.OVERFLOWED)


async def test_a_number_that_answers_is_a_conversation_after_which_the_flow_goes_on(tmp_path: Path) -> None:
    async with leaving(NUMBER, tmp_path) as (floor, asterisk):
        await asterisk.serve({"EXEC Dial": dial(asterisk, ("ANSWER", "16"))})
        (rung,) = [command[2] for command in asterisk.commands if command[:2] == ["EXEC", "Dial"]]
        assert rung == "PJSIP/01012345678@carrier,30,gm(default)"
        assert ended(floor) == (EndedBy.SYSTEM, "served", DequeueReason.OVERFLOWED)
        assert not sounds(asterisk)


NO_ANSWER: list[tuple[str, Outside | None]] = [("NOANSWER", OUTSIDE), ("CHANUNAVAIL", OUTSIDE), ("", None)]


@pytest.mark.parametrize(("status", "outside"), NO_ANSWER)
async def test_a_number_that_does_not_answer_leads_to_the_flows_otherwise(
    tmp_path: Path, status: str, outside: Outside | None
) -> None:
    async with leaving(NUMBER, tmp_path, outside=outside) as (floor, asterisk):
        await asterisk.serve({"EXEC Dial": dial(asterisk, (status, "0"))})
        assert sounds(asterisk) == ["Sorry."]
        assert ended(floor) == (EndedBy.SYSTEM, "nobody_free", DequeueReason.OVERFLOWED)


async def test_a_number_is_called_as_the_centre_where_the_files_say_so(tmp_path: Path) -> None:
    async with leaving(NUMBER, tmp_path, outside=Outside(line="carrier", caller_id="4000")) as (_, asterisk):
        await asterisk.serve({"EXEC Dial": dial(asterisk, ("ANSWER", "16"))})
        assert asterisk.variables["CALLERID(all)"] == "4000"


@pytest.mark.parametrize(("language", "said"), [("cmn", "已下班。"), ("en", "We are closed.")])
async def test_an_announcement_is_said_in_his_language_and_then_he_is_hung_up_on(
    tmp_path: Path, language: str, said: str
) -> None:
    async with leaving(CLOSED, tmp_path, language=language) as (floor, asterisk):
        await asterisk.serve()
        assert sounds(asterisk) == [said]
        assert ended(floor) == (EndedBy.SYSTEM, "announced", DequeueReason.OVERFLOWED)


async def test_who_leaves_goes_on_in_the_flow_where_it_says_otherwise(tmp_path: Path) -> None:
    async with leaving(LEAVE, tmp_path) as (floor, asterisk):
        await asterisk.serve()
        assert sounds(asterisk) == ["Sorry."]
        assert ended(floor) == (EndedBy.SYSTEM, "nobody_free", DequeueReason.OVERFLOWED)


HANG_UPS: list[tuple[Target, dict[str, str]]] = [
    (NUMBER, {"EXEC Dial": "200 result=-1"}),
    (CLOSED, {"STREAM FILE": "200 result=-1 endpos=80"}),
    (LEAVE, {"STREAM FILE": "200 result=-1 endpos=80"}),
]


@pytest.mark.parametrize(("target", "during"), HANG_UPS)
async def test_a_hang_up_on_the_way_is_a_hang_up(tmp_path: Path, target: Target, during: dict[str, str]) -> None:
    async with leaving(target, tmp_path) as (floor, asterisk):
        ((command, reply),) = during.items()
        await asterisk.serve({command: hangs_up(asterisk, reply)})
        assert ended(floor) == (EndedBy.CALLER, "hung_up", DequeueReason.OVERFLOWED)
        assert floor.is_empty()
