"""Composes a report from what was read: pure, so that a report can be tested without a data base."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from recording.figures import definition
from recording.figures.catalogue import BESIDE, EVERY, FIGURES
from recording.figures.period import Period
from recording.figures.report import FigureValue, Report
from recording.figures.scope import Scope, ScopeKind
from recording.reports.document import (
    Band,
    Formula,
    Language,
    Layout,
    Number,
    ReportDocument,
    Section,
    Span,
    Subject,
    Unit,
)
from recording.reports.material import Material, Names
from recording.reports.named import Beside, Breakdown, Figures, Lines, Parts, Piece
from recording.reports.words import say


@dataclass(frozen=True, slots=True)
class Further:
    """Sections that others made, such as a forecast, and the formulas of what is in them."""

    sections: Sequence[Section] = ()
    formulas: Sequence[Formula] = ()


NOTHING_FURTHER = Further()


def compose(
    material: Material, names: Names, language: Language, time_zone: str, further: Further = NOTHING_FURTHER
) -> ReportDocument:
    """The whole report; what is `further` stands at its end."""
    composer = _Composer(material, names, language)
    sections = [section for piece in material.definition.pieces[material.scope.kind] for section in composer.of(piece)]
    formulas = (*_formulas(sections, language), *further.formulas)
    sections += further.sections
    subject = subject_of(material.scope, names)
    return ReportDocument(
        report=material.definition.name,
        title=say(f"report.{material.definition.name}", language),
        language=language,
        centre=names.centre,
        subject=subject,
        span=_span(material.period),
        time_zone=time_zone,
        compared=_span(material.compared),
        made_at=material.report.as_of.astimezone(material.period.zone),
        catalogue=material.report.catalogue,
        sections=tuple(sections),
        formulas=formulas,
    )


def subject_of(scope: Scope, names: Names) -> Subject:
    """What a scope is called."""
    match scope.kind:
        case ScopeKind.CENTRE:
            title = names.centre
        case ScopeKind.QUEUE:
            title = names.queues.get(scope.name, scope.name)
        case ScopeKind.TEAM:
            title = scope.name
        case ScopeKind.AGENT:
            title = f"{scope.name} {names.agents.get(scope.name, '')}".strip()
    return Subject(kind=scope.kind.value, name=scope.name, title=title)


@dataclass(frozen=True, slots=True)
class _Composer:
    material: Material
    names: Names
    language: Language
    alike: dict[tuple[str, str], "_Alike"] = field(default_factory=dict)

    def of(self, piece: Piece) -> Iterator[Section]:
        """The section of a piece; none where nothing of it was asked for."""
        match piece:
            case Figures():
                numbers, layout, note = self._figures(FIGURES), Layout.ROWS, self._changed_rules()
            case Beside():
                numbers, layout, note = self._figures(BESIDE), Layout.ROWS, say("note.beside", self.language)
            case Parts():
                numbers, layout, note = self._parts(piece), Layout.ROWS, ""
            case Lines():
                back = "week_before" if self.material.step_days_before == 7 else "quarter_before"
                numbers, layout, note = self._lines(piece), Layout.LINES, say(f"note.{back}", self.language)
            case Breakdown():
                numbers, layout, note = self._breakdown(piece), Layout.GRID, ""
        if there := tuple(numbers):
            yield Section(
                key=piece.key,
                title=say(f"section.{piece.key}", self.language),
                note=note,
                layout=layout,
                numbers=there,
            )

    def _changed_rules(self) -> str:
        """Since when its calls are judged by other thresholds, where those were changed meanwhile."""
        zone = self.material.period.zone
        when = [f"{since.astimezone(zone):%Y-%m-%d %H:%M}" for since, _ in self.material.report.rules[1:]]
        return say("note.rules", self.language, when=", ".join(when)) if when else ""

    def _figures(self, of: Mapping[str, definition.Figure]) -> Iterator[Number]:
        before = {value.key: value for value in self.material.before.values}
        whose = self._whole()
        for value in self.material.report.values:
            if value.key not in of:
                continue
            yield self._number(value, whose, _value(before.get(value.key)))
            if value.key in _SPLIT_ELSEWHERE:
                continue
            earlier = before[value.key].parts if value.key in before else {}
            for name, part in value.parts.items():
                yield self._number(part, whose, _value(earlier.get(name)), part=name)

    def _parts(self, piece: Parts) -> Iterator[Number]:
        value, before = _of(self.material.report, piece.figure), _of(self.material.before, piece.figure)
        if value is None:
            return
        whose = self._whole()
        if piece.shares:
            yield self._number(value, whose, _value(before), share=Decimal(100) if value.value else None)
        for name, part in value.parts.items():
            was = _value(before.parts.get(name) if before else None)
            share = None
            if piece.shares and value.value and part.value is not None:
                share = 100 * part.value / value.value
            yield self._number(part, whose, was, part=name, share=share)

    def _lines(self, piece: Lines) -> Iterator[Number]:
        back = timedelta(days=self.material.step_days_before)
        subject = subject_of(self.material.scope, self.names)
        for key, parts in piece.figures.items():
            if key not in self.material.series:
                continue
            earlier = {_wall(step.start) + back: value for step, value in self.material.series_before[key].points}
            for step, value in self.material.series[key].points:
                before = earlier.get(_wall(step.start))
                whose = subject, _span(step)
                yield self._number(value, whose, _value(before))
                for name in parts:
                    if (part := value.parts.get(name)) is not None:
                        was = before.parts.get(name) if before else None
                        yield self._number(part, whose, _value(was), part=name)

    def _breakdown(self, piece: Breakdown) -> Iterator[Number]:
        before = self.material.values_before
        span = _span(self.material.period)
        for report in self.material.reports.get(piece.kind, ()):
            if self._belongs(report.scope):
                whose = subject_of(report.scope, self.names), span
                earlier = before.get(report.scope, {})
                for value in report.values:
                    yield self._number(value, whose, earlier.get(value.key))

    def _whole(self) -> tuple[Subject, Span]:
        """Of whom and when the report is."""
        return subject_of(self.material.scope, self.names), _span(self.material.period)

    def _belongs(self, scope: Scope) -> bool:
        """Whether a scope is part of the report's own."""
        mine = self.material.scope
        return mine.kind is not ScopeKind.TEAM or self.names.teams.get(scope.name) == mine.name

    def _number(
        self,
        value: FigureValue,
        whose: tuple[Subject, Span],
        before: Decimal | None,
        part: str = "",
        share: Decimal | None = None,
    ) -> Number:
        alike = self.alike.get((value.key, part)) or self._alike(value, part)
        subject, span = whose
        return Number(
            key=alike.key,
            version=alike.version,
            formula=alike.formula,
            title=alike.title,
            subject=subject,
            span=span,
            value=value.value,
            unit=alike.unit,
            numerator=value.numerator,
            denominator=value.denominator,
            sample=value.sample,
            band=alike.band,
            judgement=value.judgement,
            good=value.good,
            before=before,
            share=share,
            calls=value.calls,
            evaluations=value.evaluations,
            addends=value.addends,
        )

    def _alike(self, value: FigureValue, part: str) -> "_Alike":
        title = _title(value.key, part, self.language)
        if value.unit is definition.UnitOf.MONEY and self.names.currency:
            title += f" ({self.names.currency})"
        found = self.alike[value.key, part] = _Alike(
            key=f"{value.key}.{part}" if part else value.key,
            version=value.version,
            formula=value.formula,
            title=title,
            unit=_UNITS[value.unit],
            band=None if value.band is None or part else _band(value.band),
        )
        return found


