"""Searching recordings over HTTP."""

from decimal import Decimal
from typing import Any

from aiohttp import web
from pydantic import Field

from acd.states import CallOutcome
from cti.http.calls import CallId, Instant, calls_answer, in_zone
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import CannotBeShown, Unfit, reaching_records
from cti.http.masks import require_numbers
from cti.http.quality import require_insight
from cti.http.views import View
from cti.reporting_errors import UnknownSubject
from cti.subjects import require_subject
from recording.figures.scope import Scope, ScopeKind
from recording.keeping.search import Search, Wanted
from recording.numbers import spellings
from recording.record import CallRecord
from recording.store import Page

Score = Decimal | None


class SearchQuery(Given):
    """Which recordings. Times are ISO 8601 or seconds since the epoch; without a zone they are the centre's."""

    number: str | None = Field(
        None, max_length=32, description="The caller's or the one dialled, any spelling. For who sees them whole."
    )
    agent: str | None = Field(None, min_length=1, description="An agent who spoke with the caller.")
    queue: str | None = Field(None, min_length=1, description="A queue in which the caller stood.")
    since: Instant | None = Field(None, description="Calls that began at this time or later.")
    until: Instant | None = Field(None, description="Calls that began before this time.")
    length_from_s: float | None = Field(None, ge=0, description="The recordings of a call together, in seconds.")
    length_to_s: float | None = Field(None, ge=0)
    outcome: CallOutcome | None = None
    score_from: Score = Field(
        None, ge=0, le=100, description="The score of its released review. For who reviews, and the floor."
    )
    score_to: Score = Field(None, ge=0, le=100)
    mark_from: int | None = Field(None, ge=1, le=9, description="The last mark of its caller in a survey.")
    mark_to: int | None = Field(None, ge=1, le=9)
    limit: int = Field(50, ge=1, le=500)
    after: CallId | None = Field(None, description="The id of the last call of the page before: `next` of its answer.")


class FoundCalls(View):
    """A page of calls that have recordings, newest first; `next` is the `after` of the next page, null if there is
    none."""

    calls: list[CallRecord]
    next: str | None


def _require_order(low: str, first: Any, high: str, last: Any) -> None:
    """Raises Unfit where nothing can lie between them."""
    if first is not None and last is not None and first > last:
        raise Unfit(f"{high}: {last} is before {low}, {first}; expected the same or more", high)


async def _require_there(asked: Asked[SearchQuery, Nothing], kind: ScopeKind, name: str | None) -> None:
    """Raises CannotBeShown where nobody and nothing is or ever was called so: that nothing is found would mislead."""
    if name is None:
        return
    try:
        with reaching_records():
            await require_subject(asked.floor.store, asked.floor.centre, Scope(kind, name))
    except UnknownSubject as error:
        raise CannotBeShown(error.id, str(error), 404) from error


async def search_recordings(asked: Asked[SearchQuery, Nothing]) -> web.Response:
    """Calls that have recordings, newest first, page by page. What is deleted is not found."""
    query, centre = asked.query, asked.floor.centre
    numbers = None
    if query.number is not None:
        require_numbers(asked.floor, asked.holder)
    if query.number is not None and not (numbers := spellings(query.number, centre.country_code)):
        raise Unfit("number: expected a telephone number", "number")
    if query.score_from is not None or query.score_to is not None:
        require_insight(asked.holder)  # else whoever asks often enough knows the score
    since, until = (one and in_zone(one, centre.time_zone) for one in (query.since, query.until))
    await _require_there(asked, ScopeKind.AGENT, query.agent)
    await _require_there(asked, ScopeKind.QUEUE, query.queue)
    _require_order("since", since, "until", until)
    for name in ("length", "score", "mark"):
        unit = "_s" if name == "length" else ""
        low, high = f"{name}_from{unit}", f"{name}_to{unit}"
        _require_order(low, getattr(query, low), high, getattr(query, high))
    wanted = Wanted(
        numbers=numbers,
        agent=query.agent,
        queue=query.queue,
        since=since,
        until=until,
        length_from_ms=_ms(query.length_from_s),
        length_to_ms=_ms(query.length_to_s),
        outcome=query.outcome and query.outcome.value,
        mark_from=query.mark_from,
        mark_to=query.mark_to,
        score_from=_hundredths(query.score_from),
        score_to=_hundredths(query.score_to),
    )
    with reaching_records():
        found = await Search(asked.floor.store).find(wanted, Page(size=query.limit + 1, after=query.after))
    calls = found[: query.limit]
    return await calls_answer(calls, calls[-1].id if len(found) > query.limit else None, asked.mask)


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def _hundredths(score: Decimal | None) -> int | None:
    return None if score is None else int(score * 100)


ENDPOINTS = (Endpoint("GET", "/api/recordings", search_recordings, SearchQuery, Nothing, FoundCalls, errors=(404,)),)
