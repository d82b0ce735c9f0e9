"""An outlook as text for a terminal and as CSV."""

import csv
import io
from collections.abc import Iterator

from recording.forecasting.values import HalfHourOutlook, Outlook, Tested

DAY_HEADER = ("DAY", "CALLS", "FROM", "TO", "BUSIEST", "AGENTS", "HOURS")
HALF_HOUR_HEADER = ("TIME", "CALLS", "FROM", "TO", "AGENTS", "IN TIME", "WAIT", "LEAVE", "BUSY")


def head(made: Outlook) -> Iterator[str]:
    """What it is made from and for."""
    yield (
        f"{made.scope}: from {made.days_known} days up to {made.last_known}; "
        f"{made.level:.0%} of half hours and days are expected within their bounds."
    )
    patience = f"callers wait {made.patience_s:.0f} s before they leave" if made.patience_s else "no caller leaves"
    yield (
        f"A call takes {made.handle_s:.0f} s, {patience}; {made.share:.0%} are to be answered within "
        f"{made.within_s:.0f} s; {made.shrinkage:.0%} of those scheduled are away."
    )
    if made.tested:
        yield from _tested(made.tested)


def day_rows(made: Outlook) -> Iterator[tuple[str, ...]]:
    """A row for each day."""
    for day in made.days:
        mine = [one for one in made.half_hours if one.start.date() == day.day]
        busiest = max(mine, key=lambda one: one.calls, default=None)
        yield (
            f"{day.day:%a %Y-%m-%d}",
            *(f"{number:.0f}" for number in (day.calls, day.low, day.high)),
            f"{busiest.start:%H:%M} ({busiest.calls:.0f})" if busiest else "-",
            str(day.agents),
            f"{day.agent_hours:.1f}",
        )


def half_hour_rows(made: Outlook) -> Iterator[tuple[str, ...]]:
    """A row for each half hour."""
    for one in made.half_hours:
        yield (
            f"{one.start:%a %Y-%m-%d %H:%M}",
            *(f"{number:.1f}" for number in (one.calls, one.low, one.high)),
            str(one.scheduled),
            *_served(one),
        )


def as_csv(made: Outlook) -> str:
    """A row for each half hour, with every number as it is; times with their offset."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = list(HalfHourOutlook.model_fields)
    writer.writerow(names)
    for one in made.half_hours:
        writer.writerow([one.start.isoformat(), *(getattr(one, name) for name in names[1:])])
    return out.getvalue()


def _served(one: HalfHourOutlook) -> tuple[str, ...]:
    if not one.calls:
        return ("-",) * 4
    return (f"{one.service_level:.0%}", f"{one.wait_s:.0f} s", f"{one.abandoned:.1%}", f"{one.occupancy:.0%}")


def _tested(tested: Tested) -> Iterator[str]:
    yield (
        f"In the last {tested.weeks} weeks it would have been off by {tested.error:.0%} of the calls in half hours and "
        f"{tested.day_error:.0%} in days; last week again by {tested.naive_error:.0%} and "
        f"{tested.naive_day_error:.0%}. {tested.covered:.0%} and {tested.covered_days:.0%} lay within their bounds."
    )
