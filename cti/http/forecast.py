"""The forecast over HTTP. It is made by a process of its own (cti/reporting.py); how, is decided by
recording.forecasting.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from aiohttp import web
from pydantic import BeforeValidator, Field

from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import Unfit
from cti.http.reports import send
from recording.figures.scope import ScopeError
from recording.forecasting.order import ForecastOrder, Percent, Seconds
from recording.forecasting.values import Outlook


def _days(text: Any) -> Any:
    return [one.strip() for one in text.split(",") if one.strip()] if isinstance(text, str) else text


def _shares(text: Any) -> Any:
    return dict(one.partition("=")[::2] for one in _days(text)) if isinstance(text, str) else text


class ForecastQuery(Given):
    """Of whom, of which days, and for which target."""

    scope: str = Field("centre", description="centre or queue:<name>.")
    period: str = Field(
        "",
        description="Whole days by name, 31 at most: 2026-11-30, 2026-W49, 2026-12, or two of them with .. between; "
        "the seven days from today on where nothing is said.",
    )
    share: Percent | None = Field(None, description="So many % of the calls are to be answered … (the band's low end).")
    within: Seconds | None = Field(None, description="… within so many seconds (the queue's service_level_s).")
    occupancy: float = Field(100, gt=0, le=100, description="Agents are to be busy at most so many % of their time.")
    shrinkage: float = Field(0, ge=0, lt=100, description="So many % of those who are scheduled are away.")
    handle_time: Seconds | None = Field(None, description="Seconds that a call takes; that of the last four weeks.")
    patience: Seconds | None = Field(None, description="Seconds after which callers leave; as it was.")
    level: Percent = Field(80, description="In so many of a hundred half hours the calls lie between their bounds.")
    cautious: bool = Field(False, description="Plan for the upper bound of the calls.")
    leave_out: Annotated[tuple[date, ...], BeforeValidator(_days)] = Field(
        (), description="Past days that were odd, with commas."
    )
    special: Annotated[dict[date, float], BeforeValidator(_shares)] = Field(
        default_factory=dict, description="Days to come that are odd, with their share: 2026-12-25=0.3, with commas."
    )
    test: int | None = Field(None, ge=1, le=26, description="How good it would have been in so many weeks.")

    def order(self) -> ForecastOrder:
        """As those who make forecasts understand it."""
        return ForecastOrder(
            scope=self.scope,
            period=self.period,
            share=self.share,
            within_s=self.within,
            occupancy=self.occupancy,
            shrinkage=self.shrinkage,
            handle_s=self.handle_time,
            patience_s=self.patience,
            level=self.level,
            cautious=self.cautious,
            leave_out=self.leave_out,
            special=self.special,
            test=self.test,
        )


async def show_forecast(asked: Asked[ForecastQuery, Nothing]) -> web.StreamResponse:
    """The calls of each half hour and day to come, with bounds, and the agents whom they need by Erlang C and A. From
    the half hours of the last 26 weeks; four at least (`forecast-history-too-short`)."""
    order = asked.query.order()
    try:
        order.whose()
        order.days(datetime.now(UTC), asked.floor.centre.time_zone)
    except ScopeError as error:
        raise Unfit(str(error), "scope") from None
    except ValueError as error:
        raise Unfit(str(error), getattr(error, "field", "period")) from None
    return await send(asked.request, asked.floor.reports, {"forecast": order.model_dump(mode="json")}, asked.holder)


ENDPOINTS = (Endpoint("GET", "/api/forecast", show_forecast, ForecastQuery, Nothing, Outlook, errors=(404, 500, 503)),)
