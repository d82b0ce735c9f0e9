"""What agents hear of call-backs: whole, in their language, and from prompts that were made before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.callback_rules import HOUR_MS, MINUTE_MS
from acd.states import CallbackOutcome
from ivr import callback_words

pytestmark = pytest.mark.unit

NAMES = {"en": "Sales", "cmn": "销售"}
LANGUAGES = ("en", "cmn", "tlh")


@given(
    number=st.from_regex(r"\+?[0-9]{3,15}", fullmatch=True),
    ago_ms=st.integers(-1, 100 * HOUR_MS),
    language=st.sampled_from(LANGUAGES),
    names=st.sampled_from([NAMES, {}, {"en": "Sales"}]),
)
def test_whatever_is_said_was_made_before(number: str, ago_ms: int, language: str, names: dict[str, str]) -> None:
    made = set(callback_words.needed([names], LANGUAGES))
    said = callback_words.who(names, number, ago_ms, language)
    assert set(said) <= made
    said = [callback_words.failed(outcome, language) for outcome in CallbackOutcome]
    assert {*said, callback_words.not_needed(language)} <= made


def test_figures_are_said_one_by_one_in_groups() -> None:
    words = [prompt.text for prompt in callback_words.who(NAMES, "13800138000", 0, "cmn")]
    assert words == [
        "销售回拨。",
        "号码是",
        *("幺三", "八，", "零零", "幺三，", "八零", "零零"),
        "刚刚请求回电。",
        "拒绝请按星号键，立即拨打请按其他任意键。",
    ]


@pytest.mark.parametrize(
    ("ago_ms", "said"),
    [
        (-5, "asked for a moment ago."),
        (2 * MINUTE_MS - 1, "asked for a moment ago."),
        (2 * MINUTE_MS, "asked for a few minutes ago."),
        (30 * MINUTE_MS, "asked for about half an hour ago."),
        (HOUR_MS, "asked for about one hour ago."),
        (5 * HOUR_MS, "asked for some hours ago."),
        (48 * HOUR_MS, "asked for more than a day ago."),
    ],
)
def test_how_long_ago_is_said_as_people_do(ago_ms: int, said: str) -> None:
    assert callback_words.who(NAMES, "123", ago_ms, "en")[-2].text == said


def test_a_language_without_words_hears_english() -> None:
    assert {prompt.language for prompt in callback_words.who(NAMES, "123", 0, "tlh")} == {"en"}
