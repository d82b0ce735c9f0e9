"""The calendar file: what it may say becomes calendars, and what does not fit is told with its place."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from textwrap import dedent, indent
from zoneinfo import ZoneInfo

import pytest

from acd.calendars import CalendarState
from acd.closures import EVERY, Closures
from acd.facts import Fact
from cti.callbacks.make import callback_rules, message_rules
from cti.centre import Centre, load_centre
from ivr.documents import DocumentError
from ivr.flow.steps import Prompt

pytestmark = pytest.mark.unit

SHIPPED = Path(__file__).parents[2] / "dialplans"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def folder_of(tmp_path: Path, calendars: str) -> Path:
    """The shipped files, with these calendars besides; they begin at line 2."""
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "dialplans"))
    shipped = (folder / "calendars.yaml").read_text("utf-8").partition("calendars:\n")[2]
    (folder / "calendars.yaml").write_text(f"calendars:\n{indent(dedent(calendars), '  ')}{shipped}", "utf-8")
    return folder


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        load_centre(folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in refused.value.problems]


def state(centre: Centre, calendar: str, wall: str, zone: ZoneInfo = SHANGHAI) -> str:
    reading = centre.calendars[calendar].at(datetime.fromisoformat(wall).replace(tzinfo=zone))
    return reading.holiday or reading.state


def test_the_shipped_office_keeps_the_holidays_of_two_years_and_works_a_day_off() -> None:
    centre = load_centre(SHIPPED)
    walls = ("2026-11-23T10:00", "2026-11-23T12:30", "2026-10-01T10:00", "2026-10-10T10:00", "2027-02-06T10:00")
    assert [state(centre, "office", wall) for wall in walls] == ["open", "closed", "国庆节", "open", "春节"]
    midnight = datetime(2026, 1, 1, tzinfo=SHANGHAI)
    assert all(centre.calendars["always"].is_open(midnight + timedelta(hours=5 * step)) for step in range(2000))


def test_a_calendar_has_a_zone_of_its_own_and_words_for_an_emergency(tmp_path: Path) -> None:
    centre = load_centre(
        folder_of(
            tmp_path,
            """\
              berlin:
                title: The branch in Berlin
                time_zone: Europe/Berlin
                hours: {mon-fri: 08:00-16:00}
                holidays: {12-24 to 12-26: Weihnachten}
                exceptions: {2026-12-31: closed}
                emergency: {cmn: 柏林分部暂停服务。, en: Our branch in Berlin is closed.}
            """,
        )
    )
    assert state(centre, "berlin", "2026-11-23T15:30") == "open"
    assert state(centre, "berlin", "2026-12-24T10:00", ZoneInfo("Europe/Berlin")) == "Weihnachten"
    assert state(centre, "berlin", "2026-12-31T10:00", ZoneInfo("Europe/Berlin")) == "closed"
    assert Prompt("Our branch in Berlin is closed.", "en") in centre.prompts()


def test_everything_wrong_in_the_file_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        """\
          one:
            time_zone: Europe/Berlinn
            hours: {mon-fri: 9-18, sun: 10:00-12:00}
            holidays:
              2026-10-01 to 2026-10-07: National Day
              2026-10-32: Halloween
              2026-10-07: Double
            exceptions:
              2026-12-31: shut
              12-24 to 2026-12-26: closed
            emergency: {en: Closed., fr: Fermé.}
        """,
    )
    assert problems_of(folder) == [
        'calendars.yaml:3:16: unknown time zone "Europe/Berlinn", did you mean "Europe/Berlin"?'
        " (expected a name of the IANA time zone database)",
        'calendars.yaml:4:22: "9-18" does not fit (expected times such as "09:00-18:00")',
        'calendars.yaml:7:7: "2026-10-32" is in no calendar'
        ' (expected "2026-10-01", "2026-10-01 to 2026-10-07", or of every year "05-01", "12-24 to 01-02")',
        'calendars.yaml:8:7: "2026-10-07" has a day of "2026-10-01 to 2026-10-07" (expected each day once)',
        'calendars.yaml:10:19: "shut" does not fit (expected times such as "09:00-18:00", or "closed")',
        'calendars.yaml:11:7: "12-24 to 2026-12-26" has a year on one side only'
        ' (expected "2026-10-01", "2026-10-01 to 2026-10-07", or of every year "05-01", "12-24 to 01-02")',
        'calendars.yaml:12:5: nothing is said in "cmn" (expected "cmn" here)',
        'calendars.yaml:12:30: unknown language "fr" (expected one of: cmn, en)',
    ]


def test_an_unknown_key_or_a_missing_one_is_told(tmp_path: Path) -> None:
    assert problems_of(folder_of(tmp_path, "one: {houres: {}}\n")) == [
        'calendars.yaml:2:3: "hours" is missing',
        'calendars.yaml:2:9: unknown key "houres", did you mean "hours"?'
        " (expected one of: emergency, exceptions, holidays, hours, time_zone, title)",
    ]


def test_a_queue_follows_a_calendar_instead_of_hours(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "")
    queues = (folder / "queues.yaml").read_text("utf-8")
    title = "    title: Sales\n"
    assert title in queues

    def saying(text: str) -> Path:
        (folder / "queues.yaml").write_text(queues.replace(title, f"{title}    {text}\n", 1), "utf-8")
        return folder

    centre = load_centre(saying("calendar: office"))
    assert centre.service_hours()["sales"] == centre.calendars["office"]
    column = len("    calendar: ") + 1
    [unknown] = problems_of(saying("calendar: ofice"))
    assert unknown.endswith('unknown calendar "ofice", did you mean "office"? (expected one of: always, office)')
    assert f":{column}: " in unknown
    [both] = problems_of(saying("calendar: office\n    hours: {daily: 09:00-18:00}"))
    assert both.endswith("there is a calendar (expected one of hours and calendar)")


def test_call_backs_and_messages_follow_a_calendar_too(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "")
    queue = (
        "skills: {}\nqueues:\n  sales: {title: S, callback: {calendar: CALENDAR}, voicemail: {calendar: CALENDAR}}\n"
    )
    for flow in (*(folder / "flows").glob("*.yaml"), *(folder / "conversations").glob("*.yaml")):
        flow.unlink()
    centre = (folder / "centre.yaml").read_text("utf-8").partition("numbers:")
    (folder / "centre.yaml").write_text(f"{centre[0]}numbers: {{}}\noutside: {{line: line}}\n", "utf-8")
    (folder / "queues.yaml").write_text(queue.replace("CALENDAR", "ofice"), "utf-8")
    problems = problems_of(folder)
    assert [problem.partition(" (")[0] for problem in problems] == [
        'queues.yaml:3:42: unknown calendar "ofice", did you mean "office"?',
        'queues.yaml:3:72: unknown calendar "ofice", did you mean "office"?',
    ]
    (folder / "queues.yaml").write_text(queue.replace("CALENDAR", "office"), "utf-8")
    made = load_centre(folder)
    rules = callback_rules(made, "sales")
    assert rules is not None
    assert rules.hours is message_rules(made, "sales").hours is made.calendars["office"]


def test_a_centre_without_the_file_has_no_calendars(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "")
    (folder / "calendars.yaml").unlink()
    shutil.rmtree(folder / "quality")
    for flow in (folder / "flows").glob("*.yaml"):
        flow.unlink()
    (folder / "queues.yaml").write_text("skills: {}\nqueues: {sales: {title: Sales}}\n")
    (folder / "centre.yaml").write_text("centre: A\ntime_zone: UTC\nlanguages: [en]\nnumbers: {}\n")
    assert load_centre(folder).calendars == {}


def test_a_queue_is_shut_by_its_own_calendar_and_by_the_closure_of_all(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "")
    (folder / "queues.yaml").write_text(
        "skills: {sales: S, support: T}\n"
        "queues:\n  sales: {title: S, calendar: always}\n  support: {title: T, callback: {}}\n"
    )
    centre = load_centre(folder)
    facts: list[Fact] = []
    closures = Closures(facts.append)
    noon = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)

    def shut() -> set[str]:
        hours = centre.service_hours(closures)
        return {queue for queue, schedule in hours.items() if schedule is not None and not schedule.is_open(noon)}

    assert shut() == set()
    closures.declare("always", by="Wang", why="fire", now_ms=1)
    assert shut() == {"sales"}
    closures.declare(EVERY, by="Wang", why="fire", now_ms=2)
    assert shut() == {"sales", "support"}
    closures.lift("always", by="Wang", now_ms=3)
    assert shut() == {"sales", "support"}
    closures.lift(EVERY, by="Wang", now_ms=4)
    assert shut() == set()
    assert CalendarState.EMERGENCY not in {state(centre, name, "2026-11-23T12:00") for name in centre.calendars}
