"""Staff in the data base, over HTTP and on the command line: who joins is known, who leaves has his account closed."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cti.access import Role, new_token
from cti.people import People
from recording.access import AccessTokens
from recording.inputs.schedules import Schedules
from recording.inputs.sheets import SHEETS, Known, SheetUnfit, give_out, take_in
from recording.inputs.shifts import Assignment, Pattern, PatternShift
from recording.inputs.staff import Staff
from recording.inputs.staffing import StaffEntry, StaffEvent
from recording.store import Store
from tests.contract.command_line import callcenter
from tests.contract.fake_floor import BEARER, PEOPLE, FakeFloor, open_floor

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

ZONE = ZoneInfo("Asia/Shanghai")
KNOWN = Known(queues=frozenset(), languages=frozenset(), zone=ZONE)
MONDAY = date(2026, 11, 23)


def entry(agent: str, day: date, event: StaffEvent, share: int = 100, team: str = "") -> StaffEntry:
    return StaffEntry(agent=agent, day=day, event=event, share=share, team=team)


async def test_who_has_left_keeps_his_account_closed_and_has_no_shift_any_more(store: Store) -> None:
    await store.save_agents(PEOPLE)
    staff = Staff(store)
    await staff.joined([("1001", "north"), ("1002", "")], MONDAY)
    await staff.joined([("1001", "south")], MONDAY + timedelta(days=1))  # he is known: nothing
    await staff.save([entry("1002", MONDAY + timedelta(days=7), StaffEvent.LEFT)])
    assert await staff.entries("1001") == [entry("1001", MONDAY, StaffEvent.JOINED, team="north")]
    token, kept = new_token("1002's", Role.AGENT, agent="1002")
    assert token
    assert await AccessTokens(store).add(kept)
    assert await staff.settle(MONDAY + timedelta(days=7)) == []
    assert await staff.settle(MONDAY + timedelta(days=8)) == ["1002"]
    assert await staff.settle(MONDAY + timedelta(days=8)) == []
    assert [one.number for one in await store.agents()] == ["1001", "1003"]
    assert [one.number for one in await store.agents(active_only=False)] == ["1001", "1002", "1003"]
    assert await AccessTokens(store).find(kept.sha256) is None
    changes = await staff.staff_changes(MONDAY, MONDAY + timedelta(days=9))
    assert (len(changes.joined), len(changes.left), changes.mean_full_time) == (2, 1, Fraction(18, 10))
    schedules = Schedules(store, ZONE)
    await schedules.save_patterns([Pattern(name="early", shifts=(PatternShift(day=1, start=480, end=960),))])
    await schedules.assign(Assignment(agent=one, since=MONDAY, pattern="early") for one in ("1001", "1002"))
    plan = await schedules.plan(None, MONDAY, MONDAY + timedelta(days=20))
    until = MONDAY + timedelta(days=20)
    assert [len(plan.shifts(one, MONDAY, until)) for one in ("1001", "1002")] == [3, 2]


async def test_a_joining_that_was_on_another_day_is_moved_not_doubled(store: Store) -> None:
    await store.save_agents(PEOPLE)
    staff, earlier = Staff(store), date(2026, 11, 2)
    await staff.joined([("1001", "north"), ("1002", "")], MONDAY)  # as they are added
    await staff.save([entry("1001", earlier, StaffEvent.JOINED, share=60, team="north")])
    assert await staff.entries() == [
        entry("1001", earlier, StaffEvent.JOINED, share=60, team="north"),
        entry("1002", MONDAY, StaffEvent.JOINED),
    ]
    changes = await staff.staff_changes(MONDAY, MONDAY)
    assert (len(changes.joined), changes.mean_full_time) == (1, Fraction(16, 10))


async def test_a_change_of_team_keeps_the_share_and_corrects_what_began_that_day(store: Store) -> None:
    staff = Staff(store)
    await staff.save([entry("1001", MONDAY, StaffEvent.JOINED, 60, "north")])
    await staff.changed_team("1001", "south", MONDAY + timedelta(days=3))
    await staff.changed_team("1001", "east", MONDAY + timedelta(days=3))
    assert await staff.entries("1001") == [
        entry("1001", MONDAY, StaffEvent.JOINED, 60, "north"),
        entry("1001", MONDAY + timedelta(days=3), StaffEvent.CHANGED, 60, "east"),
    ]
    assert await staff.remove("1001", MONDAY, StaffEvent.JOINED)
    assert not await staff.remove("1001", MONDAY, StaffEvent.JOINED)


async def test_a_sheet_of_staff_closes_the_accounts_of_who_left(store: Store) -> None:
    await store.save_agents(PEOPLE)
    text = "agent,day,event,share,team\n1001,2020-01-01,joined,60,north\n1001,2021-01-01,left,100,\n"
    await take_in(store, SHEETS["staff"], text, KNOWN)
    assert (await give_out(store, SHEETS["staff"], KNOWN)).splitlines() == text.splitlines()
    assert [one.number for one in await store.agents()] == ["1002", "1003"]
    bad = "agent,day,event,share\n4711,2020-01-01,joined,60\n1001,2020-01-01,fled,101\n"
    with pytest.raises(SheetUnfit) as caught:
        await take_in(store, SHEETS["staff"], bad, KNOWN)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [(2, "agent"), (3, "event"), (3, "share")]


async def test_who_left_yesterday_cannot_sign_in_today(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'calls.sqlite'}")
    await store.migrate()
    await store.save_agents(PEOPLE)
    await Staff(store).save([entry("1001", MONDAY, StaffEvent.LEFT)])
    days = [MONDAY]
    people = People.with_staff(store, lambda person: None, lambda: days[-1])
    assert await people.find("1001") is not None
    days.append(MONDAY + timedelta(days=1))
    assert await people.find("1001") is None
    await store.close()


async def put(web: FakeFloor, path: str, body: object) -> tuple[int, Any]:
    async with web.client.put(path, json=body, headers=BEARER) as answer:
        return answer.status, await answer.json()


async def test_who_leaves_is_signed_out_and_who_comes_back_can_sign_in(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.sign_in("1001")
        now = datetime.fromtimestamp(web.floor.distributor.clock.now_ms() / 1000, web.floor.centre.time_zone)
        today, yesterday = now.date(), now.date() - timedelta(days=1)
        at = "/api/staff/1001"
        assert (await put(web, f"{at}/{today - timedelta(days=30)}/joined", {"team": "north"}))[0] == 200
        assert (await put(web, f"{at}/{today}/left", {}))[0] == 200
        assert (await web.get("/api/agents/1001"))[1]["state"] == "ready"  # it is his last day
        assert (await put(web, f"{at}/{yesterday}/left", {}))[0] == 200
        assert (await web.delete(f"{at}/{today}/left"))[0] == 200
        await put(web, f"{at}/{yesterday}/left", {})
        assert (await web.get("/api/agents/1001"))[1]["state"] == "signed_out"
        assert (await web.post("/api/agents/1001/sign-in", {}))[0] == 404
        _, shown = await web.get(f"/api/staff?since={today - timedelta(days=9)}&until={today}")
        assert (shown["joined"], shown["left"], shown["mean_full_time"]) == (0, 1, "0.9")
        assert (await web.get(f"/api/staff?since={today}&until={yesterday}"))[0] == 422
        assert (await web.delete(f"{at}/{yesterday}/left"))[0] == 200
        assert (await web.delete(f"{at}/{yesterday}/left"))[0] == 404
        assert (await web.post("/api/agents/1001/sign-in", {}))[0] == 200
        assert (await put(web, f"/api/staff/4711/{today}/left", {}))[0] == 404
        assert (await put(web, f"{at}/{today}/fled", {}))[0] == 422


async def test_a_team_given_over_the_profile_is_kept_over_time(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        assert (await web.patch("/api/agents/1001", {"attributes": {"team": "north"}}))[0] == 200
        (kept,) = await Staff(web.floor.store).entries("1001")
        assert (kept.team, kept.event) == ("north", StaffEvent.CHANGED)
        assert (await web.get("/api/agents/1001/profile"))[1]["attributes"] == {"team": "north"}
        assert (await web.patch("/api/agents/4711", {"attributes": {"team": "north"}}))[0] == 404
        assert await Staff(web.floor.store).entries("4711") == []


async def test_who_is_written_in_a_team_is_in_it_from_that_day_on(store: Store) -> None:
    await store.save_agents(PEOPLE)
    staff, people = Staff(store), {one.number: one for one in PEOPLE}
    await staff.save(
        [
            entry("1001", MONDAY, StaffEvent.JOINED, team="north"),
            entry("1001", MONDAY + timedelta(days=7), StaffEvent.CHANGED, team="south"),
            entry("1002", MONDAY, StaffEvent.JOINED),
        ]
    )
    for day, team in ((6, "north"), (7, "south")):
        assert await staff.settle(MONDAY + timedelta(days=day)) == []
        there = {one.number: one.attributes for one in await store.agents()}
        assert there["1001"] == {**people["1001"].attributes, "team": team}
        assert there["1002"] == people["1002"].attributes, "nothing is written of his team"


async def test_staff_join_change_and_leave_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    begun = datetime.now(UTC).astimezone(ZONE).date()
    assert await callcenter("agents", "add", "1005", "Zhang San", "--attribute", "team=north") == 0
    assert await callcenter("staff") == 0
    today, *line = capsys.readouterr().out.splitlines()[-1].split()
    assert date.fromisoformat(today) in (begun, begun + timedelta(days=1))  # midnight may have passed
    assert line == ["1005", "joined", "100", "%", "north"]
    assert await callcenter("staff", "join", "1005", "--day", "2025-01-01") == 0
    assert await callcenter("staff", "remove", "1005", today, "joined") == 1, "the earlier day stands for it"
    assert await callcenter("staff", "change", "1005", "--day", "2025-07-01", "--share", "50", "--team", "south") == 0
    capsys.readouterr()
    assert await callcenter("staff", "leave", "1005", "--last-day", "2025-03-31") == 0
    assert "From 2025-07-01 on something else is written: changed." in capsys.readouterr().out
    assert await callcenter("staff", "remove", "1005", "2025-03-31", "left") == 0
    capsys.readouterr()
    assert await callcenter("staff", "leave", "1005", "--last-day", "2025-12-31") == 0
    assert capsys.readouterr().out == "Agent 1005, 2025-12-31: left. His account is closed.\n"
    assert await callcenter("staff", "turnover", "--since", "2025-01-01", "--until", "2025-12-31") == 0
    said = capsys.readouterr().out
    assert "1 joined, 1 left, 0.75 full-time people in the mean. Turnover: 133.70 % a year" in said
    assert await callcenter("staff", "turnover", "--since", "2024-01-01", "--until", "2024-12-31") == 0
    assert "Turnover: no data" in capsys.readouterr().out
    assert await callcenter("staff", "remove", "1005", "2025-12-31", "left") == 0
    assert await callcenter("staff", "remove", "1005", "2025-12-31", "left") == 1
    assert await callcenter("staff", "leave", "4711") == 2
    assert await callcenter("staff", "turnover", "--since", "2025-02-01", "--until", "2025-01-01") == 2
