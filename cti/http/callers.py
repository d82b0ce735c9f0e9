"""The directory of callers over HTTP: who is known, with what priority, and whom he is to reach."""

from typing import Annotated

from pydantic import Field

from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import Unfit, UnknownCaller, reaching_records
from cti.http.masks import require_numbers
from cti.http.places import Places
from cti.http.views import View
from recording.directory import DirectoryEntry
from recording.numbers import canonical


class CallersQuery(Given):
    """Which page."""

    limit: int = Field(100, ge=1, le=1000)
    after: str = Field(
        "", max_length=200, description="The `next` of the page before; a number, for who sees them whole."
    )


class CallerGiven(Given):
    """What is known of a caller; it replaces what was known before."""

    name: Annotated[str, Field(max_length=200)] = ""
    priority: int = Field(0, ge=0, le=100, description="Points of priority his calls have; more than 0: a VIP.")
    agent: str = Field("", description="The agent he is to reach first, empty for any.")
    note: Annotated[str, Field(max_length=2000)] = ""
    open_case: Annotated[str, Field(max_length=200)] = Field(
        "", description="The case of his that is open, as the centre names it; empty for none."
    )
    language: str = Field("", description="The language he speaks, one of the centre's; empty where it is not known.")


class CallersView(View):
    """A page of callers, by number; `next` is the `after` of the next page, null if there is none."""

    callers: list[DirectoryEntry]
    next: str | None


async def list_callers(asked: Asked[CallersQuery, Nothing]) -> CallersView:
    """The callers who are known, by number, page by page."""
    query, whole = asked.query, asked.mask is None
    places = Places(asked.floor.access.token)
    after = query.after if whole or not query.after else places.opened(query.after)
    if after is None:
        raise Unfit("after: expected `next` of an answer, as it came", "after")
    with reaching_records():
        found = await asked.floor.directory.page(query.limit + 1, after)
    callers = found[: query.limit]
    last = callers[-1].number if len(found) > query.limit else None
    return CallersView(callers=callers, next=last if whole or last is None else places.sealed(last))


async def show_caller(asked: Asked[Nothing, Nothing]) -> DirectoryEntry:
    """One caller who is known, by his number, however it is written. For who sees numbers whole."""
    require_numbers(asked.floor, asked.holder)
    with reaching_records():
        entry = await asked.floor.directory.find(_number(asked))
    if entry is None:
        raise UnknownCaller
    return entry


async def put_caller(asked: Asked[Nothing, CallerGiven]) -> DirectoryEntry:
    """Add a caller, or change what is known of him. It holds for his next call."""
    given = asked.body
    if given.agent and given.agent not in asked.floor.distributor.router.roster:
        raise Unfit(f"agent: there is no agent {given.agent!r}; expected the number of one, or nothing", "agent")
    if given.language and given.language not in (languages := asked.floor.centre.languages):
        expected = f"expected one of: {', '.join(languages)}, or nothing"
        raise Unfit(f"language: {given.language!r} is not spoken here; {expected}", "language")
    entry = DirectoryEntry(number=_number(asked), **given.model_dump())
    with reaching_records():
        await asked.floor.directory.save([entry])
    return entry


async def remove_caller(asked: Asked[Nothing, Nothing]) -> DirectoryEntry:
    """Take a caller out of the directory; the answer is what was known of him. For who sees numbers whole."""
    entry = await show_caller(asked)
    with reaching_records():
        await asked.floor.directory.remove(entry.number)
    return entry


def _number(asked: Asked[Nothing, CallerGiven] | Asked[Nothing, Nothing]) -> str:
    number = canonical(asked.path["number"], asked.floor.centre.country_code)
    if not 2 <= len(number) <= 17:
        raise Unfit("number: expected a telephone number of 2 to 16 figures", "number")
    return number


ENDPOINTS = (
    Endpoint("GET", "/api/callers", list_callers, CallersQuery, Nothing, CallersView),
    Endpoint("GET", "/api/callers/{number}", show_caller, Nothing, Nothing, DirectoryEntry, errors=(404, 422)),
    Endpoint("PUT", "/api/callers/{number}", put_caller, Nothing, CallerGiven, DirectoryEntry),
    Endpoint("DELETE", "/api/callers/{number}", remove_caller, Nothing, Nothing, DirectoryEntry, errors=(404, 422)),
)
