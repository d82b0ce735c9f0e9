"""Quality scores that were made elsewhere, taken in as a sheet: they count in figure 12 beside those of
recording.quality, at the time of the judgement, for their agent, his team of that day and the queue that is named.

Methods raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, select

from recording.inputs import cells
from recording.inputs.days import Moment, within_calendar
from recording.inputs.sheet import Column, Sheet
from recording.inputs.staff import Staff
from recording.models import OutsideScore
from recording.store import Store
from recording.transactions import upsert

HUNDREDTHS = 100
LINE = r"[^\x00-\x1f\x7f]"

_NAMESPACE = UUID("7d2d4a52-6a0e-5b0f-8f0e-0a4f1f3c9e21")


class Score(BaseModel):
    """An agent's score of one judgement. `at` without a zone is by the centre's clock; `reference` is what tells it
    apart where it was made, as a number of that program."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agent: str = Field(pattern=r"^[0-9]{1,12}$")
    at: Moment
    score: Decimal = Field(ge=0, le=100, decimal_places=2)
    reviewer: str = Field("", max_length=80, pattern=rf"^{LINE}*$")
    queue: str = Field("", max_length=64, pattern=rf"^{LINE}*$")
    call: str = Field("", pattern=r"^([0-9a-f]{32})?$", description="The id of the call, where it is known.")
    reference: str = Field("", max_length=80, pattern=rf"^{LINE}*$")

    def in_zone(self, zone: tzinfo) -> "Score":
        """With its time in UTC."""
        at = self.at if self.at.tzinfo else self.at.replace(tzinfo=zone)
        return self.model_copy(update={"at": at.astimezone(UTC)})

    @property
    def id(self) -> str:
        """Its identity: whose, when (UTC) and the reference; one of the same replaces it."""
        return uuid5(_NAMESPACE, f"{self.agent}\n{self.at.isoformat()}\n{self.reference}").hex


class Scores:
    """The scores of elsewhere in this store."""

    def __init__(self, store: Store, zone: tzinfo) -> None:
        self._store = store
        self._zone = zone

    async def save(self, scores: Iterable[Score]) -> None:
        """Add scores, or replace those of the same agent, time and reference; all or none."""
        staffing = await Staff(self._store).staffing()
        rows = []
        for score in (one.in_zone(self._zone) for one in scores):
            stint = staffing.at(score.agent, score.at.astimezone(self._zone).date())
            row = score.model_dump(exclude={"score"})
            hundredths = int(score.score * HUNDREDTHS)
            rows.append({"id": score.id, **row, "score_hundredths": hundredths, "team": stint.team if stint else ""})
        async with self._store.transaction() as connection:
            await upsert(connection, OutsideScore, "id", rows)

    async def scores(self, since: datetime, until: datetime, agent: str | None = None) -> list[Score]:
        """Those of judgements in this time, in order; of one agent, None for all."""
        table = OutsideScore.__table__
        query = select(table).where(table.c.at >= since, table.c.at < until).order_by(table.c.at, table.c.id)
        if agent is not None:
            query = query.where(table.c.agent == agent)
        names = set(Score.model_fields) - {"score"}
        async with self._store.engine.connect() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [
            Score(**{name: row[name] for name in names}, score=Decimal(row["score_hundredths"]) / HUNDREDTHS)
            for row in rows
        ]

    async def remove(self, name: str) -> bool:
        """Take a score out, by its id; False where there is none."""
        async with self._store.transaction() as connection:
            return bool((await connection.execute(delete(OutsideScore).where(OutsideScore.id == name))).rowcount)


def _score(text: str) -> Decimal:
    try:
        score = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not score.is_finite() or not 0 <= score <= 100 or round(score, 2) != score:
        raise ValueError(text)
    return score


def _line(name: str, most: int) -> Column:
    return cells.note_column(name, most)


_text: Callable[[Decimal], str] = "{:f}".format
_take: Callable[[Score], Mapping[str, object]] = dict

SHEET: Sheet[Score] = Sheet(
    name="scores",
    columns=(
        cells.agent_column(),
        Column(
            name="at",
            expected="a time such as 2026-11-22 14:30, by the centre's clock, or with a zone behind",
            read=lambda text: within_calendar(datetime.fromisoformat(text)),
            write=datetime.isoformat,
        ),
        Column(name="score", expected="0 to 100, with two places after the point at most", read=_score, write=_text),
        _line("reviewer", 80),
        _line("queue", 64),
        Column(
            name="call",
            expected="the id of a call, or nothing",
            read=cells.fitting(r"([0-9a-f]{32})?"),
            otherwise="",
        ),
        _line("reference", 80),
    ),
    make=Score,
    take=_take,
    key=lambda one: (one.agent, one.at, one.reference),
)
