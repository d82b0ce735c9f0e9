"""What a flow is told of a calendar: its state in its zone, closures before it, and calendars taken out of the file."""

import shutil
from pathlib import Path

import pytest

from acd.clock import Clock
from acd.closures import EVERY, Closures
from acd.distributor import Distributor
from acd.router import Router
from cti.administration import Administration
from cti.calendar_port import CalendarPort
from cti.settings import Settings
from cti.versions.files import read_folder
from cti.versions.manifest import Order
from cti.versions.start import start, versions_of
from ivr.closure_words import words_of
from ivr.flow.steps import Announced, CalendarIs, Prompt

pytestmark = pytest.mark.contract

SHIPPED = Path(__file__).parents[2] / "dialplans"
MONDAY_NOON_MS = 1_795_406_400_000  # 2026-11-23 12:00 in Shanghai, when the office goes to lunch
OWN = "    emergency: {cmn: 停电。, en: The power is out.}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "dialplans"))
    shutil.rmtree(folder / "conversations")  # they expect the shipped calendars
    file = folder / "calendars.yaml"
    file.write_text(file.read_text("utf-8").replace("  always:\n", f"  always:\n{OWN}", 1), "utf-8")
    return folder


def administration_of(folder: Path, distributor: Distributor) -> Administration:
    """The folder is version 1."""
    settings = Settings(state=folder.parent / "state", dialplans=folder)
    current = start(settings)
    return Administration(versions_of(settings), current.version, current.centre, distributor)


async def test_closures_go_before_the_calendar_and_its_own_words_before_the_houses(folder: Path) -> None:
    distributor = Distributor(Router(), Clock())
    administration = administration_of(folder, distributor)
    closures = Closures(distributor.state)
    now = [MONDAY_NOON_MS - 1]
    port = CalendarPort(administration, closures, lambda: now[0], {"closure-1"}.__contains__)
    assert (port("office", "en"), port("always", "en")) == (CalendarIs("open"), CalendarIs("open"))
    now[0] += 1
    assert port("office", "en") == CalendarIs("closed")
    now[0] = 1_790_820_000_000  # 2026-10-01
    assert port("office", "en") == CalendarIs("holiday", holiday="国庆节")

    closures.declare(EVERY, by="Wang", why="storm", now_ms=now[0])
    assert port("office", "en") == CalendarIs("emergency", (words_of({}, "en"),))
    assert port("always", "cmn") == CalendarIs("emergency", (Prompt("停电。", "cmn"),))
    closures.declare("office", by="Wang", why="fire", announcement="closure-1", now_ms=now[0])
    assert port("office", "en") == CalendarIs("emergency", (Announced("closure-1", "en"),), recorded=True)
    assert port("always", "en") == CalendarIs("emergency", (Prompt("The power is out.", "en"),))
    closures.declare("office", by="Wang", why="fire", announcement="closure-of-old", now_ms=now[0])
    assert port("office", "en") == CalendarIs("emergency", (words_of({}, "en"),))  # somebody has tidied up


async def test_a_calendar_that_was_taken_out_of_the_file_still_says_what_it_said(folder: Path) -> None:
    distributor = Distributor(Router(), Clock())
    administration = administration_of(folder, distributor)
    port = CalendarPort(administration, Closures(distributor.state), lambda: MONDAY_NOON_MS, bool)
    for file, before, after in (
        ("calendars.yaml", "  always:\n", "  ever:\n"),
        ("queues.yaml", "calendar: always", "calendar: ever"),
        ("flows/hotline.yaml", "calendar: always", "calendar: ever"),
    ):
        text = (folder / file).read_text("utf-8")
        (folder / file).write_text(text.replace(before, after), "utf-8")
    await administration.publish(read_folder(folder), Order(base=1, by="Wang", why="another name"))
    assert port("always", "en") == port("ever", "en") == CalendarIs("open")
    assert port("of another time", "en") == CalendarIs("closed")
