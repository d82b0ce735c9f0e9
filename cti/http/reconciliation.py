"""Records held against Asterisk's own call records, over HTTP."""

from datetime import date, datetime

from pydantic import Field

from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import CannotBeShown, RecordsUnavailable
from cti.reconciliation import DayNotKept, ReconciliationFailed, ReconciliationView, RecordsUnreached


class DayQuery(Given):
    """Which day, in the centre's time zone."""

    day: date | None = Field(None, description="Such as 2026-11-22; today where none is given.")


async def show_reconciliation(asked: Asked[DayQuery, Nothing]) -> ReconciliationView:
    """One day's records against Asterisk's own call records (CDR): every difference with its cause. Takes seconds for a
    large day, in a process of its own."""
    now = datetime.fromtimestamp(asked.floor.distributor.clock.now_ms() / 1000, asked.floor.centre.time_zone)
    try:
        return await asked.floor.reconciler.day(asked.query.day or now.date())
    except DayNotKept as error:
        raise CannotBeShown(error.id, str(error), 410) from error
    except RecordsUnreached as error:
        raise RecordsUnavailable(error.why) from error
    except ReconciliationFailed as error:
        raise CannotBeShown(error.id, str(error), 503) from error


ENDPOINTS = (
    Endpoint(
        "GET", "/api/reconciliation", show_reconciliation, DayQuery, Nothing, ReconciliationView, errors=(410, 503)
    ),
)
