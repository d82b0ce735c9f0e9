"""Key figures over HTTP: reports, series, what they are, and the calls behind each number."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from acd.facts import AgentDefined
from recording.figures.calls import of_call
from recording.figures.catalogue import EVERY
from recording.figures.counts import CALLS as CALL_SUMS
from recording.figures.scope import Scope, ScopeKind
from tests.contract.fake_floor import FakeFloor, open_floor
from tests.contract.remembered_days import remember
from tests.figure_days import Day, day_of

pytestmark = pytest.mark.contract

CALLS = ("answered_agent_hangs_up", "abandoned_waiting", "abandoned_ringing", "served_by_ivr", "transferred_to_queue")
ALL_DAYS = "2026-01-01..2027-12-31"


async def _remember(web: FakeFloor) -> None:
    for name in CALLS:
        await web.remember(name)


async def test_a_report_has_every_figure_of_its_scope(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        await _remember(web)
        status, answer = await web.get(f"/api/figures?period={ALL_DAYS}")
        assert status == 200
        (report,) = answer["reports"]
        values = {one["key"]: one for one in report["values"]}
        assert len(values) == 23
        assert values["received"]["value"] == 5
        assert values["received"]["parts"]["served_by_ivr"]["value"] == 1
        assert values["service_level"]["variant"] == "received"
        assert values["cost_per_call"]["value"] is None
        assert values["queue_time"]["band"] == {"low": 30, "high": 90, "norm": 150, "wish": None}
        _, answer = await web.get(f"/api/figures?period={ALL_DAYS}&scope=queue:*&keys=received,service_level")
        assert [one["scope"] for one in answer["reports"]] == ["queue:sales", "queue:support"]
        assert [[value["numerator"] for value in one["values"]] for one in answer["reports"]] == [[2, 4], [1, 1]]


async def test_who_never_was_there_has_no_figures_and_who_formerly_was_has_them(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        day = day_of("doubtful_calls")
        await remember(web.floor.store, day)  # its queue vip and its teams are in none of the centre's files
        when = "period=2026-11-30"
        since = "since=2026-11-30T00:00&until=2026-12-01T00:00"
        for path in (
            f"figures?{when}",
            f"figures/series?{when}&keys=received",
            f"figures/addends?{since}&sums=cost",
            "reports/day?at=2026-11-30",
        ):
            for kind, never, formerly in (
                ("queue", "slaes", "vip"),
                ("team", "nroth", "north"),
                ("agent", "9", "1002"),
            ):
                whose = "{}={}" if path.startswith("reports") else "scope={}:{}"
                status, answer = await web.get(f"/api/{path}&{whose.format(kind, never)}")
                assert (status, answer["error"]["id"]) == (404, "unknown-subject"), (path, kind)
                assert f"there is no {kind} '{never}'; expected " in answer["error"]["message"]
                assert (await web.get(f"/api/{path}&{whose.format(kind, formerly)}"))[0] == 200, (path, kind)
        status, answer = await web.get("/api/quality/bulletin?day=2026-11-30&team=nroth")
        assert (status, answer["error"]["id"]) == (404, "unknown-subject")
        status, answer = await web.get(f"/api/figures?{when}&scope=queue:vip&keys=received")
        assert answer["reports"][0]["values"][0]["value"] == 3
        status, answer = await web.get("/api/reports/week?at=2026-W49&queue=vip&keys=received")
        assert status == 200, "its forecast is left out"
        status, answer = await web.get("/api/forecast?scope=queue:vip")
        assert (status, answer["error"]["id"]) == (404, "unknown-subject"), "what is gone gets no calls"


@pytest.mark.parametrize(
    "name", ["ordinary_day", "everything_odd", "doubtful_calls", "nobody_answers", "no_calls", "calls_of_ours"]
)
async def test_every_number_opens_the_calls_that_add_up_to_it(tmp_path: Path, name: str) -> None:
    day = day_of(name)
    async with open_floor(tmp_path) as web:
        await remember(web.floor.store, day)
        seen = set()
        for scope in ("centre", "queue:*", "team:*", "agent:*"):
            of = ScopeKind(scope.partition(":")[0])
            keys = ",".join(key for key, figure in EVERY.items() if of in figure.scopes)
            _, answer = await web.get(f"/api/figures?period={day.expected[0].period}&scope={scope}&keys={keys}")
            for report in answer["reports"]:
                of_scope = _of_scope(day, Scope.parse(report["scope"]))
                for value in report["values"]:
                    seen.add(value["key"])
                    for part, number in (("", value), *value["parts"].items()):
                        assert not _unlisted(value["key"], part, number), (report["scope"], value["key"], part)
                        for side, query in (("numerator", "calls"), ("denominator", "of")):
                            wrong = await _wrong(web, value["key"], part, number, side, number[query], of_scope)
                            assert not wrong, (report["scope"], value["key"], part, side, wrong)
        assert seen == set(EVERY)


OfScope = Mapping[str, Mapping[str, int]]
"""Of each call what it adds to the sums of a scope."""


def _of_scope(day: Day, scope: Scope) -> OfScope:
    teams = {fact.agent: fact.attributes["team"] for fact in day.facts if isinstance(fact, AgentDefined)}
    found: dict[str, Counter[str]] = {}
    for record in day.records:
        for row in of_call(record, day.rules):
            fits = {
                ScopeKind.CENTRE: row.kind is ScopeKind.CENTRE,
                ScopeKind.QUEUE: row.kind is ScopeKind.QUEUE and row.queue == scope.name,
                ScopeKind.TEAM: row.kind is ScopeKind.AGENT and teams.get(row.agent) == scope.name,
                ScopeKind.AGENT: row.kind is ScopeKind.AGENT and row.agent == scope.name,
            }
            counts = found.setdefault(record.id, Counter())
            if fits[scope.kind]:
                counts.update(row.counts.some())
            if row.kind is ScopeKind.AGENT and (scope.kind is ScopeKind.CENTRE or fits[scope.kind]):
                counts["agents_answered"] += row.counts.answered
    return found


async def _wrong(
    web: FakeFloor, key: str, part: str, number: dict[str, Any], side: str, query: dict[str, str] | None, of: OfScope
) -> str:
    """What is wrong with the calls behind one side of a number. Those of the numerator and of the denominator add up to
    it, where that is a sum of calls; there are as many of them as it was computed from, or as it says, but for who
    counts twice: he is listed once."""
    figure = EVERY[key]
    formula = {**figure.parts, **figure.variants}[part] if part else figure.formula
    counted = formula.counted if side == "numerator" else formula.of
    if query is None or not counted:
        return "" if (query is None) == (not counted) else f"{query} though the formula says {counted!r}"
    listed = await _listed(web, query)
    sums = formula.denominator if side == "denominator" and formula.denominator else formula.numerator
    told = number[side] if formula.denominator or side == "numerator" else number["numerator"]
    if "resolved_first" in sums:
        return "" if len(listed) == told else f"{len(listed)} calls, not {told}"  # it is not known of a call alone
    if set(sums) <= {*CALL_SUMS, "agents_answered"}:
        added = sum(times * of[call][name] for call in listed for name, times in sums.items())
        if added != told:
            return f"they add up to {added}, not {told}"
    of_calls = set(sums) <= COUNTS
    least = told if of_calls else number["sample"]
    twice = sum(max(of[call]["received"], of[call]["agents_answered"], 1) - 1 for call in listed)
    return "" if least - twice <= len(listed) <= least or sums == AGENTS else f"{len(listed)} calls, not {least}"


def _unlisted(key: str, part: str, number: dict[str, Any]) -> set[str]:
    """The sums of a number that no list of it adds up to: tests/contract/test_addends.py looks into those that are not
    of calls."""
    figure = EVERY[key]
    formula = {**figure.parts, **figure.variants}[part] if part else figure.formula
    listed = set() if number["calls"] is None else {*CALL_SUMS, "agents_answered", "ring_cadence_ms"}
    listed |= set() if number["evaluations"] is None else {"score", "evaluations"}
    listed |= set() if number["addends"] is None else set(number["addends"]["sums"].split(","))
    return {*formula.numerator, *formula.denominator} - listed


async def _pages(web: FakeFloor, path: str, query: dict[str, str], name: str) -> list[Any]:
    """All that a query lists."""
    found, after = [], ""
    while True:
        status, page = await web.get(f"{path}?{urlencode({**query, 'limit': 2})}{after}")
        assert status == 200, page
        found += page[name]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


COUNTS = {name for name in CALL_SUMS if not name.endswith("_ms")}
AGENTS = {"agents_answered": 1}


async def _listed(web: FakeFloor, query: dict[str, str]) -> list[str]:
    """The calls that the query lists."""
    return [call["id"] for call in await _pages(web, "/api/calls", query, "calls")]


async def test_series_have_a_value_for_each_step(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        call = await web.remember("answered_agent_hangs_up")
        local = call.started_at.astimezone(web.floor.centre.time_zone)
        path = f"/api/figures/series?keys=received,handle_time&period={local:%Y-%m-%d}&step=hour"
        _, answer = await web.get(path)
        assert [one["key"] for one in answer["series"]] == ["handle_time", "received"]
        for series in answer["series"]:
            told = {one["period"]: one["value"]["value"] for one in series["points"]}
            assert len(told) == 24
            assert {period for period, value in told.items() if value} == {f"{local:%Y-%m-%dT%H}"}
        for query in (
            "keys=received&period=2020-01..2026-01",
            "keys=received,occupancy,rings&period=2026-01",
            "keys=x",
        ):
            status, answer = await web.get(f"/api/figures/series?{query}")
            assert (status, answer["error"]["id"]) == (422, "invalid-request")


async def test_the_catalogue_says_what_the_figures_are(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        _, answer = await web.get("/api/figures/catalogue")
        assert [one["number"] for one in answer["figures"]] == list(range(1, 24))
        assert answer["figures"][4]["formula"]["numerator"] == {"talk_ms": 1, "hold_ms": 1, "wrap_up_ms": 1}


@pytest.mark.parametrize(
    "query",
    ["period=2026-13", "scope=floor:1", "keys=riches", "scope=agent:1001&keys=blocked", "period=2026-11-22T10:15"],
)
async def test_what_does_not_fit_is_refused_with_what_was_expected(tmp_path: Path, query: str) -> None:
    async with open_floor(tmp_path) as web:
        status, answer = await web.get(f"/api/figures?{query}")
        assert (status, answer["error"]["id"]) == (422, "invalid-request")


async def test_calls_can_count_only_for_what_there_is(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        answers: list[Any] = [await web.get(f"/api/calls?counted={one}") for one in ("riches", "answered,", "!")]
        assert [status for status, _ in answers] == [422] * 3


async def test_what_adds_up_to_hours_signed_in_comes_page_by_page(tmp_path: Path) -> None:
    day = day_of("ordinary_day")
    async with open_floor(tmp_path) as web:
        await remember(web.floor.store, day)
        query = {"since": "2026-11-23", "until": "2026-11-24", "as_of": day.now.isoformat()}
        sums = {"sums": "state_signed_in_ms", "scope": "team:north"}
        found = await _pages(web, "/api/figures/addends", {**query, **sums}, "addends")
        assert sum(int(one["amount"]) for one in found) == 70 * 60_000  # 09:50 to 11:00
        assert [one["what"] for one in found[:3]] == ["ready", "ringing", "talking"]
        assert found[0]["start"] == "2026-11-23T09:50:00+08:00"
        for wrong in ({"sums": "answered"}, {"sums": "cost", "until": "2026-11-23"}, {"sums": "cost", "after": "x"}):
            status, answer = await web.get(f"/api/figures/addends?{urlencode({**query, **wrong})}")
            assert status == 422, answer
