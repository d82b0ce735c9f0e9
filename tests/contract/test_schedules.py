"""Schedules in the data base, over HTTP, on the command line and as sheets."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cti.access import Role, new_token
from recording.access import AccessTokens
from recording.inputs.clock_times import at
from recording.inputs.schedules import PatternUsed, Schedules, UnknownPattern, WeekBeyond, swapped
from recording.inputs.sheets import SHEETS, Known, SheetUnfit, give_out, take_in
from recording.inputs.shifts import Assignment, Break, ExceptionKind, Pattern, PatternShift, ShiftException
from recording.inputs.spans import Span
from recording.store import Store
from tests.contract.command_line import callcenter
from tests.contract.fake_floor import BEARER, PEOPLE, FakeFloor, open_floor

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
KNOWN = Known(queues=frozenset(), languages=frozenset(), zone=ZONE)
EARLY = Pattern(
    name="early",
    title="Early",
    shifts=(PatternShift(day=1, start=480, end=960, breaks=(Break(start=720, end=750, paid=True),)),),
)
NIGHT = Pattern(name="night", weeks=2, shifts=(PatternShift(week=2, day=1, start=1080, end=540),))


def span(start: int, end: int, days: int = 0) -> Span:
    return Span(at(MONDAY, start, ZONE), at(MONDAY + timedelta(days=days), end, ZONE))


async def test_what_is_written_is_scheduled_and_changes_with_it(store: Store) -> None:
    schedules = Schedules(store, ZONE)
    await schedules.save_patterns([NIGHT, EARLY])
    assert await schedules.patterns() == [EARLY, NIGHT]
    with pytest.raises(UnknownPattern, match="expected one of: early, night"):
        await schedules.assign([Assignment(agent="1001", since=MONDAY, pattern="late")])
    with pytest.raises(WeekBeyond, match="week 3: expected at most 2, as many as the pattern 'night' has"):
        await schedules.assign([Assignment(agent="1001", since=MONDAY, pattern="night", week=3)])
    beyond = "agent,since,pattern,week\n1001,2026-11-23,night,3\n"
    await store.save_agents(PEOPLE)
    with pytest.raises(SheetUnfit, match="row 2, week: expected at most 2, as many as the pattern has"):
        await take_in(store, SHEETS["assignments"], beyond, KNOWN)
    assigned = [
        Assignment(agent="1001", since=MONDAY, pattern="early"),
        Assignment(agent="1002", since=MONDAY, pattern="night", week=2),
    ]
    await schedules.assign(assigned)
    assert await schedules.assignments() == assigned
    day = at(MONDAY, 0, ZONE), at(MONDAY + timedelta(days=2), 0, ZONE)
    early, night = (span(480, 720), span(750, 960)), (span(1080, 540, 1),)
    assert await schedules.scheduled(["1001", "1002", "1003"], *day) == {"1001": early, "1002": night, "1003": ()}
    await schedules.except_days(swapped("1001", "1002", MONDAY))
    assert await schedules.scheduled(["1001"], *day) == {"1001": night}
    assert await schedules.remove_exceptions("1001", MONDAY) == 1
    sick = ShiftException(agent="1001", day=MONDAY, kind=ExceptionKind.SICK, start=540, end=1080, note="flu")
    await schedules.except_days([sick, sick.model_copy(update={"note": "a cold"})])
    assert await schedules.exceptions(["1001"], MONDAY, MONDAY) == [sick.model_copy(update={"note": "a cold"})]
    assert await schedules.scheduled(["1001"], *day) == {"1001": (span(480, 540),)}
    assert await schedules.remove_exceptions("1001", MONDAY, ExceptionKind.LEAVE) == 0
    with pytest.raises(PatternUsed, match="night is that of 1002"):
        await schedules.remove_pattern("night")
    assert await schedules.remove_assignment("1002", MONDAY)
    assert not await schedules.remove_assignment("1002", MONDAY)
    assert await schedules.remove_pattern("night")
    assert not await schedules.remove_pattern("night")


PATTERNS = """pattern,title,weeks,week,day,start,end,breaks
early,Early,1,1,1,08:00,16:00,12:00-12:30 paid
night,,2,2,1,18:00,09:00,
"""


async def test_sheets_are_taken_in_and_given_out_the_same(store: Store) -> None:
    await store.save_agents(PEOPLE)
    schedules = Schedules(store, ZONE)
    await take_in(store, SHEETS["patterns"], PATTERNS, KNOWN)
    assert await schedules.patterns() == [EARLY, NIGHT]
    assert (await give_out(store, SHEETS["patterns"], KNOWN)).splitlines() == PATTERNS.splitlines()
    text = "agent,since,pattern\n1001,2026-11-23,early\n1002,2026-11-23,\n"
    await take_in(store, SHEETS["assignments"], text, KNOWN)
    assert [one.pattern for one in await schedules.assignments()] == ["early", ""]
    text = "agent,day,kind,start,end,other,note\n1001,2026-11-23,sick,09:00,18:00,,flu\n1002,2026-11-23,swap,,,1003,\n"
    await take_in(store, SHEETS["exceptions"], text, KNOWN)
    for name in ("assignments", "exceptions"):
        given_out = await give_out(store, SHEETS[name], KNOWN)
        await take_in(store, SHEETS[name], given_out, KNOWN)
        assert await give_out(store, SHEETS[name], KNOWN) == given_out


@pytest.mark.parametrize(
    ("sheet", "text", "faults"),
    [
        (
            "patterns",
            "pattern,weeks,week,day,start,end,breaks\n"
            "a,1,1,8,08:00,16:00,\na,1,2,1,08:00,16:00,\na,1,1,1,8,25:00,noon\na,1,1,2,08:00,16:00,07:00-09:00\n"
            "a,1,1,3,08:00,16:00,\na,2,1,3,09:00,16:00,\n",
            [
                (2, "day"),
                (3, "week"),
                (4, "start"),
                (4, "end"),
                (4, "breaks"),
                (5, "breaks"),
                (7, "weeks"),
                (7, "start"),
            ],
        ),
        (
            "assignments",
            "agent,since,pattern,week\n4711,2026-11-23,,1\n1001,23.11.2026,late,0\n1001,2026-11-23,late,1\n",
            [(2, "agent"), (3, "since"), (3, "week"), (4, "pattern")],
        ),
        (
            "patterns",
            "pattern,weeks,week,day,start,end\nlate,2,2,7,22:00,06:00\nlate,2,1,1,05:30,12:00\nlate,2,1,1,12:00,14:00\n",
            [(3, "start")],
        ),
        (
            "exceptions",
            "agent,day,kind,other\n1001,2026-11-23,swap,\n1001,2026-11-23,swap,4711\n1001,2026-11-23,ill,\n",
            [(2, "other"), (3, "other"), (4, "kind")],
        ),
    ],
)
async def test_every_fault_is_told_and_nothing_is_taken(
    store: Store, sheet: str, text: str, faults: list[tuple[int, str]]
) -> None:
    await store.save_agents(PEOPLE)
    with pytest.raises(SheetUnfit) as caught:
        await take_in(store, SHEETS[sheet], text, KNOWN)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == faults
    empty = (await give_out(store, SHEETS[sheet], KNOWN)).splitlines()
    assert len(empty) == 1


async def test_a_pattern_is_never_taken_in_part(store: Store) -> None:
    with pytest.raises(SheetUnfit):
        await take_in(store, SHEETS["patterns"], PATTERNS + "night,,2,1,9,18:00,09:00,\n", KNOWN, skip_bad=True)
    assert await Schedules(store, ZONE).patterns() == []


async def put(web: FakeFloor, path: str, body: object) -> tuple[int, Any]:
    async with web.client.put(path, json=body, headers=BEARER) as answer:
        return answer.status, await answer.json()


async def test_administrators_write_schedules_and_agents_see_their_own(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        at = "/api/schedules"
        shifts = [{"day": 1, "start": "18:00", "end": "09:00", "breaks": [{"start": "01:00", "end": "01:30"}]}]
        status, pattern = await put(web, f"{at}/patterns/night", {"shifts": shifts})
        assert (status, pattern["shifts"][0]["start"], pattern["weeks"]) == (200, "18:00", 1)
        twice = [{"day": 7, "start": "18:00", "end": "09:00"}, {"day": 1, "start": "08:00", "end": "16:00"}]
        status, refused = await put(web, f"{at}/patterns/twice", {"shifts": twice})
        assert (status, refused["error"]["message"]) == (
            422,
            "pattern: start: expected no time of the shift from 18:00 to 09:00 of week 1, day 7, not 08:00",
        )
        assert (await web.get(f"{at}/patterns"))[1]["patterns"] == [pattern]
        for agent in ("1001", "1002"):
            status, _ = await put(web, f"{at}/assignments/{agent}/2026-11-23", {"pattern": "night"})
            assert status == 200
        assert (await put(web, f"{at}/assignments/1001/2026-11-23", {"pattern": "late"}))[0] == 422
        assert (await put(web, f"{at}/assignments/4711/2026-11-23", {"pattern": "night"}))[0] == 422
        assert (await put(web, f"{at}/assignments/1001/tomorrow", {"pattern": "night"}))[0] == 422
        assert len((await web.get(f"{at}/assignments?agent=1001"))[1]["assignments"]) == 1
        token, kept = new_token("own", Role.AGENT, agent="1001")
        assert await AccessTokens(web.floor.store).add(kept)
        own = {"Authorization": f"Bearer {token}"}
        _, week = await web.get(f"{at}/own?since=2026-11-23", headers=own)
        (shift,) = week["shifts"]
        assert (shift["agent"], shift["day"], shift["start"]) == ("1001", "2026-11-23", "2026-11-23T10:00:00Z")
        assert [one["end"] for one in shift["working"]] == ["2026-11-23T17:00:00Z", "2026-11-24T01:00:00Z"]
        assert (await web.get(at, headers=own))[0] == 403
        assert (await web.get(f"{at}/own"))[0] == 422
        _, week = await web.get(f"{at}?since=2026-11-23&until=2026-11-23")
        assert [one["agent"] for one in week["shifts"]] == ["1001", "1002"]
        day = f"{at}/exceptions/1001/2026-11-23"
        assert (await put(web, day, {"kind": "leave"}))[0] == 200
        status, refused = await put(web, day, {"kind": "overtime"})
        assert (status, refused["error"]["message"]) == (422, "start: expected the hours he works")
        _, week = await web.get(f"{at}?since=2026-11-23&agent=1001")
        assert (week["shifts"], week["exceptions"][0]["kind"]) == ([], "leave")
        _, left = await web.delete(f"{day}?kind=leave")
        assert left["exceptions"] == []
        assert (await web.delete(day))[0] == 404
        status, swapped = await web.post(f"{at}/swaps", {"first": "1001", "second": "1003", "day": "2026-11-23"})
        assert (status, [one["other"] for one in swapped["exceptions"]]) == (200, ["1003", "1001"])
        assert len((await web.get(f"{at}/exceptions?since=2026-11-23"))[1]["exceptions"]) == 2
        assert (await web.post(f"{at}/swaps", {"first": "1001", "second": "1001", "day": "2026-11-23"}))[0] == 422
        assert (await web.delete(f"{at}/patterns/night"))[1]["error"]["id"] == "pattern-used"
        assert (await web.delete(f"{at}/assignments/1002/2026-11-23"))[1]["assignments"] == []
        assert (await web.delete(f"{at}/patterns/none"))[0] == 404
        assert (await web.get(f"{at}?since=2026-11-23&until=2027-11-23"))[0] == 422


async def test_a_week_is_shown_and_changed_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    async with open_floor(tmp_path):
        pass  # its agents are in the data base
    file = tmp_path / "sheet.csv"
    file.write_text(PATTERNS, "utf-8")
    assert await callcenter("schedules", "import", str(file)) == 0
    assert capsys.readouterr().out == "Shift patterns: 2 rows taken, 0 left out.\n"
    for command in (
        ("assign", "1001", "early", "--since", "2026-11-23"),
        ("assign", "1002", "night", "--since", "2026-11-23", "--week", "2"),
        ("swap", "1001", "1002", "2026-11-23"),
        ("except", "1001", "2026-11-24", "overtime", "--from", "10:00", "--to", "12:00"),
        ("except", "1002", "2026-11-25", "leave", "--note", "asked for"),
    ):
        assert await callcenter("schedules", *command) == 0, command
    assert capsys.readouterr().out.splitlines()[2:] == [
        "Agents 1001 and 1002 take each other's shifts of 2026-11-23.",
        "Agent 1001, 2026-11-24: overtime.",
        "Agent 1002, 2026-11-25: leave. No shift of 1002 begins on that day.",
    ]
    assert await callcenter("schedules", "week", "--of", "2026-11-25") == 0
    header, first, second, third = capsys.readouterr().out.splitlines()
    assert header.split()[:4] == ["AGENT", "NAME", "MON", "11-23"]
    assert first.split()[3:] == ["~18:00-09:00", "+10:00-12:00", "-", "-", "-", "-", "-"]
    assert second.split()[3:] == ["~08:00-16:00", "-", "leave", "-", "-", "-", "-"]
    assert third.split()[3:] == ["-"] * 7
    assert await callcenter("schedules", "clear", "1002", "2026-11-25") == 0
    assert await callcenter("schedules", "clear", "1002", "2026-11-25") == 1
    assert await callcenter("schedules", "assign", "1001", "late") == 2
    assert await callcenter("schedules", "assign", "4711", "early") == 2
    assert await callcenter("schedules", "except", "1001", "2026-11-24", "overtime") == 2
    capsys.readouterr()
    assert await callcenter("schedules", "export", "assignments") == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["1001,2026-11-23,early,1", "1002,2026-11-23,night,2"]
    assert await callcenter("schedules", "patterns") == 0
    assert "18:00-09:00" in capsys.readouterr().out
    assert await callcenter("schedules", "assignments") == 0
    file.write_text("colour\nred\n", "utf-8")
    assert await callcenter("schedules", "import", str(file)) == 2
    assert "expected one of these header lines" in capsys.readouterr().err
    assert await callcenter("schedules") == 0
