"""What callers leave besides their calls: marks, and messages with what became of them."""

from collections.abc import Sequence

import pytest

from acd.facts import CallbackEnded, CallbackRequested, Fact, MessageHeard, SurveyAnswered, SurveyAsked
from acd.states import CallbackOutcome
from recording.aftermath import messages, surveys

pytestmark = pytest.mark.unit

CALL = "node1-7.1"
ABOUT = {"survey": "satisfaction", "queue": "sales", "agent": "1001"}


def asked(node: str = "mark", at_ms: int = 1_000) -> SurveyAsked:
    """He is asked."""
    return SurveyAsked(at_ms=at_ms, linkedid=CALL, node=node, **ABOUT)


def answered(score: int, node: str = "mark") -> SurveyAnswered:
    """He has answered."""
    return SurveyAnswered(at_ms=2_000, linkedid=CALL, node=node, score=score, **ABOUT)


def scores(facts: Sequence[Fact]) -> list[tuple[str, int | None]]:
    """Each question, and its answer."""
    return [(one.node, one.score) for one in surveys(facts)]


def test_an_answer_belongs_to_its_question_its_queue_and_its_agent() -> None:
    (one,) = surveys([asked(), answered(5)])
    assert (one.survey, one.score, one.queue, one.agent) == ("satisfaction", 5, "sales", "1001")
    assert one.asked_at.timestamp() == 1


def test_who_does_not_answer_was_asked() -> None:
    assert scores([asked()]) == [("mark", None)]
    assert scores([asked(), asked("more"), answered(3, "more")]) == [("mark", None), ("more", 3)]


def test_who_is_asked_again_answers_each_time() -> None:
    assert scores([asked(), answered(1), asked(), answered(2)]) == [("mark", 1), ("mark", 2)]


def test_an_answer_whose_question_was_lost_is_kept() -> None:
    assert scores([answered(4)]) == [("mark", 4)]


def test_without_a_conversation_there_is_neither_queue_nor_agent() -> None:
    nobody = SurveyAsked(at_ms=1, linkedid=CALL, survey="menu", node="mark", queue="", agent="")
    assert [(one.queue, one.agent) for one in surveys([nobody])] == [(None, None)]


def test_of_a_message_is_kept_who_heard_it_and_how_it_ended() -> None:
    left = CallbackRequested(
        at_ms=1_000, linkedid=CALL, callback="one", number="", queue="sales", entered_ms=0, priority=0, skills={},
        data={}, language="en", expires_ms=9_000, cause="voicemail", message="voicemail/1.wav", message_ms=5_000,
    )  # fmt: skip
    heard = [
        MessageHeard(
            at_ms=2_000 + number, linkedid=CALL, callback="one", queue="sales", agent=agent, heard_ms=5_000,
            whole=agent == "1002",
        )
        for number, agent in enumerate(("1001", "1002"))
    ]  # fmt: skip
    ended = CallbackEnded(
        at_ms=3_000, linkedid=CALL, callback="one", queue="sales", outcome=CallbackOutcome.HEARD, attempts=0,
        wait_ms=0, cause="attempt",
    )  # fmt: skip
    (open_still,) = messages([left, heard[0]])
    assert (open_still.outcome, open_still.ended_at) == (None, None)
    (over,) = messages([left, *heard, ended])
    assert [(one.agent, one.whole) for one in over.heard] == [("1001", False), ("1002", True)]
    assert (over.outcome, over.file, over.duration_ms) == (CallbackOutcome.HEARD, "voicemail/1.wav", 5_000)
