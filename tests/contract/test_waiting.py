"""A waiting caller on a fake channel: what he hears when, his key, and that an offer waits for none of it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from acd.clock import Clock
from acd.estimates import Estimate
from acd.facts import CallDequeued, CallEnded, CallerTold, CallOverflowed, CallQueued
from acd.queues import QueueSettings
from acd.states import AgentState, DequeueReason, EndedBy, OverflowCause
from acd.targets import Target, TargetKind
from ivr.announce import Announce
from ivr.desk import Care, Desk, Voicemail
from ivr.flow.model import Flow
from ivr.messages import Messages
from tests.contract.fake_agi import Answer, FakeAsterisk
from tests.contract.reception_floor import CALL, Floor, called, dial, hangs_up, words

pytestmark = pytest.mark.contract

FLOW = Flow.model_validate(
    {
        "flow": "hotline",
        "languages": ("en", "cmn"),
        "start": "sales",
        "nodes": {
            "sales": {"kind": "queue", "queue": "sales", "data": {"topic": "tea"}, "then": "served", "otherwise": "no"},
            "served": {"kind": "hangup", "reason": "served"},
            "no": {"kind": "hangup", "reason": "nobody_free", "text": {"en": "Sorry.", "cmn": "对不起。"}},
        },
    }
)
FULL = Announce(
    position=True,
    estimate=True,
    messages=({"en": "We have tea.", "cmn": "有茶。"}, {"en": "We have coffee.", "cmn": "有咖啡。"}),
    leave={"1": TargetKind.VOICEMAIL},
)
PLACE, WAIT, KEY = (
    "You are number one in the queue.",
    "The estimated wait is two",
    "To leave a message instead, press one.",
)

SORRY = "We are sorry, we cannot call you back. Please stay on the line."


class HandClock(Clock):
    """It stands still but for the music that is heard out."""

    def __init__(self) -> None:
        self.now_ns = 0
        super().__init__(wall_ns=lambda: 1_700_000_000_000_000_000, monotonic=lambda: self.now_ns)

    def music(self, command: list[str]) -> str | None:
        """WAIT FOR DIGIT with a time limit: it passes without a key. Without one: it goes on."""
        timeout_ms = int(command[-1])
        if timeout_ms < 0:
            return None
        self.now_ns += timeout_ms * 1_000_000
        return "200 result=0"


@dataclass
class Asked:
    """Call-backs that are taken, or not."""

    taken: bool
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def request(self, linkedid: str, number: str, queue: str, **place: Any) -> bool:
        self.asked.append((linkedid, number, queue, place))
        return self.taken


@dataclass
class Story:
    """One caller in the queue, whom nobody can serve at first."""

    floor: Floor
    clock: HandClock
    asterisk: FakeAsterisk

    def played(self) -> list[str]:
        """The sounds so far."""
        return [command[2] for command in self.asterisk.commands if command[:2] == ["STREAM", "FILE"]]

    def verbs(self) -> list[str]:
        """The commands so far, by their first words."""
        return [" ".join(command[:2]) for command in self.asterisk.commands]


@asynccontextmanager
async def waiting(
    care: Care | Mapping[str, Care], *queues: QueueSettings, language: str = "en", number: str = "100", **ports: Any
) -> AsyncIterator[Story]:
    """A caller waits, and nobody is signed in."""
    clock = HandClock()
    floor = Floor(*(queues or (QueueSettings(name="sales"),)), clock=clock)
    floor.sign_out()
    cares = care if isinstance(care, Mapping) else {"sales": care}
    desk = Desk(distributor=floor.distributor, sound_of=words, care_of=lambda queue: cares[queue], **ports)
    async with called(desk, FLOW, CALL, "4000", "", "", language, callerid=number) as asterisk:
        yield Story(floor, clock, asterisk)


def estimate(queue: str, position: int) -> Estimate:
    """Two to five minutes, wherever he stands."""
    return Estimate(median_ms=150_000, most_ms=280_000)


async def test_each_announcement_says_place_wait_key_and_the_next_message_in_its_time() -> None:
    async with waiting(Care(announce=FULL), estimate=estimate) as story:
        heard: list[int] = []

        def say(command: list[str]) -> str:
            if command[2] == PLACE:
                heard.append(story.clock.now_ns // 1_000_000)
            if len(heard) == 3 and command[2] == KEY:
                story.floor.sign_in("1001")
            return "200 result=0 endpos=8000"

        ring = dial(story.asterisk, ("ANSWER", "16"))
        await story.asterisk.serve({"STREAM FILE": say, "WAIT FOR DIGIT": story.clock.music, "EXEC Dial": ring})
        assert heard == [10_000, 55_000, 100_000]
        each = [PLACE, WAIT, "to five minutes."]
        assert story.played() == [
            *(*each, "We have tea.", KEY),
            *(*each, "We have coffee.", KEY),
            *(*each, "We have tea.", KEY),
        ]
        told = story.floor.named(CallerTold)
        assert [(one.position, one.median_ms, one.most_ms) for one in told] == [(1, 150_000, 280_000)] * 3
        assert story.floor.named(CallEnded)[0].reason == "served"


async def test_he_hears_his_own_language_and_no_estimate_where_none_is_known() -> None:
    async with waiting(Care(announce=FULL), language="cmn") as story:
        gone = hangs_up(story.asterisk, "200 result=-1 endpos=80")
        await story.asterisk.serve({"WAIT FOR DIGIT": story.clock.music, "STREAM FILE 如需留言，请按一键。": gone})
        (told,) = story.floor.named(CallerTold)
        assert (told.position, told.median_ms, told.most_ms) == (1, 0, 0)
        assert story.played() == ["您现在排在第一位。", "有茶。", "如需留言，请按一键。"]


async def test_an_announcement_that_is_made_once_is_not_made_again() -> None:
    async with waiting(Care(announce=replace(FULL, every_ms=0, estimate=False))) as story:
        timeouts: list[int] = []

        def music(command: list[str]) -> str | None:
            timeouts.append(int(command[-1]))
            if timeouts[-1] < 0:
                story.asterisk.hang_up()
                return "200 result=-1"
            return story.clock.music(command)

        await story.asterisk.serve({"WAIT FOR DIGIT": music})
        assert timeouts == [10_000, -1]
        assert story.played() == [PLACE, "We have tea.", KEY]


OFFER_DURING = {
    "an announcement": {"STREAM FILE": None},
    "music between announcements": {"WAIT FOR DIGIT": None},
    "the beginning of the music": {"SET MUSIC": None},
}


@pytest.mark.parametrize("during", OFFER_DURING)
async def test_an_offer_breaks_in_with_its_next_command(during: str) -> None:
    held = OFFER_DURING[during]
    async with waiting(Care(announce=FULL)) as story:
        asterisk, begun = story.asterisk, asyncio.Event()

        def hold(_: list[str]) -> None:
            begun.set()

        answers: dict[str, Answer] = {"WAIT FOR DIGIT": story.clock.music, **dict.fromkeys(held, hold)}
        answers["EXEC Dial"] = dial(asterisk, ("ANSWER", "16"))
        serving = asyncio.create_task(asterisk.serve(answers))
        await begun.wait()
        before = len(asterisk.commands)
        story.floor.sign_in("1001")
        await serving
        # the question by which the session finds its step again, and then the phone rings
        assert story.verbs()[before : before + 2] == ["GET FULL", "EXEC Dial"]
        assert story.floor.named(CallDequeued)[0].reason is DequeueReason.ANSWERED


async def test_after_an_offer_that_failed_the_announcements_go_on_in_their_time() -> None:
    async with waiting(Care(announce=replace(FULL, messages=(), estimate=False))) as story:
        asterisk = story.asterisk
        ring = dial(asterisk, ("NOANSWER", "0"))

        def rings(command: list[str]) -> str:
            story.clock.now_ns += 20_000_000_000
            return ring(command)

        def music(command: list[str]) -> str | None:
            if "EXEC Dial" not in story.verbs():
                story.floor.sign_in("1001")
                return None
            return story.clock.music(command)

        gone = hangs_up(asterisk, "200 result=-1 endpos=80")
        await asterisk.serve({"WAIT FOR DIGIT": music, "EXEC Dial": rings, "STREAM FILE": gone})
        (told,) = story.floor.named(CallerTold)
        assert told.at_ms - story.floor.named(CallQueued)[0].at_ms == 20_000  # it was due at 10 s, when the phone rang


@pytest.mark.parametrize("where", ["STREAM FILE", "WAIT FOR DIGIT"])
async def test_his_key_leaves_at_once_in_an_announcement_and_in_music(where: str, tmp_path: Path) -> None:
    messages = Messages(tmp_path, lambda note, file, length_ms: None)
    async with waiting(Care(announce=FULL, voicemail=Voicemail(review=False)), messages=messages) as story:

        def press(command: list[str]) -> str:
            return "200 result=49 endpos=80" if not story.floor.named(CallOverflowed) else "200 result=0 endpos=8000"

        await story.asterisk.serve({"WAIT FOR DIGIT": story.clock.music, where: press})
        (left,) = story.floor.named(CallOverflowed)
        assert (left.cause, left.to) == (OverflowCause.CALLER, TargetKind.VOICEMAIL)
        assert [fact.reason for fact in story.floor.named(CallDequeued)] == [DequeueReason.OVERFLOWED]
        assert "RECORD FILE" in story.verbs()
        assert story.floor.is_empty()


async def test_other_keys_are_no_reason_to_leave() -> None:
    async with waiting(Care(announce=replace(FULL, first_ms=0, every_ms=0))) as story:
        keys = iter(["200 result=50", "200 result=35"])
        gone = hangs_up(story.asterisk, "200 result=-1")

        def press(command: list[str]) -> str:
            assert CALL in story.floor.distributor.router.calls
            return next(keys, "") or gone(command)

        await story.asterisk.serve({"WAIT FOR DIGIT": press})
        assert all(command[3] == "1" for command in story.asterisk.commands if command[0] == "STREAM")


@pytest.mark.parametrize("during", ["SET MUSIC", "WAIT FOR DIGIT", "STREAM FILE"])
async def test_a_hang_up_is_noticed_whatever_he_hears(during: str) -> None:
    async with waiting(Care(announce=FULL)) as story:
        music: Mapping[str, Answer] = {"WAIT FOR DIGIT": story.clock.music}
        await story.asterisk.serve({**music, during: hangs_up(story.asterisk, "200 result=-1 endpos=80")})
        (left,) = story.floor.named(CallDequeued)
        assert left.reason is DequeueReason.ABANDONED
        (ended,) = story.floor.named(CallEnded)
        assert (ended.by, ended.reason) == (EndedBy.CALLER, "hung_up")
        assert story.floor.is_empty()


async def test_an_announcement_that_cannot_be_played_costs_nobody_his_place() -> None:
    async with waiting(Care(announce=replace(FULL, every_ms=0))) as story:

        def music(command: list[str]) -> str | None:
            if int(command[-1]) < 0:
                story.floor.sign_in("1001")
            return story.clock.music(command)

        missing = "200 result=-1 endpos=0"
        ring = dial(story.asterisk, ("ANSWER", "16"))
        await story.asterisk.serve({"WAIT FOR DIGIT": music, "STREAM FILE": missing, "EXEC Dial": ring})
        assert story.floor.named(CallDequeued)[0].reason is DequeueReason.ANSWERED
        assert story.floor.state is AgentState.READY


async def test_where_nothing_is_announced_the_channel_is_left_alone_with_its_music() -> None:
    async with waiting(Care()) as story:

        def music(_: list[str]) -> str:
            asyncio.get_running_loop().call_soon(story.asterisk.hang_up)
            return "200 result=0"

        await story.asterisk.serve({"SET MUSIC": music})
        assert story.verbs()[-2:] == ["SET MUSIC", "GET FULL"]  # the last word: whether he is elsewhere now


async def test_an_announcement_with_nothing_to_say_does_not_touch_the_music() -> None:
    async with waiting(Care(announce=Announce(estimate=True))) as story:
        gone = hangs_up(story.asterisk, "200 result=-1")

        def music(command: list[str]) -> str | None:
            return gone(command) if story.verbs().count("WAIT FOR") == 3 else story.clock.music(command)

        await story.asterisk.serve({"WAIT FOR DIGIT": music})
        assert story.verbs().count("SET MUSIC") == 1
        assert not story.floor.named(CallerTold)


@pytest.mark.parametrize("taken", [True, False])
async def test_a_call_back_keeps_his_place_and_where_there_can_be_none_he_waits_on(taken: bool) -> None:
    asked = Asked(taken)
    announce = replace(FULL, leave={"1": TargetKind.CALLBACK}, first_ms=0, every_ms=0)
    async with waiting(Care(announce=announce), callbacks=asked) as story:
        keys = iter(["200 result=49"])

        def press(_: list[str]) -> str | None:
            return next(keys, None)

        gone = hangs_up(story.asterisk, "200 result=-1 endpos=80")
        await story.asterisk.serve({"WAIT FOR DIGIT": press, f"STREAM FILE {SORRY}": gone})
        ((linkedid, number, queue, place),) = asked.asked
        assert (linkedid, number, queue) == (CALL, "100", "sales")
        assert place == {
            "entered_ms": story.floor.named(CallQueued)[0].entered_ms,
            "priority": 0,
            "skills": {},
            "requires": "any",
            "data": {"topic": "tea"},
            "language": "en",
        }
        (ended,) = story.floor.named(CallEnded)
        (left,) = story.floor.named(CallDequeued)
        if taken:
            assert story.played()[-1] == "We will call you back when it is your turn. Goodbye."
            assert (ended.by, ended.reason, left.reason) == (EndedBy.SYSTEM, "callback", DequeueReason.OVERFLOWED)
        else:
            assert story.played()[-1] == SORRY
            assert left.reason is DequeueReason.ABANDONED


async def test_who_shows_no_number_cannot_be_called_back() -> None:
    asked = Asked(taken=True)
    announce = replace(FULL, leave={"1": TargetKind.CALLBACK}, first_ms=0, every_ms=0)
    async with waiting(Care(announce=announce), number="unknown", callbacks=asked) as story:
        gone = hangs_up(story.asterisk, "200 result=-1 endpos=80")
        await story.asterisk.serve({"WAIT FOR DIGIT": "200 result=49", f"STREAM FILE {SORRY}": gone})
        assert not asked.asked
        assert not story.floor.named(CallOverflowed)


async def test_another_queue_has_its_own_music_and_words_and_its_name_stands_on_the_channel() -> None:
    sales = QueueSettings(name="sales", music="jazz", on_nobody=Target(TargetKind.QUEUE, "support"))
    cares = {"sales": Care(announce=FULL), "support": Care(announce=replace(FULL, messages=({"en": "Support."},)))}
    async with waiting(cares, sales, QueueSettings(name="support", music="rock")) as story:
        gone = hangs_up(story.asterisk, "200 result=-1 endpos=80")
        await story.asterisk.serve({"WAIT FOR DIGIT": story.clock.music, "STREAM FILE Support.": gone})
        assert [told.queue for told in story.floor.named(CallerTold)] == ["support"]
        assert story.asterisk.variables["CALLCENTER_QUEUE"] == "support"
        music = [command[2:] for command in story.asterisk.commands if command[:2] == ["SET", "MUSIC"]]
        assert music[-1] == ["ON", "rock"]
