"""The daily bulletin: what was evaluated on a day, what was good and bad in it, and what is open, as a value and
as text. The value is made by a pure function of the evaluations.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from pydantic import BaseModel, ConfigDict
from sqlalchemy import and_, or_, select

from recording.models import EvaluationEntry
from recording.quality.evaluations import REVIEW, Evaluation
from recording.quality.scoring import HUNDREDTH, share
from recording.quality.sheets import ScoreSheet
from recording.quality.store import Evaluations
from recording.store import Store

TABLE = EvaluationEntry.__table__
MOST_ITEMS = 5
"""So many of the best and of the worst are told."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ItemResult(_Value):
    """An item of a sheet over the day: what part of its best marks it got, per cent, in how many evaluations."""

    sheet: str
    item: str
    title: Mapping[str, str]
    percent: Decimal
    evaluations: int


class FatalResult(_Value):
    """A fatal error that was made, in which evaluation, by whom, and what happened."""

    evaluation: str
    agent: str
    fatal: str
    comment: str


class AgentResult(_Value):
    """An agent's evaluations of the day: their number, their mean score, and how many were not good enough."""

    agent: str
    evaluations: int
    mean: Decimal
    failed: int


class AppealOpen(_Value):
    """An appeal that nobody has decided at the end of the day."""

    evaluation: str
    agent: str
    reviewer: str
    appealed_at: datetime


class Bulletin(_Value):
    """A day in the centre's zone. `released` counts the evaluations that agents were shown on it, of which `mean` and
    all results are; `scored` those that were judged, `drawn` those that came on work lists, `decided` the appeals that
    were decided. `below` are agents whose mean of the day is not good enough by the sheet."""

    day: date
    drawn: int
    scored: int
    released: int
    decided: int
    mean: Decimal | None
    best: tuple[ItemResult, ...]
    worst: tuple[ItemResult, ...]
    fatal: tuple[FatalResult, ...]
    below: tuple[AgentResult, ...]
    appeals: tuple[AppealOpen, ...]


def bulletin(
    day: date,
    start: datetime,
    end: datetime,
    evaluations: Iterable[Evaluation],
    sheets: Mapping[str, ScoreSheet],
) -> Bulletin:
    """That of a day, [start, end), from all evaluations for review that it touches; `sheets` by digest."""

    def on_the_day(at: datetime | None) -> bool:
        return at is not None and start <= at < end

    known = sorted(evaluations, key=lambda one: one.id)
    released = [one for one in known if on_the_day(one.released_at)]
    items = _items(released, sheets)
    return Bulletin(
        day=day,
        drawn=sum(on_the_day(one.drawn_at) for one in known),
        scored=sum(on_the_day(one.scored_at) for one in known),
        released=len(released),
        decided=sum(on_the_day(one.decided_at) for one in known),
        mean=_mean([one.score for one in released if one.score is not None]),
        best=tuple(items[:MOST_ITEMS]),
        worst=tuple(reversed(items[MOST_ITEMS:][-MOST_ITEMS:])),
        fatal=tuple(
            FatalResult(evaluation=one.id, agent=one.agent, fatal=name, comment=comment)
            for one in released
            if one.judgement is not None
            for name, comment in one.judgement.fatal.items()
        ),
        below=tuple(_below(released, sheets)),
        appeals=tuple(
            AppealOpen(
                evaluation=one.id,
                agent=one.agent,
                reviewer=one.reviewer.name if one.reviewer else "",
                appealed_at=one.appealed_at,
            )
            for one in sorted(known, key=lambda one: (one.appealed_at or end, one.id))
            if one.appealed_at is not None and one.appealed_at < end
            if one.decided_at is None or one.decided_at >= end
        ),
    )


def lines(made: Bulletin, language: str) -> Iterator[str]:
    """As text for people, titles in this language."""
    mean = "no score" if made.mean is None else f"mean score {made.mean}"
    yield f"Quality on {made.day.isoformat()}: {made.released} released, {mean}"
    yield f"{made.drawn} drawn, {made.scored} scored, {made.decided} appeals decided, {len(made.appeals)} open"
    for head, results in (("Best", made.best), ("Worst", made.worst)):
        yield from _block(head, [f"{one.percent:>6} %  {one.title.get(language, one.item)}" for one in results])
    fatal = [f"agent {one.agent}: {one.fatal}: {one.comment} ({one.evaluation})" for one in made.fatal]
    yield from _block("Fatal errors", fatal)
    below = [f"agent {one.agent}: {one.mean} in {one.evaluations}, {one.failed} failed" for one in made.below]
    yield from _block("Below the pass mark", below)
    appeals = [f"agent {one.agent} against {one.reviewer} ({one.evaluation})" for one in made.appeals]
    yield from _block("Appeals open", appeals)


async def bulletin_of(store: Store, day: date, start: datetime, end: datetime) -> Bulletin:
    """That of this day, which lasts from `start` to `end`. Raises SQLAlchemy's errors while the data base is away."""
    times = (TABLE.c.drawn_at, TABLE.c.scored_at, TABLE.c.released_at, TABLE.c.decided_at)
    touched = or_(
        *(and_(at >= start, at < end) for at in times),
        and_(TABLE.c.appealed_at < end, or_(TABLE.c.decided_at.is_(None), TABLE.c.decided_at >= end)),
    )
    query = select(EvaluationEntry.document).where(TABLE.c.purpose == REVIEW, touched)
    async with store.engine.connect() as connection:
        found = [Evaluation.model_validate(one) for one in await connection.scalars(query)]
    kept = Evaluations(store)
    digests = sorted({one.sheet_digest for one in found})
    return bulletin(day, start, end, found, {digest: await kept.sheet(digest) for digest in digests})


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


def _block(head: str, told: Sequence[str]) -> Iterator[str]:
    if told:
        yield ""
        yield f"{head}:"
        yield from (f"  {one}" for one in told)
