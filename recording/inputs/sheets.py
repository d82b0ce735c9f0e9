"""Every sheet that can be taken in as CSV and given out again, by name: what its rows are held against, and how they
reach the data base. Commands and API share it, so that both refuse the same.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from recording.inputs import outcomes
from recording.inputs.sheet import Fault, Reading, Sheet, read_sheet, write_sheet
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
    error with an `id`; `all` gives every row."""

    sheet: Sheet[Any]
    check: Callable[[Store, Known], Awaitable[Check]]
    save: Callable[[Store, Sequence[Any], Known], Awaitable[None]]
    all: Callable[[Store], Awaitable[Sequence[Any]]]


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
    if reading.faults and (not skip_bad or not reading.rows):
        raise SheetUnfit(reading.faults)
    await kept.save(store, list(reading.rows.values()), known)
    return reading


async def give_out(store: Store, kept: Kept) -> str:
    """All rows, as CSV."""
    return write_sheet(kept.sheet, await kept.all(store))


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


async def _all_outcomes(store: Store) -> Sequence[outcomes.Outcome]:
    return await outcomes.Outcomes(store).all()


SHEETS: Mapping[str, Kept] = {
    "outcomes": Kept(sheet=outcomes.SHEET, check=_outcome_check, save=_save_outcomes, all=_all_outcomes),
}
"""By the name under which each is asked for."""
