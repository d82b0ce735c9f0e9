"""Which numbers outside a flow may call."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.documents import DocumentError
from ivr.flow.check import Names, load_flow
from ivr.flow.expressions import Value
from ivr.flow.steps import Step, Took, Transfer, Transferred
from ivr.toll_guard import Refusal, refusal
from ivr.walker import Walker

pytestmark = pytest.mark.unit

MOBILES = ("1[3-9]XXXXXXXXX", "+86 1[3-9]XXXXXXXXX")

FLOW = """\
flow: sent
languages: [en]
start: send
nodes:
  send: {kind: transfer, %s, ring_s: 20, next: done, otherwise: lost}
  done: {kind: hangup, reason: done, text: {en: Goodbye.}}
  lost: {kind: hangup, reason: lost, text: {en: Nobody is there.}}
"""


def names(outside: tuple[str, ...] | None = MOBILES) -> Names:
    return Names(queues=(), skills=(), languages=("en",), outside=outside)


def sent(folder: Path, node: str, number: Value = None) -> tuple[Walker, Step]:
    file = folder / "sent.yaml"
    file.write_text(FLOW % node)
    walker = Walker({"sent": load_flow(file, names())}, "sent", {"caller.number": number})
    return walker, walker.start()


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("13800138000", None),
        ("+8613800138000", None),
        ("1380013800", Refusal.NOT_ALLOWED),
        ("008613800138000", Refusal.NOT_ALLOWED),
        ("00881612345678", Refusal.NOT_ALLOWED),
        ("", Refusal.NO_NUMBER),
        ("*61", Refusal.NO_NUMBER),
        ("13800138000*", Refusal.NO_NUMBER),
        ("#31#13800138000", Refusal.NO_NUMBER),
        ("13800138000&PJSIP/1001", Refusal.NO_NUMBER),
        ("13800138000@other", Refusal.NO_NUMBER),
        ("13800138000,60,g", Refusal.NO_NUMBER),
        ("1380013800٠", Refusal.NO_NUMBER),
        ("13800138000\n", Refusal.NO_NUMBER),
        ("+", Refusal.NO_NUMBER),
        ("1" * 21, Refusal.NO_NUMBER),
    ],
)
def test_a_computed_number_is_called_only_if_its_pattern_is_allowed(number: str, why: Refusal | None) -> None:
    assert refusal(number, written=False, ours=False, allow=MOBILES) is why


def test_a_number_in_the_file_needs_no_pattern_and_no_other_rule_bends_for_it() -> None:
    assert refusal("00881612345678", written=True, ours=False, allow=()) is None
    assert refusal("00881612345678", written=False, ours=False, allow=()) is Refusal.NOT_ALLOWED
    assert refusal("*61", written=True, ours=False, allow=MOBILES) is Refusal.NO_NUMBER
    assert refusal("4000", written=True, ours=True, allow=MOBILES) is Refusal.OURS
    assert refusal("13800138000", written=True, ours=False, allow=None) is Refusal.NO_LINE


@given(st.text(st.sampled_from("0123456789+*#,&@/ ") | st.characters(), max_size=24), st.booleans())
def test_whatever_is_called_is_digits_perhaps_after_a_plus(number: str, written: bool) -> None:
    if refusal(number, written=written, ours=False, allow=(".", "+.")) is None:
        assert set(number.removeprefix("+")) <= set("0123456789")


def test_a_number_written_in_the_flow_is_told_apart_from_a_computed_one(tmp_path: Path) -> None:
    _, step = sent(tmp_path, 'number: "01012345678"')
    assert step == Transfer("send", number="01012345678", written=True, ring_ms=20_000)
    _, step = sent(tmp_path, 'number: "{caller.number}"', "13800138000")
    assert step == Transfer("send", number="13800138000", written=False, ring_ms=20_000)
    _, step = sent(tmp_path, "extension: 7001")
    assert step == Transfer("send", extension="7001", ring_ms=20_000)


def test_the_flow_goes_on_after_a_talk_and_otherwise_without_one(tmp_path: Path) -> None:
    walker, _ = sent(tmp_path, "extension: 1001")
    walker.feed(Transferred(answered=True, agent="1001", queue="sales"))
    assert (walker.node, walker.data["call.agent"], walker.data["call.queue"]) == ("done", "1001", "sales")
    walker, _ = sent(tmp_path, 'number: "{caller.number}"', "*61")
    walker.feed(Transferred(answered=False, error=Refusal.NO_NUMBER))
    assert walker.node == "lost"
    assert Took("send", "otherwise", "toll-no-number") in walker.trail


@pytest.mark.parametrize(
    ("node", "outside", "problem"),
    [
        ('number: "*61"', MOBILES, '5:34: "*61" is no number (expected 2 to 20 digits, perhaps after +)'),
        (
            'number: "01012345678"',
            None,
            '5:34: there is no line to numbers outside (expected "outside" in centre.yaml)',
        ),
        (
            'number: "{caller.number}"',
            (),
            '5:34: no number that is computed may be called (expected "allow" of "outside"',
        ),
        (
            "extension: sales",
            MOBILES,
            '5:37: "sales" is no extension (expected digits, as a queue or an agent has them)',
        ),
    ],
)
def test_what_can_never_be_called_is_told_before_any_call(
    tmp_path: Path, node: str, outside: tuple[str, ...] | None, problem: str
) -> None:
    file = tmp_path / "sent.yaml"
    file.write_text(FLOW % node)
    with pytest.raises(DocumentError) as refused:
        load_flow(file, names(outside))
    (told,) = refused.value.problems
    assert str(told).removeprefix(f"{file}:").startswith(problem)
