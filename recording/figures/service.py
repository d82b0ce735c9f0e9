"""Asks for figures: the door for reports, pages, forecasts. What stands behind it reads stored sums; how sums become
figures is decided by the catalogue.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Protocol

from recording.figures.catalogue import CATALOGUE, EVERY, FIGURES, Figure
from recording.figures.inputs import NO_INPUTS, Inputs
from recording.figures.period import Period, Unit
from recording.figures.reading import STATE, TIME_NAMES, Reading
from recording.figures.report import FigureValue, Report, Series
from recording.figures.rule_book import RuleBook, rule_book
from recording.figures.rules import Rules
from recording.figures.scope import Scope, ScopeKind
from recording.figures.values import AGENTS, Found, formulas_of, needed, value_of
from recording.store import Store

_SIGNED_IN = f"{STATE}signed_in_ms"
_CADENCE = "ring_cadence_ms"


class AnyFigures(Protocol):
    """What who shows figures needs; tests give one made by hand. Methods raise SQLAlchemy's errors while the data base
    is away."""

    async def report(self, scope: Scope, period: Period, keys: Collection[str] | None = None) -> Report:
        """The figures of one scope; `keys` are those wanted, the scope's own of the 23 where nothing is given."""

    async def reports(self, kind: ScopeKind, period: Period, keys: Collection[str] | None = None) -> Sequence[Report]:
        """One report for each queue, team or agent that has anything in the period, by name."""

    async def series(self, key: str, scope: Scope, period: Period, step: Unit) -> Series:
        """One figure, a value for each step of the period."""

    async def received(self, scope: Scope, period: Period) -> Mapping[datetime, int]:
        """How many calls each half hour (its beginning, UTC) received; one that is not there, none."""


class Figures:
    """The figures of this store by these rules. `inputs` tells what is not calls; `clock` is for tests."""

    def __init__(
        self,
        store: Store,
        rules: Rules,
        inputs: Inputs = NO_INPUTS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._rules = rules
        self._inputs = inputs
        self._clock = clock

    async def report(self, scope: Scope, period: Period, keys: Collection[str] | None = None) -> Report:
        """The figures of one scope; `keys` are those wanted, the scope's own of the 23 where nothing is given."""
        figures, now = _wanted(scope.kind, keys), self._clock()
        names = _names(figures)
        async with self._store.engine.connect() as connection:
            reading = Reading(connection, now)
            found: dict[str, Decimal | int] = {**await reading.total(scope, period, names)}
            if any(name.startswith(STATE) for name in names):
                found[AGENTS] = await reading.agents(scope, period)
            book = await rule_book(connection)
        found |= await self._inputs.sums(scope, period, names, now)
        return self._report(scope, period, figures, found, now, book)

    async def reports(self, kind: ScopeKind, period: Period, keys: Collection[str] | None = None) -> Sequence[Report]:
        """One report for each queue, team or agent that has anything in the period, by name."""
        if kind is ScopeKind.CENTRE:
            return [await self.report(Scope(), period, keys)]
        figures, now = _wanted(kind, keys), self._clock()
        names = _names(figures)
        async with self._store.engine.connect() as connection:
            reading = Reading(connection, now)
            found: Mapping[str, Mapping[str, int]]
            if kind is ScopeKind.TEAM:
                teams = {team: Scope(kind, team) for team in await reading.teams()}
                totals = {team: await reading.total(scope, period, names) for team, scope in teams.items()}
                counts = {team: await reading.agents(teams[team], period) for team in teams}
                found = {team: {**row, AGENTS: counts[team]} for team, row in totals.items() if any(row.values())}
            else:
                one = {AGENTS: 1} if kind is ScopeKind.AGENT else {}
                found = {name: {**row, **one} for name, row in (await reading.each(kind, period, names)).items()}
            book = await rule_book(connection)
        made: list[Report] = []
        scopes = {Scope(kind, name): row for name, row in found.items()}
        told = await self._inputs.each(scopes, period, names, now)
        for scope, row in scopes.items():
            made.append(self._report(scope, period, figures, {**row, **told.get(scope, {})}, now, book))
            await asyncio.sleep(0)  # whoever else lives in this loop comes first
        return made

    async def series(self, key: str, scope: Scope, period: Period, step: Unit) -> Series:
        """One figure, a value for each step of the period. Raises KeyError for a figure that the scope has not."""
        return (await self.several([key], scope, period, step))[0]

    async def received(self, scope: Scope, period: Period) -> Mapping[datetime, int]:
        """How many calls each half hour (its beginning, UTC) received; one that is not there, none. Half a year of
        them is read at once, and nothing is made of them."""
        async with self._store.engine.connect() as connection:
            return await Reading(connection, self._clock()).half_hours(scope, period, "received")

    async def several(self, keys: Collection[str], scope: Scope, period: Period, step: Unit) -> Sequence[Series]:
        """Several figures of the same steps, read at once, in the order of their numbers. Raises KeyError."""
        figures, now = _wanted(scope.kind, keys), self._clock()
        names = _names(figures)
        pieces = list(period.split(step))
        async with self._store.engine.connect() as connection:
            reading = Reading(connection, now)
            rows = await reading.steps(scope, period, names, pieces)
            times = any(name.startswith(STATE) for name in names)
            agents = [await reading.agents(scope, piece) if times else 0 for piece in pieces]
        points: dict[str, list[tuple[Period, FigureValue]]] = {figure.key: [] for figure in figures}
        for piece, row, count in zip(pieces, rows, agents, strict=True):
            found: dict[str, Decimal | int] = {**row, AGENTS: count}
            found |= await self._inputs.sums(scope, piece, names, now)
            for figure in figures:
                points[figure.key].append((piece, self._value(figure, found, scope, piece, now)))
            await asyncio.sleep(0)  # whoever else lives in this loop comes first
        return [Series(key=key, scope=scope, period=period, points=tuple(his)) for key, his in points.items()]

    def _report(
        self, scope: Scope, period: Period, figures: Sequence[Figure], found: Found, now: datetime, book: RuleBook
    ) -> Report:
        values = tuple(self._value(figure, found, scope, period, now) for figure in figures)
        rules = book.within(period.since, period.until)
        return Report(scope=scope, period=period, as_of=now, catalogue=CATALOGUE, values=values, rules=rules)

    def _value(self, figure: Figure, found: Found, scope: Scope, period: Period, now: datetime) -> FigureValue:
        derived: dict[str, Decimal | int] = {**found}
        if "line_answered" in found:
            derived[_CADENCE] = int(found["line_answered"]) * self._rules.ring_cadence_ms
        if all(STATE + name in found for name in TIME_NAMES):
            derived[_SIGNED_IN] = sum(int(found[STATE + name]) for name in TIME_NAMES)
        return value_of(figure, derived, scope, period, self._rules, now)


def _wanted(kind: ScopeKind, keys: Collection[str] | None) -> list[Figure]:
    """In the order of their numbers. Raises KeyError for one that there is not, or that such a scope has not."""
    if keys is None:
        return [figure for figure in FIGURES.values() if kind in figure.scopes]
    for key in keys:
        if key not in EVERY or kind not in EVERY[key].scopes:
            raise KeyError(key)
    return [figure for figure in EVERY.values() if figure.key in keys]


def _names(figures: Sequence[Figure]) -> frozenset[str]:
    """The sums to be read for these figures."""
    names = set(needed(tuple(formula for figure in figures for formula in formulas_of(figure))))
    if _CADENCE in names:
        names.add("line_answered")
    if _SIGNED_IN in names:
        names |= {STATE + name for name in TIME_NAMES}
    return frozenset(names)
