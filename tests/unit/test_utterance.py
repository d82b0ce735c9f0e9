"""What a flow says as pieces: fixed words, recordings, and values as they are when they are said."""

from decimal import Decimal

import pytest

from ivr.flow.expressions import Value
from ivr.flow.steps import FreeText, Piece, Prompt, Recorded
from ivr.flow.utterance import known_before, utter
from ivr.flow.words import Said
from ivr.speaking import vocabulary

pytestmark = pytest.mark.unit


def said(text: str, **data: Value) -> list[Piece]:
    named = {name.replace("__", "."): value for name, value in data.items()}
    return list(utter(Said(text=text), "en", named))


def words(text: str, **data: Value) -> str:
    return "|".join(piece.text for piece in said(text, **data) if isinstance(piece, Prompt | FreeText))


def test_words_keep_their_commas_and_signs_alone_say_nothing() -> None:
    assert words("Hello {name}, you owe {due|money CNY}.", name="Wang", due=3) == "Hello|Wang|, you owe|three yuan"


def test_a_text_is_free_and_what_is_no_text_is_said_from_pieces() -> None:
    assert said("{name}", name="Wang") == [FreeText("Wang", "en")]
    assert said("{n|text} {n}", n=Decimal("2.5")) == [Prompt("two", "en"), Prompt("point five", "en")] * 2
    assert said("{yes} {nothing} {nothing|digits}", yes=True) == [Prompt("yes", "en")]


@pytest.mark.parametrize(
    ("today", "day"),
    [
        ("2026-11-22", "today"),
        ("2026-11-21", "tomorrow"),
        ("2026-11-23", "yesterday"),
        (None, "Sunday,|November|twenty-second"),
    ],
)
def test_a_near_day_is_called_by_its_distance_from_the_day_of_the_call(today: str | None, day: str) -> None:
    assert words("{when|date near}", when="2026-11-22", call__date=today) == day


def test_a_recording_is_played_instead_of_its_words() -> None:
    both = Said(text="Welcome {name}.", file="welcome")
    assert list(utter(both, "en", {})) == list(known_before(both, "en")) == [Recorded("welcome", "en")]


def test_everything_but_free_text_is_known_before_the_call() -> None:
    text = Said(text="Hello {name}, at {when|time}, {n|money JPY}.")
    known = set(known_before(text, "en"))
    assert vocabulary("time", "", "en") | vocabulary("money", "JPY", "en") <= known
    for name in ("Wang", 7, True, None):
        pieces = utter(text, "en", {"name": name, "when": "14:05", "n": "1200"})
        assert {piece for piece in pieces if not isinstance(piece, FreeText)} <= known
