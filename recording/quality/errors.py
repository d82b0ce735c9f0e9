"""What the quality work refuses, each with a stable id."""

from collections.abc import Iterable


class QualityError(Exception):
    """A request that is refused; `id` is stable."""

    id = "quality-refused"


class JudgementUnfit(QualityError):
    """A judgement does not fit its score sheet; `problems` has one sentence for each fault."""

    id = "judgement-unfit"

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


class UnknownEvaluation(QualityError):
    """There is no such evaluation, or none that he who asks may see."""

    id = "unknown-evaluation"

    def __init__(self) -> None:
        super().__init__("there is no such evaluation; expected the id of one that you may see")


class EvaluationChanged(QualityError):
    """Somebody was quicker."""

    id = "evaluation-changed"

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(f"the evaluation is at revision {found}; expected {expected}: look at it again, then decide")


class WrongPhase(QualityError):
    """The step is not possible as the evaluation stands."""

    id = "evaluation-phase-wrong"


class NotYours(QualityError):
    """Somebody else's to do."""

    id = "evaluation-not-yours"


class OwnCall(QualityError):
    """Nobody judges himself."""

    id = "own-call"

    def __init__(self) -> None:
        super().__init__("this is a call of your own; expected somebody else to judge it")


class ConflictOfInterest(QualityError):
    """Somebody must not judge this agent."""

    id = "conflict-of-interest"

    def __init__(self, reviewer: str, why: str) -> None:
        super().__init__(f"{reviewer} must not judge this call: {why}; expected another reviewer")


class ReasonMissing(QualityError):
    """A step that others must understand needs words."""

    id = "reason-missing"


class AppealTooLate(QualityError):
    """The time for an appeal is over."""

    id = "appeal-too-late"


class AlreadyDrawn(QualityError):
    """A call is judged once for one purpose."""

    id = "call-already-drawn"

    def __init__(self) -> None:
        super().__init__("this call has been drawn for this purpose already; expected another call")


class UnknownSubject(QualityError):
    """There is no such call."""

    id = "unknown-call"

    def __init__(self) -> None:
        super().__init__("there is no such call; expected the id of one that is over")


class UnknownSheet(QualityError):
    """There is no such score sheet."""

    id = "unknown-sheet"


class UnknownCalibration(QualityError):
    """There is no such calibration."""

    id = "unknown-calibration"

    def __init__(self) -> None:
        super().__init__(
            "there is no such calibration; expected an id that GET /api/quality/calibrations or `callcenter quality "
            "calibrations` shows"
        )


class TooFewReviewers(QualityError):
    """Nothing can be compared."""

    id = "too-few-reviewers"


UNHEARD = "the call has no recording, or it is gone; expected one that can be heard"
"""Why a call cannot be judged."""


class NotJudgeable(QualityError):
    """The call cannot be judged."""

    id = "call-not-judgeable"


class UnknownDraw(QualityError):
    """There is no such draw."""

    id = "unknown-draw"

    def __init__(self) -> None:
        super().__init__(
            "there is no such draw; expected an id that GET /api/quality/draws or `callcenter quality draws` shows, or "
            "the day of a daily one"
        )
