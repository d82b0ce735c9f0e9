"""Values spoken: a table of what people say, and what becomes of values that are not what their format says."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ivr.flow.expressions import Value
from ivr.flow.steps import FreeText, Prompt
from ivr.speaking import FORMATS, LANGUAGES, pieces, problem_with, vocabulary
from ivr.speaking.cutting import cut

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 22)
TABLE = Path(__file__).parents[1] / "fixtures" / "speaking" / "examples.tsv"


@dataclass(frozen=True)
class Example:
    value: str
    format: str
    argument: str
    cmn: str
    en: str

    def said(self, language: str) -> list[str]:
        return [prompt.text for prompt in pieces(self.value, self.format, self.argument, language, today=TODAY)]


EXAMPLES = [
    Example(*line.split("\t")) for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
]


def test_every_format_has_examples() -> None:
    assert {example.format for example in EXAMPLES} == set(FORMATS)
    assert len(EXAMPLES) >= 120


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one.value}|{one.format} {one.argument}".strip())
def test_a_value_is_spoken_as_people_say_it(example: Example) -> None:
    for language, expected, between in (("cmn", example.cmn, ""), ("en", example.en, " ")):
        said = example.said(language)
        assert ("|" if "|" in expected else between).join(said) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_belongs_together_is_one_piece(language: str) -> None:
    def count(value: Value, format: str, argument: str = "") -> int:
        return len(pieces(value, format, argument, language, today=TODAY))

    assert count(21, "number") == 1
    assert count(21_000, "number") <= 2
    assert count("2026-11-22", "date", "short") == 2
    assert count("2026-11-22", "date") == 3
    assert count("14:05", "time") == 2
    assert count(125, "duration") == 2
    assert count("99", "money", "CNY") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_vocabulary_is_of_a_few_hundred_pieces(language: str) -> None:
    sizes = [len(vocabulary(format, argument, language)) for format in FORMATS for argument in FORMATS[format]]
    assert max(sizes) < 530


@pytest.mark.parametrize(("value", "cmn", "en"), [(True, "是", "yes"), (False, "否", "no")])
def test_a_truth_is_yes_or_no_in_any_format(value: bool, cmn: str, en: str) -> None:
    for format, arguments in FORMATS.items():
        assert pieces(value, format, arguments[0], "cmn") == (Prompt(cmn, "cmn"),)
        assert pieces(value, format, arguments[0], "en") == (Prompt(en, "en"),)


@pytest.mark.parametrize("value", [None, "", "張三", "   ", "\x00"])
def test_what_cannot_be_said_is_not_said(value: Value) -> None:
    for format, arguments in FORMATS.items():
        assert pieces(value, format, arguments[-1], "en") == ()


def test_numbers_are_read_as_they_come() -> None:
    for value in (12, Decimal(12), Decimal("12.00"), "12", " 12 "):
        assert pieces(value, "number", "", "en") == (Prompt("twelve", "en"),)
    assert pieces(Decimal("NaN"), "number", "", "en") == tuple(Prompt(sign, "en") for sign in "NAN")


def test_nobody_has_to_listen_to_more_than_forty_signs() -> None:
    assert len(pieces("9" * 10_000, "number", "", "en")) == 40
    assert len(pieces("A" * 10_000, "spell", "", "cmn")) == 40


def test_without_a_reference_day_no_day_is_today() -> None:
    assert [piece.text for piece in pieces("2026-11-22", "date", "near", "en")] == [
        "Sunday,",
        "November",
        "twenty-second",
    ]


@pytest.mark.parametrize(
    ("format", "argument", "wrong", "expected"),
    [
        ("monney", "CNY", 'unknown format "monney", did you mean "money"?', ", ".join(sorted(FORMATS))),
        ("money", "", 'format "money" needs something after it', ", ".join(FORMATS["money"])),
        ("money", "CNX", 'unknown money format "CNX", did you mean "CNY"?', ", ".join(FORMATS["money"])),
        ("time", "24h", 'format "time" takes nothing after it, not "24h"', '"time"'),
        ("date", "long", 'unknown date format "long"', "near, short, weekday"),
    ],
)
def test_a_wrong_format_is_told(format: str, argument: str, wrong: str, expected: str) -> None:
    problem = problem_with(format, argument)
    assert problem is not None
    assert problem[0] == wrong
    assert problem[1].endswith(expected)


def test_every_format_is_right_with_each_of_its_arguments() -> None:
    assert all(problem_with(format, argument) is None for format in FORMATS for argument in FORMATS[format])


def test_a_format_that_does_not_exist_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        pieces(1, "number", "many", "en")
    with pytest.raises(KeyError):
        vocabulary("money", "", "en")


@pytest.mark.parametrize(
    ("value", "format", "argument", "words"),
    [
        (1234, "number", "", "mille deux cent trente-quatre"),
        ("-2.50", "number", "", "moins deux virgule cinq"),
        (21, "ordinal", "", "vingt et unième"),
        ("123456.50", "money", "EUR", "123456,50 euros"),
        ("3", "money", "EUR", "3 euros"),
        ("2026-11-22", "date", "weekday", "dimanche 22 novembre 2026"),
        ("14:05", "time", "", "14:05"),
        (125, "duration", "", "2 minutes et 5 secondes"),
    ],
)
def test_a_further_language_has_whole_phrases(value: Value, format: str, argument: str, words: str) -> None:
    assert pieces(value, format, argument, "fr") == (FreeText(words, "fr"),)


@pytest.mark.parametrize("language", ["fr", "pt-br", "yue", "zu", "nobody-speaks-it"])
def test_digits_and_letters_are_made_beforehand_in_any_language(language: str) -> None:
    for value, format, argument in (
        ("+33 142 685 300", "digits", ""),
        ("A1", "spell", ""),
        ("nobody knows", "time", ""),
        (True, "number", ""),
        (None, "money", "EUR"),
    ):
        assert set(pieces(value, format, argument, language)) <= vocabulary(format, argument, language)


@pytest.mark.parametrize("language", ["fr", "yue", "nobody-speaks-it", "en"])
def test_no_value_is_too_odd_for_any_language(language: str) -> None:
    for value in (
        0,
        -1,
        10**14,
        Decimal("-0.000001"),
        "9999-12-31",
        "0001-01-01",
        "23:59",
        "x",
        "",
        Decimal("Infinity"),
    ):
        for format, arguments in FORMATS.items():
            for argument in arguments:
                assert all(piece.text for piece in pieces(value, format, argument, language))


def test_a_word_that_no_vocabulary_has_is_a_fault_of_ours() -> None:
    assert cut(("two", "oh", "five"), {"two", "oh five", "five"}, " ") == ("two", "oh five")
    with pytest.raises(KeyError, match="oh"):
        cut(("two", "oh", "five"), {"two", "five"}, " ")
