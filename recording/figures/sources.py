"""Where the sums of a period stand, and the statements that read them. A statement is made once and run with the times
and names that are asked for: to make one of forty sums takes several times as long as to run it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, cast, func, select

from recording.figures.counts import AGENTS_ANSWERED, CALLS, Times, names_of
from recording.figures.day_sums import DAYS_OF
from recording.figures.members import Members
from recording.figures.period import Period, midnight
from recording.figures.scope import Scope, ScopeKind
from recording.models import AgentHalfHour, AgentStateHalfHour, Base, CentreHalfHour, QueueHalfHour

STATE = "state_"
TIME_NAMES = names_of(Times)
CALLS_OF: Mapping[ScopeKind, type[Base]] = {
    ScopeKind.CENTRE: CentreHalfHour,
    ScopeKind.QUEUE: QueueHalfHour,
    ScopeKind.TEAM: AgentHalfHour,
    ScopeKind.AGENT: AgentHalfHour,
}
"""The table with the calls of such a scope by half hours."""

_NAMED: Mapping[ScopeKind, str] = {ScopeKind.QUEUE: "queue", ScopeKind.TEAM: "agent", ScopeKind.AGENT: "agent"}
"""The column that says of whom a row is; the centre's tables have none, or all rows are the centre's."""

ROWS = "*"
"""In place of a column: how many rows there are."""

_STATEMENTS = 256
"""So many are kept: those of whoever asks for other figures each time push each other out."""

Rows = Select[*tuple[Any, ...]]
Run = tuple[Rows, Mapping[str, Any]]
"""A statement, and what it is to be run with."""


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of a table of sums, each of a day or a half hour, which the column `time` says; from `since` to `until`,
    which does not belong to it."""

    table: type[Base]
    time: str
    since: date | datetime
    until: date | datetime
    zone: ZoneInfo

    @classmethod
    def half_hours(cls, table: type[Base], period: Period) -> Self:
        """Those of a period."""
        return cls(table, "half_hour", period.since, period.until, period.zone)

    @classmethod
    def days(cls, table: type[Base], first: date, after: date, zone: ZoneInfo) -> Self:
        """The sums of days of what stands in `table` by half hours."""
        return cls(DAYS_OF[table], "day", first, after, zone)

    @property
    def has_one_row_of_each(self) -> bool:
        """Whether no agent or queue has two rows in it."""
        return self.time == "day" and self.since + timedelta(days=1) == self.until

    @property
    def bounds(self) -> Mapping[str, date | datetime]:
        """What a statement is run with that reads from `since` to `until`."""
        return {"since": self.since, "until": self.until}

    @property
    def within(self) -> Sequence[ColumnElement[bool]]:
        """Its rows."""
        time = self.table.__table__.c[self.time]
        return time >= self.since, time < self.until

    def begun(self, time: date | datetime) -> datetime:
        """When the day or half hour of a row began."""
        return time if isinstance(time, datetime) else midnight(time, self.zone).astimezone(UTC)


class Whose:
    """The rows of a scope in a period; who was in a team, `members` tell."""

    def __init__(self, scope: Scope, period: Period, members: Members | None = None) -> None:
        self.scope = scope
        self.period = period
        self.members = members
        self._column = _NAMED.get(scope.kind, "")
        self._names = [scope.name] if members is None else members.throughout(period)

    @property
    def in_days(self) -> bool:
        """Whether sums of days tell it. They are of one team: nobody came or left meanwhile."""
        return self._names is not None

    def has(self, agent: str, half_hour: datetime) -> bool:
        """Whether the times of this agent in this half hour are his."""
        if self.members is not None:
            return self.members.had(agent, half_hour)
        return self.scope.kind is ScopeKind.CENTRE or (self.scope.kind is ScopeKind.AGENT and agent == self.scope.name)

    def among(self, table: type[Base]) -> Sequence[ColumnElement[bool]]:
        """Its rows of a table."""
        if not self._column:
            return ()
        if self._names is None:
            assert self.members is not None
            return (self.members.partly(table, self.period),)
        return (table.__table__.c[self._column].in_(self._names),)

    def sums(self, source: Source, columns: Collection[str], by: str = "") -> Run:
        """The sum of each of these columns, of each value of the column `by`, which comes behind them, or of all."""
        asked = source.table, source.time, tuple(columns), by
        if self._column and self._names is not None:
            return summing(*asked, of=self._column), {**source.bounds, "names": self._names}
        return summing(*asked).where(*self.among(source.table)) if self._column else summing(*asked), source.bounds


@lru_cache(_STATEMENTS)
def summing(table: type[Base], time: str, columns: tuple[str, ...], by: str = "", of: str = "") -> Rows:
    """The sums of these columns from `since` to `until`, of each value of the column `by`, which comes behind them, or
    of all; of those alone whose column `of` is one of `names`."""
    own = table.__table__.c
    sums = [func.count() if name == ROWS else _sum(own[name]) for name in columns]
    if not by:
        return _within(select(*sums), table, time, of)
    # by an expression: for the bare column SQLite goes by the index of agents, and looks each row up
    group = (own[by],) if by == time else (own[by].concat(""), own[by])
    return _within(select(*sums, own[by]), table, time, of).group_by(*group)


@lru_cache(_STATEMENTS)
def rows_of(table: type[Base], time: str, columns: tuple[str, ...], by: str) -> Rows:
    """These columns of each row from `since` to `until`, behind them the one that says of whom it is."""
    own = table.__table__.c
    return _within(select(*(own[name] for name in columns), own[by]), table, time, of="")


def _sum(column: ColumnElement[int]) -> ColumnElement[int]:
    """An integer: PostgreSQL and MariaDB add milliseconds up to decimals, which take their drivers long to read."""
    total = func.sum(column)
    return cast(total, BigInteger) if isinstance(column.type, BigInteger) else total


def _within(query: Rows, table: type[Base], time: str, of: str) -> Rows:
    own = table.__table__.c
    query = query.where(own[time] >= bindparam("since"), own[time] < bindparam("until"))
    return query.where(own[of].in_(bindparam("names", expanding=True))) if of else query


def columns_of(kind: ScopeKind, names: Collection[str]) -> list[tuple[type[Base], dict[str, str]]]:
    """The tables by half hours that have the sums of these names, each with the columns that they are of."""
    ready = (*CALLS, AGENTS_ANSWERED) if kind is ScopeKind.CENTRE else CALLS
    calls = {name: name for name in ready if name in names}
    if AGENTS_ANSWERED in names and kind in (ScopeKind.TEAM, ScopeKind.AGENT):
        calls[AGENTS_ANSWERED] = "answered"
    found: list[tuple[type[Base], dict[str, str]]] = []
    if calls:
        found.append((CALLS_OF[kind], calls))
    if kind is not ScopeKind.QUEUE:
        times = {STATE + name: name for name in TIME_NAMES if STATE + name in names}
        if times:
            found.append((AgentStateHalfHour, times))
    return found
