"""Reports over HTTP. Each is made by a process of its own (cti/reporting.py); what is in it is decided by
recording.reports.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Literal

from aiohttp import web
from pydantic import Field, TypeAdapter

from cti.access import Holder, Role
from cti.http.calls import WhichCalls
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import ApiError, Unfit
from cti.http.masks import require_numbers
from cti.http.quality import require_insight
from cti.http.views import View
from cti.reporting import BUSY, Made, ReportFailed, Reports
from recording.figures.catalogue import FIGURES
from recording.reports.document import Language, ReportDocument
from recording.reports.named import REPORTS
from recording.reports.order import MEDIA, Form, Order
from recording.store import CallFilter

CALL_FILTER = TypeAdapter(CallFilter)

RETRY_AFTER_S = 5
"""When who was refused because too many wait may ask again."""

LOOKS_S = 0.5
"""So often it is looked whether who asked is still there: aiohttp does not tell while nothing is sent."""


class ReportRefused(ApiError):
    """What the process that makes reports refuses, or that there is none."""

    def __init__(self, error: ReportFailed) -> None:
        super().__init__(str(error), error.field)
        self.id = error.id
        self.status = error.status
        self.retry_after_s = RETRY_AFTER_S if error.id == BUSY else None


class NotYours(ApiError):
    """An agent's own token asks about somebody else."""

    id = "report-not-yours"
    status = 403

    def __init__(self, agent: str) -> None:
        super().__init__(f"this token is agent {agent}'s own; expected agent={agent} in the query", "agent")


class ReportQuery(Given):
    """Of whom and of when; of the centre where nobody is named."""

    queue: str | None = Field(None, description="A queue's name.")
    team: str | None = Field(None, description='A team: what its agents have as attribute "team".')
    agent: str | None = Field(None, description="An agent's number.")
    at: str = Field(
        "",
        description="A day, hour, week, month or quarter by name (2026-11-21, 2026-11-21T10, 2026-W47, 2026-11, "
        '2026-Q4), or "now"; the last that is over where nothing is said. Of the report "free": two with .. between.',
    )
    keys: str = Field("", description="The figures wanted, with commas; all where nothing is said.")
    language: Language = Language.ENGLISH
    format: Form = Form.JSON
    bom: bool = Field(False, description="CSV with a byte order mark, for spreadsheets that guess.")
    forecast: bool | None = Field(
        None,
        description="Of day, week and month, the centre or a queue: whether the forecast of the next stands at the "
        "end. Where nothing is said the week has it, and reports that are sent by mail.",
    )

    def order(self, report: str) -> Order:
        """As those who make reports understand it. Raises Unfit."""
        named = [f"{kind}:{name}" for kind in ("queue", "team", "agent") if (name := getattr(self, kind)) is not None]
        if len(named) > 1:
            raise Unfit("expected one of queue, team and agent at most", named[1].partition(":")[0])
        return Order(
            report=report,
            scope=named[0] if named else "centre",
            at=self.at,
            keys=tuple(key.strip() for key in self.keys.split(",") if key.strip()),
            language=self.language,
            form=self.format,
            bom=self.bom,
            forecast=self.forecast,
        )


class CallsQuery(WhichCalls):
    """Which calls, as for /api/calls, and how they are written."""

    format: Literal[Form.CSV, Form.PARQUET, Form.XLSX] = Form.CSV
    masked: bool = Field(False, description="Numbers masked, and no names; always for who does not see them whole.")
    bom: bool = Field(False, description="CSV with a byte order mark, for spreadsheets that guess.")


class ReportKind(View):
    """A report that can be asked for: its name, how long its time is, and the step of its lines."""

    name: str
    unit: str
    step: str


class FigureKind(View):
    """A figure that can be asked for."""

    key: str
    number: int
    title: str
    unit: str
    formula: str
    meaning: str


class ReportKinds(View):
    """What there is."""

    reports: list[ReportKind]
    figures: list[FigureKind]


