"""Which calls are drawn to be judged, as rules that are data, and what they are applied to. How they are applied is
decided by recording/quality/drawing.py.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from recording.quality.evaluations import Person, Subject
from recording.quality.pacing import Month


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Where(_Value):
    """Which calls a rule is about; what is left out does not matter, and all that is said must fit. `survey_at_most`:
    the caller gave the agent a mark, and no better one. `new_agent_days`: the agent began no longer ago."""

    talk_from_s: int | None = None
    talk_to_s: int | None = None
    queues: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    resolved: bool | None = None
    survey_at_most: int | None = None
    transferred: bool | None = None
    new_agent_days: int | None = None


class Rule(_Value):
    """How many of the calls it is about are drawn: `one_in` so many of each agent's, or `per_agent_month` so many of
    each agent and month, spread over it (recording/quality/pacing.py), or `per_agent_shift` so many of each shift that
    an agent worked, or `per_shift` so many of all the calls of a shift together. Never more than `most_per_agent_month`
    of one agent. `reviewers` are who may get them, all where nobody is named."""

    name: str
    sheet: str
    where: Where = Where()
    one_in: int | None = None
    per_agent_month: int | None = None
    per_agent_shift: int | None = None
    per_shift: int | None = None
    most_per_agent_month: int | None = None
    reviewers: tuple[str, ...] = ()

    @property
    def by_shift(self) -> bool:
        """Whether it asks for shifts: then it waits until a shift is over, so that every call of it can be drawn."""
        return self.per_agent_shift is not None or self.per_shift is not None


class Barred(_Value):
    """Whom a reviewer must not judge."""

    agents: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


class SamplingRules(_Value):
    """The rules, the most important first, and their frame: `at` is when they are applied each day, in the centre's
    zone; calls of the `look_back_days` before are drawn from; no more than `most_per_agent_month` are drawn of one
    agent by all rules together; the quotas of a month are to be drawn `month_ready_days` before it ends; a reviewer
    gets `reviewer_per_day` at most, and none while he has `reviewer_open` to do. `never` bars reviewers from agents and
    teams; `moderators` lead calibrations and get nothing that is drawn or shared out; `own_team` says whether a
    reviewer who takes calls himself may judge his own team."""

    at: str = "05:00"
    look_back_days: int = 7
    most_per_agent_month: int | None = None
    month_ready_days: int = 5
    reviewer_per_day: int = 20
    reviewer_open: int = 40
    own_team: bool = True
    moderators: tuple[str, ...] = ()
    never: Mapping[str, Barred] = {}
    rules: tuple[Rule, ...] = ()

    @property
    def monthly_quota(self) -> int | None:
        """How many evaluations its rules want of each agent and month; None where they do not say."""
        return sum(rule.per_agent_month or 0 for rule in self.rules) or None


class Candidate(Subject):
    """An agent's part in a call that can be heard and was not drawn before. `shift` names the shift he worked then,
    `shift_over` says whether it had ended by the time up to which is drawn; `fresh`: no draw has seen it yet;
    `agent_days` counts from the agent's first day, null where that is unknown."""

    shift: str
    shift_over: bool = True
    fresh: bool = True
    outcome: str = ""
    resolved: bool | None = None
    survey: int | None = None
    transferred: bool = False
    agent_days: int | None = None


class Drawn(_Value):
    """What was drawn before and counts against a quota: in this month (`this_month`), or within the look-back."""

    agent: str
    rule: str
    shift: str
    this_month: bool


class Reviewer(Person):
    """Who gets work, unless he is absent: his own team if he is an agent, how much he has to do, and how much of it was
    drawn today."""

    team: str = ""
    absent: bool = False
    open: int = 0
    today: int = 0


class Inputs(_Value):
    """All that a draw depends on. With the same inputs the same calls are drawn, whoever draws, whenever. `planned`
    are the days of this month on which work of an agent can be drawn, those after his planned shifts; who has no plan
    is not in it."""

    day: date
    seed: str
    rules: SamplingRules
    candidates: tuple[Candidate, ...]
    drawn: tuple[Drawn, ...] = ()
    reviewers: tuple[Reviewer, ...] = ()
    planned: Mapping[str, tuple[int, ...]] = {}

    @property
    def month(self) -> Month:
        """The month of the draw, for what is spread over it."""
        days = monthrange(self.day.year, self.day.month)[1]
        return Month(name=f"{self.day:%Y-%m}", day=self.day.day, days=days, ready_days=self.rules.month_ready_days)


class Pick(_Value):
    """A call that is drawn: by which rule, for whose work list (null: everybody's)."""

    call: str
    agent: str
    rule: str
    reviewer: Person | None


Count = Annotated[int, Field(ge=0)]


class Lot(_Value):
    """What a rule did with an agent's calls (of one shift, where it asks for shifts; `agent` is empty where it asks for
    shifts of all agents together): how many fitted and were free,
    how many it wanted, how many it got, and why it did not get the rest: `calls`, `quota` (a limit per month) or
    `reviewers`."""

    rule: str
    agent: str
    shift: str
    fitting: Count
    wanted: Count
    got: Count
    short: str = ""


class Drawing(_Value):
    """What a draw came to."""

    picks: tuple[Pick, ...]
    lots: tuple[Lot, ...]
