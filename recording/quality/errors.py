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
