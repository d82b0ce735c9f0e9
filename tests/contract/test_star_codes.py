"""What agents are told by the star codes, on a channel that keys what the test says; the router is the real one."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from acd.clock import Clock
from acd.distributor import Distributor
from acd.router import Router
from acd.states import AgentState
from ivr.announcements import Announcement, prompt
from ivr.flow.steps import Prompt
from ivr.star_codes import StarCodes
from tests.contract.fake_agi import Answer, calling, serving

pytestmark = pytest.mark.contract

PIN = "123456"
REASONS = {"1": "break"}
NAMES: Mapping[str, Announcement] = {prompt(one, "en").text: one for one in Announcement}


class Floor:
    """Two agents, whose PIN is the same, and two phones."""

    def __init__(self) -> None:
        self.distributor = Distributor(Router(), Clock())
        for agent in ("1001", "1002"):
            self.distributor.router.roster.define(agent, agent, {})
            with self.distributor.command() as (router, now_ms):
                router.phone_changed(agent, reachable=True, engaged=False, now_ms=now_ms)
        self.codes = StarCodes(self.distributor, self._authenticate, REASONS, self._sound, "en")

    async def _authenticate(self, number: str, pin: str) -> bool:
        return number in self.distributor.router.roster and pin == PIN

    def _sound(self, prompt: Prompt) -> str:
        return NAMES[prompt.text]

    def state(self, agent: str) -> AgentState:
        """What the agent does."""
        return self.distributor.router.roster.agent(agent).state

    async def dial(self, phone: str, code: str, *keyed: str, key: str = "") -> list[Announcement]:
        """All that is said at the phone to who dials the code and keys this when he is asked."""
        left = iter(keyed)
        answers: dict[str, Answer] = {"GET DATA": lambda _: f"200 result={next(left, '')}"}
        if key:
            answers["WAIT FOR DIGIT"] = f"200 result={ord(key)}"
        async with (
            asyncio.timeout(20),
            serving(self.codes) as server,
            calling(server.port, "call", (phone, code)) as asterisk,
        ):
            await asterisk.serve(answers)
            return _said(asterisk.commands)


def _said(commands: Sequence[list[str]]) -> list[Announcement]:
    return [Announcement(words[2]) for words in commands if words[:2] in (["STREAM", "FILE"], ["GET", "DATA"])]


@pytest.fixture
def floor() -> Floor:
    return Floor()


async def test_signing_in_asks_for_number_and_pin_and_confirms(floor: Floor) -> None:
    said = await floor.dial("1001", "*11", "1001", PIN)
    assert said == [Announcement.NUMBER, Announcement.PIN, Announcement.SIGNED_IN]
    assert floor.state("1001") is AgentState.READY


async def test_signing_in_twice_at_one_phone_is_no_fault_and_elsewhere_is_refused(floor: Floor) -> None:
    await floor.dial("1001", "*111001", PIN)
    assert (await floor.dial("1001", "*111001", PIN))[-1] is Announcement.SIGNED_IN
    assert (await floor.dial("1002", "*111001", PIN))[-1] is Announcement.SIGNED_IN_ELSEWHERE
    assert (await floor.dial("1001", "*111002", PIN))[-1] is Announcement.PHONE_TAKEN
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
    assert await floor.dial("1001", "*141") == [Announcement.NOT_READY]
    assert floor.distributor.router.roster.agent("1001").reason == "break"
    assert await floor.dial("1001", "*13") == [Announcement.READY]
    assert await floor.dial("1001", "*14", key="1") == [Announcement.WHICH_REASON, Announcement.NOT_READY]
    assert await floor.dial("1001", "*149") == [Announcement.UNKNOWN_CODE]
    assert await floor.dial("1001", "*99") == [Announcement.UNKNOWN_CODE]
    assert await floor.dial("1001", "*12") == [Announcement.SIGNED_OUT]
    assert floor.state("1001") is AgentState.SIGNED_OUT


@pytest.mark.parametrize("code", ["*12", "*13", "*14"])
async def test_where_nobody_is_signed_in_nothing_is_changed(floor: Floor, code: str) -> None:
    assert await floor.dial("1002", code) == [Announcement.NOBODY]
