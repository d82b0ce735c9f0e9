"""Work lists as a whole: how much each reviewer has to do, and what was somebody's who is ill or has left given to
others. To whom each goes is decided by a pure function.

Functions raise SQLAlchemy's errors while the data base is away.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.models import EvaluationEntry
from recording.quality.conflicts import conflict
from recording.quality.evaluations import REVIEW, Evaluation, Person, Phase, Step, StepKind
from recording.quality.notices import keep_work
from recording.quality.sampling import Reviewer, SamplingRules
from recording.quality.store import take_in
from recording.store import Store

NOT_JUDGED = (Phase.DRAWN.value, Phase.IN_WORK.value)
TO_DO = (*NOT_JUDGED, Phase.SCORED.value)
TABLE = EvaluationEntry.__table__


@dataclass(frozen=True, slots=True)
class Load:
    """What a reviewer has to do: `open` of it in all, `today` of what was drawn today, `late` of it overdue, and
    `scored` of it waits for its release alone."""

    open: int = 0
    today: int = 0
    late: int = 0
    scored: int = 0


async def loads(
    connection: AsyncConnection, today: datetime, now: datetime, without: Collection[str] = ()
) -> Mapping[str, Load]:
    """By reviewer's name, the empty one for what is everybody's; `today` is when the day began, the evaluations
    `without` are left out."""
    table = TABLE.c
    to_do = and_(table.phase.in_(TO_DO), table.id.not_in(without))
    kinds = (
        to_do,
        table.drawn_at >= today,
        and_(to_do, table.due_at < now),
        and_(table.phase == Phase.SCORED.value, table.purpose == REVIEW),
    )
    counts = (func.sum(case((kind, 1), else_=0)) for kind in kinds)
    query = select(table.reviewer, *counts).where(or_(to_do, table.drawn_at >= today)).group_by(table.reviewer)
    return {name: Load(*map(int, numbers)) for name, *numbers in await connection.execute(query)}


def shared_out(
    evaluations: Iterable[Evaluation], reviewers: Sequence[Reviewer], rules: SamplingRules | None
) -> Mapping[str, Person | None]:
    """Who gets each evaluation, by its id, pure: the reviewer with least to do who is there and may judge it; None, and
    so everybody's, where there is none. What is due first is given first."""
    moderators = rules.moderators if rules else ()
    there = [who for who in reviewers if not who.absent and who.name not in moderators]
    given: Counter[str] = Counter()
    found: dict[str, Person | None] = {}
    for one in sorted(evaluations, key=lambda one: (one.due_at or one.drawn_at, one.id)):
        able = [who for who in there if not conflict(rules, who, who.team, one)]
        chosen = min(able, key=lambda who: (who.open + given[who.name], who.name), default=None)
        found[one.id] = chosen and Person(name=chosen.name, agent=chosen.agent)
        if chosen is not None:
            given[chosen.name] += 1
    return found


async def departed(store: Store, reviewers: Collection[str]) -> list[str]:
    """Who has evaluations for review to judge, and is none of these reviewers."""
    waiting = (TABLE.c.phase.in_(NOT_JUDGED), TABLE.c.purpose == REVIEW, TABLE.c.reviewer.not_in(["", *reviewers]))
    async with store.engine.connect() as connection:
        found = await connection.scalars(select(TABLE.c.reviewer).where(*waiting).distinct())
        return sorted(found)


async def waits_for_judging(store: Store, calls: Sequence[str]) -> bool:
    """Whether one of these calls, so many that one question may name them, is on a work list and not judged yet."""
    waiting = select(exists().where(TABLE.c.call.in_(calls), TABLE.c.phase.in_(NOT_JUDGED)))
    async with store.engine.connect() as connection:
        return bool(await connection.scalar(waiting))


async def reassign(
    store: Store,
    name: str,
    reviewers: Sequence[Reviewer],
    rules: SamplingRules | None,
    *,
    by: Person,
    at: datetime,
    note: str,
) -> list[Evaluation]:
    """Give all that this reviewer has not judged yet to those, all or nothing; what is his alone, in a calibration,
    stays. `by` does it by right of an administrator. Raises EvaluationChanged where he goes on working meanwhile."""
    where = (TABLE.c.reviewer == name, TABLE.c.phase.in_(NOT_JUDGED), TABLE.c.purpose == REVIEW)
    async with store.transaction() as connection:
        rows = await connection.scalars(select(EvaluationEntry.document).where(*where))
        mine = [Evaluation.model_validate(one) for one in rows]
        whose = shared_out(mine, [one for one in reviewers if one.name != name], rules)
        moved = [
            await take_in(
                connection,
                one.id,
                Step(kind=StepKind.HAND_OVER, at=at, by=by, in_charge=True, note=note, to=whose[one.id]),
                one.revision,
            )
            for one in mine
        ]
        await keep_work(connection, moved, at)
    return moved
