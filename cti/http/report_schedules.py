"""Reports that are sent by mail, over HTTP: who gets which when, and what became of each mail. Addresses of people
stand here, so it is for administrators.
"""

from datetime import UTC, datetime, time
from typing import Annotated

from pydantic import Field

from cti.access import Role
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import ApiError, Unfit, reaching_records
from cti.http.views import View
from cti.mail_settings import MailAddress
from cti.reporting_errors import UnknownSubject
from cti.subjects import require_subject
from recording.figures.period import Unit
from recording.figures.scope import Scope, ScopeError
from recording.reports.document import Language
from recording.reports.mails import ReportMails
from recording.reports.order import Form, Order, OrderError
from recording.reports.schedule import Schedule

RECIPIENTS_AT_MOST = 50


class UnknownSchedule(ApiError):
    """No schedule is called so."""

    id = "unknown-schedule"
    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no schedule {name!r}; expected one of GET /api/report-schedules")


class ScheduleGiven(Given):
    """Who is to get which report when."""

    report: str = Field(description="A report of GET /api/reports, but the free one.")
    scope: str = Field("centre", description="centre, queue:<name>, team:<name> or agent:<number>")
    keys: tuple[str, ...] = Field((), strict=False, description="The figures wanted; all where nothing is said.")
    language: Language = Language.ENGLISH
    form: Form = Field(Form.HTML, description="What is attached: html, xlsx, csv or parquet.")
    at: Annotated[time, Field(strict=False)] = Field(
        time(7), description="When, HH:MM of the centre's clock, on the day after the report's time is over."
    )
    forecast: bool | None = Field(None, description="Without one, where false; else as far as the report may have it.")
    recipients: tuple[MailAddress, ...] = Field(strict=False, min_length=1, max_length=RECIPIENTS_AT_MOST)


class ScheduleView(View):
    """Who gets which report when."""

    name: str
    report: str
    scope: str
    keys: tuple[str, ...]
    language: Language
    form: Form
    forecast: bool
    at: str
    recipients: tuple[str, ...]
    made_at: datetime
    made_by: str


class DeliveryView(View):
    """What became of a mail; `next_at` is when it is tried again, null: no more; `error` why it did not go."""

    schedule: str
    period: str
    recipient: str
    attempts: int
    next_at: datetime | None
    sent_at: datetime | None
    error: str


class ScheduleList(View):
    """All schedules, and the mails of late."""

    schedules: list[ScheduleView]
    deliveries: list[DeliveryView]


def schedule_of(name: str, given: ScheduleGiven, by: str) -> Schedule:
    """The schedule, checked. Raises OrderError, ScopeError."""
    if given.form in (Form.JSON, Form.TEXT):
        raise OrderError(f"nobody opens {given.form} from a mail; expected html, xlsx, csv or parquet", "form")
    order = Order(
        report=given.report,
        scope=given.scope,
        keys=given.keys,
        language=given.language,
        form=given.form,
        bom=True,
        forecast=given.forecast,
    )
    if order.definition().unit is Unit.RANGE:
        raise OrderError("a free report has no time of its own; expected another", "report")
    order.whose()
    order.figures()
    order.forecasts()
    return Schedule(
        name=name,
        order=order.model_dump(mode="json", exclude={"at"}),
        at=given.at,
        recipients=given.recipients,
        made_at=datetime.now(UTC),
        made_by=by,
    )


async def list_schedules(asked: Asked[Nothing, Nothing]) -> ScheduleList:
    """Which reports are sent to whom, and what became of the last mails."""
    mails = ReportMails(asked.floor.store)
    with reaching_records():
        schedules, deliveries = await mails.schedules(), await mails.last()
    return ScheduleList(
        schedules=[view_of(one) for one in schedules],
        deliveries=[
            DeliveryView(**{name: getattr(one, name) for name in DeliveryView.model_fields}) for one in deliveries
        ],
    )


async def put_schedule(asked: Asked[Nothing, ScheduleGiven]) -> ScheduleView:
    """Make a schedule, or change the one of that name. From now on each report is sent once, when its time is over."""
    try:
        schedule = schedule_of(asked.path["name"], asked.body, asked.person)
        with reaching_records():
            await require_subject(asked.floor.store, asked.floor.centre, Scope.parse(asked.body.scope))
    except (OrderError, ScopeError, UnknownSubject) as error:
        raise Unfit(str(error), getattr(error, "field", "scope")) from None
    with reaching_records():
        await ReportMails(asked.floor.store).save(schedule)
    asked.floor.schedules_changed.set()
    return view_of(schedule)


async def remove_schedule(asked: Asked[Nothing, Nothing]) -> ScheduleList:
    """Forget a schedule; its mails that have not gone are not sent."""
    with reaching_records():
        if not await ReportMails(asked.floor.store).remove(asked.path["name"]):
            raise UnknownSchedule(asked.path["name"])
    asked.floor.schedules_changed.set()
    return await list_schedules(asked)


def view_of(schedule: Schedule) -> ScheduleView:
    """As it is shown."""
    order = Order.model_validate(schedule.order)
    return ScheduleView(
        name=schedule.name,
        report=order.report,
        scope=order.scope,
        keys=order.keys,
        language=order.language,
        form=order.form,
        forecast=order.to_mail().forecasts(),
        at=f"{schedule.at:%H:%M}",
        recipients=schedule.recipients,
        made_at=schedule.made_at,
        made_by=schedule.made_by,
    )


_PATH = "/api/report-schedules/{name}"
ENDPOINTS = (
    Endpoint(
        *("GET", "/api/report-schedules", list_schedules, Nothing, Nothing, ScheduleList), role=Role.ADMINISTRATOR
    ),
    Endpoint("PUT", _PATH, put_schedule, Nothing, ScheduleGiven, ScheduleView, role=Role.ADMINISTRATOR),
    Endpoint(
        *("DELETE", _PATH, remove_schedule, Nothing, Nothing, ScheduleList), errors=(404,), role=Role.ADMINISTRATOR
    ),
)
