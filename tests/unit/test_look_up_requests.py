"""A look-up's request as it is made of the flow's node and the data of a call, and what is told of nodes that are
wrong."""

from decimal import Decimal
from pathlib import Path

import pytest

from ivr.documents import DocumentError
from ivr.flow.check import Names, load_flow
from ivr.flow.model import Flow
from ivr.flow.secrets import Secret
from ivr.flow.steps import CallerFound, Digit, FindCaller, Finished, Hangup, LookedUp, LookUp, Play, Step, Took
from ivr.look_ups.addresses import Allowed
from ivr.look_ups.check import Rules
from ivr.look_ups.failures import Failure
from ivr.look_ups.requests import OwnersSecret, make_request
from ivr.walker import Walker

pytestmark = pytest.mark.unit

RULES = Rules(Allowed.parse(["https://crm.example/api/"]), frozenset({"crm"}))
NAMES = Names(queues=("sales",), skills=(), languages=("en",), look_ups=RULES)

NODE = """\
  ask:
    kind: look_up
    url: https://crm.example/api/customers/{caller.number}?line={call.dialled}
    headers: {X-Key: "Bearer {secret.crm}"}
    into: {name: $.customer.name, due: "$['due'][0]"}
    while: {en: One moment.}
    next: told
    failed: lost
"""
FLOW = """\
flow: asked
languages: [en]
start: ask
operator: agents
nodes:
%s
  told: {kind: hangup, reason: told, text: {en: "Good day {name}, you owe {due|money CNY}."}}
  lost: {kind: hangup, reason: lost, text: {en: We do not know you.}}
  agents: {kind: hangup, reason: agents, text: {en: An agent.}}
"""


def flow(folder: Path, node: str = NODE) -> Flow:
    file = folder / "asked.yaml"
    file.write_text(FLOW % node)
    return load_flow(file, NAMES)


def asked(folder: Path, number: str | None = "13800138000") -> tuple[Walker, Step]:
    walker = Walker({"asked": flow(folder)}, "asked", {"caller.number": number, "call.dialled": "4000"})
    return walker, walker.start()


def test_the_request_holds_the_data_of_the_call_and_the_names_of_secrets() -> None:
    request = make_request(
        method="POST",
        url="https://crm.example/api?n={number}",
        headers={"X-Key": "Bearer {secret.crm}", "X-Name": "{name}", "X-Pin": "{pin}"},
        body={"account": "{account}", "due": "{due}", "pin": "{pin}", "limit": 10},
        data={"number": "139", "name": "Wang\r\nX-Evil: 1", "account": "00418", "due": Decimal("1.50")},
        secrets={"pin": Secret("4711")},
        timeout_ms=2_000,
        retries=1,
    )
    assert request.url == "https://crm.example/api?n=139"
    assert request.headers == (
        ("X-Key", ("Bearer ", OwnersSecret("crm"))),
        ("X-Name", ("Wang  X-Evil: 1",)),
        ("X-Pin", ("4711",)),
    )
    assert request.body == '{"account": "00418", "due": 1.50, "pin": "4711", "limit": 10}'
    assert "4711" not in repr(request)
    assert "139" not in repr(request)


def test_what_the_program_answers_can_be_said_and_used(tmp_path: Path) -> None:
    walker, step = asked(tmp_path)
    assert isinstance(step, LookUp)
    assert step.request is not None
    assert step.request.url == "https://crm.example/api/customers/13800138000?line=4000"
    assert (step.node, step.keys, step.into["name"]) == ("ask", "0", "$.customer.name")
    step = walker.feed(LookedUp({"name": "Wang", "due": Decimal("3")}))
    assert isinstance(step, Play)
    assert walker.node == "told"
    assert walker.data["name"] == "Wang"


@pytest.mark.parametrize("failure", list(Failure))
def test_whatever_goes_wrong_leads_to_the_failed_branch(tmp_path: Path, failure: Failure) -> None:
    walker, _ = asked(tmp_path)
    step = walker.feed(LookedUp(failure=failure))
    assert (walker.node, type(step)) == ("lost", Play)
    assert Took("ask", "failed", failure) in walker.trail
    assert walker.feed(Finished()) == Hangup("lost")


def test_a_call_whose_data_do_not_fit_into_the_address_has_failed_before_it_asks(tmp_path: Path) -> None:
    _, step = asked(tmp_path, number=None)
    assert isinstance(step, LookUp)
    assert (step.request, step.failure) == (None, Failure.ADDRESS_UNFIT)


def test_a_caller_who_wants_an_agent_need_not_wait_for_the_answer(tmp_path: Path) -> None:
    walker, _ = asked(tmp_path)
    walker.feed(Digit("0"))
    assert walker.node == "agents"


def test_a_key_pressed_before_a_look_up_is_kept_for_the_menu_behind_it(tmp_path: Path) -> None:
    nodes = NODE.replace("next: told", "next: choice") + (
        "  hello: {kind: say, text: {en: Hello.}, next: caller}\n"
        "  caller: {kind: caller, next: ask}\n"
        "  choice: {kind: menu, text: {en: Choose.}, choices: {1: told}, otherwise: lost}\n"
    )
    file = tmp_path / "asked.yaml"
    file.write_text((FLOW % nodes).replace("start: ask", "start: hello"))
    walker = Walker({"asked": load_flow(file, NAMES)}, "asked", {"caller.number": "139"})
    walker.start()
    assert walker.feed(Digit("1")) == FindCaller()
    assert isinstance(walker.feed(CallerFound(None)), LookUp)
    walker.feed(LookedUp({"name": "Wang"}))
    assert walker.node == "told"


@pytest.mark.parametrize(
    ("written", "instead", "problem"),
    [
        ("crm.example/api/", "other.example/api/", "8:10: this address is not allowed here (expected one that begins"),
        ("crm.example/api/", "{caller.name}/api/", "8:10: a value stands in the host (expected the host itself, and a"),
        ("$.customer.name", "customer.name", '10:18: "customer.name" cannot be read at column 1: a path begins with $'),
        ("secret.crm", "secret.crn", '9:22: unknown secret "crn", did you mean "crm"? (expected one of: crm)'),
        ("secret.crm", "secret.crm = 'x'", "9:22: a secret stands in an expression (expected it alone: {secret.crm})"),
        ("X-Key", "Host", '9:15: "Host" cannot be set here (expected the name of a header of your own)'),
        ("    into:", "    body: {a: 1}\n    into:", "10:5: a GET has no body (expected method: POST, or no body)"),
        ("call.dialled", "secret.crm", '8:10: unknown name "secret.crm" (expected one of: '),
    ],
)
def test_a_wrong_look_up_is_told_at_its_place(tmp_path: Path, written: str, instead: str, problem: str) -> None:
    with pytest.raises(DocumentError) as refused:
        flow(tmp_path, NODE.replace(written, instead, 1))
    told = [str(one).removeprefix(f"{tmp_path}/asked.yaml:") for one in refused.value.problems]
    assert [one.startswith(problem) for one in told] == [True], told
