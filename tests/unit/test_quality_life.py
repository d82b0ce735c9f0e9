"""The life of an evaluation: what may follow on what, whose each step is, and that nothing is lost on any way."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.quality.errors import (
    AppealTooLate,
    JudgementUnfit,
    NotYours,
    OwnCall,
    QualityError,
    ReasonMissing,
    WrongPhase,
)
from recording.quality.evaluations import Evaluation, Person, Phase, Ruling, Step, StepKind
from recording.quality.life import COUNTING, FROM, take
from recording.quality.scoring import score
from tests.quality import AGENT, ANNA, AT, BORIS, CHIEF, SHEET, drawn, judged, step

pytestmark = pytest.mark.unit

GOOD, BAD = judged(hello=1, right=5), judged(hello=0, right=0)
TO = {
    StepKind.CLAIM: Phase.IN_WORK,
    StepKind.GIVE_BACK: Phase.DRAWN,
    StepKind.HAND_OVER: Phase.DRAWN,
    StepKind.SAVE: Phase.IN_WORK,
    StepKind.SCORE: Phase.SCORED,
    StepKind.RELEASE: Phase.RELEASED,
    StepKind.ACKNOWLEDGE: Phase.ACKNOWLEDGED,
    StepKind.APPEAL: Phase.APPEALED,
    StepKind.DECIDE: Phase.DECIDED,
    StepKind.SET_ASIDE: Phase.SET_ASIDE,
}
PEOPLE = (ANNA, BORIS, CHIEF, AGENT, Person(name="anna-by-phone", agent="1001"))

steps = st.builds(
    Step,
    kind=st.sampled_from(StepKind),
    at=st.integers(0, 10).map(lambda days: AT + timedelta(days=days)),
    by=st.sampled_from(PEOPLE),
    in_charge=st.booleans(),
    note=st.sampled_from(["", "because"]),
    judgement=st.sampled_from([None, GOOD, BAD, judged({"lied": "twice"}, hello=1, right=5), judged(hello=1)]),
    ruling=st.sampled_from([None, *Ruling]),
    to=st.sampled_from([None, ANNA, BORIS, AGENT]),
)


def after(*taken: Step, of: Evaluation | None = None) -> Evaluation:
    evaluation = of or drawn()
    for one in taken:
        evaluation = take(evaluation, SHEET, one)
    return evaluation


RELEASED = (step(StepKind.CLAIM), step(StepKind.SCORE, judgement=BAD), step(StepKind.RELEASE))
APPEALED = (*RELEASED, step(StepKind.APPEAL, AGENT, note="I did greet"))


@given(st.lists(steps, max_size=60))
def test_whatever_is_tried_only_lawful_ways_are_gone_and_nothing_is_lost(tried: list[Step]) -> None:
    now, taken = drawn(), list[Step]()
    for one in tried:
        before = now
        try:
            now = take(now, SHEET, one)
        except QualityError:
            continue
        taken.append(one)
        assert before.phase in FROM[one.kind]
        assert (now.phase, now.revision) == (TO[one.kind], before.revision + 1)
        if before.score is not None:
            assert now.score is not None
    assert after(*taken) == now, "what is kept of it are its steps"
    judge = next((one.by for one in reversed(taken) if one.kind is StepKind.SCORE), None)
    assert judge is None or judge.agent != now.agent, "nobody judges himself"
    assert now.decided_by is None or (judge is not None and not now.decided_by.is_(judge))
    assert (now.released_at is not None) == (now.phase in COUNTING)
    if now.ruling is Ruling.CHANGED:
        assert now.judgement is not None
        given = next(one.judgement for one in reversed(taken) if one.kind is StepKind.SCORE)
        assert given is not None
        assert (now.first_score, now.score) == (score(SHEET, given).score, score(SHEET, now.judgement).score)
    else:
        assert now.first_score is None


def test_the_way_to_an_appeal_that_changes_the_score_keeps_the_first() -> None:
    done = after(*APPEALED, step(StepKind.DECIDE, CHIEF, ruling=Ruling.CHANGED, judgement=GOOD, note="he did"))
    assert (done.first_score, done.score, done.passed) == (Decimal("0.00"), Decimal("100.00"), True)
    assert (done.appeal, done.decision, done.decided_by) == ("I did greet", "he did", CHIEF)


def test_a_score_that_is_upheld_stays() -> None:
    done = after(*APPEALED, step(StepKind.DECIDE, CHIEF, ruling=Ruling.UPHELD, note="he did not"))
    assert (done.first_score, done.score, done.phase) == (None, Decimal("0.00"), Phase.DECIDED)


def test_what_was_saved_is_there_for_the_next_who_claims() -> None:
    half = judged(hello=1)
    claimed = after(step(StepKind.CLAIM), step(StepKind.SAVE, judgement=half), step(StepKind.GIVE_BACK))
    assert (claimed.judgement, claimed.phase, claimed.score) == (half, Phase.DRAWN, None)


def test_a_score_may_be_given_again_until_the_release() -> None:
    assert after(*RELEASED[:2], step(StepKind.SCORE, judgement=GOOD)).score == 100


@pytest.mark.parametrize(
    ("taken", "refused", "error"),
    [
        ((), step(StepKind.SCORE, judgement=GOOD), WrongPhase),
        ((), step(StepKind.CLAIM, AGENT), OwnCall),
        ((), step(StepKind.HAND_OVER, CHIEF, to=BORIS), NotYours),
        ((), step(StepKind.HAND_OVER, CHIEF, in_charge=True, to=AGENT), OwnCall),
        ((step(StepKind.CLAIM),), step(StepKind.CLAIM, BORIS), WrongPhase),
        ((step(StepKind.CLAIM),), step(StepKind.SCORE, BORIS, judgement=GOOD), NotYours),
        ((step(StepKind.CLAIM),), step(StepKind.SCORE, BORIS, judgement=GOOD, in_charge=True), NotYours),
        ((step(StepKind.CLAIM),), step(StepKind.SCORE, judgement=judged(hello=1)), JudgementUnfit),
        ((step(StepKind.CLAIM),), step(StepKind.SCORE), JudgementUnfit),
        ((step(StepKind.CLAIM),), step(StepKind.SET_ASIDE), ReasonMissing),
        ((step(StepKind.HAND_OVER, CHIEF, in_charge=True, to=BORIS),), step(StepKind.CLAIM), NotYours),
        (RELEASED[:2], step(StepKind.RELEASE, BORIS), NotYours),
        (RELEASED, step(StepKind.SCORE, judgement=GOOD), WrongPhase),
        (RELEASED, step(StepKind.ACKNOWLEDGE, BORIS), NotYours),
        (RELEASED, step(StepKind.ACKNOWLEDGE, CHIEF), NotYours),
        (RELEASED, step(StepKind.APPEAL, AGENT), ReasonMissing),
        (RELEASED, step(StepKind.APPEAL, AGENT, note="no", at=AT + timedelta(days=7, seconds=1)), AppealTooLate),
        (APPEALED, step(StepKind.DECIDE, ANNA, ruling=Ruling.UPHELD, note="so"), NotYours),
        (APPEALED, step(StepKind.DECIDE, AGENT, ruling=Ruling.UPHELD, note="so"), OwnCall),
        (APPEALED, step(StepKind.DECIDE, CHIEF, ruling=Ruling.UPHELD), ReasonMissing),
        (APPEALED, step(StepKind.DECIDE, CHIEF, note="so"), ReasonMissing),
        (APPEALED, step(StepKind.DECIDE, CHIEF, ruling=Ruling.CHANGED, note="so"), JudgementUnfit),
        (APPEALED, step(StepKind.DECIDE, CHIEF, ruling=Ruling.UPHELD, note="so", judgement=GOOD), JudgementUnfit),
    ],
)
def test_a_step_that_is_not_lawful_is_refused(taken: tuple[Step, ...], refused: Step, error: type[Exception]) -> None:
    with pytest.raises(error):
        after(*taken, refused)


def test_whoever_is_in_charge_hands_over_releases_and_sets_aside_for_a_reviewer_who_is_away() -> None:
    given = after(step(StepKind.CLAIM), step(StepKind.HAND_OVER, CHIEF, in_charge=True, to=BORIS))
    assert (given.reviewer, given.phase) == (BORIS, Phase.DRAWN)
    assert after(*RELEASED[:2], step(StepKind.RELEASE, CHIEF, in_charge=True)).phase is Phase.RELEASED
    assert after(step(StepKind.SET_ASIDE, CHIEF, in_charge=True, note="a test call")).set_aside == "a test call"


def test_an_evaluation_for_a_calibration_is_scored_and_goes_no_further() -> None:
    scored = after(*RELEASED[:2], of=drawn(purpose="calibration-1", slot="anna", reviewer=ANNA))
    with pytest.raises(WrongPhase):
        take(scored, SHEET, step(StepKind.RELEASE))
