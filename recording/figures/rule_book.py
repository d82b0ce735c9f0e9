"""By which rules each call is counted: those in force when it began, whenever it is counted and however often. Whoever
publishes other rules changes nothing that was; who counts the past again by them says so, from which call on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.figures.day_sums import keep_days_of
from recording.figures.rules import Rules
from recording.models import FigureRules
from recording.moment import remembered

Held = tuple[tuple[datetime, Rules], ...]
"""Rules one after another, each with the beginning of the first call for which it holds."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Rules, and the beginning of the calls from which on they hold; None: of all."""

    since: datetime | None
    rules: Rules

    def hold(self, began: datetime) -> bool:
        """For a call that began then."""
        return self.since is None or self.since <= began


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All that was ever kept, the last first."""

    kept: Sequence[Kept]

    @property
    def last(self) -> Rules:
        """The rules for calls that begin now; of a centre that has said nothing, where none were ever kept."""
        return self.kept[0].rules if self.kept else Rules()

    def at(self, began: datetime) -> Rules:
        """The rules for a call that began then; for one from before all of them, the first."""
        held = (one.rules for one in self.kept if one.hold(began))
        return next(held, self.kept[-1].rules if self.kept else Rules())

    def within(self, start: datetime, end: datetime) -> Held:
        """The rules for calls that began in this time, each with when the first of them could."""
        changes = {one.since for one in self.kept if one.since is not None and start < one.since < end}
        held = [(moment, self.at(moment)) for moment in sorted({start, *changes})]
        return tuple(next(same) for _, same in groupby(held, key=lambda one: one[1].to_json()))


@remembered
async def rule_book(connection: AsyncConnection) -> RuleBook:
    """What is kept."""
    query = select(FigureRules.since, FigureRules.rules).order_by(FigureRules.id.desc())
    return RuleBook([Kept(row.since, Rules.from_json(row.rules)) for row in await connection.execute(query)])


async def rules_in_force(connection: AsyncConnection) -> Rules:
    """The rules for calls that begin now."""
    return (await rule_book(connection)).last


async def keep_rules(connection: AsyncConnection, rules: Rules, at: datetime) -> bool:
    """Calls that begin from now on are counted by these; False where they were before. The first rules hold for all."""
    await keep_days_of(connection, rules.zone)
    book = await rule_book(connection)
    if book.kept and book.last.to_json() == rules.to_json():
        return False
    await _keep(connection, rules, at, since=at if book.kept else None)
    return True


async def keep_rules_for(connection: AsyncConnection, rules: Rules, at: datetime, since: datetime | None) -> None:
    """All calls that began at `since` or later are to be counted by these; None: all."""
    await keep_days_of(connection, rules.zone)
    book = await rule_book(connection)
    same = book.kept and book.last.to_json() == rules.to_json()
    if not same or not (book.kept[0].since is None or (since is not None and book.kept[0].since <= since)):
        await _keep(connection, rules, at, since=since)


async def _keep(connection: AsyncConnection, rules: Rules, at: datetime, since: datetime | None) -> None:
    await connection.execute(insert(FigureRules), [{"at": at, "since": since, "rules": rules.to_json()}])
