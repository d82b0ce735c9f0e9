"""What the half-hour sums tell of agents at work in given spans. A span that begins and ends on whole five minutes is
told exactly; agents who have the same spans are asked for together.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.figures.counts import Times, names_of
from recording.figures.period import floor
from recording.figures.states import SLOT, WORK
from recording.inputs.spans import Span
from recording.models import AgentStateHalfHour

_FULL = (1 << len(WORK)) - 1
_HALF_HOURS = 400  # in one statement
_AGENTS = 300

Masks = dict[datetime, int]
"""Of half hours (their beginning, UTC) the slots that are meant, a bit each."""


@dataclass(slots=True)
class Worked:
    """Of an agent in some spans: his time at work; whether he was signed in there as far as whole half hours tell, and
    whether any of that is known."""

    work_ms: int = 0
    came: bool = False
    known: bool = True


class Slots:
    """Cuts spans into slots of half hours by this clock; the same span once."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._cut: dict[Span, Masks] = {}

    def fits(self, span: Span) -> bool:
        """Whether it begins and ends on whole five minutes."""
        return span in self._cut or not any(
            moment.minute % 5 or moment.second or moment.microsecond for moment in (span.start, span.end)
        )

    def of(self, span: Span) -> Masks:
        """The slots of a span that fits."""
        if (known := self._cut.get(span)) is not None:
            return known
        masks: Masks = {}
        at = span.start
        while at < span.end:
            half_hour = floor(at, self._zone).astimezone(UTC)
            end = min(half_hour + len(WORK) * SLOT, span.end)
            first, behind = (at - half_hour) // SLOT, (end - half_hour) // SLOT
            masks[half_hour] = masks.get(half_hour, 0) | ((1 << behind) - (1 << first))
            at = end
        self._cut[span] = masks
        return masks


async def worked(connection: AsyncConnection, spans: Mapping[str, Sequence[Span]], slots: Slots) -> dict[str, Worked]:
    """Of each agent what he did in his spans; nothing of those who have no sums there."""
    having: dict[Span, list[str]] = defaultdict(list)
    for agent, own in spans.items():
        for span in own:
            having[span].append(agent)
    together: dict[tuple[str, ...], Masks] = defaultdict(dict)
    for span, agents in having.items():
        masks = together[tuple(agents)]
        for half_hour, mask in slots.of(span).items():
            masks[half_hour] = masks.get(half_hour, 0) | mask
    found: dict[str, Worked] = defaultdict(Worked)
    for same, masks in together.items():
        for some in _pieces(sorted(masks), _HALF_HOURS):
            for few in _pieces(same, _AGENTS):
                await _add(connection, few, {half_hour: masks[half_hour] for half_hour in some}, found)
    return dict(found)


async def _add(connection: AsyncConnection, agents: Sequence[str], masks: Masks, found: Mapping[str, Worked]) -> None:
    table = AgentStateHalfHour.__table__
    by_mask: dict[int, list[datetime]] = defaultdict(list)
    for half_hour, mask in masks.items():
        by_mask[mask].append(half_hour)
    usual = max(by_mask, key=lambda mask: len(by_mask[mask]))
    others = [(table.c.half_hour.in_(half_hours), _work(mask)) for mask, half_hours in by_mask.items() if mask != usual]
    work = case(*others, else_=_work(usual)) if others else _work(usual)
    first, *rest = (table.c[name] for name in names_of(Times))
    whole = table.c.half_hour.in_(by_mask.get(_FULL, []))
    query = (
        select(
            table.c.agent,
            func.sum(work).label("work_ms"),
            func.sum(case((whole, sum(rest, first)), else_=0)).label("signed_in_ms"),
            func.sum(case((table.c[WORK[0]].is_(None), 1), else_=0)).label("unknown"),
        )
        .where(table.c.agent.in_(agents), table.c.half_hour.in_(sorted(masks)))
        .group_by(table.c.agent)
    )
    for row in await connection.execute(query):
        his = found[row.agent]
        his.work_ms += int(row.work_ms or 0)
        his.came = his.came or bool(row.work_ms or row.signed_in_ms)
        his.known = his.known and not row.unknown


def _work(mask: int) -> ColumnElement[int]:
    """The time at work in these slots."""
    columns = AgentStateHalfHour.__table__.c
    first, *rest = (columns[name] for number, name in enumerate(WORK) if mask >> number & 1)
    return sum(rest, first)


def _pieces(every: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    return (every[at : at + most] for at in range(0, len(every), most))
