"""The life of an evaluation, pure: an evaluation and a step give the next evaluation, or the step is refused.

    drawn -> in_work -> scored -> released -> acknowledged
                                           -> appealed -> decided (upheld, or changed: a new score, the old one kept)

A reviewer may give back what he claimed; whoever is in charge may hand it to another; what cannot be judged is set
aside. Nobody judges himself, and nobody decides an appeal against himself.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from recording.quality.errors import (
    AppealTooLate,
    JudgementUnfit,
    NotYours,
    OwnCall,
    ReasonMissing,
    WrongPhase,
)
from recording.quality.evaluations import REVIEW, Evaluation, Person, Phase, Ruling, Step, StepKind
from recording.quality.scoring import score, unfit
from recording.quality.sheets import Judgement, ScoreSheet

FROM: Mapping[StepKind, frozenset[Phase]] = {
    StepKind.CLAIM: frozenset({Phase.DRAWN}),
    StepKind.GIVE_BACK: frozenset({Phase.IN_WORK}),
    StepKind.HAND_OVER: frozenset({Phase.DRAWN, Phase.IN_WORK}),
    StepKind.SAVE: frozenset({Phase.IN_WORK}),
    StepKind.SCORE: frozenset({Phase.IN_WORK, Phase.SCORED}),
    StepKind.RELEASE: frozenset({Phase.SCORED}),
    StepKind.ACKNOWLEDGE: frozenset({Phase.RELEASED}),
    StepKind.APPEAL: frozenset({Phase.RELEASED}),
    StepKind.DECIDE: frozenset({Phase.APPEALED}),
    StepKind.SET_ASIDE: frozenset({Phase.DRAWN, Phase.IN_WORK, Phase.SCORED}),
}
"""From where each step can be taken."""

COUNTING = frozenset({Phase.RELEASED, Phase.ACKNOWLEDGED, Phase.APPEALED, Phase.DECIDED})
"""What an agent has seen, and what counts."""


def take(evaluation: Evaluation, sheet: ScoreSheet, step: Step) -> Evaluation:
    """The evaluation after this step; `sheet` is the one it is judged by.

    Raises WrongPhase, NotYours, OwnCall, ReasonMissing, AppealTooLate, JudgementUnfit.
    """
    if evaluation.phase not in FROM[step.kind]:
        expected = " or ".join(sorted(FROM[step.kind]))
        raise WrongPhase(f"{step.kind}: the evaluation is {evaluation.phase}; expected {expected}")
    changes = CHANGES[step.kind](evaluation, sheet, step)
    return evaluation.model_copy(update={"revision": evaluation.revision + 1, **changes})


def due(at: datetime, days: int, zone: str) -> datetime | None:
    """So many days later at the same time of the zone's clock, in UTC; None for 0."""
    return days_later(at, days, zone) if days else None


def days_later(at: datetime, days: int, zone: str) -> datetime:
    """The same: where the clock shows this time twice then, the first of both; where it never does, as much later as
    it was put forward."""
    local = at.astimezone(ZoneInfo(zone) if zone else UTC)
    return (local.replace(fold=0) + timedelta(days=days)).astimezone(UTC)


Changes = dict[str, Any]


def _claimed(evaluation: Evaluation, _: ScoreSheet, step: Step) -> Changes:
    _not_his_own(evaluation, step.by)
    if evaluation.reviewer is not None and not evaluation.reviewer.is_(step.by):
        raise NotYours(f"it is on the work list of {evaluation.reviewer.name}; expected one of your own")
    return {"phase": Phase.IN_WORK, "reviewer": step.by, "claimed_at": step.at}


def _given_back(evaluation: Evaluation, _: ScoreSheet, step: Step) -> Changes:
    _reviewer(evaluation, step)
    return {"phase": Phase.DRAWN, "claimed_at": None}


def _handed_over(evaluation: Evaluation, _: ScoreSheet, step: Step) -> Changes:
    """To null: to everybody."""
    if not step.in_charge:
        raise NotYours("evaluations are handed over by an administrator; you may give yours back")
    _for_review(evaluation, step)
    if step.to is not None:
        _not_his_own(evaluation, step.to)
    mine = step.to is not None and evaluation.reviewer is not None and evaluation.reviewer.is_(step.to)
    judgement = evaluation.judgement if mine else None  # half a judgement of another's would lead his own
    return {"phase": Phase.DRAWN, "reviewer": step.to, "claimed_at": None, "judgement": judgement}


def _saved(evaluation: Evaluation, sheet: ScoreSheet, step: Step) -> Changes:
    _reviewer(evaluation, step)
    return {"judgement": _judgement(step, sheet, whole=False)}


def _judged(evaluation: Evaluation, sheet: ScoreSheet, step: Step) -> Changes:
    _reviewer(evaluation, step)
    due = {} if evaluation.purpose == REVIEW else {"due_at": None}
    return {"phase": Phase.SCORED, "scored_at": step.at, **due, **_scored(step, sheet)}


