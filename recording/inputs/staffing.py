"""Who belongs to the centre, for how much of a full week and in which team, over time (kpi.md, figure 23). Pure; days
are those of the centre's calendar.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from operator import attrgetter

from pydantic import BaseModel, ConfigDict, Field

from recording.inputs.days import Day

TEAM = "team"
"""The attribute of an agent's account that names his team."""

YEAR_DAYS = 365
EVER = date.max


class StaffEvent(StrEnum):
    """What happened. The first two hold from the beginning of their day on, `left` from its end."""

    JOINED = "joined"
    CHANGED = "changed"
    LEFT = "left"


class StaffEntry(BaseModel):
    """An agent joins, works more or less or in another team, or leaves: then `day` is his last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agent: str = Field(pattern=r"^[0-9]{1,12}$")
    day: Day
    event: StaffEvent
    share: int = Field(100, ge=1, le=100, description="Of a full week, in percent; ignored where he leaves.")
    team: str = Field("", max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$", description="Ignored where he leaves.")


def moved(known: Iterable[StaffEntry], given: Iterable[StaffEntry]) -> list[StaffEntry]:
    """The known entries that those given stand for: nobody joins twice before he has left, so that who is said to have
    joined on another day has that day instead."""
    given = list(given)
    joining = [one for one in given if one.event is StaffEvent.JOINED]
    agents, written = {one.agent for one in joining}, {(one.agent, one.day, one.event) for one in given}
    there = [one for one in known if one.agent in agents]
    left = {(one.agent, one.day) for one in (*there, *given) if one.event is StaffEvent.LEFT}

    def same_stay(one: StaffEntry, other: StaffEntry) -> bool:
        first, last = sorted((one.day, other.day))
        return not any(agent == one.agent and first <= day < last for agent, day in left)

    return [
        one
        for one in there
        if one.event is StaffEvent.JOINED
        and (one.agent, one.day, one.event) not in written
        and any(one.agent == other.agent and same_stay(one, other) for other in joining)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stint:
    """An agent from `first` to `last`, both included, with one share (percent) in one team."""

    agent: str
    first: date
    last: date
    share: int
    team: str

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffChanges:
    """Who joined and who left in a period, and how many full-time people there were in the mean."""

    joined: tuple[StaffEntry, ...]
    left: tuple[StaffEntry, ...]
    mean_full_time: Fraction
    days: int

    @property
    def turnover(self) -> Decimal | None:
        """The yearly rate in percent (figure 23)."""
        return yearly_turnover(len(self.left), self.mean_full_time, self.days)


def yearly_turnover(left: int, mean_full_time: Fraction, days: int) -> Decimal | None:
    """Agents who left ÷ mean full-time agents, as the rate of a year of 365 days, in percent to two places; None where
    there was nobody who could leave."""
    if not mean_full_time or days <= 0:
        return None
    rate = Fraction(left * YEAR_DAYS * 100, days) / mean_full_time
    return Decimal(round(rate * 100)) / 100


class Staffing:
    """All that is known of who belongs to the centre."""

    def __init__(self, entries: Iterable[StaffEntry]) -> None:
        order = list(StaffEvent)
        ordered = sorted(entries, key=lambda one: (one.agent, one.day, order.index(one.event)))
        self._entries = tuple(ordered)
        self._stints: Mapping[str, list[Stint]] = defaultdict(list)
        for agent, mine in groupby(ordered, key=attrgetter("agent")):
            self._stints[agent].extend(_stints(mine))

    def at(self, agent: str, day: date) -> Stint | None:
        """How he belonged to the centre that day; None: not, or nothing is known of him."""
        return next((one for one in self._stints.get(agent, ()) if one.first <= day <= one.last), None)

    def employed(self, agent: str, day: date) -> bool:
        """Whether he belonged to the centre that day; of whom nothing is written, yes."""
        return agent not in self._stints or self.at(agent, day) is not None

    def gone(self, day: date) -> frozenset[str]:
        """Who has left before this day and is not there on it or later."""
        return frozenset(agent for agent, stints in self._stints.items() if max(one.last for one in stints) < day)

    def changes(self, first: date, last: date, team: str | None = None) -> StaffChanges:
        """What changed on these days, both included; of one team, None for all. Who leaves leaves the team he was in;
        a change from one team to another is neither joining nor leaving. Who has left
        cannot leave again."""
        joined = [one for one in self._within(StaffEvent.JOINED, first, last) if team in (None, one.team)]
        left = [one for one in self._within(StaffEvent.LEFT, first, last) if team in (None, self._team(one))]
        left = [one for one in left if self.at(one.agent, one.day) is not None]
        days = (last - first).days + 1
        worked = sum(
            one.share * there
            for one in self._of(team)
            if (there := (min(one.last, last) - max(one.first, first)).days + 1) > 0
        )
        mean = Fraction(worked, 100 * days) if days > 0 else Fraction()
        return StaffChanges(joined=tuple(joined), left=tuple(left), mean_full_time=mean, days=days)

    def within(self, first: date, last: date, team: str | None = None) -> list[Stint]:
        """Who belonged to the centre on these days, both included, cut to them; of one team, None for all."""
        cut = (replace(one, first=max(one.first, first), last=min(one.last, last)) for one in self._of(team))
        return [one for one in cut if one.first <= one.last]

    def _of(self, team: str | None) -> Iterator[Stint]:
        return (one for stints in self._stints.values() for one in stints if team in (None, one.team))

    def _within(self, event: StaffEvent, first: date, last: date) -> Iterator[StaffEntry]:
        return (one for one in self._entries if one.event is event and first <= one.day <= last)

    def _team(self, left: StaffEntry) -> str:
        stint = self.at(left.agent, left.day)
        return stint.team if stint else ""


def _stints(entries: Iterable[StaffEntry]) -> Iterator[Stint]:
    """One agent's entries, in order. A change of who is not there brings him in; leaving twice is leaving once. Who
    leaves first of all was there before."""
    since: StaffEntry | None = None
    for number, one in enumerate(entries):
        if number == 0 and one.event is StaffEvent.LEFT:
            since = one.model_copy(update={"day": date.min})
        if since is not None:
            last = one.day if one.event is StaffEvent.LEFT else one.day - timedelta(days=1)
            if since.day <= last:
                yield _stint(since, last)
        since = None if one.event is StaffEvent.LEFT else one
    if since is not None:
        yield _stint(since, EVER)


def _stint(since: StaffEntry, last: date) -> Stint:
    return Stint(agent=since.agent, first=since.day, last=last, share=since.share, team=since.team)
