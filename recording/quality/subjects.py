"""What of a call can be judged: each agent's part in it. Pure."""

from collections.abc import Mapping

from recording.quality.evaluations import Subject
from recording.record import CallRecord


def subjects(record: CallRecord, teams: Mapping[str, str]) -> dict[str, Subject]:
    """By agent, in the order they spoke with the caller; `teams` are those of agents. The queue is the last in which
    the caller stood before this agent spoke with him."""
    found: dict[str, Subject] = {}
    for one in record.conversations:
        before = [visit.queue for visit in record.queues if visit.entered_at <= one.started_at]
        talk_ms = round((one.ended_at - one.started_at).total_seconds() * 1000) - one.hold_ms
        known = found.get(one.agent)
        found[one.agent] = Subject(
            call=record.id,
            agent=one.agent,
            queue=known.queue if known else (before[-1] if before else ""),
            team=teams.get(one.agent, ""),
            call_at=known.call_at if known else one.started_at,
            talk_ms=talk_ms + (known.talk_ms if known else 0),
        )
    return found