def _released(evaluation: Evaluation, sheet: ScoreSheet, step: Step) -> Changes:
    _reviewer(evaluation, step, or_in_charge=True)
    _for_review(evaluation, step)
    return {"phase": Phase.RELEASED, "released_at": step.at, "due_at": due(step.at, sheet.appeal_days, evaluation.zone)}


def _acknowledged(evaluation: Evaluation, _: ScoreSheet, step: Step) -> Changes:
    _agent(evaluation, step)
    return {"phase": Phase.ACKNOWLEDGED, "acknowledged_at": step.at, "due_at": None}


def _appealed(evaluation: Evaluation, sheet: ScoreSheet, step: Step) -> Changes:
    _agent(evaluation, step)
    _in_time(evaluation, sheet, step)
    appeal = _reason(step, "why you do not agree")
    until = due(step.at, sheet.decision_days, evaluation.zone)
    return {"phase": Phase.APPEALED, "appealed_at": step.at, "appeal": appeal, "due_at": until}


def _put_aside(evaluation: Evaluation, _: ScoreSheet, step: Step) -> Changes:
    _reviewer(evaluation, step, or_in_charge=True)
    why = _reason(step, "why it is not judged")
    return {"phase": Phase.SET_ASIDE, "set_aside": why, "set_aside_at": step.at, "due_at": None}


def _decided(evaluation: Evaluation, sheet: ScoreSheet, step: Step) -> Changes:
    _not_his_own(evaluation, step.by)
    if evaluation.reviewer is not None and evaluation.reviewer.is_(step.by):
        raise NotYours("the appeal is against your own judgement; expected somebody else to decide")
    if step.ruling is None:
        raise ReasonMissing(f"the ruling is missing; expected {Ruling.UPHELD} or {Ruling.CHANGED}")
    decided = {
        "phase": Phase.DECIDED,
        "decided_at": step.at,
        "decided_by": step.by,
        "due_at": None,
        "ruling": step.ruling,
        "decision": _reason(step, "the reasons of the decision"),
    }
    if step.ruling is Ruling.CHANGED:
        return {**decided, "first_score": evaluation.score, **_scored(step, sheet)}
    if step.judgement is not None:
        raise JudgementUnfit(["a score that is upheld stays as it is; expected no new judgement"])
    return decided


def _scored(step: Step, sheet: ScoreSheet) -> Changes:
    judgement = _judgement(step, sheet, whole=True)
    result = score(sheet, judgement)
    return {"judgement": judgement, "score": result.score, "passed": result.passed}


def _judgement(step: Step, sheet: ScoreSheet, *, whole: bool) -> Judgement:
    if step.judgement is None:
        raise JudgementUnfit([f"there is no judgement; expected one by the sheet {sheet.name}"])
    if problems := list(unfit(sheet, step.judgement, whole=whole)):
        raise JudgementUnfit(problems)
    return step.judgement


def _not_his_own(evaluation: Evaluation, by: Person) -> None:
    if by.agent and by.agent == evaluation.agent:
        raise OwnCall


def _reviewer(evaluation: Evaluation, step: Step, *, or_in_charge: bool = False) -> None:
    """It is his: on his list, or claimed by him."""
    _not_his_own(evaluation, step.by)
    if or_in_charge and step.in_charge:
        return
    if evaluation.reviewer is None or not evaluation.reviewer.is_(step.by):
        whose = "nobody's yet" if evaluation.reviewer is None else f"that of {evaluation.reviewer.name}"
        raise NotYours(f"it is {whose}; expected one that you have claimed")


def _for_review(evaluation: Evaluation, step: Step) -> None:
    if evaluation.purpose != REVIEW:
        raise WrongPhase(f"{step.kind}: the evaluation belongs to a calibration; expected one for review")


def _agent(evaluation: Evaluation, step: Step) -> None:
    if not step.by.agent or step.by.agent != evaluation.agent:
        raise NotYours("it is about another agent; expected one about you, with your own token")


def _in_time(evaluation: Evaluation, sheet: ScoreSheet, step: Step) -> None:
    assert evaluation.released_at is not None
    if step.at > days_later(evaluation.released_at, sheet.appeal_days, evaluation.zone):
        raise AppealTooLate(f"an appeal is possible for {sheet.appeal_days} days after the release; they are over")


def _reason(step: Step, expected: str) -> str:
    if not step.note.strip():
        raise ReasonMissing(f"the note is missing; expected {expected}")
    return step.note


CHANGES: Mapping[StepKind, Callable[[Evaluation, ScoreSheet, Step], Changes]] = {
    StepKind.CLAIM: _claimed,
    StepKind.GIVE_BACK: _given_back,
    StepKind.HAND_OVER: _handed_over,
    StepKind.SAVE: _saved,
    StepKind.SCORE: _judged,
    StepKind.RELEASE: _released,
    StepKind.ACKNOWLEDGE: _acknowledged,
    StepKind.APPEAL: _appealed,
    StepKind.DECIDE: _decided,
    StepKind.SET_ASIDE: _put_aside,
}
"""What each step changes."""
