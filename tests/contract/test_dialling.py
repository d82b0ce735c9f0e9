"""Agents who call numbers outside: who may call whom, by the toll guard and the rules of the centre; the channel is a
fake one, the router the real one."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from acd.errors import DialRefused
from acd.facts import CallArrived, CallEnded, Fact, OutsideRefused
from acd.requirements import parse
from acd.states import AgentState
from cti.access import Role
from ivr.agi.session import AgiSession
from ivr.announcements import Announcement
from ivr.desk import Outside
from ivr.destinations import Destination
from ivr.dialling import Dialling, MayDial
from tests.contract.fake_agi import Answer, calling, serving
from tests.contract.fake_floor import open_floor
from tests.contract.test_api_recording_pauses import bears
from tests.unit.running_floor import distributor

pytestmark = pytest.mark.contract

NUMBER = "13900000001"
RULES = MayDial(requires=parse("agent = 1001"), allow=("139XXXXXXXX",), ring_ms=20_000)
LINE = Outside(line="mobilenet", at_once=2)


class Caller:
    """1001 and 1002 sit at their phones; 1001 may call mobiles of one carrier."""

    def __init__(self, rules: MayDial | None = RULES, line: Outside | None = LINE) -> None:
        self.distributor = distributor("1001", "1002")
        self.facts: list[Fact] = []
        self.lines: list[tuple[str, str, str]] = []
        self.told: Announcement | None = None
        self.distributor.on_fact.append(self.facts.append)
        self.dialling = Dialling(
            self.distributor, lambda: rules, lambda: line, self._find, lambda *line: self.lines.append(line)
        )

    async def calls(self, agent: str, number: str, status: str, cause: str = "16", calls: int = 1) -> list[list[str]]:
        """What is asked of Asterisk when he dials the number, which answers so."""
        answers: Mapping[str, Answer] = {
            "GET FULL VARIABLE": lambda words: (
                "200 result=1 (%s)"
                % (f"{status},700" if "DIALSTATUS" in words[3] else str(calls) if "GROUP" in words[3] else cause)
            )
        }

        async def serve(session: AgiSession) -> None:
            self.told = await self.dialling.call(session, self.distributor.router.roster.agent(agent), number)
            await session.hangup()

        async with asyncio.timeout(60), serving(serve) as server, calling(server.port, "call", ()) as asterisk:
            await asterisk.serve(answers)
            return asterisk.commands

    def stated(self) -> list[tuple[str, str]]:
        """What is told of the call."""
        return [
            (type(fact).__name__, fact.error if isinstance(fact, OutsideRefused) else getattr(fact, "reason", ""))
            for fact in self.facts
            if isinstance(fact, CallArrived | CallEnded | OutsideRefused)
        ]

    @staticmethod
    def _find(text: str) -> Destination | None:
        return Destination(agent="1002") if text == "13900001002" else None


@pytest.mark.parametrize(
    ("status", "cause", "reason", "told"),
    [
        ("ANSWER", "16", "reached", None),
        ("BUSY", "17", "busy", Announcement.OUTSIDE_BUSY),
        ("NOANSWER", "19", "no_answer", Announcement.OUTSIDE_NO_ANSWER),
        ("CHANUNAVAIL", "21", "refused", Announcement.OUTSIDE_DECLINED),
        ("CHANUNAVAIL", "1", "unreachable", Announcement.NOT_REACHED),
    ],
)
async def test_he_is_told_why_he_speaks_with_nobody(
    status: str, cause: str, reason: str, told: Announcement | None
) -> None:
    caller = Caller()
    commands = await caller.calls("1001", NUMBER, status, cause)
    dialled = next(words for words in commands if words[:2] == ["EXEC", "Dial"])
    assert dialled[2] == f"PJSIP/{NUMBER}@mobilenet,20,b(callback-customer^s^1)g"
    assert caller.told is told
    assert caller.stated() == [("CallArrived", ""), ("CallEnded", reason)]
    assert len(caller.lines) == 1
    assert caller.distributor.router.roster.agent("1001").state is AgentState.READY
    caller.distributor.close()


@pytest.mark.parametrize(
    ("agent", "number", "rules", "line", "error", "told"),
    [
        ("1002", NUMBER, RULES, LINE, "dial-not-allowed", Announcement.MAY_NOT_DIAL),
        ("1001", NUMBER, None, LINE, "dial-not-allowed", Announcement.MAY_NOT_DIAL),
        ("1001", NUMBER, RULES, None, "toll-no-line", Announcement.NUMBER_NOT_ALLOWED),
        ("1001", "0900123456", RULES, LINE, "toll-not-allowed", Announcement.NUMBER_NOT_ALLOWED),
        ("1001", "139*1", RULES, LINE, "toll-no-number", Announcement.NUMBER_NOT_ALLOWED),
        ("1001", "13900001002", RULES, LINE, "toll-number-of-ours", Announcement.NUMBER_NOT_ALLOWED),
    ],
)
async def test_what_is_not_allowed_is_not_dialled_and_said(
    agent: str, number: str, rules: MayDial | None, line: Outside | None, error: str, told: Announcement
) -> None:
    caller = Caller(rules, line)
    commands = await caller.calls(agent, number, "ANSWER")
    assert not [words for words in commands if words[:1] == ["EXEC"]]
    assert caller.told is told
    assert caller.stated() == [("OutsideRefused", error)]
    with pytest.raises(DialRefused) as refused:
        caller.dialling.require(caller.distributor.router.roster.agent(agent), number)
    assert refused.value.id == error
    assert number not in str(refused.value)
    caller.distributor.close()


async def test_where_all_lines_are_taken_he_is_told_so_and_who_is_in_a_call_makes_none() -> None:
    caller = Caller()
    await caller.calls("1001", NUMBER, "", calls=3)
    told = [caller.told]
    assert caller.stated()[-2:] == [("OutsideRefused", "toll-too-many"), ("CallEnded", "toll-too-many")]
    with caller.distributor.command() as (router, now_ms):
        router.consults.ask("asked", "1001", ring_ms=1_000, now_ms=now_ms)
    await caller.calls("1001", NUMBER, "ANSWER")
    assert [*told, caller.told] == [Announcement.LINES_TAKEN, Announcement.IN_CALL]
    assert len(caller.lines) == 1
    caller.distributor.close()


async def test_an_agents_own_token_calls_for_him_alone(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        own = await bears(web, "desk", Role.AGENT, "1001")
        path, body = "/api/agents/1001/dial", {"number": NUMBER}
        assert (await web.post("/api/agents/1002/dial", body, own))[1]["error"]["id"] == "not-your-call"
        assert (await web.post(path, body, own))[1]["error"]["id"] == "asterisk-unavailable"  # it was asked
        assert (await web.post(path, {"number": "1*2"}, own))[0] == 422
