"""An emergency: the centre is shut by phone with an announcement recorded there and then, and stays so until it is
opened again, whatever dies meanwhile.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from asyncinotify import Inotify, Mask

from cti.simulation.telephones import Call, Telephones
from cti.simulation.tones import RATE
from tests.integration.centre_fixture import WAIT_S, RunningCentre
from tests.integration.floor_fixture import running_floor, sees, staffed
from tests.integration.listening import seconds_of, sides
from tests.integration.test_star_codes import pin_of

pytestmark = pytest.mark.integration

SPOKEN_S = 3
"""So long is the announcement, at least."""

ATTENDED = """\
flow: attended
languages: [cmn, en]
start: hours
nodes:
  hours: {kind: hours, calendar: always, open: sales, closed: closed}
  sales: {kind: queue, queue: sales, then: closed, otherwise: closed}
  closed: {kind: hangup, reason: closed, text: {cmn: 再见。, en: Goodbye.}}
"""


@pytest_asyncio.fixture
async def shuttable(dialplans: Path, floor_prompts: Path, music: Path, tmp_path: Path) -> AsyncIterator[RunningCentre]:
    """A floor whose queue `sales` follows a calendar and lets its callers go when it closes; 4030 leads there while the
    calendar is open."""
    folder = Path(shutil.copytree(dialplans, tmp_path / "dialplans"))
    queues = folder / "queues.yaml"
    follows = "    title: Sales\n    calendar: always\n    on_closed: {leave: true}\n"
    queues.write_text(queues.read_text("utf-8").replace("    title: Sales\n", follows, 1), "utf-8")
    (folder / "flows/attended.yaml").write_text(ATTENDED, "utf-8")
    numbers = folder / "centre.yaml"
    number = "numbers:\n  4030: {flow: attended, fallback: sales}\n"
    numbers.write_text(numbers.read_text("utf-8").replace("numbers:\n", number, 1), "utf-8")
    async with running_floor(folder, floor_prompts, music) as running:
        yield running


async def is_spoken(folder: Path, files: str, seconds: int) -> None:
    """Wait until a recording in this folder is so long."""
    with Inotify() as inotify:
        inotify.add_watch(folder, Mask.CREATE | Mask.MODIFY)
        async with asyncio.timeout(WAIT_S):
            while not any(_size(file) >= 2 * RATE * seconds for file in _matching(folder, files)):
                await inotify.get()


def _matching(folder: Path, files: str) -> list[Path]:
    return list(folder.glob(files))


def _size(file: Path) -> int:
    return file.stat().st_size


async def asked(call: Call, keys: str) -> None:
    """Key this as soon as the service speaks."""
    assert call.audio
    await call.audio.hears_something()
    await call.press(keys)


async def switch(floor: RunningCentre, phones: Telephones) -> Call:
    """The administrator has dialled the star code and shown his PIN."""
    call = phones["1001"].dial("*191001")
    await call.answered()
    await asked(call, f"{pin_of(floor, '1001')}#")
    return call


async def turned_away(floor: RunningCentre, phones: Telephones, number: str, voice_hz: int) -> None:
    """A caller comes, hears the administrator's voice, and is told goodbye."""
    caller = await phones.dial("4030", number=number)
    await caller.ended()
    assert not caller.ended_here
    record = await floor.record(number)
    assert record["reason"] == "closed"
    assert [(step["node"], step["choice"]) for step in record["ivr_path"]] == [("hours", "emergency"), ("closed", None)]
    _, heard = sides(await floor.audio(record["id"]))
    assert seconds_of(voice_hz, heard) > 1  # of three; a busy machine stutters


async def test_the_centre_is_shut_by_phone_with_a_recorded_announcement_until_it_is_opened_again(
    shuttable: RunningCentre,
) -> None:
    floor = shuttable
    drafts = floor.settings.state / "sounds/closures"
    drafts.mkdir()
    async with staffed(floor, audio=True) as phones:
        waiting = await phones.dial("4001", number="100")
        await floor.fact("CallQueued", queue="sales")
        administrator = await switch(floor, phones)
        assert administrator.audio
        await asked(administrator, "1")  # while he is told how it stands
        await is_spoken(drafts, ".draft-*.wav", SPOKEN_S)
        await administrator.press("#")
        await administrator.audio.hears(administrator.audio.tone_hz)  # his own voice
        await administrator.press("1")
        declared = await floor.fact("ClosureDeclared", calendar="*", by="phone:1001")
        await floor.fact("CallOverflowed", queue="sales", cause="closed", to="leave")
        await waiting.ended()
        await administrator.ended()
        [closure] = (await floor.get("/api/closures"))["closures"]
        assert closure["announcement"] == declared["announcement"]
        assert {file.stem for file in drafts.iterdir()} == {closure["announcement"]}
        await turned_away(floor, phones, "200", administrator.audio.tone_hz)

        floor.kill_daemon()
        await floor.fact("ClosureDeclared", since_ms=declared["since_ms"])
        still = await floor.shows("/api/closures", lambda shown: shown["closures"])
        assert still["closures"] == [closure]
        await floor.shows("/api/queues/sales", lambda queue: not queue["open"])
        await turned_away(floor, phones, "300", administrator.audio.tone_hz)

        administrator = await switch(floor, phones)
        await asked(administrator, "3")
        await floor.fact("ClosureLifted", calendar="*", by="phone:1001")
        await administrator.ended()
        await floor.sign_in("1002")
        await sees(floor, "1002", "ready")
        await phones.dial("4030", number="400")
        assert (await phones["1002"].next_call()).caller == "400"
