"""What is made of an order: read the figures, compose the report, write it in its form. Runs in a command, or in a
process of its own, never in the daemon; libraries of a form are imported when it is asked for.
"""

import asyncio
import json
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from importlib import import_module
from typing import IO, Any

from pydantic import BaseModel, ConfigDict

from acd.masking import Mask, masked
from cti.centre import Centre
from cti.figure_answers import reports_of, series_of
from cti.figures_file import rules_of
from cti.reporting_errors import NoSchedule, UnknownSubject
from cti.settings import Settings
from cti.subjects import require_subject
from cti.versions.start import current_centre, versions_of
from recording.figures.addends.listing import addends
from recording.figures.addends.values import AddendsOrder
from recording.figures.inputs import all_inputs
from recording.figures.order import FiguresOrder, SeriesOrder
from recording.figures.scope import Scope, ScopeKind
from recording.figures.service import AnyFigures, Figures
from recording.forecasting.order import ForecastOrder
from recording.inputs.costs import Costs
from recording.quality.bulletin import Bulletin
from recording.quality.bulletin_paper import paper_of
from recording.quality.bulletin_reading import bulletin_of
from recording.quality.drawing import explain
from recording.quality.draws import Draws
from recording.record import CallRecord
from recording.reports import showing
from recording.reports.calls import calls_of
from recording.reports.columns import Export, numbers_of
from recording.reports.compose import NOTHING_FURTHER, compose
from recording.reports.document import Language, ReportDocument
from recording.reports.forecast import half_hours_of
from recording.reports.mails import ReportMails
from recording.reports.material import Names, read_material
from recording.reports.order import MEDIA, Form, Order, OrderError
from recording.reports.paper import Paper
from recording.store import CallFilter, Page, Store

PIECE = 256 * 1024
PAGE = 1_000
"""Calls that are read at once."""

EXPORTED = frozenset({Form.CSV, Form.PARQUET, Form.XLSX})
IN_MEMORY_AT_MOST = 8 * 1024 * 1024

ANSWER = "application/json; charset=utf-8"
"""The media type of what is no file, but an answer of the API."""

About = dict[str, Any]


class CallExport(BaseModel):
    """Which calls are wanted, and as what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    which: CallFilter
    form: Form
    masked: bool = False
    bom: bool = False


class BulletinOrder(BaseModel):
    """Whose bulletin of which day is wanted, as the API answers with it; `masked`: numbers in its notes are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: date
    scope: str
    masked: bool


class ExplanationOrder(BaseModel):
    """Which draw of quality (by its id, or its day) is to be made once more, to say what became of which call."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    draw: str
    call: str


class DeliveryOrder(BaseModel):
    """Which mail is to be sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schedule: str
    period: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Made:
    """A thing that was made: its media type, a name for its file (none: it is an answer of the API), and its bytes."""

    media: str
    name: str
    pieces: Iterator[bytes]


