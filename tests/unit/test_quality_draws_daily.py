"""The daily draw: when it is due, that what was missed is made up for, and that a new time holds at once."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from cti.centre import Centre, load_centre
from cti.quality_draws import DrawFailed, Drawn, QualityDraws, seconds_until
from tests.house import HOUSE

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def centre() -> Centre:
    return load_centre(HOUSE / "dialplans")


@pytest.mark.parametrize(
    ("now", "at", "seconds"),
    [
        ("2026-11-22T04:00+08:00", "05:00", 3600),
        ("2026-11-22T05:00+08:00", "05:00", 86_400),
        ("2026-11-22T23:00+08:00", "05:00", 21_600),
    ],
)
def test_the_next_draw_is_at_the_next_such_time_in_the_centres_zone(
    centre: Centre, now: str, at: str, seconds: int
) -> None:
    assert seconds_until(time.fromisoformat(at), datetime.fromisoformat(now).astimezone(UTC), centre) == seconds


def test_clocks_that_are_put_forward_are_counted(centre: Centre) -> None:
    berlin = replace(centre, time_zone=ZoneInfo("Europe/Berlin"))
    assert seconds_until(time(5), datetime(2026, 3, 28, 20, tzinfo=UTC), berlin) == 7 * 3600  # a night of 23 hours


@pytest.mark.parametrize(("at", "due", "drawn"), [("00:00", True, True), ("00:00", False, False), (None, True, False)])
async def test_a_draw_that_was_missed_is_made_and_a_new_time_holds_at_once(
    centre: Centre, at: str | None, due: bool, drawn: bool
) -> None:
    started, asked = list[tuple[str, ...]](), asyncio.Queue[date]()
    sampling = centre.sampling
    assert sampling is not None
    now = replace(centre, sampling=None)

    told: list[str] = []

    async def news() -> None:
        told.append("what there is")

    async def start(*arguments: str) -> Drawn:
        started.append(arguments)
        return Drawn("a draw")

    async def is_due(day: date, _: ZoneInfo) -> bool:
        asked.put_nowait(day)
        return due

    draws = QualityDraws(start, is_due, lambda: now, news)
    task = asyncio.create_task(draws.run())
    assert await draws.ask("chief") == "a draw"
    assert told == ["what there is"]
    assert asked.empty(), "without rules nothing is due"
    if at is not None:
        now = replace(centre, sampling=sampling.model_copy(update={"at": at}))
        draws.look_again(now)
        await asked.get()
        draws.look_again(now)
        await asked.get()  # so the first time is over
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert started[0] == ("--by", "chief")
    assert (("--daily",) in started) is drawn


async def test_a_draw_that_fails_is_tried_again_and_hurts_nobody(centre: Centre) -> None:
    tried = asyncio.Queue[str]()

    async def news() -> None:
        raise AssertionError("there is none")

    async def start(*_: str) -> Drawn:
        tried.put_nowait("")
        raise DrawFailed

    async def is_due(*_: object) -> bool:
        return True

    sampling = centre.sampling
    assert sampling is not None
    early = replace(centre, sampling=sampling.model_copy(update={"at": "00:00"}))
    draws = QualityDraws(start, is_due, lambda: early, news)
    task = asyncio.create_task(draws.run())
    await tried.get()
    draws.look_again(early)
    await tried.get()
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
