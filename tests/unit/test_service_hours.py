"""Queues that open and close by themselves at the right moments, and in between cost nothing."""

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from acd.facts import CallOverflowed, QueueClosed, QueueOpened
from acd.hours import WeeklyHours, parse_hours
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
