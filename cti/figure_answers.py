"""Key figures as answers of the API, made in a process of its own (cti/reporting_main.py), never in the daemon: reading
and writing them keeps a processor busy, and calls wait for the daemon's.
"""

from cti.http.figure_views import AllSeriesView, ReportsView, report_view, series_view
from recording.figures.order import FiguresOrder, SeriesOrder
from recording.figures.period import Period
from recording.figures.rules import Rules
from recording.figures.scope import Scope, ScopeKind
from recording.figures.service import Figures


async def reports_of(order: FiguresOrder, figures: Figures, rules: Rules) -> ReportsView:
    """The figures of one scope, or of each of its kind. Raises SQLAlchemy's errors while the data base is away."""
    period, keys = Period.parse(order.period, rules.zone), order.keys or None
    if order.of_each:
        found = await figures.reports(ScopeKind(order.scope.partition(":")[0]), period, keys)
    else:
        found = [await figures.report(Scope.parse(order.scope), period, keys)]
    return ReportsView(reports=[report_view(one) for one in found])


async def series_of(order: SeriesOrder, figures: Figures, rules: Rules) -> AllSeriesView:
    """Figures over time. Raises SQLAlchemy's errors while the data base is away."""
    period = Period.parse(order.period, rules.zone)
    found = await figures.several(order.keys, Scope.parse(order.scope), period, order.step)
    return AllSeriesView(series=[series_view(one) for one in found])
