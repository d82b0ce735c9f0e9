"""What half-hour sums tell of an agent at work in given spans, and of his coming to a shift. Pure. Where a span begins
or ends within five minutes in which he was partly at work, the sums leave it open, and the log of these five minutes
decides.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from acd.states import AgentState
from recording.figures.period import floor
from recording.figures.states import AT_WORK, HALF_HOUR, SLOT, Change
from recording.inputs.spans import Span, total_ms

_SLOT_MS = SLOT // timedelta(milliseconds=1)
_HALF_HOUR_MS = HALF_HOUR // timedelta(milliseconds=1)


class HalfHour(NamedTuple):
    """How long an agent was signed in within a half hour, and at work in each slot of it; of the state that he is in
    now nothing, for that has not ended."""

    signed_in_ms: int
    work: Sequence[int]


class Step(NamedTuple):
    """One entry of the log of states."""

    at: datetime
    before: AgentState
    after: AgentState


@dataclass(frozen=True, slots=True)
class Doubt:
    """Of `piece` the sums tell `told_ms` of states that count, not how much of that fell into `part`."""

    piece: Span
    part: Span
    told_ms: int


class Piece(NamedTuple):
    """What of a half hour a span takes: these slots whole, and of others (number, slot) a part."""

    half_hour: datetime
    part: Span
    slots: Sequence[int]
    cut: Sequence[tuple[int, Span, Span]]


class Cuts:
    """Cuts spans at half hours of this clock and their slots; the same span once, for many agents have the same."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._known: dict[Span, Sequence[Piece]] = {}

    def of(self, span: Span) -> Sequence[Piece]:
        """The pieces of a span, in order."""
        known = self._known.get(span)
        if known is None:
            known = self._known[span] = list(self._cut(span))
        return known

    def _cut(self, span: Span) -> Iterable[Piece]:
        at = span.start
        while at < span.end:
            half_hour = floor(at, self._zone).astimezone(UTC)
            part = Span(at, min(half_hour + HALF_HOUR, span.end))
            whole: list[int] = []
            cut: list[tuple[int, Span, Span]] = []
            for number in range(HALF_HOUR // SLOT):
                slot = Span(half_hour + number * SLOT, half_hour + (number + 1) * SLOT)
                common = slot.within(part)
                if common == slot:
                    whole.append(number)
                elif common is not None:
                    cut.append((number, slot, common))
            yield Piece(half_hour, part, whole, cut)
            at = part.end


def at_work_ms(pieces: Iterable[Piece], done: Mapping[datetime, HalfHour]) -> tuple[int, list[Doubt]]:
    """How long he was at work in them as far as the sums tell, and what they leave open."""
    told_ms, doubts = 0, []
    for piece in pieces:
        if (sums := done.get(piece.half_hour)) is None:
            continue
        for number in piece.slots:
            told_ms += sums.work[number]
        for number, slot, part in piece.cut:
            if sums.work[number] >= _SLOT_MS:
                told_ms += total_ms([part])
            elif sums.work[number]:
                doubts.append(Doubt(slot, part, sums.work[number]))
    return told_ms, doubts


def came(pieces: Iterable[Piece], done: Mapping[datetime, HalfHour]) -> bool | list[Doubt]:
    """Whether he was signed in at any time of a shift, or what decides it."""
    doubts: list[Doubt] = []
    for piece in pieces:
        sums = done.get(piece.half_hour)
        if sums is None or not sums.signed_in_ms:
            continue
        half_hour = Span(piece.half_hour, piece.half_hour + HALF_HOUR)
        if (
            piece.part == half_hour
            or sums.signed_in_ms >= _HALF_HOUR_MS
            or any(map(sums.work.__getitem__, piece.slots))
        ):
            return True
        doubts.append(Doubt(half_hour, piece.part, sums.signed_in_ms))
    return doubts or False


def following(steps: Sequence[Step]) -> list[Change] | None:
    """The changes of these entries, sorted by time; None where several of one millisecond do not say of themselves in
    which order they follow (recording.state_entries.in_order decides it from what else is in the log)."""
    found: list[Change] = []
    for at, group in groupby(steps, key=lambda one: one.at):
        left = list(group)
        while left:
            fitting = left if len(left) == 1 else [one for one in left if found and one.before is found[-1].state]
            if len(fitting) != 1:
                return None
            step = fitting[0]
            left.remove(step)
            found.append(Change(at, step.after))
    return found


def settled_ms(doubt: Doubt, changes: Sequence[Change], last: datetime, counts: Callable[[AgentState], bool]) -> int:
    """How much of its part he was in a state that `counts`. `changes` are those of his log within the piece, in order;
    `last` is when his last state of all began. What he was before the first of them follows from the sum."""
    end = min(doubt.piece.end, max(last, doubt.piece.start))
    ends = [*(one.at for one in changes), end]
    lasting = [Span(one.at, until) for one, until in zip(changes, ends[1:], strict=True) if counts(one.state)]
    if total_ms(lasting) < doubt.told_ms:
        lasting.append(Span(doubt.piece.start, ends[0]))
    return total_ms(common for span in lasting if (common := span.within(doubt.part)) is not None)


def works(state: AgentState) -> bool:
    """Whether it is work (figure 1)."""
    return state in AT_WORK


def is_signed_in(state: AgentState) -> bool:
    """Whether he is there (figure 15)."""
    return state is not AgentState.SIGNED_OUT
