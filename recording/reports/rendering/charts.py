"""Line charts as SVG, by matplotlib: the lines of one unit over time, the target as a band behind them, the time
compared with as a dashed line, a forecast's limits as a shade. No name of anybody stands in a chart; the page writes
those beside it.

Colours are variables of the page's style sheet (`--line1` …), so that a chart is light, dark or printed as its page is.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from recording.reports import showing
from recording.reports.document import Number, Span, Unit
from recording.reports.tables import Lines

COLOURS = ("line1", "line2", "line3", "line4", "line5", "line6")
DASHES: tuple[str | tuple[int, tuple[int, ...]], ...] = ("-", (0, (6, 1)), (0, (3, 1)), (0, (1, 1)), "-", (0, (6, 1)))
"""Lines differ in more than their colour."""

_STAND_INS = {
    name: f"#fedc{number:02x}" for number, name in enumerate(("ink", "faint", "grid", "band", *COLOURS), 0x10)
}
"""The colours that matplotlib draws with, each then replaced by a variable of the page."""

WIDEST, NARROWER, NARROWEST = 2.8, 0.5, 1.3
"""How wide lines are, in points: each is narrower than the one before, which is seen behind it where both are alike."""
WHOLE = frozenset({Unit.CALLS, Unit.PEOPLE})
"""Of these there are no parts: nor has their axis any."""

TICKS_AT_MOST = 12
MARKED_AT_MOST = 100
"""Of more points no single one can be told."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as an `<svg>` element, and the variable of each line's colour, by key."""

    svg: str
    colours: Mapping[str, str]
    before: bool
    """Whether the time compared with is drawn."""
    target: bool = False
    """Whether a target is."""


def chart_of(name: str, label: str, group: Lines, whole: Span) -> Chart:
    """The chart of these lines. `name` is one word, of no other chart on the page; `label` says to who cannot see it
    what it is, and stands in the element escaped."""
    figure = Figure(figsize=(9, 2.6), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    _draw_axes(axes, group.lines, whole)
    if group.unit in WHOLE:
        axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    colours = {}
    for number, (key, line) in enumerate(group.lines.items()):
        colours[key] = COLOURS[number % len(COLOURS)]
        _draw_line(axes, line, number, before=key in group.with_before)
    low, high = axes.get_ylim()
    values = [one.value for line in group.lines.values() for one in line if one.value is not None]
    shares = group.unit is Unit.PERCENT and all(value <= 100 for value in values)
    axes.set_ylim(low if min(values, default=0) < 0 else 0, 100 if shares else high)  # 100 % is the most there is
    target = len(group.lines) == 1 and _draw_band(axes, next(iter(group.lines.values())))
    return Chart(_inline(_svg(figure, name), name, label), colours, bool(group.with_before), target)


def _draw_axes(axes: Axes, lines: Mapping[str, Sequence[Number]], whole: Span) -> None:
    axes.set_xticks(*_ticks(lines, whole))
    axes.margins(x=0.02)
    axes.tick_params(colors=_STAND_INS["faint"], labelcolor=_STAND_INS["ink"], labelsize=8.5)
    axes.grid(axis="y", color=_STAND_INS["grid"], linewidth=0.7)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(_STAND_INS["faint"])


def _ticks(lines: Mapping[str, Sequence[Number]], whole: Span) -> tuple[list[float], list[str]]:
    """Where and how times are written: of parts of several days, the day where its first begins."""
    times = sorted({number.span.start: number.span for line in lines.values() for number in line}.items())
    if times[-1][0] - times[0][0] > DAY and times[0][1].end - times[0][1].start < DAY / 2:
        days = {start.date(): start for start, _ in reversed(times)}
        return [_x(start) for start in days.values()], [f"{day:%m-%d}" for day in days]
    shown = times[:: -(-len(times) // TICKS_AT_MOST)]
    return [_x(start) for start, _ in shown], [showing.time_of(span, whole) for _, span in shown]


def _draw_line(axes: Axes, line: Sequence[Number], number: int, *, before: bool) -> None:
    colour = _STAND_INS[COLOURS[number % len(COLOURS)]]
    times = [_x(one.span.start) for one in line]
    if any(one.low is not None for one in line):
        low, high = ([_y(getattr(one, side)) for one in line] for side in ("low", "high"))
        axes.fill_between(times, low, high, color=colour, alpha=0.18, linewidth=0)
    if before:
        axes.plot(times, [_y(one.before) for one in line], color=colour, linewidth=1.1, linestyle="--", alpha=0.6)
    values = [_y(one.value) for one in line]
    dash, width = DASHES[number % len(DASHES)], max(NARROWEST, WIDEST - NARROWER * number)
    marker = "o" if len(line) <= MARKED_AT_MOST else ""
    steps = "steps-post" if line[0].unit is Unit.PEOPLE else "default"  # nobody comes by and by
    axes.plot(
        times, values, color=colour, linewidth=width, linestyle=dash, marker=marker, markersize=2.6, drawstyle=steps
    )


def _draw_band(axes: Axes, line: Sequence[Number]) -> bool:
    """The target behind a line; False where there is none."""
    band = next((one.band for one in line if one.band is not None), None)
    if band is None:
        return False
    if band.low is None and band.high is None:
        axes.axhline(_y(band.norm), color=_STAND_INS["faint"], linewidth=0.9, linestyle=":", zorder=0)
        return False
    low, high = axes.get_ylim()
    start = _y(band.low) if band.low is not None else min(low, 0)
    end = _y(band.high) if band.high is not None else max(high, start * 1.05)
    axes.axhspan(start, end, color=_STAND_INS["band"], alpha=0.6, linewidth=0, zorder=0)
    axes.set_ylim(low, high)
    return True


def _svg(figure: Figure, name: str) -> str:
    written = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(written, format="svg", transparent=True, metadata=dict.fromkeys(("Date", "Creator", "Format")))
    return written.getvalue()


def _inline(svg: str, name: str, label: str) -> str:
    """The element alone, its ids unlike those of other charts, its colours those of the page."""
    element = svg[svg.index("<svg") :]
    element = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", element, flags=re.DOTALL)
    element = re.sub(r' (?:width|height)="[0-9.]+pt"', "", element, count=2)
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', element))
    element = re.sub(r' id="([^"]+)"', lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", element)
    element = re.sub(r'(url\(#|href="#)', rf"\g<1>{name}-", element)
    for variable, stand_in in _STAND_INS.items():
        element = element.replace(stand_in, f"var(--{variable})")
    element = re.sub(r"font: [^;\"]*?([0-9.]+)px[^;\"]*", r"font-size: \1px; font-family: inherit", element)
    return element.replace("<svg", f'<svg role="img" aria-label="{label}"', 1).strip()


def _x(time: datetime) -> float:
    return time.timestamp()


def _y(value: object) -> float:
    return float("nan") if value is None else float(str(value))
