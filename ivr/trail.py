"""What the walker notes on a caller's way, as the facts that journal and record are told. What only a rehearsal is to
show is told nobody: it may be the caller's own data.
"""

from acd.facts import Fact, MenuAnswered, NodeEntered, SurveyAnswered, SurveyAsked, WayTaken
from ivr.flow.steps import Answered, Entered, Kept, Mark, Surveyed, Took


def fact_of(mark: Mark, at_ms: int, linkedid: str) -> Fact | None:
    """The fact, None if it is nobody's business."""
    match mark:
        case Entered(node, kind, flow):
            return NodeEntered(at_ms=at_ms, linkedid=linkedid, node=node, kind=kind, flow=flow)
        case Answered(node, choice):
            return MenuAnswered(at_ms=at_ms, linkedid=linkedid, node=node, choice=choice)
        case Took(node, way):
            return WayTaken(at_ms=at_ms, linkedid=linkedid, node=node, way=way)
        case Surveyed(node, survey, queue, agent, None):
            return SurveyAsked(at_ms=at_ms, linkedid=linkedid, survey=survey, node=node, queue=queue, agent=agent)
        case Surveyed(node, survey, queue, agent, score):
            return SurveyAnswered(
                at_ms=at_ms,
                linkedid=linkedid,
                survey=survey,
                node=node,
                score=int(score or "0"),
                queue=queue,
                agent=agent,
            )
        case Kept():
            return None