async def list_reports(asked: Asked[Nothing, Nothing]) -> ReportKinds:
    """The reports and figures that there are."""
    return ReportKinds(
        reports=[ReportKind(name=one.name, unit=one.unit, step=one.step) for one in REPORTS.values()],
        figures=[
            FigureKind(
                key=one.key,
                number=one.number,
                title=one.title,
                unit=one.unit,
                formula=one.formula_id,
                meaning=one.meaning,
            )
            for one in FIGURES.values()
        ],
    )


async def make_report(asked: Asked[ReportQuery, Nothing]) -> web.StreamResponse:
    """A report, as JSON or in another form. An agent's own token gets the reports of that agent alone; the bulletin is
    for those who may see evaluations."""
    order = asked.query.order(asked.path["name"])
    _require_own(asked.holder, order)
    try:
        if order.definition().in_words:
            require_insight(asked.holder)
        order.figures()
        order.forecasts()
        order.period(datetime.now(UTC), asked.floor.centre.time_zone)
    except ValueError as error:
        raise Unfit(str(error), getattr(error, "field", None)) from None
    return await send(asked.request, asked.floor.reports, {"report": order.model_dump(mode="json")}, asked.holder)


async def export_calls(asked: Asked[CallsQuery, Nothing]) -> web.StreamResponse:
    """All calls that /api/calls would list, one a row, as CSV, Parquet or a workbook."""
    query = asked.query
    if query.caller is not None:
        require_numbers(asked.floor, asked.holder)
    masked = query.masked or asked.mask is not None
    which = CALL_FILTER.dump_python(query.filter(asked.floor.centre.time_zone), mode="json")
    order = {"which": which, "form": query.format, "masked": masked, "bom": query.bom}
    return await send(asked.request, asked.floor.reports, {"calls": order}, asked.holder)


async def send(request: web.Request, reports: Reports, order: Mapping[str, Any], holder: Holder) -> web.StreamResponse:
    """Have it made, and send it as it comes. Raises ApiError until the first byte is sent; after that, a connection
    that is cut says that not all of it came."""
    response: web.StreamResponse | None = None
    async with _while_asked(request):
        try:
            async with reports.make(order, holder.name) as made:
                response = web.StreamResponse(headers=_headers(made))
                await response.prepare(request)
                async for piece in made.pieces():
                    await response.write(piece)
        except ReportFailed as error:
            if response is None:
                raise ReportRefused(error) from None
            if request.transport is not None:
                request.transport.abort()
            return response
        await response.write_eof()
        return response


def _headers(made: Made) -> dict[str, str]:
    if not (name := made.about["name"]):  # no file, but an answer
        return {"Content-Type": made.about["media"]}
    shown = "attachment" if not name.endswith((".json", ".html", ".txt")) else "inline"
    return {"Content-Type": made.about["media"], "Content-Disposition": f'{shown}; filename="{name}"'}


def _require_own(holder: Holder, order: Order) -> None:
    if holder.role is Role.AGENT and order.scope != f"agent:{holder.agent}":
        raise NotYours(holder.agent)


@asynccontextmanager
async def _while_asked(request: web.Request) -> AsyncIterator[None]:
    """Cancels what is inside when the client has gone."""
    task = asyncio.current_task()
    assert task is not None

    async def look() -> None:
        while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110
            await asyncio.sleep(LOOKS_S)
        task.cancel()

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/exports/calls",
        export_calls,
        CallsQuery,
        Nothing,
        media=MEDIA[Form.CSV].partition(";")[0],
        errors=(500, 503),
    ),
    Endpoint("GET", "/api/reports", list_reports, Nothing, Nothing, ReportKinds, role=Role.AGENT),
    Endpoint(
        "GET",
        "/api/reports/{name}",
        make_report,
        ReportQuery,
        Nothing,
        ReportDocument,
        errors=(403, 404, 500, 503),
        role=Role.AGENT,
    ),
)
