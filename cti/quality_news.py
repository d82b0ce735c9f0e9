"""Who is told what of quality: agents that they were judged, reviewers that there is work for them, team leaders that
there is an appeal.
"""

from acd.facts import AppealDecided, EvaluationAppealed, EvaluationReleased, Fact, QualityFact, ReviewWorkGiven
from cti.access import Holder, Permission, Role


def may_know(holder: Holder, fact: Fact) -> bool:
    """Whether a watcher of the whole floor is told it: of quality, who sees evaluations."""
    return not isinstance(fact, QualityFact) or holder.may(Permission.REVIEW) or holder.role.includes(Role.FLOOR)


def concerns(holder: Holder, fact: Fact) -> bool:
    """Whether it is this holder's own: he is the agent, or the reviewer; an appeal is the team leaders'."""
    match fact:
        case EvaluationReleased(agent=agent) | AppealDecided(agent=agent):
            return bool(holder.agent) and agent == holder.agent
        case EvaluationAppealed():
            return holder.role.includes(Role.FLOOR)
        case ReviewWorkGiven(reviewer=name):
            return holder.may(Permission.REVIEW) and name in ("", holder.name)
        case _:
            return False
