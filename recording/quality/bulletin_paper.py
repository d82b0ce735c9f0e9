"""The bulletin for people: its blocks and tables, in a language of reports; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from recording.figures.scope import Scope, ScopeKind
from recording.quality.bulletin import AppealOpen, Bulletin, CalibrationResult, Decision, FatalResult, Late
from recording.quality.bulletin_words import tell
from recording.quality.sheets import said
from recording.quality.spread import ItemSpread
from recording.reports.document import Language
from recording.reports.paper import Block, Paper
from recording.reports.tables import Cell, Table

REPORT = "bulletin"
WIDEST = 5
"""Of a calibration, so many items are told, those of which the marks lie furthest apart."""

_COUNTS = (
    *("drawn", "scored", "released", "mean", "week_mean", "failed", "set_aside"),
    *("acknowledged", "unanswered", "appealed", "decided"),
)


def paper_of(
    made: Bulletin, language: Language, *, centre: str, zone: ZoneInfo, made_at: datetime, names: Mapping[str, str]
) -> Paper:
    """The whole; `names` are those of agents, by number."""
    scope = Scope.parse(made.scope)
    title = tell("title", language)
    if scope.kind is not ScopeKind.CENTRE:
        title = tell("title.of", language, subject=tell(scope.kind.value, language, name=scope.name))
    return Paper(
        report=REPORT,
        subject=scope.name,
        language=language,
        centre=centre,
        title=title,
        when=made.day.isoformat(),
        time_zone=zone.key,
        blocks=tuple(_Writer(made, language, zone, names).blocks()),
        made_at=made_at.astimezone(zone),
        data=made,
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    made: Bulletin
    language: Language
    zone: ZoneInfo
    names: Mapping[str, str]

    def blocks(self) -> Iterator[Block]:
        """What there is to be told, in this order; what there is nothing of is left out."""
        yield self._block("day", ("what", "number"), [(self._say(key), self._count(key)) for key in _COUNTS])
        for key, results in (("worst", self.made.worst), ("best", self.made.best)):
            rows = [(said(one.title, self.language, one.item), one.percent, one.evaluations) for one in results]
            yield from self._if_any(key, ("item", "percent", "of"), rows)
        yield from self._if_any("fatal", ("agent", "error", "happened", "evaluation"), self._fatal(), good=False)
        below = [(self._agent(one.agent), one.mean, one.evaluations, one.failed) for one in self.made.below]
        yield from self._if_any("below", ("agent", "mean", "of", "failed.of"), below, good=False)
        yield from self._if_any("late", ("reviewer", "due", "agent", "evaluation"), self._late(), good=False)
        yield from self._if_any("appeals", ("agent", "reviewer", "since", "due", "evaluation"), self._appeals())
        yield from self._if_any(
            "decisions", ("agent", "ruling", "before", "after", "by", "evaluation"), self._decisions()
        )
        reviewers = [
            (self._who(one.reviewer), one.scored, one.released, one.open, one.late) for one in self.made.reviewers
        ]
        yield from self._if_any("reviewers", ("reviewer", "scored", "released", "open", "late.count"), reviewers)
        for one in self.made.calibrations:
            yield self._calibration(one)
        if self.made.month:
            month = [(self._agent(one.agent), one.drawn, one.released, _text(one.mean)) for one in self.made.month]
            yield self._block("month", ("agent", "drawn", "released", "mean"), month, note=self._quota())

    def _say(self, key: str, **values: object) -> str:
        return tell(key, self.language, **values)

    def _count(self, key: str) -> str:
        value = getattr(self.made, key)
        return self._say("none") if value is None else str(value)

    def _fatal(self) -> list[tuple[object, ...]]:
        return [
            (
                self._agent(one.agent),
                said(one.title, self.language, one.fatal),
                one.comment,
                _opening(one),
            )
            for one in self.made.fatal
        ]

    def _late(self) -> list[tuple[object, ...]]:
        return [
            (self._who(one.reviewer), self._at(one.due_at), self._agent(one.agent), _opening(one))
            for one in self.made.late
        ]

    def _appeals(self) -> list[tuple[object, ...]]:
        return [
            (
                self._agent(one.agent),
                one.reviewer,
                self._at(one.appealed_at),
                f"{self._at(one.due_at)} {self._say('late.mark') if one.late else ''}".strip(),
                _opening(one),
            )
            for one in self.made.appeals
        ]

    def _decisions(self) -> list[tuple[object, ...]]:
        return [
            (
                self._agent(one.agent),
                self._say(one.ruling),
                one.before,
                one.after,
                one.decided_by,
                _opening(one),
            )
            for one in self.made.decisions
        ]

    def _calibration(self, one: CalibrationResult) -> Block:
        spread = one.spread
        told = self._say(
            "calibration.of",
            agent=self._agent(one.agent),
            moderator=one.moderator,
            reviewers=one.reviewers,
            **{key: _text(getattr(spread, key)) for key in ("mean", "deviation", "range", "agreement", "lead")},
        )
        apart = self._say("calibration.alike")
        if spread.deviating:
            far = (f"{name} ({spread.from_lead[name]:+})" for name in spread.deviating)
            apart = self._say("calibration.apart", names=", ".join(far))
        rows = [
            (
                item.item,
                ", ".join(f"{name} {_text(mark)}" for name, mark in item.marks.items()),
                *(_text(value) for value in (item.lead, item.range, item.agreement)),
            )
            for item in sorted(spread.items, key=_wide)[:WIDEST]
            if item.agreement not in (None, Decimal(100))
        ]
        table = self._table(("widest", "marks", "lead", "range", "agreement"), rows) if rows else None
        note = " ".join(filter(None, (told, apart, one.note)))
        return Block(title=self._say("calibrations"), note=note, table=table)

    def _quota(self) -> str:
        if self.made.quota is None:
            return ""
        met = sum(one.released >= self.made.quota for one in self.made.month)
        return self._say("month.quota", met=met, all=len(self.made.month), quota=self.made.quota)

    def _if_any(
        self, key: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]], good: bool | None = None
    ) -> Iterator[Block]:
        if rows:
            yield self._block(key, columns, rows, good=good)

    def _block(
        self,
        key: str,
        columns: Sequence[str],
        rows: Sequence[tuple[object, ...]],
        *,
        note: str = "",
        good: bool | None = None,
    ) -> Block:
        return Block(title=self._say(key), note=note, table=self._table(columns, rows, good))

    def _table(self, columns: Sequence[str], rows: Iterable[tuple[object, ...]], good: bool | None = None) -> Table:
        """Columns of numbers stand to the right. `good`: how the second column is marked."""
        cells = tuple(
            tuple(_cell(value, good if place == 1 else None) for place, value in enumerate(row)) for row in rows
        )
        return Table(tuple(self._say(name) for name in columns), tuple(name in _NUMBERS for name in columns), cells)

    def _agent(self, number: str) -> str:
        return f"{number} {self.names.get(number, '')}".strip()

    def _who(self, reviewer: str) -> str:
        return reviewer or self._say("everybody")

    def _at(self, at: datetime | None) -> str:
        return "–" if at is None else f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"


_NUMBERS = frozenset(
    {
        *("number", "percent", "of", "mean", "failed.of", "before", "after", "scored", "released", "open"),
        *("late.count", "drawn", "lead", "range", "agreement"),
    }
)


@dataclass(frozen=True, slots=True)
class _Opening:
    """A name that opens what is at a path of the API."""

    name: str
    path: str


def _opening(one: FatalResult | Late | AppealOpen | Decision) -> _Opening:
    return _Opening(one.evaluation, one.opens)


def _cell(value: object, good: bool | None) -> Cell:
    if isinstance(value, _Opening):
        return Cell(value.name, good=good, behind={value.path: {}})
    return Cell(_text(value), good=good)


def _text(value: object) -> str:
    return "–" if value is None else str(value)


def _wide(item: ItemSpread) -> tuple[Decimal, int]:
    """Those of which fewest agree first."""
    return Decimal(100) if item.agreement is None else item.agreement, -(item.range or 0)
