"""Every sheet that can be taken in as CSV and given out again, by name: what its rows are held against, and how they
reach the data base. Commands and API share it, so that both refuse the same.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from recording.inputs import costs, outcomes, schedule_sheets, scores, staff
from recording.inputs.cost_shares import Cost
from recording.inputs.schedules import Schedules
from recording.inputs.sheet import Fault, Reading, Sheet, read_sheet, write_sheet
from recording.inputs.shifts import Assignment, ShiftException
from recording.inputs.staffing import StaffEntry
from recording.store import Store

Check = Callable[[Any], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the centre's files say, as far as rows are held against it; `agents` are all numbers there ever were."""

    queues: frozenset[str]
    languages: frozenset[str]
    zone: tzinfo
    agents: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A sheet that is kept. `check` makes what rows are held against; `save` keeps all rows or none and may raise an
    error with an `id`; `all` gives every row. `whole`: rows belong together, so that none is taken without the
    others."""

    sheet: Sheet[Any]
    check: Callable[[Store, Known], Awaitable[Check]]
    save: Callable[[Store, Sequence[Any], Known], Awaitable[None]]
    all: Callable[[Store, Known], Awaitable[Sequence[Any]]]
    whole: bool = False


class SheetUnfit(Exception):
    """A sheet of which something does not fit: nothing of it was taken."""

    id = "sheet-unfit"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


async def take_in(store: Store, kept: Kept, text: str, known: Known, *, skip_bad: bool = False) -> Reading[Any]:
    """Keep the rows of this text. Where some do not fit nothing is kept, unless `skip_bad`: then all others are.

    Raises SheetUnfit, and what the sheet's own `save` raises.
    """
    agents = frozenset(agent.number for agent in await store.agents(active_only=False))
    known = Known(queues=known.queues, languages=known.languages, zone=known.zone, agents=agents)
    reading = read_sheet(kept.sheet, text).checked(await kept.check(store, known))
    if reading.faults and (not skip_bad or kept.whole or not reading.rows):
        raise SheetUnfit(reading.faults)
    await kept.save(store, list(reading.rows.values()), known)
    return reading


async def give_out(store: Store, kept: Kept, known: Known) -> str:
    """All rows, as CSV."""
    return write_sheet(kept.sheet, await kept.all(store, known))


async def _outcome_check(store: Store, known: Known) -> Check:
    def check(row: outcomes.Outcome) -> Iterable[tuple[str, str]]:
        if unknown := sorted(set(row.queues) - known.queues):
            yield "queues", f"queues of the centre ({', '.join(sorted(known.queues))}), not {', '.join(unknown)}"
        if unknown := sorted(set(row.titles) - known.languages):
            expected = f"languages of the centre ({', '.join(sorted(known.languages))})"
            yield "titles", f"{expected}, not {', '.join(unknown)}"

    return check


async def _save_outcomes(store: Store, rows: Sequence[outcomes.Outcome], known: Known) -> None:
    await outcomes.Outcomes(store).save(rows)


async def _all_outcomes(store: Store, known: Known) -> Sequence[outcomes.Outcome]:
    return await outcomes.Outcomes(store).all()


async def _pattern_check(store: Store, known: Known) -> Check:
    return schedule_sheets.fitting_together()


async def _save_patterns(store: Store, rows: Sequence[schedule_sheets.PatternRow], known: Known) -> None:
    await Schedules(store, known.zone).save_patterns(schedule_sheets.patterns_of(rows))


async def _all_patterns(store: Store, known: Known) -> Sequence[schedule_sheets.PatternRow]:
    return schedule_sheets.rows_of(await Schedules(store, known.zone).patterns())


async def _assignment_check(store: Store, known: Known) -> Check:
    weeks = {one.name: one.weeks for one in await Schedules(store, known.zone).patterns()}

    def check(row: Assignment) -> Iterable[tuple[str, str]]:
        yield from _agent_known(known, row.agent)
        if row.pattern and row.pattern not in weeks:
            yield "pattern", f"one of {', '.join(sorted(weeks)) or '(none)'}, or nothing"
        elif row.pattern and row.week > weeks[row.pattern]:
            yield "week", f"at most {weeks[row.pattern]}, as many as the pattern has"

    return check


async def _save_assignments(store: Store, rows: Sequence[Assignment], known: Known) -> None:
    await Schedules(store, known.zone).assign(rows)


async def _all_assignments(store: Store, known: Known) -> Sequence[Assignment]:
    return await Schedules(store, known.zone).assignments()


async def _exception_check(store: Store, known: Known) -> Check:
    def check(row: ShiftException) -> Iterable[tuple[str, str]]:
        yield from _agent_known(known, row.agent)
        if row.other:
            yield from _agent_known(known, row.other, "other")

    return check


async def _save_exceptions(store: Store, rows: Sequence[ShiftException], known: Known) -> None:
    await Schedules(store, known.zone).except_days(rows)


async def _all_exceptions(store: Store, known: Known) -> Sequence[ShiftException]:
    return await Schedules(store, known.zone).exceptions(None, *schedule_sheets.EVER)


async def _cost_check(store: Store, known: Known) -> Check:
    def check(row: Cost) -> Iterable[tuple[str, str]]:
        kind, _, name = row.scope.partition(":")
        if kind == "queue" and name not in known.queues:
            yield "scope", f"a queue of the centre ({', '.join(sorted(known.queues))})"

    return check


async def _save_costs(store: Store, rows: Sequence[Cost], known: Known) -> None:
    await costs.Costs(store, known.zone).save(rows)


async def _all_costs(store: Store, known: Known) -> Sequence[Cost]:
    return await costs.Costs(store, known.zone).entries(*schedule_sheets.EVER)


async def _staff_check(store: Store, known: Known) -> Check:
    return lambda row: _agent_known(known, row.agent)


async def _save_staff(store: Store, rows: Sequence[StaffEntry], known: Known) -> None:
    await staff.Staff(store).save(rows)
    await staff.Staff(store).settle(datetime.now(known.zone).date())


async def _all_staff(store: Store, known: Known) -> Sequence[StaffEntry]:
    return await staff.Staff(store).entries()


async def _score_check(store: Store, known: Known) -> Check:
    def check(row: scores.Score) -> Iterable[tuple[str, str]]:
        yield from _agent_known(known, row.agent)
        if row.queue and row.queue not in known.queues:
            yield "queue", f"a queue of the centre ({', '.join(sorted(known.queues))}), or nothing"

    return check


async def _save_scores(store: Store, rows: Sequence[scores.Score], known: Known) -> None:
    await scores.Scores(store, known.zone).save(rows)


async def _all_scores(store: Store, known: Known) -> Sequence[scores.Score]:
    ever = datetime(1970, 1, 2, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
    return await scores.Scores(store, known.zone).scores(*ever)


def _agent_known(known: Known, agent: str, column: str = "agent") -> Iterable[tuple[str, str]]:
    if agent not in known.agents:
        yield column, "the number of an agent in the data base"


SHEETS: Mapping[str, Kept] = {
    "outcomes": Kept(sheet=outcomes.SHEET, check=_outcome_check, save=_save_outcomes, all=_all_outcomes),
    "patterns": Kept(
        sheet=schedule_sheets.PATTERNS, check=_pattern_check, save=_save_patterns, all=_all_patterns, whole=True
    ),
    "assignments": Kept(
        sheet=schedule_sheets.ASSIGNMENTS, check=_assignment_check, save=_save_assignments, all=_all_assignments
    ),
    "exceptions": Kept(
        sheet=schedule_sheets.EXCEPTIONS, check=_exception_check, save=_save_exceptions, all=_all_exceptions
    ),
    "costs": Kept(sheet=costs.SHEET, check=_cost_check, save=_save_costs, all=_all_costs),
    "scores": Kept(sheet=scores.SHEET, check=_score_check, save=_save_scores, all=_all_scores),
    "staff": Kept(sheet=staff.SHEET, check=_staff_check, save=_save_staff, all=_all_staff),
}
"""By the name under which each is asked for."""
