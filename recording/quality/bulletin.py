"""The daily bulletin: what was evaluated on a day, what was good and bad in it, what is late and what is open, as a
value, made by a pure function of the evaluations. How it is written is decided by bulletin_paper.py.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from pydantic import BaseModel, ConfigDict

from acd.masking import Personal
from recording.quality.calibrations import Calibration
from recording.quality.evaluations import Evaluation, Phase, Ruling
from recording.quality.figure import NONE, MeanScore
from recording.quality.life import due
from recording.quality.scores import SubjectScores
from recording.quality.scoring import HUNDREDTH, share
from recording.quality.sheets import ScoreSheet, Text
from recording.quality.spread import Spread

MOST_ITEMS = 5
"""So many of the best and of the worst are told."""
PERFECT = Decimal(100)
"""An item with all its best marks is none of the worst, however few items there are."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ItemResult(_Value):
    """An item of a sheet over the day: what part of its best marks it got, per cent, in how many evaluations."""

    sheet: str
    item: str
    title: Mapping[str, str]
    percent: Decimal
    evaluations: int


class _Evaluated(_Value):
    """Something about one evaluation; `opens` is the path at which the API has it."""

    evaluation: str
    opens: str


class FatalResult(_Evaluated):
    """A fatal error that was made, in which evaluation, by whom, and what happened."""

    agent: str
    fatal: str
    title: Mapping[str, str]
    comment: str


class AgentResult(_Value):
    """An agent's evaluations of the day: their number, their mean score, and how many were not good enough."""

    agent: str
    evaluations: int
    mean: Decimal
    failed: int


class ReviewerResult(_Value):
    """What a reviewer did on the day, and what he had to do at its end: `open` evaluations, `late` ones among them."""

    reviewer: str
    scored: int
    released: int
    open: int
    late: int


class AppealOpen(_Evaluated):
    """An appeal that nobody has decided at the end of the day; `late` says whether its time was over."""

    agent: str
    reviewer: str
    appealed_at: datetime
    due_at: datetime | None
    late: bool


class Late(_Evaluated):
    """An evaluation that should have been released by the end of the day. `reviewer` is empty for nobody's."""

    agent: str
    reviewer: str
    due_at: datetime


class Decision(_Evaluated):
    """An appeal that was decided on the day: the score before and after, which is the same where it was upheld."""

    agent: str
    ruling: Ruling
    before: Decimal
    after: Decimal
    decided_by: str


class CalibrationResult(_Value):
    """A calibration that was closed on the day, without the single marks."""

    calibration: str
    call: str
    agent: str
    moderator: str
    note: Personal
    reviewers: int
    spread: Spread


class MonthOfAgent(_Value):
    """An agent in the month until the end of the day: evaluations drawn and released, and their mean score."""

    agent: str
    drawn: int
    released: int
    mean: Decimal | None


