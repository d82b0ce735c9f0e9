"""Flows that ask a program about the caller, and connect him with a number outside: with a small HTTP server on
loopback in the place of the customer system.
"""

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from cti.settings import LookUpSettings
from tests.contract.programs_asked import Asked, Program, program, reply
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import running_floor, sees, staffed, talk
from tests.integration.test_outside_seats import FIRST, mobiles

pytestmark = pytest.mark.integration

REGULAR, VIP, LOST, GREEDY, DIRECT = (f"1390000000{number}" for number in range(1, 6))

NUMBERS = "  4040: {flow: asked, fallback: sales}\n  4041: {flow: direct, fallback: sales}\n  4001:"

EXTENSION = """\
flow: direct
languages: [en]
start: send
nodes:
  send: {kind: transfer, extension: 1001, ring_s: 20, next: served, otherwise: away}
  served: {kind: hangup, reason: served, text: {en: Goodbye.}}
  away: {kind: hangup, reason: away, text: {en: He takes no calls now.}}
"""

FLOW = """\
flow: asked
languages: [en]
start: known
nodes:
  known:
    kind: branch
    cases: [{when: "caller.number = '%(lost)s'", next: in_vain}]
    otherwise: ask
  in_vain:
    kind: look_up
    url: "%(url)s/customers/{caller.number}"
    timeout_s: 1
    into: {vip: $.vip}
    while: {en: One moment please.}
    next: sort
    failed: lost
  ask:
    kind: look_up
    url: "%(url)s/customers/{caller.number}?dialled={call.dialled}"
    headers: {X-Key: "{secret.crm}"}
    timeout_s: 10
    into: {vip: $.vip, phone: "$.phones[0]"}
    next: sort
    failed: lost
  sort:
    kind: branch
    cases: [{when: "phone != null", next: mobile}, {when: vip, next: first}]
    otherwise: last
  first: {kind: queue, queue: sales, priority: 10, data: {case: "{vip}"}, then: served}
  last: {kind: queue, queue: sales, then: served}
  mobile: {kind: transfer, number: "{phone}", ring_s: 20, next: served, otherwise: refused}
  served: {kind: hangup, reason: served, text: {en: Goodbye.}}
  refused: {kind: hangup, reason: refused, text: {en: We cannot connect you.}}
  lost: {kind: hangup, reason: lost, text: {en: We cannot look you up now.}}
"""


def customers(asked: Asked) -> bytes | None:
    """What the customer system knows; of one of them it never answers."""
    number = asked.target.removeprefix("/customers/").partition("?")[0]
    phones = {GREEDY: "00881612345678", FIRST: FIRST}
    answer = {"vip": number == VIP, "phones": [phones.get(number)]}
    return None if number == LOST else reply(json.dumps(answer))


@pytest_asyncio.fixture
async def asking(
    dialplans: Path, floor_prompts: Path, music: Path, tmp_path: Path
) -> AsyncIterator[tuple[RunningCentre, Program]]:
    """A floor with a flow that asks, and the program it asks."""
    folder = shutil.copytree(dialplans, tmp_path / "dialplans")
    written = (folder / "centre.yaml").read_text("utf-8").replace("  4001:", NUMBERS)
    limits = f'allow: ["{FIRST}"], at_once: 1, most_minutes: 0.05'
    (folder / "centre.yaml").write_text(written.replace("ring_s: 20}", f"ring_s: 20, {limits}}}"), "utf-8")
    (tmp_path / "key").write_text("s3cret")
    async with program(customers) as one:
        (folder / "flows/asked.yaml").write_text(FLOW % {"url": one.url, "lost": LOST}, "utf-8")
        (folder / "flows/direct.yaml").write_text(EXTENSION, "utf-8")
        look_ups = LookUpSettings(allow=(f"{one.url}/customers/",), secrets={"crm": tmp_path / "key"})
        async with running_floor(folder, floor_prompts, music, look_ups=look_ups) as running:
            yield running, one


async def test_what_a_program_knows_of_a_caller_decides_where_he_goes_and_what_it_does_not_harms_nobody(
    asking: tuple[RunningCentre, Program],
) -> None:
    floor, customer_system = asking
    async with staffed(floor, "1001", audio=True) as phones, mobiles(floor) as outside:
        await floor.post("/api/agents/1001/not-ready", {"reason": "break"})
        last = await phones.dial("4040", number=REGULAR)
        await floor.shows("/api/queues/sales", lambda queue: queue["waiting"] == 1)
        first = await phones.dial("4040", number=VIP)
        await floor.shows("/api/queues/sales", lambda queue: queue["waiting"] == 2)
        assert [asked.headers["x-key"] for asked in customer_system.asked] == ["s3cret"] * 2
        assert customer_system.asked[0].target == f"/customers/{REGULAR}?dialled=4040"
        await floor.post("/api/agents/1001/ready")
        leg = await phones["1001"].next_call()
        assert leg.caller == VIP, [m for m in floor.messages if "fact" in m]
        await talk(first, leg)
        assert (await floor.fact("CallQueued", priority=10))["data"] == {"case": "true"}

        lost = await phones.dial("4040", number=LOST)
        failed = await floor.fact("LookUpEnded", error="look-up-timed-out")
        assert lost.audio
        await lost.audio.hears_something()
        ended = await floor.fact("CallEnded", linkedid=failed["linkedid"])
        assert ended["reason"] == "lost"

        await phones.dial("4040", number=FIRST)
        mobile = await outside[FIRST].next_call()
        await phones.dial("4040", number=FIRST)
        assert (await floor.fact("TransferEnded", error="toll-too-many"))["number"] == FIRST
        await mobile.answer()  # for three seconds, in which nothing else needs to be done
        await phones.dial("4040", number=GREEDY)
        refused = await floor.fact("TransferEnded", error="toll-not-allowed")
        assert (await floor.fact("CallEnded", linkedid=refused["linkedid"]))["reason"] == "refused"
        talked = await floor.fact("TransferEnded", answered=True)  # nobody hung up: it has lasted as long as it may
        assert talked["talk_ms"] > 0
        assert (await floor.fact("CallEnded", linkedid=talked["linkedid"]))["reason"] == "served"
        assert "s3cret" not in floor.log.read_text("utf-8")

        await last.hang_up()
        await phones.dial("4041", number=REGULAR)  # while 1001 talks with the VIP
        assert (await floor.fact("TransferEnded", extension="1001"))["error"] == "agent-busy"
        await leg.hang_up()
        await sees(floor, "1001", "ready")
        caller = await phones.dial("4041", number=DIRECT)
        leg = await phones["1001"].next_call()
        assert leg.caller == DIRECT
        await talk(caller, leg)
        await leg.hang_up()
        record = await floor.record(DIRECT, recorded=False)
        assert (record["agent"], record["ended_by"], record["reason"]) == ("1001", "agent", "served")
