"""What `dialplans/quality/sampling.yaml` may say: which calls are drawn to be judged; the model, its checks, and the
rules by which is drawn.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ivr.documents import Document, DocumentError, Name, Part, Problem, read_document
from recording.quality.sampling import Barred, Rule, SamplingRules, Where

FILE = "quality/sampling.yaml"

Seconds = Annotated[int, Field(ge=0, le=86_400)]
Names = Annotated[tuple[str, ...], Field(strict=False)]


class WherePart(Part):
    """Which calls a rule is about; what is left out does not matter, and all that is said must fit: the agent's talk in
    seconds (`talk_from_s`, `talk_to_s`), the queues, the agents' teams, the agents by number, the outcome codes that
    they gave, whether the matter was `resolved`, the caller's mark for the agent (`survey_at_most`), whether the agent
    `transferred` him, and whether the agent began at most `new_agent_days` ago."""

    talk_from_s: Seconds | None = None
    talk_to_s: Seconds | None = None
    queues: Names = ()
    teams: Names = ()
    agents: Names = ()
    outcomes: Names = ()
    resolved: bool | None = None
    survey_at_most: Annotated[int, Field(ge=1, le=9)] | None = None
    transferred: bool | None = None
    new_agent_days: Annotated[int, Field(ge=0, le=3660)] | None = None


AMOUNTS = ("one_in", "per_agent_month", "per_agent_shift", "per_shift")


class RulePart(Part):
    """A rule: by which `sheet` its calls are judged, `where` which calls it is about, and how many of them are drawn:
    `one_in` so many of each agent's, or `per_agent_month` so many of each agent and month, spread over it, or
    `per_agent_shift` so many of each shift an agent worked, or `per_shift` so many of all calls of a shift together.
    Never more than `most_per_agent_month` of one agent. `reviewers` are who may get them, all where nobody is named."""

    sheet: Name
    where: WherePart = WherePart()
    one_in: Annotated[int, Field(ge=1, le=10_000)] | None = None
    per_agent_month: Annotated[int, Field(ge=1, le=1000)] | None = None
    per_agent_shift: Annotated[int, Field(ge=1, le=100)] | None = None
    per_shift: Annotated[int, Field(ge=1, le=1000)] | None = None
    most_per_agent_month: Annotated[int, Field(ge=1, le=1000)] | None = None
    reviewers: Names = ()

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        if sum(getattr(self, name) is not None for name in AMOUNTS) != 1:
            raise PydanticCustomError("amount", "Input should be keys with exactly one of: {amounts}", _AMOUNTS)
        return self


_AMOUNTS: dict[str, Any] = {"amounts": ", ".join(AMOUNTS)}


class BarredPart(Part):
    """Agents, by number, and teams whom a reviewer must not judge."""

    agents: Names = ()
    teams: Names = ()


class ReviewersPart(Part):
    """How much work a reviewer gets: `per_day` at most, and none while he has `open` to do. Whom he must not judge: by
    name in `never`, and his own team unless `own_team` lets a reviewer who takes calls himself do so. `moderators` have
    the permission to review because they lead calibrations: nothing drawn comes on their lists."""

    per_day: Annotated[int, Field(ge=1, le=1000)] = 20
    open: Annotated[int, Field(ge=1, le=10_000)] = 40
    own_team: bool = True
    moderators: Names = ()
    never: dict[str, BarredPart] = Field(default_factory=dict)


class SamplingFile(Part):
    """Which calls are drawn to be judged: `at` what time of day, from the calls of the `look_back_days` before, no more
    than `most_per_agent_month` of one agent by all rules together, how many days before the end of the month its quotas
    are drawn (`month_ready_days`, so that they are judged in it), for which work of `reviewers`, and by which `rules`,
    the most important first."""

    at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "05:00"
    look_back_days: Annotated[int, Field(ge=1, le=31)] = 7
    most_per_agent_month: Annotated[int, Field(ge=1, le=1000)] | None = None
    month_ready_days: Annotated[int, Field(ge=0, le=20)] = 5
    reviewers: ReviewersPart = ReviewersPart()
    rules: dict[Name, RulePart]


def load_sampling(folder: Path, sheets: Collection[str], queues: Collection[str]) -> SamplingRules | None:
    """The sampling rules in the centre's folder; None where it has none. Raises DocumentError with everything that is
    wrong in them; `sheets` and `queues` are the centre's."""
    if not (file := folder / FILE).exists():
        return None
    document = read_document(file, SamplingFile)
    if problems := list(_problems(document, sheets, queues)):
        raise DocumentError(problems)
    written = document.value
    reviewers = written.reviewers
    return SamplingRules(
        at=written.at,
        look_back_days=written.look_back_days,
        most_per_agent_month=written.most_per_agent_month,
        month_ready_days=written.month_ready_days,
        reviewer_per_day=reviewers.per_day,
        reviewer_open=reviewers.open,
        own_team=reviewers.own_team,
        moderators=reviewers.moderators,
        never={name: Barred(agents=one.agents, teams=one.teams) for name, one in reviewers.never.items()},
        rules=tuple(_rule(name, part) for name, part in written.rules.items()),
    )


def _rule(name: str, part: RulePart) -> Rule:
    said = part.model_dump(exclude={"where"})
    return Rule(name=name, where=Where(**part.where.model_dump()), **said)


def _problems(document: Document[SamplingFile], sheets: Collection[str], queues: Collection[str]) -> Iterator[Problem]:
    for name, rule in document.value.rules.items():
        here = ("rules", name)
        if rule.sheet not in sheets:
            yield document.unknown((*here, "sheet"), "score sheet", rule.sheet, sheets)
        for index, queue in enumerate(rule.where.queues):
            if queue not in queues:
                yield document.unknown((*here, "where", "queues", index), "queue", queue, queues)
        if (rule.per_shift or rule.per_agent_shift) and document.value.look_back_days < 2:
            key = "per_shift" if rule.per_shift else "per_agent_shift"
            wrong = "with look_back_days 1 the evening's calls of a night shift are gone before it is over"
            yield document.problem((*here, key), wrong, "look_back_days 2 or more", key=True)
        low, high = rule.where.talk_from_s, rule.where.talk_to_s
        if low is not None and high is not None and low > high:
            wrong = f"no call is as long as {low} s and no longer than {high} s"
            yield document.problem((*here, "where", "talk_to_s"), wrong, f"{low} or more")