class Bulletin(_Value):
    """A day in the centre's zone, of the centre, a queue or a team. `released` counts the evaluations that agents were
    shown on it, of which `failed` (not good enough) and all results are; `mean` is figure 12 of the day, `week_mean`
    that of the seven days before, scores of elsewhere in both; `scored` those that were judged, `drawn` those that came
    on work lists, `set_aside` those that left them without being judged, `decided` the appeals that were decided;
    `unanswered` those whose time for an appeal ended on the day without a word of the agent's. `below` are agents whose
    mean of the day is not good enough by the sheet. `month` is the month until the end of the day, `quota` what its
    rules want of each agent."""

    day: date
    scope: str
    drawn: int
    scored: int
    released: int
    failed: int
    set_aside: int
    acknowledged: int
    appealed: int
    decided: int
    unanswered: int
    mean: Decimal | None
    week_mean: Decimal | None
    best: tuple[ItemResult, ...]
    worst: tuple[ItemResult, ...]
    fatal: tuple[FatalResult, ...]
    below: tuple[AgentResult, ...]
    late: tuple[Late, ...]
    appeals: tuple[AppealOpen, ...]
    decisions: tuple[Decision, ...]
    reviewers: tuple[ReviewerResult, ...]
    calibrations: tuple[CalibrationResult, ...]
    quota: int | None
    month: tuple[MonthOfAgent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a bulletin is made of: all evaluations for review that its day touches or leaves open, their sheets by
    digest, the calibrations closed on it, its scores and those of the week before, those of the month by agent, and the
    agents who are there to be judged."""

    evaluations: Sequence[Evaluation]
    sheets: Mapping[str, ScoreSheet]
    calibrations: Sequence[Calibration] = ()
    today: MeanScore = NONE
    week: MeanScore = NONE
    month: Mapping[str, SubjectScores] = field(default_factory=dict)
    agents: frozenset[str] = field(default_factory=frozenset)
    quota: int | None = None


def bulletin(day: date, start: datetime, end: datetime, told: Told, scope: str = "centre") -> Bulletin:
    """That of a day, [start, end)."""

    def of_the_day(at: Callable[[Evaluation], datetime | None]) -> list[Evaluation]:
        return [one for one in known if (when := at(one)) is not None and start <= when < end]

    known = sorted(told.evaluations, key=lambda one: one.id)
    released = of_the_day(lambda one: one.released_at)
    items = _items(released, told.sheets)
    late = tuple(_late(known, told.sheets, end))
    return Bulletin(
        day=day,
        scope=scope,
        drawn=len(of_the_day(lambda one: one.drawn_at)),
        scored=len(of_the_day(lambda one: one.scored_at)),
        released=len(released),
        failed=sum(one.passed is False for one in released),
        set_aside=len(of_the_day(lambda one: one.set_aside_at)),
        acknowledged=len(of_the_day(lambda one: one.acknowledged_at)),
        appealed=len(of_the_day(lambda one: one.appealed_at)),
        decided=len(of_the_day(lambda one: one.decided_at)),
        unanswered=len(of_the_day(lambda one: one.due_at if one.phase is Phase.RELEASED else None)),
        mean=told.today.mean,
        week_mean=told.week.mean,
        best=tuple(items[:MOST_ITEMS]),
        worst=tuple(one for one in reversed(items[MOST_ITEMS:][-MOST_ITEMS:]) if one.percent < PERFECT),
        fatal=tuple(_fatal(released, told.sheets)),
        below=tuple(_below(released, told.sheets)),
        late=late,
        appeals=tuple(_appeals(known, told.sheets, end)),
        decisions=tuple(_decisions(of_the_day(lambda one: one.decided_at))),
        reviewers=tuple(_reviewers(known, {one.evaluation for one in late}, start, end)),
        calibrations=tuple(_calibrations(told.calibrations)),
        quota=told.quota,
        month=tuple(_month(told)),
    )


def _named(one: Evaluation) -> dict[str, str]:
    return {"evaluation": one.id, "opens": f"/api/quality/evaluations/{one.id}"}


def _open(one: Evaluation, end: datetime) -> bool:
    """Whether it was still to be released then."""
    gone = one.released_at or one.set_aside_at
    return one.drawn_at < end and (one.phase is not Phase.SET_ASIDE if gone is None else gone >= end)


def _late(known: Iterable[Evaluation], sheets: Mapping[str, ScoreSheet], end: datetime) -> Iterator[Late]:
    for one in sorted(known, key=lambda one: (one.drawn_at, one.id)):
        due_at = due(one.drawn_at, sheets[one.sheet_digest].review_days, one.zone)
        if due_at is not None and due_at < end and _open(one, end):
            yield Late(**_named(one), agent=one.agent, reviewer=_reviewer(one), due_at=due_at)


def _reviewer(one: Evaluation) -> str:
    return one.reviewer.name if one.reviewer else ""


def _reviewers(known: Iterable[Evaluation], late: set[str], start: datetime, end: datetime) -> Iterator[ReviewerResult]:
    by_name: dict[str, list[Evaluation]] = {}
    for one in known:
        by_name.setdefault(_reviewer(one), []).append(one)
    for name, own in sorted(by_name.items()):
        result = ReviewerResult(
            reviewer=name,
            scored=sum(one.scored_at is not None and start <= one.scored_at < end for one in own),
            released=sum(one.released_at is not None and start <= one.released_at < end for one in own),
            open=sum(_open(one, end) for one in own),
            late=sum(one.id in late for one in own),
        )
        if result.scored or result.released or result.open:
            yield result


def _fatal(released: Iterable[Evaluation], sheets: Mapping[str, ScoreSheet]) -> Iterator[FatalResult]:
    for one in released:
        titles: dict[str, Text] = {error.name: error.title for error in sheets[one.sheet_digest].fatal}
        for name, comment in one.judgement.fatal.items() if one.judgement else ():
            yield FatalResult(**_named(one), agent=one.agent, fatal=name, title=titles[name], comment=comment)


def _appeals(known: Iterable[Evaluation], sheets: Mapping[str, ScoreSheet], end: datetime) -> Iterator[AppealOpen]:
    for one in sorted(known, key=lambda one: (one.appealed_at or end, one.id)):
        if one.appealed_at is None or one.appealed_at >= end or (one.decided_at and one.decided_at < end):
            continue
        due_at = due(one.appealed_at, sheets[one.sheet_digest].decision_days, one.zone)
        yield AppealOpen(
            **_named(one),
            agent=one.agent,
            reviewer=_reviewer(one),
            appealed_at=one.appealed_at,
            due_at=due_at,
            late=due_at is not None and due_at < end,
        )


def _decisions(decided: Iterable[Evaluation]) -> Iterator[Decision]:
    for one in decided:
        assert one.score is not None
        assert one.ruling is not None
        yield Decision(
            **_named(one),
            agent=one.agent,
            ruling=one.ruling,
            before=one.score if one.first_score is None else one.first_score,
            after=one.score,
            decided_by=one.decided_by.name if one.decided_by else "",
        )


def _calibrations(closed: Iterable[Calibration]) -> Iterator[CalibrationResult]:
    for one in sorted(closed, key=lambda one: (one.closed_at or one.opened_at, one.id)):
        if one.spread is not None:
            yield CalibrationResult(
                calibration=one.id,
                call=one.call,
                agent=one.agent,
                moderator=one.moderator.name,
                note=one.note,
                reviewers=len(one.spread.scores),
                spread=one.spread,
            )


def _month(told: Told) -> Iterator[MonthOfAgent]:
    """Those of whom nothing was drawn yet stand in it, too."""
    for agent in sorted(told.month.keys() | told.agents):
        one = told.month.get(agent, SubjectScores(name=agent))
        yield MonthOfAgent(agent=agent, drawn=one.drawn, released=one.released, mean=one.scores.mean)


def _items(released: Iterable[Evaluation], sheets: Mapping[str, ScoreSheet]) -> list[ItemResult]:
    """The best first; an item is that of all versions of its sheet, under its newest title."""
    parts: dict[tuple[str, str], list[Fraction]] = {}
    titles: dict[tuple[str, str], Mapping[str, str]] = {}
    for one in released:
        for item in sheets[one.sheet_digest].items():
            if one.judgement is not None and (part := share(item, one.judgement)) is not None:
                parts.setdefault((one.sheet, item.name), []).append(part)
                titles[one.sheet, item.name] = item.title
    found = [
        ItemResult(
            sheet=sheet,
            item=item,
            title=titles[sheet, item],
            percent=_percent(sum(got, Fraction(0)) / len(got)),
            evaluations=len(got),
        )
        for (sheet, item), got in parts.items()
    ]
    return sorted(found, key=lambda one: (-one.percent, one.sheet, one.item))


def _below(released: Iterable[Evaluation], sheets: Mapping[str, ScoreSheet]) -> Iterator[AgentResult]:
    by_agent: dict[str, list[Evaluation]] = {}
    for one in released:
        by_agent.setdefault(one.agent, []).append(one)
    for agent, own in sorted(by_agent.items()):
        mean = _mean([one.score for one in own if one.score is not None])
        wanted = _mean([Decimal(sheets[one.sheet_digest].pass_mark) for one in own])
        if mean is not None and wanted is not None and mean < wanted:
            failed = sum(not one.passed for one in own)
            yield AgentResult(agent=agent, evaluations=len(own), mean=mean, failed=failed)


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return (sum(values, Decimal(0)) / len(values)).quantize(HUNDREDTH, ROUND_HALF_UP) if values else None


def _percent(part: Fraction) -> Decimal:
    return (Decimal(100 * part.numerator) / part.denominator).quantize(HUNDREDTH, ROUND_HALF_UP)
