"""What agents are told by the star codes, on a channel that keys what the test says; the router is the real one."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from acd.clock import Clock
from acd.closures import Closures
from acd.distributor import Distributor
from acd.errors import RoutingError
from acd.facts import CallOffered, Fact, OutcomeOwed
from acd.queues import QueueSettings
from acd.router import Router
from acd.seats import outside_seat
from acd.states import AgentState
from ivr.announcements import REASONS, Announcement, prompt
from ivr.closing import Closing
from ivr.closure_sounds import ClosureSounds
from ivr.dialling import Dialling
from ivr.fetching import Fetching
from ivr.flow.steps import Prompt
from ivr.star_codes import Custom, StarCodes
from tests.contract.fake_agi import Answer, calling, serving
from tests.contract.prompt_studio import no_recording

pytestmark = pytest.mark.contract

PIN = "123456"
OUTSIDE = outside_seat("13800138000")
CUSTOM = Custom(reasons={"1": "break"}, words={"break": {"en": "break", "cmn": "小休"}}, languages=("en", "cmn"))
NAMES: Mapping[Prompt, str] = {
    **{prompt(one, language): f"{one}" for one in Announcement for language in CUSTOM.languages},
    **{Prompt(text, language): reason for reason, words in REASONS.items() for language, text in words.items()},
}


class Floor:
    """Two agents of one PIN, and two phones. The first has an outside number, the second speaks Mandarin."""

    def __init__(self) -> None:
        self.distributor = Distributor(Router(), Clock())
        self.languages: set[str] = set()
        self.closed: list[tuple[str, str, str]] = []
        self.switched: list[tuple[str, str, bool]] = []
        self.obeyed = True
        with self.distributor.command() as (router, now_ms):
            router.define_queue(QueueSettings(name="sales", wrap_up_ms=60_000, wrap_up_most_ms=90_000), now_ms=now_ms)
            for agent, language in (("1001", "en"), ("1002", "cmn")):
                router.define_agent(agent, agent, {}, {"language": language}, now_ms=now_ms)
                router.phone_changed(agent, reachable=True, engaged=False, now_ms=now_ms)
        self.closures = Closures(self.distributor.state)
        closing = Closing(
            distributor=self.distributor,
            closures=self.closures,
            sounds=ClosureSounds(Path()),
            administrators=lambda: ["1001"],
            sound_of=self._sound,
            beep="beep",
        )
        self.codes = StarCodes(
            self.distributor,
            self._authenticate,
            self._outside_of,
            self._sound,
            lambda: CUSTOM,
            closing,
            no_recording(self.distributor),
            self._close_call,
            self._switch_recording,
            Fetching(self.distributor, lambda channel, uniqueid, linkedid: None),
            Dialling(self.distributor, lambda: None, lambda: None, lambda text: None, lambda *line: None),
        )

    async def _authenticate(self, number: str, pin: str) -> bool:
        return number in self.distributor.router.roster and pin == PIN

    async def _close_call(self, agent: str, linkedid: str, keys: str) -> bool:
        self.closed.append((agent, linkedid, keys))
        return keys == "1"

    async def _switch_recording(self, agent: str, linkedid: str, *, paused: bool) -> bool:
        self.switched.append((agent, linkedid, paused))
        return self.obeyed

    async def _outside_of(self, number: str) -> str:
        if number != "1001":
            raise NoOutside
        return OUTSIDE

    def _sound(self, prompt: Prompt) -> str:
        self.languages.add(prompt.language)
        return NAMES.get(prompt, prompt.text)

    def phone(self, agent: str) -> str:
        """Where the agent sits."""
        return self.distributor.router.roster.agent(agent).phone

    def wraps_up(self, agent: str) -> None:
        """He has talked with a caller and hung up."""
        self.talks(agent)
        with self.distributor.command() as (router, now_ms):
            router.released("call", now_ms=now_ms)

    def talks(self, agent: str) -> None:
        """He talks with a caller."""
        with self.distributor.command() as (router, now_ms):
            router.enter("call", "sales", now_ms=now_ms)
            router.answered("call", phone=self.phone(agent), now_ms=now_ms)

    def state(self, agent: str) -> AgentState:
        """What the agent does."""
        return self.distributor.router.roster.agent(agent).state

    async def dial(self, phone: str, code: str, *keyed: str, key: str = "") -> list[str]:
        """All that is said at the phone to who dials the code and keys this when he is asked."""
        left = iter(keyed)
        answers: dict[str, Answer] = {"GET DATA": lambda _: f"200 result={next(left, '')}"}
        if key:
            answers["WAIT FOR DIGIT"] = f"200 result={ord(key)}"
        async with (
            asyncio.timeout(60),
            serving(self.codes) as server,
            calling(server.port, "call", (phone, code)) as asterisk,
        ):
            await asterisk.serve(answers)
            return _said(asterisk.commands)


def _said(commands: Sequence[list[str]]) -> list[str]:
    return [words[2] for words in commands if words[:2] in (["STREAM", "FILE"], ["GET", "DATA"])]


class NoOutside(RoutingError):
    """He has no outside number."""

    id = "none"


@pytest.fixture
def floor() -> Floor:
    return Floor()


async def test_signing_in_asks_for_number_and_pin_and_confirms(floor: Floor) -> None:
    said = await floor.dial("1001", "*11", "1001", PIN)
    assert said == [Announcement.NUMBER, Announcement.PIN, Announcement.SIGNED_IN]
    assert floor.state("1001") is AgentState.READY


async def test_signing_in_twice_at_one_phone_is_no_fault_and_elsewhere_is_refused(floor: Floor) -> None:
    await floor.dial("1001", "*111001", PIN)
    assert (await floor.dial("1001", "*111001", PIN))[-1] == Announcement.SIGNED_IN
    assert (await floor.dial("1002", "*111001", PIN))[-1] == Announcement.SIGNED_IN_ELSEWHERE
    assert (await floor.dial("1001", "*111002", PIN))[-1] == Announcement.PHONE_TAKEN
    assert floor.distributor.router.roster.agent("1001").phone == "1001"


async def test_after_a_wrong_pin_he_is_asked_again_and_after_three_he_is_locked(floor: Floor) -> None:
    said = await floor.dial("1001", "*111001", "1", "2", "3", PIN)
    assert said == [Announcement.PIN, Announcement.WRONG_PIN, Announcement.WRONG_PIN, Announcement.LOCKED]
    assert await floor.dial("1002", "*111001", PIN) == [Announcement.LOCKED]
    assert floor.state("1001") is AgentState.SIGNED_OUT


async def test_an_agent_nobody_knows_is_told_no_more_than_a_wrong_pin(floor: Floor) -> None:
    said = await floor.dial("1001", "*119999", PIN, PIN, PIN)
    assert said == [Announcement.PIN, Announcement.WRONG_PIN, Announcement.WRONG_PIN, Announcement.LOCKED]


async def test_each_change_of_state_is_confirmed(floor: Floor) -> None:
    await floor.dial("1001", "*111001", PIN)
    assert await floor.dial("1001", "*141") == [Announcement.NOT_READY, "break"]
    assert floor.distributor.router.roster.agent("1001").reason == "break"
    assert await floor.dial("1001", "*13") == [Announcement.READY]
    assert await floor.dial("1001", "*14", key="1") == [Announcement.WHICH_REASON, Announcement.NOT_READY, "break"]
    assert await floor.dial("1001", "*149") == [Announcement.UNKNOWN_CODE]
    assert await floor.dial("1001", "*99") == [Announcement.UNKNOWN_CODE]
    assert await floor.dial("1001", "*12") == [Announcement.SIGNED_OUT]
    assert floor.state("1001") is AgentState.SIGNED_OUT


@pytest.mark.parametrize("code", ["*12", "*13", "*14", "*15", "*16", "*18"])
async def test_where_nobody_is_signed_in_nothing_is_changed(floor: Floor, code: str) -> None:
    assert await floor.dial("1002", code) == [Announcement.NOBODY]


async def test_wrap_up_is_made_longer_as_far_as_the_queue_allows_and_ended(floor: Floor) -> None:
    await floor.dial("1001", "*111001", PIN)
    assert await floor.dial("1001", "*16") == [Announcement.NO_WRAP_UP]
    floor.wraps_up("1001")
    assert await floor.dial("1001", "*18") == [Announcement.IN_WRAP_UP]
    assert await floor.dial("1001", "*16") == [Announcement.WRAP_UP_EXTENDED]
    assert await floor.dial("1001", "*16") == [Announcement.WRAP_UP_AT_MOST]
    assert await floor.dial("1001", "*15") == [Announcement.WRAP_UP_ENDED]
    assert await floor.dial("1001", "*15") == [Announcement.NO_WRAP_UP]
    assert floor.state("1001") is AgentState.READY


async def test_where_there_is_nobody_to_fetch_or_to_pick_up_he_is_told_so(floor: Floor) -> None:
    assert await floor.dial("1001", "*24701") == [Announcement.NOBODY]
    await floor.dial("1001", "*111001", PIN)
    assert await floor.dial("1001", "*24") == [Announcement.NOBODY_PARKED]
    assert await floor.dial("1001", "*24701") == [Announcement.NOBODY_PARKED]
    assert await floor.dial("1001", "*25") == [Announcement.NOTHING_TO_PICK_UP]
    assert await floor.dial("1001", "*251002") == [Announcement.NOTHING_TO_PICK_UP]


def parked(floor: Floor) -> None:
    """Somebody is parked at 701."""
    with floor.distributor.command() as (router, now_ms):
        router.parking.define(("701",))
        router.parking.park("call", agent="1002", queue="sales", until_ms=now_ms + 60_000, now_ms=now_ms)


async def test_who_fetches_is_reserved_until_he_hears_that_the_caller_is_gone(floor: Floor) -> None:
    await floor.dial("1001", "*111001", PIN)
    parked(floor)
    offered: list[Fact] = []

    def hangs_up(fact: Fact) -> None:
        if isinstance(fact, CallOffered):
            offered.append(fact)
            asyncio.get_running_loop().call_soon(_leaves, floor)

    floor.distributor.on_fact.append(hangs_up)
    assert await floor.dial("1001", "*24") == [Announcement.NOBODY_PARKED]
    assert len(offered) == 1
    assert floor.state("1001") is AgentState.READY


async def test_who_is_in_a_call_or_wraps_one_up_fetches_nobody(floor: Floor) -> None:
    await floor.dial("1001", "*111001", PIN)
    floor.wraps_up("1001")
    parked(floor)
    assert await floor.dial("1001", "*24701") == [Announcement.IN_WRAP_UP]


def _leaves(floor: Floor) -> None:
    with floor.distributor.command() as (router, now_ms):
        router.leave("call", now_ms=now_ms)


async def test_he_closes_the_call_that_he_wraps_up_by_the_keys_of_an_outcome(floor: Floor) -> None:
    assert await floor.dial("1001", "*211") == [Announcement.NOBODY]
    await floor.dial("1001", "*111001", PIN)
    assert await floor.dial("1001", "*211") == [Announcement.NO_CALL_TO_CLOSE]
    floor.wraps_up("1001")
    assert await floor.dial("1001", "*211") == [Announcement.CALL_CLOSED]
    assert await floor.dial("1001", "*21", "9") == [Announcement.WHICH_OUTCOME, Announcement.NO_SUCH_OUTCOME]
    assert floor.closed == [("1001", "call", "1"), ("1001", "call", "9")]
    assert floor.state("1001") is AgentState.WRAP_UP


async def test_after_his_wrap_up_he_closes_the_last_call_that_is_owed(floor: Floor) -> None:
    await floor.dial("1001", "*111001", PIN)
    floor.distributor.router.outcomes.recall(OutcomeOwed(at_ms=1, linkedid="old", queue="sales", agent="1001"))
    assert await floor.dial("1001", "*211") == [Announcement.CALL_CLOSED]
    assert floor.closed == [("1001", "old", "1")]


async def test_he_hears_his_state_and_why_it_is_so(floor: Floor) -> None:
    await floor.dial("1001", "*111001", PIN)
    assert await floor.dial("1001", "*18") == [Announcement.READY]
    await floor.dial("1001", "*141")
    assert await floor.dial("1001", "*18") == [Announcement.NOT_READY, "break"]
    with floor.distributor.command() as (router, now_ms):
        router.set_not_ready("1001", "missed_call", cause="offer", now_ms=now_ms)
        router.define_reasons({"missed_call": 1})
        router.tick(now_ms=now_ms + 1)
    assert await floor.dial("1001", "*18") == [Announcement.OVERDUE, "missed_call"]
    with floor.distributor.command() as (router, now_ms):
        router.phone_changed("1001", reachable=False, engaged=False, now_ms=now_ms)
        router.set_ready("1001", cause="api", now_ms=now_ms)
    assert await floor.dial("1001", "*18") == [Announcement.UNREACHABLE]


async def test_he_sits_down_at_his_outside_number_from_any_phone_and_only_at_the_one_stored_with_him(
    floor: Floor,
) -> None:
    said = await floor.dial("1002", "*17", "1001", PIN)
    assert said == [Announcement.NUMBER, Announcement.PIN, Announcement.SIGNED_IN_OUTSIDE]
    assert (floor.phone("1001"), floor.state("1001")) == (OUTSIDE, AgentState.READY)
    assert (await floor.dial("1002", "*171001", PIN))[-1] == Announcement.SIGNED_IN_OUTSIDE
    assert (await floor.dial("1002", "*111001", PIN))[-1] == Announcement.SIGNED_IN_ELSEWHERE
    assert (await floor.dial("1002", "*171002", PIN))[-1] == Announcement.NO_OUTSIDE
    assert floor.state("1002") is AgentState.SIGNED_OUT


async def test_who_sits_outside_is_dealt_with_by_number_and_pin_at_any_phone(floor: Floor) -> None:
    await floor.dial("1002", "*171001", PIN)
    assert await floor.dial("1002", "*1411001", PIN) == [Announcement.PIN, Announcement.NOT_READY, "break"]
    assert await floor.dial("1002", "*181001", PIN) == [Announcement.PIN, Announcement.NOT_READY, "break"]
    assert await floor.dial("1002", "*131001", PIN) == [Announcement.PIN, Announcement.READY]
    wrong = [Announcement.PIN, Announcement.WRONG_PIN, Announcement.WRONG_PIN, Announcement.LOCKED]
    assert await floor.dial("1002", "*121002", "0", "0", "0") == wrong
    assert await floor.dial("1002", "*121001", PIN) == [Announcement.PIN, Announcement.SIGNED_OUT]
    assert await floor.dial("1002", "*131001", PIN) == [Announcement.PIN, Announcement.SIGNED_OUT]
    assert floor.state("1001") is AgentState.SIGNED_OUT


async def test_everybody_is_spoken_to_in_his_language(floor: Floor) -> None:
    await floor.dial("1002", "*111002", PIN)
    floor.languages.clear()
    assert await floor.dial("1002", "*141") == [Announcement.NOT_READY, "小休"]
    await floor.dial("1002", "*13")
    await floor.dial("1001", "*181002", PIN)
    assert floor.languages == {"cmn"}


async def test_an_agent_pauses_the_recording_of_his_own_call_and_hears_that_it_is_so() -> None:
    floor = Floor()
    assert await floor.dial("1001", "*22") == ["nobody"]
    await floor.dial("1001", "*11", "1001", PIN)
    assert await floor.dial("1001", "*22") == ["no_call_to_pause"]
    floor.talks("1001")
    assert await floor.dial("1001", "*22") == ["recording_paused"]
    with floor.distributor.command() as (router, now_ms):
        router.conversations.hold("call", now_ms=now_ms)  # as his phone does before he dials
    assert await floor.dial("1001", "*23") == ["recording_goes_on"]
    floor.obeyed = False
    assert await floor.dial("1001", "*22") == ["recording_uncertain"]
    assert floor.switched == [("1001", "call", True), ("1001", "call", False), ("1001", "call", True)]
    assert await floor.dial("1002", "*22") == ["nobody"]
