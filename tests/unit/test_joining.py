"""Pieces as one utterance: what is heard of them, with which pauses, and what is read where a text cannot be spoken."""

import pytest

from ivr.flow.steps import FreeText, Prompt, Recorded
from ivr.prompts.fallback import MOST_SPELLED, UNREADABLE, needed, reading
from ivr.prompts.joining import CLAUSE_MS, SENTENCE_MS, WORD_MS, pause_ms, utterance_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("before", "after", "pause"),
    [
        ("you owe", "twenty", WORD_MS),
        ("one hundred,", "please", CLAUSE_MS),
        ("Hello", ", your balance", CLAUSE_MS),
        ("Goodbye.", "Hello", SENTENCE_MS),
        ('He said "no."', "Then", SENTENCE_MS),
        ("您好，", "余额", CLAUSE_MS),
        ("再见。", "您好", SENTENCE_MS),
        ("", "", WORD_MS),
    ],
)
def test_pauses_are_those_that_are_written(before: str, after: str, pause: int) -> None:
    assert pause_ms(before, after) == pause


def test_a_full_stop_behind_a_value_is_a_pause_and_no_piece() -> None:
    utterance = utterance_of([Prompt("You owe", "en"), Prompt("ten", "en"), Prompt(".", "en"), Prompt("Press 1", "en")])
    assert [piece.text for piece in utterance.pieces if isinstance(piece, Prompt)] == ["You owe", "ten", "Press 1"]
    assert utterance.pauses_ms == (WORD_MS, SENTENCE_MS)


def test_another_language_begins_a_sentence_and_a_recording_a_clause() -> None:
    pieces = (Prompt("按一", "cmn"), Prompt("press 1", "en"), Recorded("music", "en"), FreeText("Ann", "en"))
    assert utterance_of(pieces).pauses_ms == (SENTENCE_MS, CLAUSE_MS, CLAUSE_MS)


def test_a_name_is_spelled_from_ready_letters() -> None:
    assert [prompt.text for prompt in reading("Zoë 7", "en")] == ["Z", "O", "E,", "seven"]
    assert {prompt.language for prompt in reading("A1", "cmn")} == {"cmn"}
    assert {prompt.language for prompt in reading("A1", "de")} == {"de"}
    assert reading("Москва", "de") == (Prompt(UNREADABLE["en"], "en"),)


@pytest.mark.parametrize(("text", "language"), [("王小明", "cmn"), ("x" * (MOST_SPELLED + 1), "en"), ("سلام", "en")])
def test_what_cannot_be_spelled_is_said_to_be_unreadable(text: str, language: str) -> None:
    assert reading(text, language) == (Prompt(UNREADABLE[language], language),)


def test_everything_that_may_be_read_is_among_what_is_made_ahead() -> None:
    ready = needed(["cmn", "en", "de"])
    for language in ("cmn", "en", "de"):
        for text in ("A-1 b+2", "Zoë", "王", "9" * MOST_SPELLED, "@#_/.", "x" * 99):
            assert set(reading(text, language)) <= ready
    assert reading(" .-! ", "en") == ()
