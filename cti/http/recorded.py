"""Over HTTP: how much of what was talked was recorded, day by day."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from pydantic import Field

from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import Unfit, reaching_records
from cti.http.views import View
from recording.recorded_share import RecordedShares

DAYS_AT_MOST = 100
LACKING_AT_MOST = 100


class ShareQuery(Given):
    """Which days, in the centre's time zone, both included; without: today."""

    since: date | None = None
    until: date | None = None


class DayShare(View):
    """One day. `share` is recorded ÷ talked time, 1 is all; null where nobody talked, or nothing was looked at yet."""

    day: date
    talked_ms: int
    missing_ms: int
    share: float | None
    calls: tuple[str, ...] = Field(description=f"The calls of which talk is missing, {LACKING_AT_MOST} at most.")


class Shares(View):
    """Day by day, oldest first."""

    days: tuple[DayShare, ...]


async def show_shares(asked: Asked[ShareQuery, Nothing]) -> Shares:
    """How much of what was talked was recorded, by the day on which the calls began. Calls count once their audio is
    kept."""
    zone = asked.floor.centre.time_zone
    today = datetime.now(zone).date()
    until = asked.query.until or asked.query.since or today
    since = asked.query.since or until
    if not timedelta() <= until - since < timedelta(days=DAYS_AT_MOST):
        raise Unfit(f"until: expected the same day as since, or at most {DAYS_AT_MOST - 1} days later", "until")
    shares = RecordedShares(asked.floor.store)
    found = []
    with reaching_records():
        for day in _days(since, until):
            start = datetime.combine(day, time(), zone)
            end = datetime.combine(day + timedelta(days=1), time(), zone)
            sums = await shares.between(start, end)
            calls = await shares.lacking(start, end, LACKING_AT_MOST) if sums.missing_ms else []
            found.append(
                DayShare(
                    day=day,
                    talked_ms=sums.talked_ms,
                    missing_ms=sums.missing_ms,
                    share=sums.share,
                    calls=tuple(calls),
                )
            )
    return Shares(days=tuple(found))


def _days(since: date, until: date) -> Iterator[date]:
    for number in range((until - since).days + 1):
        yield since + timedelta(days=number)


ENDPOINTS = (Endpoint("GET", "/api/recordings/share", show_shares, ShareQuery, Nothing, Shares),)
