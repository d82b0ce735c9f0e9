"""The calls behind a number: those that a scope counts for something in half hours of some time, as a condition on the
table of calls. The same rows that were added up are asked, so that the list is as long as the number, but for a call
that counts twice: who came to a queue two times in one half hour is listed once.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select

from recording.figures.counted import masks
from recording.figures.scope import Scope, ScopeKind
from recording.models import AgentTeam, Call, CallCount


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedCalls:
    """What calls are asked for: `counted` as in recording.figures.counted; `since` is included, `until` not, both go by
    the half hour in which a call counts."""

    scope: Scope
    counted: str
    since: datetime | None = None
    until: datetime | None = None

    def condition(self) -> ColumnElement[bool]:
        """On the table of calls. Raises CountedError."""
        table = CallCount.__table__.c
        kind = ScopeKind.AGENT if self.scope.kind is ScopeKind.TEAM else self.scope.kind
        query = select(table.call).where(table.kind == kind.value)
        query = query.where(
            _in_team(self.scope.name) if self.scope.kind is ScopeKind.TEAM else table.name == self.scope.name
        )
        if self.since is not None:
            query = query.where(table.half_hour >= self.since)
        if self.until is not None:
            query = query.where(table.half_hour < self.until)
        fits = (table.counted.bitwise_and(one.looked_at) == one.needed for one in masks(self.counted))
        return Call.id.in_(query.where(or_(*fits)))


def _in_team(team: str) -> ColumnElement[bool]:
    """The agent was in the team when the half hour began; before he was known, what is known of him first holds."""
    count = CallCount.__table__
    row, known = (AgentTeam.__table__.alias(name) for name in ("row_in_force", "known"))
    his = select(func.max(known.c.since)).where(known.c.agent == count.c.name)
    last = his.where(known.c.since <= count.c.half_hour).correlate(count).scalar_subquery()
    first = select(func.min(known.c.since)).where(known.c.agent == count.c.name).correlate(count).scalar_subquery()
    return exists(
        select(row.c.agent)
        .where(row.c.agent == count.c.name, row.c.since == func.coalesce(last, first), row.c.team == team)
        .correlate(count)
    )
