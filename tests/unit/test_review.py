"""What becomes of a message that has just been spoken."""

import pytest

from ivr.review import Act, Review

pytestmark = pytest.mark.unit

LONG_MS, SHORT_MS = 2_000, 1_999


def asked(review: Review) -> Review:
    """He has spoken, and is asked."""
    assert review.recorded(LONG_MS) is Act.ASK
    return review


@pytest.mark.parametrize(
    ("key", "act"), [("1", Act.KEEP), (None, Act.KEEP), ("2", Act.PLAY), ("3", Act.RECORD), ("*", Act.CANCEL)]
)
def test_a_key_says_what_becomes_of_it_and_silence_keeps_it(key: str | None, act: Act) -> None:
    assert asked(Review()).answered(key) is act


def test_what_was_played_is_asked_about_again_and_a_key_in_it_counts() -> None:
    review = asked(Review())
    assert review.played(None) is Act.ASK
    assert review.played("1") is Act.KEEP


def test_nothing_spoken_is_no_message_and_after_a_message_it_leaves_that() -> None:
    review = Review()
    assert review.recorded(SHORT_MS) is Act.NOTHING
    assert not review.spoken
    assert asked(review).recorded(SHORT_MS) is Act.ASK
    assert review.spoken


def test_without_a_question_it_is_kept() -> None:
    assert Review(asks=False).recorded(LONG_MS) is Act.KEEP


def test_0_leads_to_an_agent_where_the_flow_says_so() -> None:
    assert asked(Review(operator=True)).answered("0") is Act.OPERATOR
    assert asked(Review()).answered("0") is Act.ASK


def test_the_third_wrong_key_in_turn_keeps_it() -> None:
    review = asked(Review())
    assert [review.answered(key) for key in "99299#"] == [
        Act.ASK, Act.ASK, Act.PLAY, Act.ASK, Act.ASK, Act.KEEP
    ]  # fmt: skip
