"""Who must not judge whom, pure: nobody himself, nobody whom the sampling rules bar from an agent or a team, and, where
they say so, nobody his own team.
"""

from recording.quality.evaluations import Person, Subject
from recording.quality.sampling import SamplingRules


def conflict(rules: SamplingRules | None, reviewer: Person, team: str, subject: Subject) -> str:
    """Why this reviewer, himself an agent of this team (empty: of none), must not judge this part of a call; empty
    where he may."""
    if reviewer.agent and reviewer.agent == subject.agent:
        return "it is his own call"
    if rules is None:
        return ""
    barred = rules.never.get(reviewer.name)
    if barred is not None and subject.agent in barred.agents:
        return f"the sampling rules bar him from agent {subject.agent}"
    if barred is not None and subject.team and subject.team in barred.teams:
        return f"the sampling rules bar him from team {subject.team}"
    if not rules.own_team and team and team == subject.team:
        return f"it is his own team, {team}"
    return ""
