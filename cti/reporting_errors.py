"""What a report is refused for, each with a stable id and the status it has in the API."""

from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from pydantic import ValidationError

from cti.unfit import said
from cti.unreached import why_unreached
from recording.figures.addends.values import AddendsError
from recording.figures.period import PeriodError
from recording.figures.scope import ScopeError
from recording.forecasting.order import ForecastOrderError
from recording.quality.errors import UnknownDraw
from recording.reports.order import OrderError

log = structlog.get_logger()


class UnknownSubject(Exception):
    """There is no such queue, team or agent, nor ever was; `there` are those that are."""

    id = "unknown-subject"

    def __init__(self, kind: str, name: str, there: Iterable[str]) -> None:
        some = sorted(there)
        expected = ", ".join(some[:8]) + (", …" if len(some) > 8 else "")
        super().__init__(f"there is no {kind} {name!r}; expected {expected or 'one that is there'}")


class NoSchedule(Exception):
    """The schedule of a mail is gone, or no longer names its recipient."""

    id = "unknown-schedule"

    def __init__(self) -> None:
        super().__init__("the schedule is gone, or no longer names this recipient")


STATUS: Mapping[type[Exception], int] = {
    OrderError: 422,
    ForecastOrderError: 422,
    PeriodError: 422,
    AddendsError: 422,
    ScopeError: 422,
    UnknownSubject: 404,
    NoSchedule: 404,
    UnknownDraw: 404,
}


def told(error: Exception) -> dict[str, Any]:
    """An error as the daemon is told of it. One that nobody foresaw is written to the log, and only its id told."""
    if isinstance(error, ValidationError):
        field, words = said(error)
        return {"id": "invalid-request", "message": words, "status": 422, "field": field or None}
    if (why := why_unreached(error)) is not None:
        return {"id": why.id, "message": why.message, "status": 503}
    error_id = getattr(error, "id", None)
    if not isinstance(error_id, str):
        log.error("report-failed", error_id="internal-error", exc_info=error)
        return {"id": "internal-error", "message": "the service made a mistake; its log says which", "status": 500}
    if (final := getattr(error, "final", None)) is not None:  # a mail: whether to try again
        return {"id": error_id, "message": str(error), "status": 422 if final else 503}
    blamed = getattr(error, "field", None)
    return {"id": error_id, "message": str(error), "status": STATUS.get(type(error), 422), "field": blamed}
