"""What is told of quality, as facts: to agents that they were judged, to reviewers that there is work for them, to team
leaders that there is an appeal. What is done by a command is told by the running service, too, if there is one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from acd.facts import AppealDecided, EvaluationAppealed, EvaluationReleased, Fact, QualityFact, ReviewWorkGiven
from cti.access import Holder, Permission, Role
from recording.quality.evaluations import Evaluation, Step, StepKind


def of_step(kind: StepKind, after: Evaluation, at_ms: int) -> Iterator[QualityFact]:
    """What there is to tell of a step; most concern nobody but who took it."""
    match kind:
        case StepKind.RELEASE:
            yield EvaluationReleased(at_ms=at_ms, agent=after.agent, evaluation=after.id)
        case StepKind.APPEAL:
            yield EvaluationAppealed(at_ms=at_ms, agent=after.agent, evaluation=after.id)
        case StepKind.DECIDE:
            yield AppealDecided(at_ms=at_ms, agent=after.agent, evaluation=after.id)
        case StepKind.HAND_OVER:
            yield from of_work([after], at_ms)
        case _:
            return


def of_latest(done: Iterable[tuple[Evaluation, Sequence[Step]]], at_ms: int) -> Iterator[QualityFact]:
    """What there is to tell of the last step of each; those without one have just come on a work list."""
    given: Counter[str] = Counter()
    for after, steps in done:
        told = of_step(steps[-1].kind, after, at_ms) if steps else of_work([after], at_ms)
        for fact in told:
            if isinstance(fact, ReviewWorkGiven):
                given[fact.reviewer] += fact.evaluations
            else:
                yield fact
    yield from of_counts(given, at_ms)


def of_work(given: Iterable[Evaluation], at_ms: int) -> Iterator[ReviewWorkGiven]:
    """Evaluations that came on work lists."""
    yield from of_counts(Counter(one.reviewer.name if one.reviewer else "" for one in given), at_ms)


def of_counts(given: Mapping[str, int], at_ms: int) -> Iterator[ReviewWorkGiven]:
    """So many by the name of each reviewer, the empty one for everybody's list."""
    for name, count in sorted(given.items()):
        yield ReviewWorkGiven(at_ms=at_ms, reviewer=name, evaluations=count)


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
