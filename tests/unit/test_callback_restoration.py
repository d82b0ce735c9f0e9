"""Call-backs from a journal on the disk, and what Asterisk's ledger says of their customers."""

import json
from pathlib import Path

import pytest

from acd.callback_book import CallbackBook
from acd.callback_rules import CallbackRules, MessageRules
from acd.callbacks import Callback
from acd.facts import Fact, to_json
from acd.states import CallbackOutcome, CallbackState
from cti.callbacks.restoration import restore_callbacks, was_answered
from recording.standing import standing
from tests.ledgers import CALLBACKS
from tests.unit.callback_floor import CallbackFloor

pytestmark = pytest.mark.unit


def written(path: Path, facts: list[Fact]) -> Path:
    """The journal with these facts."""
    path.write_text("".join(json.dumps(to_json(fact), separators=(",", ":")) + "\n" for fact in facts))
    return path


def restored(journal: Path, now_ms: int) -> list[Callback]:
    """What a new book takes from it."""
    rules = {"sales": CallbackRules()}.get
    book = CallbackBook("node1", rules)
    restore_callbacks(book, standing(journal), rules, lambda queue: MessageRules(), now_ms=now_ms)
    return [*book]


def test_what_waits_is_due_rings_or_talks_comes_back_from_the_journal(tmp_path: Path) -> None:
    floor = CallbackFloor()
    waits, due, rung = (floor.ask(f"1390000000{number}") for number in range(3))
    floor.fail(due, CallbackOutcome.BUSY)
    floor.offer(rung)
    floor.dial(rung)
    back = restored(written(tmp_path / "facts.jsonl", floor.facts), floor.now_ms)
    assert [(one.id, one.state, one.attempts, one.entered_ms) for one in back] == [
        (waits.id, CallbackState.REQUESTED, 0, waits.entered_ms),
        (due.id, CallbackState.DUE, 1, due.entered_ms),
        (rung.id, CallbackState.DIALLING, 1, rung.entered_ms),
    ]
    assert back[1].due_ms == due.due_ms


def test_a_line_that_is_no_fact_costs_itself_alone(tmp_path: Path) -> None:
    floor = CallbackFloor()
    floor.ask()
    journal = written(tmp_path / "facts.jsonl", floor.facts)
    whole = journal.read_bytes()
    journal.write_bytes(whole[:40] + b"\n" + b'{"fact":"CallbackForgotten"}\n' + b'"fact":"Callback\xff\n' + whole)
    assert len(restored(journal, floor.now_ms)) == 1


def test_one_whose_end_was_not_written_any_more_ends_now(tmp_path: Path) -> None:
    floor = CallbackFloor()
    asked = floor.ask()
    floor.fail(asked, CallbackOutcome.REFUSED)
    (back,) = restored(written(tmp_path / "facts.jsonl", floor.facts[:-1]), floor.now_ms)
    assert (back.state, back.outcome) == (CallbackState.DONE, CallbackOutcome.REFUSED)


def test_without_a_journal_there_is_nothing(tmp_path: Path) -> None:
    assert restored(tmp_path / "facts.jsonl", 0) == []


@pytest.mark.parametrize(
    ("name", "answered"),
    [("refused_then_reached", True), ("daemon_killed_dialling", True), ("busy", False), ("no_answer", False)],
)
async def test_the_ledger_says_whether_the_customer_has_answered(name: str, answered: bool, tmp_path: Path) -> None:
    own = (CALLBACKS / name / "ledger.csv").read_bytes()
    ledger = tmp_path / "ledger.csv"
    ledger.write_bytes((CALLBACKS / "asked_for" / "ledger.csv").read_bytes() + b'"torn\n' + own)
    linkedid = own.decode().splitlines()[0].split('","')[14]
    assert await was_answered(ledger, linkedid) is answered


async def test_of_a_call_of_another_kind_and_without_a_ledger_nobody_has_answered(tmp_path: Path) -> None:
    assert not await was_answered(CALLBACKS / "busy" / "ledger.csv", "node1-1.1")
    assert not await was_answered(tmp_path / "ledger.csv", "node1-callback-1-1.1")
