"""The journal: what is appended is read back, and trouble with the disk is told and not thrown."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.facts import CallEnded, MenuAnswered
from acd.states import EndedBy
from recording.facts import read_facts
from recording.identity import call_id
from recording.journal import Journal
from tests.ledgers import NAMES, real_call

pytestmark = pytest.mark.unit

FACT = CallEnded(at_ms=1, linkedid="node1-1.1", by=EndedBy.CALLER, reason="hung_up")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal" / "facts.jsonl"


def test_what_is_appended_is_read_back(path: Path) -> None:
    facts = [fact for name in NAMES for fact in real_call(name).facts]
    journal = Journal(path)
    for fact in facts:
        journal.append(fact)
    journal.close()
    reading = read_facts(path.read_bytes())
    assert [fact for _, fact in reading.events] == facts
    assert reading.consumed == path.stat().st_size
    assert journal.healthy


def test_the_journal_is_for_its_owner_only(path: Path) -> None:
    Journal(path).close()
    assert path.stat().st_mode & 0o077 == 0


def test_a_line_torn_by_another_life_is_closed_off(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b'{"fact": "CallEn')
    journal = Journal(path)
    journal.append(FACT)
    journal.close()
    reading = read_facts(path.read_bytes())
    assert [fact for _, fact in reading.events] == [FACT]
    assert [rejected.body for rejected in reading.rejected] == ['{"fact": "CallEn']


def test_a_full_disk_is_told_and_the_service_goes_on(tmp_path: Path) -> None:
    full = tmp_path / "facts.jsonl"
    full.symlink_to("/dev/full")
    journal = Journal(full)
    journal.append(FACT)
    journal.append(FACT)
    assert not journal.healthy
    assert journal.lost == 2
    assert journal.error is not None
    assert journal.error.id == "journal-write-failed"
    assert "No space left" in str(journal.error)
    journal.close()


def test_a_line_taken_half_is_closed_off_and_the_journal_recovers(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    whole_write = os.write
    journal = Journal(path)
    with monkeypatch.context() as patched:
        patched.setattr("recording.journal.os.write", lambda descriptor, data: whole_write(descriptor, data[:9]))
        journal.append(FACT)
    assert not journal.healthy
    journal.append(FACT)
    assert journal.healthy
    journal.close()
    reading = read_facts(path.read_bytes())
    assert [fact for _, fact in reading.events] == [FACT]
    assert len(reading.rejected) == 1


@given(st.text())
def test_any_text_survives_as_far_as_it_is_text(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("journal") / "facts.jsonl"
    journal = Journal(path)
    journal.append(MenuAnswered(at_ms=1, linkedid="n-1.1", node="menu", choice=text))
    journal.close()
    ((_, fact),) = read_facts(path.read_bytes()).events
    assert isinstance(fact, MenuAnswered)
    assert fact.choice == text


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"nonsense", "a known fact was expected"),
        (b"[1]", "list; a JSON object was expected"),
        (b'{"fact": "Unheard"}', "Unheard"),
        (b'{"at_ms": 1}', "'fact'"),
        (b'{"fact": "LinkChanged", "at_ms": 1, "node": "a", "up": "perhaps"}', "up: "),
        (b'{"fact": "LinkChanged\0"}', "a zero byte"),
        (b"[" * 100_000, "a known fact was expected"),
    ],
)
def test_a_bad_line_is_kept_aside_and_the_next_is_read(line: bytes, why: str) -> None:
    good = b'{"fact": "LinkChanged", "at_ms": 1, "node": "a", "up": true, "of_a_later_version": 1}\n'
    reading = read_facts(good + line + b"\n\n" + good)
    assert len(reading.events) == 2
    ((rejected),) = reading.rejected
    assert why in rejected.why


def test_a_half_line_waits_unless_it_is_final() -> None:
    assert read_facts(b'{"fact"').consumed == 0
    assert read_facts(b'{"fact"', final=True).consumed == 7


def test_why_a_fact_does_not_fit_is_told_without_its_values() -> None:
    line = b'{"fact": "CallArrived", "at_ms": 1, "linkedid": "n-1.1", "caller": 5551234}\n'
    (rejected,) = read_facts(line).rejected
    assert "caller" in rejected.why
    assert "5551234" not in rejected.why


def test_a_calls_identity_is_for_ever() -> None:
    assert call_id("node1-1700000000.7") == "b4546419605f5c0597c58a63b2fb9d62"
