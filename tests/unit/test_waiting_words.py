"""What waiting callers are told, in words: numbers spoken properly, and every sentence made before it is needed."""

import pytest

from acd.targets import TargetKind
from ivr.announce import Announce, Schedule
from ivr.flow.steps import Prompt
from ivr.prompts import VOICES
from ivr.waiting_words import MINUTES, PLACES, WORDS, fixed, needed, place, wait, way_out

pytestmark = pytest.mark.unit

ALL = Announce(position=True, estimate=True, leave={"*": TargetKind.CALLBACK})


def said(*prompts: Prompt) -> str:
    """The words of prompts played one after the other."""
    return " ".join(prompt.text for prompt in prompts)


def test_every_language_with_a_voice_has_words() -> None:
    assert WORDS.keys() == VOICES.keys()


@pytest.mark.parametrize(
    ("position", "english_words", "mandarin_words"),
    [
        (1, "You are number one in the queue.", "您现在排在第一位。"),
        (2, "You are number two in the queue.", "您现在排在第二位。"),
        (20, "You are number twenty in the queue.", "您现在排在第二十位。"),
        (21, "There are at least twenty callers in front of you.", "您前面至少还有二十位客户。"),
        (900, "There are at least twenty callers in front of you.", "您前面至少还有二十位客户。"),
    ],
)
def test_a_place(position: int, english_words: str, mandarin_words: str) -> None:
    assert (place(position, "en").text, place(position, "cmn").text) == (english_words, mandarin_words)


@pytest.mark.parametrize(
    ("median_s", "most_s", "english_words", "mandarin_words"),
    [
        (20, 59, "The estimated wait is less than one minute.", "预计等待时间不到一分钟。"),
        (20, 61, "The estimated wait is up to two minutes.", "预计等待时间不超过两分钟。"),
        (60, 61, "The estimated wait is one to two minutes.", "预计等待时间为一 到两分钟。"),
        (150, 280, "The estimated wait is two to five minutes.", "预计等待时间为两 到五分钟。"),
        (300, 300, "The estimated wait is up to five minutes.", "预计等待时间不超过五分钟。"),
        (650, 1_300, "The estimated wait is ten to thirty minutes.", "预计等待时间为十 到三十分钟。"),
        (2_000, 3_600, "The estimated wait is thirty to sixty minutes.", "预计等待时间为三十 到六十分钟。"),
        (2_000, 3_601, "The estimated wait is more than thirty minutes.", "预计等待时间超过三十分钟。"),
        (30, 3_601, "The estimated wait is more than one minute.", "预计等待时间超过一分钟。"),
        (9_000, 20_000, "The estimated wait is more than one hour.", "预计等待时间超过一小时。"),
    ],
)
def test_a_wait_is_said_as_a_range_the_shorter_end_rounded_down_and_the_longer_up(
    median_s: int, most_s: int, english_words: str, mandarin_words: str
) -> None:
    spoken = [said(*wait(median_s * 1000, most_s * 1000, language)) for language in ("en", "cmn")]
    assert spoken == [english_words, mandarin_words]


@pytest.mark.parametrize(
    ("key", "language", "words"),
    [
        ("2", "cmn", "如需留言，请按二键。"),
        ("*", "cmn", "如需留言，请按星号键。"),
        ("0", "en", "To leave a message instead, press zero."),
        ("#", "en", "To leave a message instead, press hash."),
    ],
)
def test_the_way_out_names_its_key(key: str, language: str, words: str) -> None:
    assert way_out(key, TargetKind.VOICEMAIL, language).text == words


@pytest.mark.parametrize("language", sorted(WORDS))
def test_whatever_can_be_said_is_made_beforehand(language: str) -> None:
    made = {*needed(ALL, [language]), *fixed([language])}
    assert all(place(position, language) in made for position in range(1, PLACES + 10))
    seconds = range(0, 2 * 60 * MINUTES[-1], 59)
    assert all(made.issuperset(wait(a * 1000, b * 1000, language)) for a in seconds[::4] for b in seconds if a <= b)
    assert way_out("*", TargetKind.CALLBACK, language) in made
    assert not any("{" in prompt.text for prompt in made)


def test_a_language_without_words_hears_english_where_no_file_can_say_it_in_its_own() -> None:
    assert set(fixed(["fr", "en"])) == set(fixed(["en"]))


def test_the_schedule_says_messages_in_turn_and_counts_from_each_announcement() -> None:
    schedule = Schedule(Announce(first_ms=10, every_ms=40, messages=({"en": "a"}, {"en": "b"})), since_ms=1_000)
    assert schedule.due_ms == 1_010
    assert [schedule.take(at_ms)["en"] for at_ms in (1_010, 1_070, 1_110)] == ["a", "b", "a"]
    assert schedule.due_ms == 1_150


def test_a_schedule_that_says_nothing_or_nothing_more_is_never_due() -> None:
    assert Schedule(Announce(), since_ms=0).due_ms is None
    once = Schedule(Announce(every_ms=0, leave={"1": TargetKind.VOICEMAIL}), since_ms=0)
    assert once.take(10_000) == {}
    assert once.due_ms is None
