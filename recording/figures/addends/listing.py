"""Lists what adds up to sums, page by page: which source tells which sums, and where a page ends."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from recording.figures.addends.costs import costs
from recording.figures.addends.shifts import shifts
from recording.figures.addends.staff import staff
from recording.figures.addends.states import states
from recording.figures.addends.values import Addend, Addends, AddendsError, AddendsOrder, Source, require_sums
from recording.figures.definition import LISTED
from recording.figures.period import Period
from recording.figures.rules import Rules
from recording.figures.scope import Scope
from recording.store import Store

_SOURCES: Mapping[str, Callable[[Store, Scope, Period, datetime, Rules], Awaitable[Source]]] = {
    "costs": costs,
    "shifts": shifts,
    "staff": staff,
    "states": states,
}
_SOURCE_OF: Mapping[str, str] = {
    **dict.fromkeys(("adherent_ms", "scheduled_ms", "attended", "scheduled"), "shifts"),
    **dict.fromkeys(("left_per_year", "mean_agents"), "staff"),
    **{name: "states" for name in LISTED if name.startswith("state_")},
    "cost": "costs",
}
_PLACE = re.compile(r"([a-z]+):([^:]*):([0-9]{1,9})")


async def addends(store: Store, order: AddendsOrder, rules: Rules) -> Addends:
    """A page of them. Raises AddendsError, ScopeError, PeriodError, and SQLAlchemy's errors while the data base is
    away."""
    require_sums(order.sums)
    name, key, passed = _place(order.after)
    scope = Scope.parse(order.scope)
    period = Period.between(order.since, order.until, rules.zone)
    found: list[Addend] = []
    for source in sorted({_SOURCE_OF[one] for one in order.sums}):
        if source < name:
            continue
        opened = await _SOURCES[source](store, scope, period, order.as_of, rules)
        for one in opened.keys:
            if source == name and one < key:
                continue
            mine = [addend for addend in await opened.of(one) if addend.sum in order.sums]
            skipped = passed if (source, one) == (name, key) else 0
            room = order.limit - len(found)
            found += mine[skipped : skipped + room]
            if len(mine) > skipped + room:
                return Addends(addends=tuple(found), next=f"{source}:{one}:{skipped + room}")
            await asyncio.sleep(0)  # whoever else lives in this loop comes first
    return Addends(addends=tuple(found), next=None)


def _place(after: str) -> tuple[str, str, int]:
    """Behind which addend a page begins: its source, its key, and its number there from 1."""
    if not after:
        return "", "", 0
    if (found := _PLACE.fullmatch(after)) is None or found[1] not in _SOURCES:
        raise AddendsError("expected the next of the page before", "after")
    return found[1], found[2], int(found[3])
