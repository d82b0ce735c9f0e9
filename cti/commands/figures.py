"""A day's figures in columns: the same rows, words and units wherever they are shown (`simulate`, `replay`)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from acd.simulation.figures import SHORT_ABANDON_MS, AgentFigures, CallFigures
from cti.commands.tables import table

Whose = TypeVar("Whose")
Value = float | None

NO_DATA = "–"
SELDOM = ("elsewhere", "open")


@dataclass(frozen=True, slots=True)
class Figure(Generic[Whose]):
    """One figure: its key in JSON, its words for people, and how it is shown."""

    key: str
    title: str
    of: Callable[[Whose], Value]
    show: Callable[[float], str]


def _count(value: float) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _seconds(ms: float) -> str:
    return f"{ms / 1000:.1f} s"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


CALLS: tuple[Figure[CallFigures], ...] = (
    Figure("calls", "calls", lambda calls: calls.calls, _count),
    Figure("answered", "answered", lambda calls: calls.answered, _count),
    Figure("abandoned", "abandoned", lambda calls: calls.abandoned, _count),
    Figure("elsewhere", "elsewhere", lambda calls: calls.elsewhere, _count),
    Figure("open", "not ended", lambda calls: calls.open, _count),
    Figure("mean_wait_ms", "mean wait", lambda calls: calls.mean_wait_ms, _seconds),
    Figure("median_wait_ms", "median", lambda calls: calls.median_wait_ms, _seconds),
    Figure("p80_wait_ms", "80 % below", lambda calls: calls.p80_wait_ms, _seconds),
    Figure("max_wait_ms", "longest", lambda calls: calls.max_wait_ms, _seconds),
    Figure("speed_of_answer_ms", "speed of answer", lambda calls: calls.speed_of_answer_ms, _seconds),
    Figure("abandonment", "abandonment", lambda calls: calls.abandonment, _percent),
    Figure("service_level", "service level", lambda calls: calls.service_level, _percent),
    Figure("longest_queue", "longest queue", lambda calls: calls.longest_queue, _count),
)

AGENTS: tuple[Figure[AgentFigures], ...] = (
    Figure("agents", "agents", lambda agents: agents.agents, _count),
    Figure("signed_in_ms", "hours signed in", lambda agents: agents.signed_in_ms, lambda ms: f"{ms / 3_600_000:.1f}"),
    Figure("answered", "answered", lambda agents: agents.answered, _count),
    Figure("missed", "missed", lambda agents: agents.missed, _count),
    Figure("occupancy", "occupancy", lambda agents: agents.occupancy, _percent),
)

SERVICE_LEVEL = (
    "Service level: answered within the queue's own threshold, of all calls but those abandoned within "
    f"{SHORT_ABANDON_MS // 1000} s. Occupancy: talk and hold, of these and being ready."
)


def shown(figure: Figure[Whose], value: Value) -> str:
    """The value with its unit."""
    return NO_DATA if value is None else figure.show(value)


def worth_showing(rows: Sequence[Figure[Whose]], values: Iterable[Whose]) -> Sequence[Figure[Whose]]:
    """The figures without those that only count what seldom happens, and did not."""
    there = list(values)
    return [row for row in rows if row.key not in SELDOM or any(row.of(value) for value in there)]


def compared(title: str, rows: Sequence[Figure[Whose]], versions: Mapping[str, Whose]) -> str:
    """A table of the same figures in several versions, each but the first with its difference from the one before."""
    header = [title, *(cell for name in versions for cell in (name.upper(), ""))]
    lines = []
    for figure in worth_showing(rows, versions.values()):
        line, before = [figure.title], None
        for version in versions.values():
            value = figure.of(version)
            line += [shown(figure, value), _difference(figure, before, value)]
            before = value
        lines.append(line)
    return table(header, lines)


def _difference(figure: Figure[Whose], before: Value, after: Value) -> str:
    if before is None or after is None:
        return ""
    apart = figure.show(abs(after - before)).replace("%", "points")
    if not apart.strip(" 0.spoint"):  # nothing but zeros and their unit
        return ""
    return f"{'+' if after > before else '-'}{apart}"