class Work:
    """Makes what is ordered. `figures` says how they are had of a store and a centre; tests give others."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        figures: Callable[[Store, Centre], Awaitable[AnyFigures]] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._store = store
        self._figures = figures or figures_of
        self._now = now
        self._centre: tuple[int, Centre] | None = None
        # matplotlib keeps what it found out about fonts; the home of who runs a service may not be his to write
        os.environ.setdefault("MPLCONFIGDIR", str(settings.state / "matplotlib"))

    async def answer(self, message: Mapping[str, Any]) -> tuple[About, Iterator[bytes]]:
        """What a line of standard input asks for. Raises whatever is wrong with it."""
        if "mail" in message:
            await self.deliver(DeliveryOrder.model_validate(message["mail"]))
            return {"media": MEDIA[Form.JSON], "name": "sent.json"}, iter(())
        if "calls" in message:
            wanted = CallExport.model_validate(message["calls"])
            made = await self.calls(wanted.which, wanted.form, masked=wanted.masked, bom=wanted.bom)
        elif "figures" in message or "series" in message or "addends" in message:
            made = await self.figures(message)
        elif "bulletin" in message:
            made = await self.shown_bulletin(BulletinOrder.model_validate(message["bulletin"]))
        elif "explanation" in message:
            made = await self.explanation(ExplanationOrder.model_validate(message["explanation"]))
        elif "forecast" in message:
            made = await self.forecast(ForecastOrder.model_validate(message["forecast"]))
        else:
            made = await self.report(Order.model_validate(message["report"]))
        return {"media": made.media, "name": made.name}, made.pieces

    async def report(self, order: Order) -> Made:
        """A report in its form."""
        document = await self.told(order)
        pieces = self._written(document, order, order.form)
        return Made(MEDIA[order.form], file_name(document, order.form), pieces)

    def _written(self, document: ReportDocument | Paper, order: Order, form: Form) -> Iterator[bytes]:
        return written(document, form, bom=order.bom, calls=order.calls, url=self._settings.url)

    async def forecast(self, order: ForecastOrder) -> Made:
        """A forecast with its staff, as JSON. Raises UnknownSubject, ForecastOrderError and why there is none."""
        centre, scope = self.centre(), order.whose()
        if scope.kind is ScopeKind.QUEUE and scope.name not in centre.queues:  # one of former days gets no calls
            raise UnknownSubject(scope.kind, scope.name, centre.queues)
        figures = await self._figures(self._store, centre)
        made = await import_module("cti.forecasts").foresee(order, centre, figures, self._now())
        return Made(MEDIA[Form.JSON], "forecast.json", iter([made.model_dump_json().encode()]))

    async def figures(self, message: Mapping[str, Any]) -> Made:
        """Figures as the API answers them. Raises UnknownSubject, and SQLAlchemy's while the data base is away."""
        rules = rules_of(self.centre())
        figures = Figures(self._store, rules, all_inputs(self._store, rules.share_costs_by))
        answer: BaseModel
        if "addends" in message:
            behind = AddendsOrder.model_validate(message["addends"])
            await self._require(Scope.parse(behind.scope))
            answer = await addends(self._store, behind, rules)
        elif "series" in message:
            over_time = SeriesOrder.model_validate(message["series"])
            await self._require(Scope.parse(over_time.scope))
            answer = await series_of(over_time, figures, rules)
        else:
            order = FiguresOrder.model_validate(message["figures"])
            if not order.of_each:
                await self._require(Scope.parse(order.scope))
            answer = await reports_of(order, figures, rules)
        return Made(ANSWER, "", iter([answer.model_dump_json().encode()]))

    async def calls(self, which: CallFilter, form: Form, *, masked: bool, bom: bool = False) -> Made:
        """Calls as columns and rows. Raises OrderError."""
        if form not in EXPORTED:
            expected = ", ".join(sorted(EXPORTED))
            raise OrderError(f"calls are not written as {form}; expected one of {expected}", "format")
        zone = self.centre().time_zone
        loop = asyncio.get_running_loop()

        def records() -> Iterator[CallRecord]:
            after = None
            while True:
                page = self._store.calls(which, Page(size=PAGE, after=after))
                found = asyncio.run_coroutine_threadsafe(page, loop).result()
                yield from found
                if len(found) < PAGE:
                    return
                after = found[-1].id

        def write(file: IO[bytes]) -> None:
            for piece in exported(calls_of(records(), zone, mask=masked), form, bom=bom):
                file.write(piece)

        pieces = await asyncio.to_thread(_from_file, write)
        return Made(MEDIA[form], f"calls.{form}", pieces)

    async def deliver(self, wanted: DeliveryOrder) -> None:
        """Send the report of one time of a schedule to one recipient. Raises NoSchedule, MailFailed."""
        schedules = {one.name: one for one in await ReportMails(self._store).schedules()}
        schedule = schedules.get(wanted.schedule)
        if schedule is None or wanted.recipient not in schedule.recipients:
            raise NoSchedule
        order = Order.model_validate({**schedule.order, "at": wanted.period})
        await self.mail(order, wanted.recipient, f"{wanted.schedule}\n{wanted.period}")

    async def mail(self, order: Order, recipient: str, seal: str) -> None:
        """Send a report to one recipient. Raises MailFailed."""
        mail = import_module("cti.mail")  # only who sends one needs what it takes
        settings, order = self._settings.mail, order.to_mail()
        document = await self.told(order)
        form = Form.HTML if order.form in (Form.JSON, Form.TEXT) else order.form
        body = b"".join(await asyncio.to_thread(list, self._written(document, order, form)))
        attached = [(file_name(document, form), MEDIA[form], body)]
        if form is Form.HTML and isinstance(document, ReportDocument) and (halves := half_hours_of(document)):
            csv = b"".join(written(halves, Form.CSV, bom=order.bom))
            attached.append((f"forecast-{file_name(document, Form.CSV)}", MEDIA[Form.CSV], csv))
        message = mail.message_of(document, recipient, settings.sender, attached, seal, self._now(), self._settings.url)
        await mail.send(settings, message)

    async def told(self, order: Order) -> ReportDocument | Paper:
        """A report of figures, or one in words."""
        return await (self.bulletin(order) if order.definition().in_words else self.document(order))

    async def bulletin(self, order: Order) -> Paper:
        """The bulletin of quality."""
        centre, scope = self.centre(), order.whose()
        await self._require(scope)
        names, zone = await self._names(centre), centre.time_zone
        made = await self._bulletin_of(order.period(self._now(), zone).start.date(), scope)
        return paper_of(made, order.language, centre=centre.name, zone=zone, made_at=self._now(), names=names.agents)

    async def shown_bulletin(self, order: BulletinOrder) -> Made:
        """The bulletin of quality as the API answers with it."""
        scope = Scope.parse(order.scope)
        await self._require(scope)
        made = await self._bulletin_of(order.day, scope)
        if order.masked:
            made = masked(made, Mask(own=self.centre().numbers))
        return Made(ANSWER, "", iter([made.model_dump_json().encode()]))

    async def explanation(self, order: ExplanationOrder) -> Made:
        """Why a draw took a call or did not, as the API answers with it. Raises UnknownDraw."""
        inputs = await Draws(self._store).inputs(order.draw)
        because = list(await asyncio.to_thread(explain, inputs, order.call))
        return Made(ANSWER, "", iter([json.dumps({"because": because}).encode()]))

    async def _bulletin_of(self, day: date, scope: Scope) -> Bulletin:
        centre = self.centre()
        quota = centre.sampling.monthly_quota if centre.sampling else None
        return await bulletin_of(self._store, day, centre.time_zone, scope, quota)

    async def document(self, order: Order) -> ReportDocument:
        """A report of figures, as a value."""
        centre, scope, keys = self.centre(), order.whose(), order.figures()
        period = order.period(self._now(), centre.time_zone)
        await self._require(scope)
        names = await self._names(centre)
        further = NOTHING_FURTHER
        async with self._store.at_one_moment() as store:
            figures = await self._figures(store, centre)
            material = await read_material(figures, order.definition(), scope, period, keys)
            if order.forecasts():
                ahead = import_module("cti.forecasts").ahead  # only who forecasts needs what it takes
                further = await ahead(period, scope, centre, figures, names, order.language, self._now())
        return compose(material, names, order.language, centre.time_zone.key, further)

    def centre(self) -> Centre:
        """The centre that holds now; read anew only when a version was published."""
        number = versions_of(self._settings).current
        if self._centre is None or not number or self._centre[0] != number:
            self._centre = (number, current_centre(self._settings))
        return self._centre[1]

    async def _require(self, scope: Scope) -> None:
        await require_subject(self._store, self.centre(), scope)

    async def _names(self, centre: Centre) -> Names:
        people = await self._store.agents(active_only=False)
        return Names(
            centre=centre.name,
            queues={name: queue.title for name, queue in centre.queues.items()},
            agents={person.number: person.name for person in people},
            teams={person.number: person.attributes["team"] for person in people if "team" in person.attributes},
            currency=await Costs(self._store, centre.time_zone).currency(),
        )


