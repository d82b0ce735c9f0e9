"""A caller whom his flow connects with somebody: what Asterisk is told, and what is stated of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from acd.facts import CallEnded, CallOffered, CallReleased, TransferEnded
from acd.queues import QueueSettings
from acd.states import AgentState, EndedBy
from ivr.desk import Desk, Outside
from ivr.destinations import Destinations
from ivr.flow.check import load_flow
from tests.contract.fake_agi import FakeAsterisk
from tests.contract.reception_floor import AGENT, CALL, Floor, called, dial, words
from tests.unit.test_toll_guard import FLOW, MOBILES, names

pytestmark = pytest.mark.contract

LINE = Outside(line="carrier", caller_id="4000", allow=MOBILES, at_once=2, most_ms=60_000)


@pytest.fixture
def floor() -> Iterator[Floor]:
    made = Floor(QueueSettings(name="sales"))
    yield made
    made.distributor.close()


def desk(floor: Floor, outside: Outside | None = LINE) -> Desk:
    find = Destinations(floor.distributor, lambda: {"7001": "sales"}, lambda: {"4000"})
    return Desk(distributor=floor.distributor, sound_of=words, find=find, outside=lambda: outside)


async def sent(
    floor: Floor,
    folder: Path,
    node: str,
    *endings: tuple[str, str],
    caller: str = "13800138000",
    under_way: int = 1,
    outside: Outside | None = LINE,
) -> tuple[FakeAsterisk, TransferEnded]:
    """A whole call, and what was stated of its transfer."""
    file = folder / "sent.yaml"
    file.write_text(FLOW % node)
    async with called(desk(floor, outside), load_flow(file, names()), CALL, "4000", callerid=caller) as asterisk:
        asterisk.variables |= {
            "GROUP_COUNT(calls@callcenter_outside)": str(under_way),
            "ANSWEREDTIME_MS": "1500",
            "CALLERID(all)": f'"" <{caller}>',
        }
        await asterisk.serve({"EXEC Dial": dial(asterisk, *endings)})
    (fact,) = floor.named(TransferEnded)
    return asterisk, fact


def dialled(asterisk: FakeAsterisk) -> list[str]:
    return [command[2] for command in asterisk.commands if command[:2] == ["EXEC", "Dial"]]


def heard(asterisk: FakeAsterisk) -> list[str]:
    return [command[2] for command in asterisk.commands if command[:2] == ["STREAM", "FILE"]]


async def test_a_number_outside_is_called_within_the_limits_and_his_own_number_is_his_again(
    floor: Floor, tmp_path: Path
) -> None:
    asterisk, fact = await sent(floor, tmp_path, 'number: "{caller.number}"', ("ANSWER", "16"), under_way=2)
    assert dialled(asterisk) == ["PJSIP/13800138000@carrier,20,gm(default)L(60000)"]
    assert (fact.node, fact.number, fact.answered, fact.talk_ms, fact.error) == ("send", "13800138000", True, 1500, "")
    assert heard(asterisk) == ["Goodbye."]
    assert asterisk.variables["GROUP(callcenter_outside)"] == ""
    settings = [command[3] for command in asterisk.commands if command[:3] == ["SET", "VARIABLE", "CALLERID(all)"]]
    assert settings == ["4000", '"" <13800138000>']


@pytest.mark.parametrize(
    ("node", "caller", "under_way", "outside", "error"),
    [
        ('number: "{caller.number}"', "0088161234567", 1, LINE, "toll-not-allowed"),
        ('number: "{caller.number}"', "4000", 1, LINE, "toll-number-of-ours"),
        ('number: "{caller.number}"', AGENT, 1, LINE, "toll-number-of-ours"),
        ('number: "{caller.number}"', "*61", 1, LINE, "toll-no-number"),
        ('number: "{number(caller.number) / 0}"', "139", 1, LINE, "toll-no-number"),
        ('number: "13800138000"', "139", 3, LINE, "toll-too-many"),
        ('number: "13800138000"', "139", 1, None, "toll-no-line"),
        ("extension: 7009", "139", 1, LINE, "transfer-no-extension"),
        ("extension: 4000", "139", 1, LINE, "transfer-no-extension"),
        ('extension: "agent/{caller.number}"', AGENT, 1, LINE, "transfer-no-extension"),
    ],
)
async def test_what_is_refused_is_not_called_and_the_flow_goes_on_otherwise(
    floor: Floor, tmp_path: Path, node: str, caller: str, under_way: int, outside: Outside | None, error: str
) -> None:
    asterisk, fact = await sent(floor, tmp_path, node, caller=caller, under_way=under_way, outside=outside)
    assert dialled(asterisk) == []
    assert heard(asterisk) == ["Nobody is there."]
    assert (fact.answered, fact.error) == (False, error)


@pytest.mark.parametrize("status", ["NOANSWER", "BUSY", "CHANUNAVAIL", "CONGESTION"])
async def test_a_number_that_nobody_answers_leads_otherwise(floor: Floor, tmp_path: Path, status: str) -> None:
    asterisk, fact = await sent(floor, tmp_path, 'number: "13800138000"', (status, "19"))
    assert heard(asterisk) == ["Nobody is there."]
    assert (fact.answered, fact.error) == (False, "transfer-not-answered")


async def test_an_agents_extension_rings_him_and_nobody_else(floor: Floor, tmp_path: Path) -> None:
    asterisk, fact = await sent(floor, tmp_path, f"extension: {AGENT}", ("ANSWER", "16"))
    assert dialled(asterisk) == [f"PJSIP/{AGENT},20,gm(default)"]
    assert (fact.extension, fact.answered) == (AGENT, True)
    assert [released.agent for released in floor.named(CallReleased)] == [AGENT]
    (offer,) = floor.named(CallOffered)
    assert "when the caller's flow rang him" in offer.decision["sentence"]
    assert floor.named(CallEnded)[0].by is EndedBy.AGENT
    assert asterisk.variables["DIALSTATUS"] == "", "if we died now he would go on where he stands"
    assert heard(asterisk) == ["Goodbye."]
    assert floor.is_empty()
    assert floor.state is AgentState.READY


async def test_an_agent_who_does_not_answer_leads_otherwise(floor: Floor, tmp_path: Path) -> None:
    _, fact = await sent(floor, tmp_path, f"extension: {AGENT}", ("NOANSWER", "19"))
    assert fact.error == "transfer-not-answered"
    assert floor.state is not AgentState.READY, "he has missed it"


@pytest.mark.parametrize(("status", "error"), [("away", "agent-busy"), ("out", "not-signed-in")])
async def test_an_agent_who_takes_no_calls_is_not_rung(floor: Floor, tmp_path: Path, status: str, error: str) -> None:
    if status == "out":
        floor.sign_out()
    else:
        with floor.distributor.command() as (router, now_ms):
            router.set_not_ready(AGENT, "break", cause="api", now_ms=now_ms)
    asterisk, fact = await sent(floor, tmp_path, f"extension: {AGENT}")
    assert (dialled(asterisk), fact.error) == ([], error)
    assert heard(asterisk) == ["Nobody is there."]


async def test_an_extension_of_a_queue_is_that_queue(floor: Floor, tmp_path: Path) -> None:
    asterisk, fact = await sent(floor, tmp_path, "extension: 7001", ("ANSWER", "16"))
    assert dialled(asterisk) == [f"PJSIP/{AGENT},20,gm(default)"]
    assert (fact.extension, fact.answered) == ("7001", True)
    assert heard(asterisk) == ["Goodbye."]


async def test_a_caller_who_hangs_up_in_the_talk_leaves_it_stated(floor: Floor, tmp_path: Path) -> None:
    file = tmp_path / "sent.yaml"
    file.write_text(FLOW % 'number: "13800138000"')
    async with called(desk(floor), load_flow(file, names()), CALL, "4000", callerid="139") as asterisk:
        asterisk.variables |= {"GROUP_COUNT(calls@callcenter_outside)": "1", "ANSWEREDTIME_MS": "900"}

        def talk(_: list[str]) -> None:
            asterisk.variables["DIALSTATUS"] = "ANSWER"
            asterisk.reply("200 result=-1")
            asterisk.hang_up()

        await asterisk.serve({"EXEC Dial": talk})
    (fact,) = floor.named(TransferEnded)
    assert (fact.answered, fact.talk_ms) == (True, 900)
