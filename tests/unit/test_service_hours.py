"""Queues that open and close by themselves at the right moments, and in between cost nothing."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from acd.calendar_dates import parse_dates
from acd.calendars import Calendar, Holiday
from acd.closures import Closures
from acd.facts import CallOverflowed, QueueClosed, QueueOpened
from acd.hours import NEVER, WeeklyHours, parse_hours
from acd.queues import QueueSettings
from acd.targets import LEAVE
from cti.service_hours import ServiceHours
from tests.unit.running_floor import Told, distributor, enter
from tests.virtual_time import EPOCH_MS, in_virtual_time

pytestmark = pytest.mark.unit

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR_S = 3600.0


def office(written: str = "09:00-18:00") -> WeeklyHours:
    return parse_hours({"daily": written}, SHANGHAI)


def wall(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(SHANGHAI):%a %H:%M:%S}"


def began() -> str:
    """The time on the wall at which a virtual loop begins; the tests below count from it."""
    return wall(EPOCH_MS)


@in_virtual_time
async def test_a_queue_opens_and_closes_on_time_day_after_day() -> None:
    assert began() == "Wed 06:13:20"
    floor, told = distributor(), Told()
    floor.on_fact.append(told)
    hours = ServiceHours(floor)
    hours.define({"sales": office()})
    assert not floor.router.queues["sales"].open
    await asyncio.sleep(48 * HOUR_S)
    hours.define({})
    assert [(type(fact), wall(fact.at_ms)) for fact in told.facts] == [
        (QueueClosed, "Wed 06:13:20"),
        (QueueOpened, "Wed 09:00:00"),
        (QueueClosed, "Wed 18:00:00"),
        (QueueOpened, "Thu 09:00:00"),
        (QueueClosed, "Thu 18:00:00"),
    ]
    floor.close()


@in_virtual_time
async def test_closing_time_acts_on_those_who_wait_as_the_queue_says() -> None:
    floor, told = distributor(), Told()
    with floor.command() as (router, now_ms):
        router.define_queue(QueueSettings(name="sales", on_closed=LEAVE), now_ms=now_ms)
    floor.on_fact.append(told)
    hours = ServiceHours(floor)
    hours.define({"sales": office("06:00-07:00")})
    enter(floor)
    await asyncio.sleep(HOUR_S)
    assert [(fact.cause, wall(fact.at_ms)) for fact in told.facts if isinstance(fact, CallOverflowed)] == [
        ("closed", "Wed 07:00:00")
    ]
    hours.define({})
    floor.close()


@in_virtual_time
async def test_hours_that_are_edited_or_taken_away_hold_at_once() -> None:
    floor = distributor()
    queue = floor.router.queues["sales"]
    hours = ServiceHours(floor)
    hours.define({"sales": office("07:00-08:00")})
    assert not queue.open
    hours.define({"sales": office("06:00-08:00")})
    assert queue.open
    hours.define({"sales": office("12:00-13:00")})
    assert not queue.open
    hours.define({"sales": None})
    assert queue.open
    await asyncio.sleep(48 * HOUR_S)  # no alarm of the hours before rings
    assert queue.open
    floor.close()


@in_virtual_time
async def test_a_change_days_ahead_is_not_missed() -> None:
    floor = distributor()
    hours = ServiceHours(floor)
    hours.define({"sales": parse_hours({"mon": "09:00-10:00"}, SHANGHAI)})
    await asyncio.sleep(4 * 24 * HOUR_S)
    assert not floor.router.queues["sales"].open
    await asyncio.sleep(24 * HOUR_S + 3 * HOUR_S)
    assert floor.router.queues["sales"].open
    hours.define({})
    floor.close()


@in_virtual_time
async def test_a_calendar_keeps_a_queue_closed_over_a_holiday_and_a_closure_at_once_until_it_is_lifted() -> None:
    floor, told = distributor(), Told()
    floor.on_fact.append(told)
    thursday = datetime.fromtimestamp(EPOCH_MS / 1000, SHANGHAI) + timedelta(days=1)
    holiday = Holiday(parse_dates(f"{thursday:%Y-%m-%d}"), "Holiday")
    calendar = Calendar(parse_hours({"daily": "09:00-18:00"}, SHANGHAI), (holiday,))
    closures, hours = Closures(floor.state), ServiceHours(floor)

    def keep() -> None:
        hours.define({"sales": NEVER if closures.of("office") else calendar})

    closures.on_change.append(keep)
    keep()
    await asyncio.sleep(76 * HOUR_S)  # to Saturday, 10:13
    closures.declare("office", by="Wang", why="storm", now_ms=floor.clock.now_ms())
    await asyncio.sleep(HOUR_S)
    closures.lift("office", by="Wang", now_ms=floor.clock.now_ms())
    hours.define({})
    assert [
        ("+" if isinstance(fact, QueueOpened) else "-") + wall(fact.at_ms)
        for fact in told.facts
        if isinstance(fact, QueueOpened | QueueClosed)
    ] == [
        "-Wed 06:13:20",
        "+Wed 09:00:00",
        "-Wed 18:00:00",
        "+Fri 09:00:00",
        "-Fri 18:00:00",
        "+Sat 09:00:00",
        "-Sat 10:13:20",
        "+Sat 11:13:20",
    ]
    floor.close()
