"""Asks for figures: the door for reports, pages, forecasts. What stands behind it reads stored sums; how sums become
figures is decided by the catalogue.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Protocol

from recording.figures.catalogue import CATALOGUE, EVERY, FIGURES
from recording.figures.counts import AGENTS, AGENTS_ANSWERED, CALLS, TIMES
from recording.figures.definition import Figure
from recording.figures.inputs import NO_INPUTS, Inputs
from recording.figures.period import Period, Unit
from recording.figures.reading import Reading
from recording.figures.report import About, FigureValue, Report, Series, When
from recording.figures.rule_book import Held, rule_book
from recording.figures.rules import Rules
from recording.figures.scope import Scope, ScopeKind
from recording.figures.sources import STATE
from recording.figures.values import Found, Maker, formulas_of, needed
from recording.store import Store

_SIGNED_IN = f"{STATE}signed_in_ms"
_STATES = frozenset(TIMES)
_CADENCE = "ring_cadence_ms"
_READ = frozenset({*CALLS, AGENTS_ANSWERED, *TIMES, AGENTS, _CADENCE, _SIGNED_IN})
"""The sums that are read, or follow from these; all others are told by the inputs."""
_TOGETHER = 20
"""Reports, or steps, made without letting others come first."""

Parts = Mapping[str, Collection[str]]
"""Of each figure those of its parts and variants that are wanted."""


class AnyFigures(Protocol):
    """What who shows figures needs; tests give one made by hand. Methods raise SQLAlchemy's errors while the data base
    is away."""

    async def report(self, scope: Scope, period: Period, keys: Collection[str] | None = None) -> Report:
        """The figures of one scope; `keys` are those wanted, the scope's own of the 23 where nothing is given."""

    async def reports(self, kind: ScopeKind, period: Period, keys: Collection[str] | None = None) -> Sequence[Report]:
        """One report for each queue, team or agent that has anything in the period, by name."""

    async def breakdowns(
        self, wanted: Mapping[ScopeKind, Collection[str]], period: Period
    ) -> Mapping[ScopeKind, Sequence[Report]]:
        """The same of several kinds of queue, team and agent, read at once, each with the figures wanted of it, but
        without their parts."""

    async def compared(
        self, wanted: Mapping[ScopeKind, Collection[str]], period: Period
    ) -> Mapping[Scope, Mapping[str, Decimal | None]]:
        """The bare values of the same, by scope and key, for who compares with them."""

    async def series(self, key: str, scope: Scope, period: Period, step: Unit) -> Series:
        """One figure, a value for each step of the period."""

    async def several(
        self, keys: Collection[str], scope: Scope, period: Period, step: Unit, parts: Parts | None = None
    ) -> Sequence[Series]:
        """Several figures of the same steps, read at once, in the order of their numbers. `parts` are those wanted, all
        where nothing is given."""

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
        async with self._store.snapshot() as connection:
            reading = Reading(connection, now)
            found = await reading.total(scope, period, names)
            book = await rule_book(connection)
        sums = self._derived(found, await self._inputs.sums(scope, period, names, now))
        makers = self._makers(figures, scope.kind)
        rules = book.within(period.since, period.until)
        return self._report(makers, sums, About(scope, When(period, now)), rules)

    async def reports(self, kind: ScopeKind, period: Period, keys: Collection[str] | None = None) -> Sequence[Report]:
        """One report for each queue, team or agent that has anything in the period, by name."""
        if kind is ScopeKind.CENTRE:
            return [await self.report(Scope(), period, keys)]
        return (await self._each({kind: _wanted(kind, keys)}, period))[kind]

    async def breakdowns(
        self, wanted: Mapping[ScopeKind, Collection[str]], period: Period
    ) -> Mapping[ScopeKind, Sequence[Report]]:
        """The same of several kinds of queue, team and agent, read at once, each with the figures wanted of it, but
        without their parts."""
        return await self._each({kind: _wanted(kind, keys) for kind, keys in wanted.items()}, period, parts={})

    async def compared(
        self, wanted: Mapping[ScopeKind, Collection[str]], period: Period
    ) -> Mapping[Scope, Mapping[str, Decimal | None]]:
        """The bare values of the same, by scope and key, for who compares with them."""
        figures = {kind: _wanted(kind, keys) for kind, keys in wanted.items()}
        scopes, _ = await self._sums(figures, period, self._clock())
        makers = {kind: self._makers(some, kind, parts={}) for kind, some in figures.items()}
        values: dict[Scope, Mapping[str, Decimal | None]] = {}
        for number, (scope, sums) in enumerate(scopes.items(), 1):
            values[scope] = {maker.key: maker.bare(sums) for maker in makers[scope.kind]}
            if number % _TOGETHER == 0:
                await asyncio.sleep(0)  # whoever else lives in this loop comes first
        return values

    async def _each(
        self, figures: Mapping[ScopeKind, Sequence[Figure]], period: Period, parts: Parts | None = None
    ) -> Mapping[ScopeKind, Sequence[Report]]:
        now = self._clock()
        scopes, rules = await self._sums(figures, period, now)
        makers = {kind: self._makers(some, kind, parts) for kind, some in figures.items()}
        made: dict[ScopeKind, list[Report]] = {kind: [] for kind in figures}
        when = When(period, now)
        for number, (scope, sums) in enumerate(scopes.items(), 1):
            made[scope.kind].append(self._report(makers[scope.kind], sums, About(scope, when), rules))
            if number % _TOGETHER == 0:
                await asyncio.sleep(0)  # whoever else lives in this loop comes first
        return made

    async def _sums(
        self, figures: Mapping[ScopeKind, Sequence[Figure]], period: Period, now: datetime
    ) -> tuple[Mapping[Scope, Found], Held]:
        """Those of every queue, team or agent that has any, for these figures; and the rules of that time."""
        names = {kind: _names(some) for kind, some in figures.items()}
        of_agents = frozenset[str]().union(*(some for kind, some in names.items() if kind is not ScopeKind.QUEUE))
        found: dict[ScopeKind, Mapping[str, Mapping[str, int]]] = {}
        async with self._store.snapshot() as connection:
            reading = Reading(connection, now)
            if ScopeKind.QUEUE in figures:
                found[ScopeKind.QUEUE] = await reading.each(ScopeKind.QUEUE, period, names[ScopeKind.QUEUE])
            if ScopeKind.TEAM in figures:
                agents, found[ScopeKind.TEAM] = await reading.each_agent_and_team(period, of_agents)
            elif ScopeKind.AGENT in figures:
                agents = await reading.each(ScopeKind.AGENT, period, of_agents)
            if ScopeKind.AGENT in figures:
                found[ScopeKind.AGENT] = {name: {**row, AGENTS: 1} for name, row in agents.items()}
            book = await rule_book(connection)
        scopes = {Scope(kind, name): row for kind in figures for name, row in found[kind].items()}
        asking = [scope for scope in scopes if names[scope.kind] - _READ]
        told = await self._inputs.each(asking, period, frozenset[str]().union(*names.values()), now)
        sums = {scope: self._derived(row, told.get(scope, {})) for scope, row in scopes.items()}
        return sums, book.within(period.since, period.until)

    async def series(self, key: str, scope: Scope, period: Period, step: Unit) -> Series:
        """One figure, a value for each step of the period. Raises KeyError for a figure that the scope has not."""
        return (await self.several([key], scope, period, step))[0]

    async def received(self, scope: Scope, period: Period) -> Mapping[datetime, int]:
        """How many calls each half hour (its beginning, UTC) received; one that is not there, none. Half a year of
        them is read at once, and nothing is made of them."""
        async with self._store.snapshot() as connection:
            return await Reading(connection, self._clock()).half_hours(scope, period, "received")

    async def several(
        self, keys: Collection[str], scope: Scope, period: Period, step: Unit, parts: Parts | None = None
    ) -> Sequence[Series]:
        """Several figures of the same steps, read at once, in the order of their numbers. Raises KeyError."""
        figures, now = _wanted(scope.kind, keys), self._clock()
        names = _names(figures)
        pieces = list(period.split(step))
        async with self._store.snapshot() as connection:
            reading = Reading(connection, now)
            rows = await reading.steps(scope, period, names, pieces)
        entered = names - _READ
        makers = self._makers(figures, scope.kind, parts)
        points: dict[str, list[tuple[Period, FigureValue]]] = {figure.key: [] for figure in figures}
        for number, (piece, row) in enumerate(zip(pieces, rows, strict=True), 1):
            told = await self._inputs.sums(scope, piece, entered, now) if entered else {}
            sums, about = self._derived(row, told), About(scope, When(piece, now))
            for maker in makers:
                points[maker.key].append((piece, maker.value(sums, about)))
            if number % _TOGETHER == 0:
                await asyncio.sleep(0)  # whoever else lives in this loop comes first
        return [Series(key=key, scope=scope, period=period, points=tuple(his)) for key, his in points.items()]

    def _makers(self, figures: Sequence[Figure], kind: ScopeKind, parts: Parts | None = None) -> Sequence[Maker]:
        wanted = {} if parts is None else {figure.key: parts.get(figure.key, ()) for figure in figures}
        return [Maker(figure, self._rules, kind, wanted.get(figure.key)) for figure in figures]

    def _report(self, makers: Sequence[Maker], found: Found, about: About, rules: Held) -> Report:
        values, when = tuple(maker.value(found, about) for maker in makers), about.when
        return Report(
            scope=about.scope, period=when.period, as_of=when.as_of, catalogue=CATALOGUE, values=values, rules=rules
        )

    def _derived(self, read: Mapping[str, int], told: Mapping[str, Decimal]) -> Found:
        """What was read and what was told, with the sums that follow from others."""
        derived: dict[str, Decimal | int] = {**read, **told}
        if "line_answered" in read:
            derived[_CADENCE] = read["line_answered"] * self._rules.ring_cadence_ms
        if read.keys() >= _STATES:
            derived[_SIGNED_IN] = sum(read[name] for name in _STATES)
        return derived


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
        names |= _STATES
    if names & _STATES:
        names.add(AGENTS)
    return frozenset(names)
