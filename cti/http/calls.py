"""Calls that are over, over HTTP: lists by filter, one record, its recordings."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web
from pydantic import BeforeValidator, Field

from acd.masking import Mask, masked
from acd.states import CallOutcome
from cti.http.endpoints import JSON, NOT_CACHED, Asked, Endpoint, Given, Nothing
from cti.http.errors import UnknownCall, reaching_records
from cti.http.figure_words import Counted, ScopeName
from cti.http.masks import require_numbers
from cti.http.views import View
from recording.figures.listing import CountedCalls
from recording.figures.scope import Scope
from recording.keeping.kept import KeptRecordings
from recording.manifest import Manifest, manifests
from recording.record import CallRecord, Missing
from recording.store import RECORDS_TOGETHER, CallFilter, Page, Store

log = structlog.get_logger()


def _instant(text: object) -> object:
    """A + in a query means a space: forgive who did not escape that of +08:00."""
    return text.replace(" ", "+") if isinstance(text, str) and "T" in text else text


Instant = Annotated[datetime, BeforeValidator(_instant)]
CallId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class WhichCalls(Given):
    """Which calls. Times are ISO 8601 or seconds since the epoch; without a zone they are the centre's."""

    since: Instant | None = Field(None, description="Calls that began at this time or later.")
    until: Instant | None = Field(None, description="Calls that began before this time.")
    queue: str | None = Field(None, description="The last queue they stood in.")
    agent: str | None = Field(None, description="The agent who spoke with the caller first.")
    caller: str | None = Field(None, description="The caller's number; for who sees numbers whole.")
    outcome: CallOutcome | None = None
    counted: Counted | None = Field(
        None,
        description="Calls behind a figure: those that count for this, such as `answered` or "
        "`abandoned,!short_abandoned` (docs/figures.md). `since` and `until` then go by the half hour in which they "
        "count.",
    )
    scope: ScopeName = Field("centre", description="Whose figure: centre, queue:<name>, team:<name>, agent:<number>.")

    def filter(self, zone: ZoneInfo) -> CallFilter:
        """As the store has it."""
        since = self.since and in_zone(self.since, zone)
        until = self.until and in_zone(self.until, zone)
        counted = self.counted and CountedCalls(
            scope=Scope.parse(self.scope), counted=self.counted, since=since, until=until
        )
        return CallFilter(
            since=None if counted else since,
            until=None if counted else until,
            queue=self.queue,
            agent=self.agent,
            caller=self.caller,
            outcome=self.outcome,
            counted=counted or None,
        )


class CallQuery(WhichCalls):
    """Which calls, page by page."""

    limit: int = Field(50, ge=1, le=500)
    after: CallId | None = Field(None, description="The id of the last call of the page before: `next` of its answer.")


class Calls(View):
    """A page of calls, newest first; `next` is the `after` of the next page, null if there is none."""

    calls: list[CallRecord]
    next: str | None


async def calls_answer(calls: Sequence[CallRecord], after: str | None, mask: Mask | None) -> web.Response:
    """A page of calls, `after` the `next` of it: written few at a time, for the router waits meanwhile."""
    texts: list[str] = []
    for at in range(0, len(calls), RECORDS_TOGETHER):
        some = (record if mask is None else masked(record, mask) for record in calls[at : at + RECORDS_TOGETHER])
        texts += (record.model_dump_json() for record in some)
        await asyncio.sleep(0)
    text = f'{{"calls":[{",".join(texts)}],"next":{json.dumps(after)}}}'
    return web.Response(text=text, content_type=JSON, headers=NOT_CACHED)


async def list_calls(asked: Asked[CallQuery, Nothing]) -> web.Response:
    """Calls that are over, newest first, page by page."""
    query, zone = asked.query, asked.floor.centre.time_zone
    if query.caller is not None:
        require_numbers(asked.floor, asked.holder)
    if query.queue is not None:
        asked.floor.distributor.router.queue(query.queue)
    which = query.filter(zone)
    with reaching_records():
        found = await asked.floor.store.calls(which, Page(size=query.limit + 1, after=query.after))
    calls = found[: query.limit]
    return await calls_answer(calls, calls[-1].id if len(found) > query.limit else None, asked.mask)


async def show_call(asked: Asked[Nothing, Nothing]) -> CallRecord:
    """One call that is over."""
    return await _record(asked.floor.store, asked.path["id"])


class Recordings(View):
    """The manifest of each recording of a call, the talk that none of them has, and the messages left in it."""

    recordings: tuple[Manifest, ...]
    missing: tuple[Missing, ...]
    messages: tuple[Manifest, ...]


async def list_recordings(asked: Asked[Nothing, Nothing]) -> Recordings:
    """The recordings of a call: what each is of, its checksums, when it is silent on purpose; not how it sounds."""
    record = await _record(asked.floor.store, asked.path["id"])
    with reaching_records():
        messages = await KeptRecordings(asked.floor.store).messages(record.id)
    return Recordings(
        recordings=manifests(record), missing=record.missing, messages=tuple(one.manifest for one in messages)
    )


async def _record(store: Store, call: str) -> CallRecord:
    with reaching_records():
        record = await store.call(call)
    if record is None:
        raise UnknownCall(call)
    return record


def in_zone(instant: datetime, zone: ZoneInfo) -> datetime:
    """A time without a zone is the centre's."""
    return instant if instant.tzinfo else instant.replace(tzinfo=zone)


ENDPOINTS = (
    Endpoint("GET", "/api/calls", list_calls, CallQuery, Nothing, Calls, errors=(403, 404)),
    Endpoint("GET", "/api/calls/{id}", show_call, Nothing, Nothing, CallRecord, errors=(404,)),
    Endpoint("GET", "/api/calls/{id}/recordings", list_recordings, Nothing, Nothing, Recordings, errors=(404,)),
)
