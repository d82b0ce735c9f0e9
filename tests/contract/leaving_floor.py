"""A caller who leaves a queue without an agent of it, on a fake channel; for the tests of where he is seen to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from acd.facts import CallDequeued, CallEnded
from acd.queues import QueueSettings
from acd.states import DequeueReason, EndedBy
from acd.targets import Target, TargetKind
from ivr import message_words
from ivr.desk import Care, Desk, Outside, Voicemail
from ivr.flow.model import Flow
from ivr.messages import Messages, Note
from tests.contract.fake_agi import FakeAsterisk
from tests.contract.reception_floor import CALL, Floor, called, words

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
GREETING = Voicemail(greeting={"en": "Speak now.", "cmn": "请说。"}, most_ms=60_000, silence_s=4, review=False)
REVIEWED = replace(GREETING, review=True)
QUESTION = message_words.review("en").text
OUTSIDE = Outside(line="carrier", ring_ms=30_000)


@dataclass
class Delivered:
    """The messages that were handed over, each with its length."""

    got: list[tuple[Note, str, int]] = field(default_factory=list)

    def __call__(self, note: Note, file: str, length_ms: int) -> None:
        self.got.append((note, file, length_ms))


@asynccontextmanager
async def leaving(
    target: Target,
    tmp_path: Path,
    *,
    language: str = "en",
    voicemail: Voicemail = GREETING,
    outside: Outside | None = OUTSIDE,
    delivered: Delivered | None = None,
) -> AsyncIterator[tuple[Floor, FakeAsterisk]]:
    """A caller whom the queue sends elsewhere, for nobody is signed in."""
    floor = Floor(QueueSettings(name="sales", on_nobody=target))
    floor.sign_out()
    desk = Desk(
        distributor=floor.distributor,
        sound_of=words,
        care_of=lambda queue: Care(voicemail=voicemail),
        outside=lambda: outside,
        messages=Messages(tmp_path / "voicemail", delivered or Delivered()),
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
