"""Who joined and left, over HTTP. Who leaves keeps his account, closed from the day after his last on."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import Field

from acd.errors import UnknownAgent
from acd.states import Status
from cti.access import Role
from cti.http.causes import cause_of
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import ApiError, Unfit, reaching_records
from cti.http.views import View
from recording.inputs.staff import Staff
from recording.inputs.staffing import StaffEntry, StaffEvent


class NotWritten(ApiError):
    """There is no such entry."""

    id = "unknown-staff-entry"
    status = 404

    def __init__(self) -> None:
        super().__init__("nothing of that kind is written for that day; see GET /api/staff")


class StaffQuery(Given):
    """Which days, in the centre's time zone, both included; the present year until today where none are given."""

    since: date | None = None
    until: date | None = None
    team: str | None = Field(None, description="Of one team alone.")


class StaffGiven(Given):
    """How he belongs to the centre from that day on."""

    share: int = Field(100, ge=1, le=100, description="Of a full week, in percent.")
    team: str = Field("", max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")


class StaffView(View):
    """Everything that was written, and what of it fell on these days."""

    since: date
    until: date
    entries: list[StaffEntry]
    joined: int
    left: int
    mean_full_time: Decimal = Field(description="People, a half-time one counted half, to four places.")
    turnover: Decimal | None = Field(description="Percent a year (key figure 23); null where there was nobody.")


async def show_staff(asked: Asked[StaffQuery, Nothing]) -> StaffView:
    """Who joined, changed and left, and the turnover of some days."""
    today = _today(asked)
    until = asked.query.until or max(asked.query.since or today, today)
    since = asked.query.since or until.replace(month=1, day=1)
    if until < since:
        raise Unfit(f"until: expected {since} or a later day", "until")
    with reaching_records():
        staff = Staff(asked.floor.store)
        entries = await staff.entries()
        changes = await staff.staff_changes(since, until, asked.query.team)
    return StaffView(
        since=since,
        until=until,
        entries=entries,
        joined=len(changes.joined),
        left=len(changes.left),
        mean_full_time=Decimal(round(changes.mean_full_time * 10_000)) / 10_000,
        turnover=changes.turnover,
    )


async def put_staff(asked: Asked[Nothing, StaffGiven]) -> StaffEntry:
    """Write that an agent joins or changes on a day, or leaves at the end of it: `left` with his last day. From the day
    after on his account is closed, his tokens are taken back, and he is signed out."""
    number = asked.path["agent"]
    with reaching_records():
        if number not in {agent.number for agent in await asked.floor.store.agents(active_only=False)}:
            raise UnknownAgent(number)
        day, event = _which(asked)
        entry = StaffEntry(agent=number, day=day, event=event, share=asked.body.share, team=asked.body.team)
        staff = Staff(asked.floor.store)
        await staff.save([entry])
        if event is not StaffEvent.LEFT and (await staff.staffing()).employed(number, _today(asked)):
            await staff.open_again([number])
        closed = await staff.settle(_today(asked))
        await asked.floor.people.load()
    for one in closed:
        _sign_out(asked, one)
    return entry


async def remove_staff(asked: Asked[Nothing, Nothing]) -> StaffView:
    """Take an entry out that was wrong. An account that it closed is opened again."""
    number = asked.path["agent"]
    with reaching_records():
        staff = Staff(asked.floor.store)
        if not await staff.remove(number, *_which(asked)):
            raise NotWritten
        if (await staff.staffing()).employed(number, _today(asked)):
            await staff.open_again([number])
            await asked.floor.people.load()
    return await show_staff(Asked(asked.floor, asked.request, asked.path, StaffQuery(), Nothing(), asked.holder))


def _sign_out(asked: Asked[Nothing, StaffGiven], number: str) -> None:
    roster = asked.floor.distributor.router.roster
    if number in roster and roster.agent(number).status is not Status.SIGNED_OUT:
        with asked.floor.distributor.command() as (router, now_ms):
            router.sign_out(number, cause=cause_of(asked.request), now_ms=now_ms)


def _which(asked: Asked[Nothing, StaffGiven] | Asked[Nothing, Nothing]) -> tuple[date, StaffEvent]:
    try:
        return date.fromisoformat(asked.path["day"]), StaffEvent(asked.path["event"])
    except ValueError:
        expected = f"a day such as 2026-11-22, and {', '.join(StaffEvent)}"
        raise Unfit(f"path: expected {expected}", "day") from None


def _today(asked: Asked) -> date:  # type: ignore[type-arg]
    floor = asked.floor
    return datetime.fromtimestamp(floor.distributor.clock.now_ms() / 1000, floor.centre.time_zone).date()


_AT = "/api/staff/{agent}/{day}/{event}"

ENDPOINTS = (
    Endpoint("GET", "/api/staff", show_staff, StaffQuery, Nothing, StaffView),
    Endpoint("PUT", _AT, put_staff, Nothing, StaffGiven, StaffEntry, errors=(404,), role=Role.ADMINISTRATOR),
    Endpoint("DELETE", _AT, remove_staff, Nothing, Nothing, StaffView, errors=(404,), role=Role.ADMINISTRATOR),
)
