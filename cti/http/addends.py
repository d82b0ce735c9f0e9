"""What adds up to a number that is not of calls, over HTTP. A process of its own reads it (cti/reporting_work.py)."""

from datetime import UTC, datetime

from aiohttp import web
from pydantic import Field

from cti.http.calls import Instant, in_zone
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import Unfit
from cti.http.figure_words import ScopeName
from cti.http.reports import send
from recording.figures.addends.values import MOST, Addends, AddendsError, AddendsOrder, require_sums


class AddendsQuery(Given):
    """What a number's `addends` says. Times without a zone are the centre's."""

    sums: str = Field(description="The sums of the figure's formula, with commas between: adherent_ms,scheduled_ms.")
    scope: ScopeName = "centre"
    since: Instant
    until: Instant
    as_of: Instant | None = Field(None, description="What was known then; now where nothing is said.")
    limit: int = Field(200, ge=1, le=MOST)
    after: str = Field("", max_length=120, description="`next` of the page before.")


async def list_addends(asked: Asked[AddendsQuery, Nothing]) -> web.StreamResponse:
    """What adds up to sums that are not of calls: stretches of the log of states, shifts and who came to them, costs
    with what of them the scope bears, the staff and who left."""
    query, zone = asked.query, asked.floor.centre.time_zone
    names = tuple(dict.fromkeys(query.sums.split(",")))
    try:
        require_sums(names)
    except AddendsError as error:
        raise Unfit(str(error), error.field) from None
    since, until = in_zone(query.since, zone), in_zone(query.until, zone)
    if until <= since:
        raise Unfit(f"until: expected a time after {since.isoformat()}", "until")
    order = AddendsOrder(
        sums=names,
        scope=query.scope,
        since=since,
        until=until,
        as_of=in_zone(query.as_of, zone) if query.as_of else datetime.now(UTC),
        limit=query.limit,
        after=query.after,
    )
    return await send(asked.request, asked.floor.figures, {"addends": order.model_dump(mode="json")}, asked.holder)


ENDPOINTS = (
    Endpoint("GET", "/api/figures/addends", list_addends, AddendsQuery, Nothing, Addends, errors=(404, 500, 503)),
)
