"""Draws in the data base: only what can be heard, each call once, one daily draw a day, and the same again later."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from recording.inputs.plan import Plan
from recording.inputs.shifts import Assignment, Pattern
from recording.keeping.kept import KeptRecordings, State
from recording.manifest import manifests
from recording.models import KeptRecording
from recording.quality.absences import Absence, Absences
from recording.quality.by_hand import draw_call
from recording.quality.drawing import draw
from recording.quality.draws import DrawFrame, Draws
from recording.quality.errors import NotJudgeable, UnknownDraw
from recording.quality.evaluations import Evaluation, Person, Phase, StepKind
from recording.quality.sampling import Rule, SamplingRules, Where
from recording.quality.shifts import shifts_of
from recording.quality.store import EvaluationFilter, Evaluations
from recording.quality.work import departed, waits_for_judging
from recording.record import CallRecord, Conversation, Recording, Segment, SegmentKind, Survey
from recording.store import Agent, Store
from tests.ledgers import real_call
from tests.quality import ANNA, BORIS, SHEET, drawn, keep, step

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
DAY = timedelta(days=1)
EVERY = Rule(name="every", sheet="made", one_in=1)


def frame(*rules: Rule, reviewers: Sequence[Person] = (), **more: object) -> DrawFrame:
    return DrawFrame(
        rules=SamplingRules.model_validate({"rules": rules, **more}),
        sheets={"made": SHEET},
        reviewers=reviewers,
        zone=ZONE,
        shift_of=shifts_of(Plan(ZONE, [], [], []), [], date(2026, 11, 1), date(2026, 11, 30), ZONE),
    )


def record(n: int, at: datetime, agent: str = "1001", *, heard: bool = True, score: int | None = None) -> CallRecord:
    """A call of a minute with an agent."""
    real = real_call("answered_with_hold").record()
    talk = Conversation(agent=agent, started_at=at, ended_at=at + timedelta(seconds=60), hold_ms=0)
    waited = Segment(kind=SegmentKind.WAITING, started_at=at - timedelta(seconds=9), ended_at=at, queue="sales")
    talked = Segment(kind=SegmentKind.TALKING, started_at=at, ended_at=talk.ended_at, agents=(agent,))
    sound = Recording(file=f"{n}.wav", started_at=at, duration_ms=60_000, bytes=1, sha256="")
    survey = Survey(survey="s", node="n", asked_at=at, score=score, queue="sales", agent=agent)
    return real.model_copy(
        update={
            "id": f"{n:032x}", "linkedid": f"n-{n}", "agent": agent, "started_at": at, "ended_at": at + DAY / 24,
            "conversations": (talk,), "recordings": (sound,) if heard else (), "transfers": (),
            "surveys": (survey,) if score else (), "segments": (waited, talked),
        }
    )  # fmt: skip


async def listed(store: Store) -> list[Evaluation]:
    return await Evaluations(store).page(EvaluationFilter(size=500))


async def test_only_calls_with_a_recording_that_were_not_drawn_before_are_drawn(store: Store) -> None:
    await keep(store, *(record(n, NOON - DAY, heard=n != 1) for n in range(4)))
    await Evaluations(store).add(SHEET, [drawn(call=f"{2:032x}", call_at=NOON - DAY)])
    done = await Draws(store).run(frame(EVERY), now=NOON, by="chief", daily=False)
    assert done is not None
    assert (done.candidates, done.picked) == (2, 2)
    assert sorted(one.call for one in await listed(store) if one.draw == done.id) == [f"{n:032x}" for n in (0, 3)]
    again = await Draws(store).run(frame(EVERY), now=NOON, by="chief", daily=False)
    assert again is not None
    assert (again.candidates, again.picked) == (0, 0)


async def test_there_is_one_daily_draw_whoever_starts_it_how_often(store: Store) -> None:
    draws = Draws(store)
    assert not await draws.due(date(2026, 11, 22), ZONE), "there is nothing to draw from"
    await keep(store, *(record(n, NOON - DAY / 2 * n) for n in range(4)))  # today's is not of the day's draw
    assert await draws.due(date(2026, 11, 22), ZONE)
    first = await draws.run(frame(EVERY), now=NOON, by="system", daily=True)
    assert first is not None
    assert (first.daily, first.picked) == ("2026-11-22", 2)
    assert await draws.run(frame(EVERY), now=NOON + DAY / 4, by="system", daily=True) is None
    assert not await draws.due(date(2026, 11, 22), ZONE)
    later = await draws.run(frame(EVERY), now=NOON + DAY, by="system", daily=True)
    assert later is not None
    assert later.picked == 2
    assert await draws.page(10) == [later, first]


async def test_a_draw_is_repeated_from_what_is_kept_of_it(store: Store) -> None:
    await store.save_agents([Agent(number="1001", name="", phone="", pin_hash="", attributes={"team": "night"})])
    await keep(store, *(record(n, NOON - n * DAY / 20, agent=f"100{n % 3}") for n in range(20)))
    rules = frame(Rule(name="some", sheet="made", one_in=3), reviewers=[ANNA], reviewer_per_day=4)
    done = await Draws(store).run(rules, now=NOON, by="chief", daily=False, seed="of the day")
    assert done is not None
    inputs = await Draws(store).inputs(done.id)
    kept = {(one.call, one.agent, one.rule, one.reviewer) for one in await listed(store)}
    assert {(one.call, one.agent, one.rule, one.reviewer) for one in draw(inputs).picks} == kept
    assert (len(kept), inputs.seed, {one.name for one in inputs.reviewers}) == (4, "of the day", {"anna"})
    assert {one.team for one in inputs.candidates if one.agent == "1001"} == {"night"}
    with pytest.raises(UnknownDraw):
        await Draws(store).inputs("2026-11-21")


async def test_quotas_and_work_loads_are_counted_from_what_was_drawn_before(store: Store) -> None:
    rules = frame(
        Rule(name="month", sheet="made", per_agent_month=30), reviewers=[ANNA], reviewer_per_day=25, reviewer_open=26
    )
    await keep(store, *(record(n, NOON - DAY) for n in range(40)))
    first = await Draws(store).run(rules, now=NOON, by="chief", daily=False)
    assert first is not None
    assert (first.picked, first.lots[0].short) == (8, "")  # 30 wanted, and four days left to be ready on the 25th
    for one in (await listed(store))[:2]:
        await Evaluations(store).take(one.id, step(StepKind.SET_ASIDE, in_charge=True, note="noise"), 0)
    second = await Draws(store).run(rules, now=NOON, by="chief", daily=False)
    assert second is not None
    assert (second.picked, second.lots[0].wanted) == (6, 6), "what was set aside does not count"
    third = await Draws(store).run(rules, now=NOON + 3 * DAY, by="chief", daily=False)
    assert third is not None
    assert (third.picked, third.lots[0].wanted, third.lots[0].short) == (14, 18, "reviewers")


async def test_a_bad_mark_finds_its_call(store: Store) -> None:
    await keep(store, record(1, NOON - DAY, score=5), record(2, NOON - DAY, score=1), record(3, NOON - DAY))
    rule = EVERY.model_copy(update={"where": Where(survey_at_most=2)})
    await Draws(store).run(frame(rule), now=NOON, by="chief", daily=False)
    assert [one.call for one in await listed(store)] == [f"{2:032x}"]


async def erase(store: Store, *records: CallRecord) -> None:
    """What the keeping of recordings says of them once they are gone."""
    gone = [sound.model_copy(update={"place": "erased"}) for one in records for sound in one.recordings]
    erased = [one.model_copy(update={"recordings": (sound,)}) for one, sound in zip(records, gone, strict=True)]
    await keep(store, *erased)


async def test_what_was_erased_is_not_drawn_and_what_is_lost_meanwhile_is_set_aside_and_replaced(store: Store) -> None:
    calls = [record(n, NOON - DAY) for n in range(5)]
    await keep(store, *calls)
    await erase(store, calls[0])
    await KeptRecordings(store).take(manifests(calls[1])[0])
    async with store.transaction() as connection:
        await connection.execute(update(KeptRecording).values(state=State.MISSING.value))
    rules = frame(Rule(name="shift", sheet="made", per_agent_shift=2), reviewers=[ANNA], reviewer_open=2)
    first = await Draws(store).run(rules, now=NOON, by="chief", daily=False)
    assert first is not None
    assert (first.candidates, first.picked, first.set_aside) == (3, 2, 0)

    evaluations = Evaluations(store)
    lost, kept = await listed(store)
    await evaluations.take(kept.id, step(StepKind.CLAIM), 0)
    await erase(store, next(one for one in calls if one.id == lost.call))
    with pytest.raises(NotJudgeable):
        await evaluations.take(lost.id, step(StepKind.CLAIM), 0)
    with pytest.raises(NotJudgeable):
        await draw_call(store, calls[0].id, None, SHEET, None, NOON, by="anna", zone=ZONE)
    second = await Draws(store).run(rules, now=NOON + DAY / 24, by="chief", daily=False)
    assert second is not None
    assert (second.picked, second.set_aside) == (1, 1), "another in its place, though his list was full"
    assert await Draws(store).page(1) == [second]
    gone = await evaluations.find(lost.id)
    assert (gone.phase, gone.set_aside, gone.due_at) == (Phase.SET_ASIDE, "its recording is gone", None)
    (aside,) = await evaluations.steps(lost.id)
    assert (aside.by.name, aside.at) == ("system", second.at)
    assert (await evaluations.find(kept.id)).phase is Phase.IN_WORK
    third = await Draws(store).run(rules, now=NOON + DAY / 12, by="chief", daily=False)
    assert third is not None
    assert (third.picked, third.set_aside) == (0, 0)


async def test_what_is_lost_between_two_draws_is_replaced_from_the_same_calls_within_its_quota(store: Store) -> None:
    rules = frame(Rule(name="shift", sheet="made", per_agent_shift=2), EVERY, reviewers=[ANNA])
    assert await Draws(store).replace(rules, now=NOON) is None, "nothing is lost, nothing was ever drawn"
    calls = [record(n, NOON - DAY) for n in range(4)]
    await keep(store, *calls)
    first = await Draws(store).run(frame(rules.rules.rules[0], reviewers=[ANNA]), now=NOON, by="system", daily=True)
    assert first is not None
    assert first.picked == 2
    assert await Draws(store).replace(rules, now=NOON) is None
    await keep(store, record(9, NOON - DAY / 2))  # new: a draw of its own is for the next
    lost = (await listed(store))[0]
    await erase(store, next(one for one in calls if one.id == lost.call))
    again = await Draws(store).replace(rules, now=NOON + DAY / 24)
    assert again is not None
    assert (again.picked, again.set_aside, again.daily, again.until) == (1, 1, None, first.until)
    assert {one.rule for one in await listed(store)} == {"shift"}, "one in so many is of new calls alone"
    assert f"{9:032x}" not in {one.call for one in await listed(store)}
    assert await Draws(store).replace(rules, now=NOON + DAY / 12) is None
    later = await Draws(store).run(rules, now=NOON + DAY, by="system", daily=True)
    assert later is not None
    assert f"{9:032x}" in {one.call for one in await listed(store)}


async def test_the_work_of_who_reviews_no_more_is_known(store: Store) -> None:
    await keep(store, *(record(n, NOON - DAY) for n in range(3)))
    await Draws(store).run(frame(EVERY, reviewers=[ANNA, BORIS]), now=NOON, by="chief", daily=False)
    names = {one.reviewer.name for one in await listed(store) if one.reviewer}
    assert names == {"anna", "boris"}
    assert await departed(store, names) == []
    assert await departed(store, ["boris"]) == ["anna"]
    assert await waits_for_judging(store, [f"{n:032x}" for n in range(9)])
    assert not await waits_for_judging(store, ["0" * 31 + "9"])


async def test_a_night_shift_over_the_end_of_a_month_is_drawn_once_when_it_is_over(store: Store) -> None:
    nights = Pattern.model_validate({"name": "nights", "shifts": [{"day": 1, "start": "18:00", "end": "09:00"}]})
    began = date(2026, 11, 30)  # a Monday
    plan = Plan(ZONE, [nights], [Assignment(agent="1001", since=began, pattern="nights")], [])
    evening = datetime.combine(began, time(19), ZONE).astimezone(UTC)
    await keep(store, *(record(n, evening + n * DAY / 12) for n in range(6)))  # until five in the morning
    rule = Rule(name="shift", sheet="made", per_agent_shift=3)

    async def daily(day: date) -> int:
        shifts = shifts_of(plan, ["1001"], date(2026, 11, 1), day, ZONE)
        at = datetime.combine(day, time(5), ZONE).astimezone(UTC)
        done = await Draws(store).run(replace(frame(rule), shift_of=shifts), now=at, by="system", daily=True)
        assert done is not None
        return done.picked

    assert await daily(date(2026, 12, 1)) == 0, "it is not over"
    assert await daily(date(2026, 12, 2)) == 3
    assert await daily(date(2026, 12, 3)) == 0
    shifts = shifts_of(plan, ["1001"], date(2026, 11, 1), date(2026, 12, 2), ZONE)
    assert {shifts(one.agent, one.call_at).name for one in await listed(store)} == {"2026-11-30 18:00"}


async def test_a_call_that_goes_on_during_a_draw_is_fresh_for_the_next(store: Store) -> None:
    await keep(store, record(1, NOON - DAY / 48))  # until half an hour after noon
    first = await Draws(store).run(frame(EVERY), now=NOON, by="chief", daily=False)
    second = await Draws(store).run(frame(EVERY), now=NOON + DAY / 24, by="chief", daily=False)
    assert first is not None
    assert second is not None
    assert (first.candidates, second.picked) == (0, 1)


async def test_who_is_absent_is_known_for_his_days(store: Store) -> None:
    absences = Absences(store)
    for last in (date(2026, 11, 25), date(2026, 11, 24)):
        said = Absence(reviewer="anna", first=date(2026, 11, 22), last=last, why="ill", by="chief", at=NOON)
        await absences.save(said)
    assert [await absences.on(date(2026, 11, day)) for day in (21, 22, 24, 25)] == [
        frozenset(), {"anna"}, {"anna"}, frozenset(),
    ]  # fmt: skip
    assert await absences.all() == [said]
    assert [await absences.remove("anna"), await absences.remove("anna")] == [True, False]