@dataclass(frozen=True, slots=True)
class _Alike:
    """What all numbers of a figure, or of one of its parts, have alike in a report."""

    key: str
    version: int
    formula: str
    title: str
    unit: Unit
    band: Band | None


_UNITS: Mapping[definition.UnitOf, Unit] = {one: Unit(one.value) for one in definition.UnitOf}

_SPLIT_ELSEWHERE = frozenset({"received", "blocked", "service_level"})
"""Figures whose parts have a section of their own."""


def _band(band: definition.Band) -> Band:
    return Band(low=band.low, high=band.high, norm=band.norm)


def _title(key: str, part: str, language: Language) -> str:
    own = say(f"figure.{key}.{part}" if part else f"figure.{key}", language)
    return f"{say(f'figure.{key}', language)}: {own}" if part and key not in _SPLIT_ELSEWHERE else own


def _formulas(sections: Iterable[Section], language: Language) -> Iterator[Formula]:
    named: Mapping[str, str] = {n.key.partition(".")[0]: n.formula for section in sections for n in section.numbers}
    for key, figure in EVERY.items():
        if key in named:
            words = figure.meaning if language is Language.ENGLISH else say(f"meaning.{key}", language)
            yield Formula(formula=figure.formula_id, title=say(f"figure.{key}", language), words=words)


def _of(report: Report | None, key: str) -> FigureValue | None:
    values = () if report is None else report.values
    return next((value for value in values if value.key == key), None)


def _value(one: FigureValue | None) -> Decimal | None:
    return None if one is None else one.value


def _span(period: Period) -> Span:
    return Span(start=period.start, end=period.end)


def _wall(moment: datetime) -> datetime:
    """What the clock on the wall shows: lines a week apart are laid over each other by it."""
    return moment.replace(tzinfo=None)
