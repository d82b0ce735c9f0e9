"""Values spoken, whatever they are: every piece is of the vocabulary, and the words say the number they came from."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.flow.expressions import Value
from ivr.speaking import FORMATS, LANGUAGES, pieces, vocabulary
from ivr.speaking.currencies import CURRENCIES
from tests.unit.spoken_numbers import from_english, from_mandarin

pytestmark = pytest.mark.unit

MANY = settings(deadline=None, max_examples=200)

# small numbers, round numbers and numbers with gaps, more than plain integers would bring
WHOLE = st.one_of(
    st.integers(0, 120),
    st.integers(0, 10**15 - 1),
    st.builds(lambda figure, power: figure * 10**power, st.integers(1, 99), st.integers(0, 13)),
    st.builds(lambda a, b, p: a * 10**p + b, st.integers(1, 999), st.integers(0, 999), st.integers(3, 12)),
)
DECIMALS = st.builds(lambda whole, places: Decimal(whole) + Decimal(places).scaleb(-6), WHOLE, st.integers(0, 999_999))
NUMBERS = st.builds(
    lambda number, sign: number * sign, st.one_of(WHOLE.map(Decimal), DECIMALS), st.sampled_from([1, -1])
)
DATES = st.dates(date(1, 1, 1), date(9999, 12, 31)).map(date.isoformat)
TIMES = st.times().map(time.isoformat)
ANYTHING: st.SearchStrategy[Value] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.decimals(), st.text(), NUMBERS, DATES, TIMES,
    st.text("0123456789+-. ABCxyz:#*/@_", max_size=60),
)  # fmt: skip
FORMAT = st.sampled_from([(format, argument) for format in FORMATS for argument in FORMATS[format]])
LANGUAGE = st.sampled_from(sorted(LANGUAGES))


def words(value: Value, format: str, argument: str, language: str) -> list[str]:
    return [piece.text for piece in pieces(value, format, argument, language)]


@MANY
@given(ANYTHING, FORMAT, LANGUAGE, st.one_of(st.none(), st.dates()))
def test_every_piece_of_any_value_is_of_the_vocabulary(
    value: Value, format: tuple[str, str], language: str, today: date | None
) -> None:
    assert set(pieces(value, *format, language, today=today)) <= vocabulary(*format, language)


@MANY
@given(NUMBERS, LANGUAGE, st.data())
def test_every_piece_of_a_number_in_any_format_is_of_the_vocabulary(
    number: Decimal, language: str, data: st.DataObject
) -> None:
    format = data.draw(FORMAT)
    assert set(pieces(number, *format, language)) <= vocabulary(*format, language)


@MANY
@given(NUMBERS)
def test_english_words_say_the_number_they_were_made_of(number: Decimal) -> None:
    assert from_english(" ".join(words(number, "number", "", "en")).split()) == number


@MANY
@given(NUMBERS)
def test_mandarin_words_say_the_number_they_were_made_of(number: Decimal) -> None:
    assert from_mandarin("".join(words(number, "number", "", "cmn"))) == number


@MANY
@given(WHOLE)
def test_a_mandarin_ordinal_is_its_number_after_a_word(number: int) -> None:
    assert from_mandarin("".join(words(number, "ordinal", "", "cmn")).removeprefix("第")) == number


def test_every_day_time_and_duration_is_said_in_two_to_five_pieces_of_its_vocabulary() -> None:
    for language in LANGUAGES:
        for at in (f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60)):
            said = pieces(at, "time", "", language)
            assert 1 <= len(said) <= 2
            assert set(said) <= vocabulary("time", "", language)
        for seconds in (*range(0, 8_000, 17), *range(0, 8_640_000, 86_399)):
            said = pieces(seconds, "duration", "", language)
            assert 1 <= len(said) <= 5
            assert set(said) <= vocabulary("duration", "", language)
        for day in range(date(1999, 12, 1).toordinal(), date(2001, 4, 1).toordinal()):
            said = pieces(date.fromordinal(day).isoformat(), "date", "weekday", language)
            assert len(said) == 4
            assert set(said) <= vocabulary("date", "weekday", language)


@pytest.mark.parametrize("currency", CURRENCIES)
def test_no_two_amounts_sound_alike(currency: str) -> None:
    places = CURRENCIES[currency].places
    amounts = [
        Decimal(amount).scaleb(-places) for amount in (*range(1_200), *range(9_990, 10_110), *range(10**6, 10**6 + 12))
    ]
    for language in LANGUAGES:
        spoken = {tuple(words(amount, "money", currency, language)) for amount in amounts}
        assert len(spoken) == len(amounts)


@MANY
@given(st.text("0123456789", min_size=1, max_size=40), LANGUAGE)
def test_all_digits_are_read_in_their_order(digits: str, language: str) -> None:
    names = LANGUAGES[language].signs.names
    said = "".join(words(digits, "digits", "", language)).translate({ord(","): None, ord("，"): None, ord(" "): None})
    assert said == "".join(names[digit] for digit in digits)