def file_name(document: ReportDocument | Paper, form: Form) -> str:
    """ "day-sales-2026-11-21.xlsx": of characters that any file system takes."""
    when, name = (
        (document.when, document.subject)
        if isinstance(document, Paper)
        else (showing.span(document.span, Language.ENGLISH), document.subject.name)
    )
    when = when.replace(" ", "-").replace(":", "")
    subject = f"-{name}" if name else ""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "-_.") else "_" for one in f"{subject}-{when}")
    return f"{document.report}{plain}.{'txt' if form is Form.TEXT else form.value}"


_RENDERING = {
    Form.TEXT: "text",
    Form.CSV: "csv_file",
    Form.PARQUET: "parquet",
    Form.XLSX: "workbook",
    Form.HTML: "page",
}
"""The module of each form, imported when it is asked for."""


def written(
    document: ReportDocument | Paper, form: Form, *, bom: bool = False, calls: bool = False, url: str = ""
) -> Iterator[bytes]:
    """A report in a form, piece by piece."""
    if isinstance(document, Paper):
        return iter([_paper_written(document, form, url).encode()])
    match form:
        case Form.JSON:
            return iter([document.model_dump_json().encode()])
        case Form.TEXT:
            return iter([_rendering(form).text_of(document, calls=calls).encode()])
        case Form.HTML:
            return iter([_rendering(form).page_of(document, url).encode()])
        case Form.XLSX:
            return _from_file(partial(_rendering(form).write_report, document))
        case Form.CSV | Form.PARQUET:
            return exported(numbers_of(document), form, bom=bom)


def _paper_written(paper: Paper, form: Form, url: str) -> str:
    match form:
        case Form.HTML:
            return str(_rendering(form).page_of_paper(paper, url))
        case Form.TEXT:
            return str(_rendering(form).text_of_paper(paper, url))
        case _:
            return paper.data.model_dump_json()


def exported(export: Export, form: Form, *, bom: bool = False) -> Iterator[bytes]:
    """Columns and rows as CSV, Parquet or a workbook, piece by piece."""
    match form:
        case Form.XLSX:
            return _from_file(partial(_rendering(form).write_workbook, export))
        case Form.PARQUET:
            return _from_file(partial(_rendering(form).write_parquet, export))
        case _:
            pieces: Iterator[bytes] = _rendering(Form.CSV).csv_of(export, bom=bom)
            return pieces


def _rendering(form: Form) -> Any:
    return import_module(f"recording.reports.rendering.{_RENDERING[form]}")


def _from_file(write: Callable[[IO[bytes]], None]) -> Iterator[bytes]:
    """What `write` writes to a file that needs to be whole; it is whole before the first piece comes."""
    file = tempfile.SpooledTemporaryFile(IN_MEMORY_AT_MOST)  # noqa: SIM115
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    return _read(file)


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


async def figures_of(store: Store, centre: Centre) -> AnyFigures:
    """The figures of this instance as of now, judged as the centre's files say."""
    rules, now = rules_of(centre), datetime.now(UTC)
    return Figures(store, rules, all_inputs(store, rules.share_costs_by), clock=lambda: now)
