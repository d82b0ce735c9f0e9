"""The facts about quality: that there is something to read or to do, never how anybody was judged, because every
monitor of the floor may see them. acd/facts.py reads and writes them with all others; they are imported from there.
"""

from dataclasses import dataclass

from acd.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFact(Fact):
    """A fact about the judging of calls. `notice` is told once: who sees it twice knows it."""

    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationReleased(QualityFact):
    """An evaluation of this agent's part in a call may be read by him from now on, with his own token."""

    agent: str
    evaluation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationAppealed(QualityFact):
    """The agent does not agree with an evaluation: a team leader is to decide."""

    agent: str
    evaluation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealDecided(QualityFact):
    """The agent's appeal was decided; how, he reads in the evaluation."""

    agent: str
    evaluation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewWorkGiven(QualityFact):
    """So many evaluations came on the work list of the reviewer of this name; empty: on everybody's."""

    reviewer: str
    evaluations: int
