"""Evaluations in the data base: each call once, no step lost or overwritten, and figure 12 from them."""

import asyncio
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from recording.figures.period import Period, Unit
from recording.figures.scope import CENTRE, Scope, ScopeKind
from recording.inputs.scores import Score, Scores
from recording.quality.errors import AlreadyDrawn, EvaluationChanged, JudgementUnfit, UnknownEvaluation
from recording.quality.evaluations import Evaluation, Phase, Ruling, Step, StepKind
from recording.quality.figure import mean_score
from recording.quality.life import take
from recording.quality.sampling import Reviewer
from recording.quality.score_table import score_table
from recording.quality.scores import By, counted_scores, scores_by
from recording.quality.sheets import Judgement, TimeMark
from recording.quality.store import EvaluationFilter, Evaluations
from recording.quality.work import Load, loads, reassign
from recording.store import Store
from tests.quality import AGENT, ANNA, AT, BORIS, CHIEF, SHEET, drawn, judged, keep_heard, step

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def heard(store: Store) -> None:
    """The calls that are judged here can be heard."""
    await keep_heard(store, *(f"{kind}{n}" for kind in "ce" for n in range(8)))


async def taken(evaluations: Evaluations, name: str, *steps: Step) -> Evaluation:
    now = await evaluations.find(name)
    for one in steps:
        now = await evaluations.take(name, one, now.revision)
    return now


def released(judgement: Judgement, at_day: int = 0) -> tuple[Step, ...]:
    at = AT + at_day * DAY
    return (
        step(StepKind.CLAIM, at=at),
        step(StepKind.SCORE, judgement=judgement, at=at),
        step(StepKind.RELEASE, at=at),
    )


async def test_an_evaluation_and_its_steps_come_back_as_they_were(store: Store) -> None:
    evaluations = Evaluations(store)
    await evaluations.add(SHEET, [drawn()])
    steps = (
        *released(judged({"lied": "about the price"}, hello=1, right=4)),
        step(StepKind.APPEAL, AGENT, note="我没有"),
        step(StepKind.DECIDE, CHIEF, ruling=Ruling.CHANGED, judgement=judged(hello=1, right=4), note="not proven"),
    )
    now = await taken(evaluations, "e1", *steps)
    expected = drawn()
    for one in steps:
        expected = take(expected, SHEET, one)
    assert now == expected == await evaluations.find("e1")
    assert await evaluations.steps("e1") == list(steps)
    assert await evaluations.sheet(now.sheet_digest) == SHEET
    assert (now.first_score, now.score) == (Decimal("0.00"), Decimal("85.00"))


async def test_a_call_is_drawn_once_for_a_purpose_and_a_draw_is_all_or_nothing(store: Store) -> None:
    evaluations = Evaluations(store)
    await evaluations.add(SHEET, [drawn()])
    with pytest.raises(AlreadyDrawn):
        await evaluations.add(SHEET, [drawn("e2", call="c2"), drawn("e3")])
    await evaluations.add(SHEET, [drawn("e4", purpose="k1", slot="anna"), drawn("e5", purpose="k1", slot="boris")])
    assert [one.id for one in await evaluations.page(EvaluationFilter())] == ["e1"]
    with pytest.raises(UnknownEvaluation):
        await evaluations.find("e2")


async def test_of_two_who_saw_the_same_only_one_takes_his_step(store: Store) -> None:
    evaluations, other = Evaluations(store), Store(str(store.engine.url.render_as_string(hide_password=False)))
    try:
        await evaluations.add(SHEET, [drawn()])
        both = (
            evaluations.take("e1", step(StepKind.CLAIM, ANNA), 0),
            Evaluations(other).take("e1", step(StepKind.CLAIM, BORIS), 0),
        )
        outcomes = await asyncio.gather(*both, return_exceptions=True)
        assert {type(one) for one in outcomes} == {Evaluation, EvaluationChanged}
        winner = next(one for one in outcomes if isinstance(one, Evaluation))
        assert (await evaluations.find("e1")).reviewer == winner.reviewer
        assert [one.by for one in await evaluations.steps("e1")] == [winner.reviewer]
    finally:
        await other.close()


async def test_a_time_mark_beyond_the_recordings_is_refused_and_nothing_is_kept(store: Store) -> None:
    evaluations = Evaluations(store)
    await evaluations.add(SHEET, [drawn()])
    await evaluations.take("e1", step(StepKind.CLAIM), 0)
    marked = judged(hello=1, right=5).model_copy(update={"time_marks": (TimeMark(at_ms=60_001, comment="here"),)})
    with pytest.raises(JudgementUnfit, match="time mark 1: recording 1 at 60001 ms is not there"):
        await evaluations.take("e1", step(StepKind.SCORE, judgement=marked), 1)
    assert (await evaluations.find("e1")).phase is Phase.IN_WORK
    assert len(await evaluations.steps("e1")) == 1


async def test_lists_are_filtered_and_read_page_by_page(store: Store) -> None:
    evaluations = Evaluations(store)
    made = [
        drawn(f"e{n}", call=f"c{n}", agent=f"100{n % 2}", queue=("sales", "support")[n % 2], drawn_at=AT + n * DAY)
        for n in range(5)
    ]
    await evaluations.add(SHEET, made)
    await taken(evaluations, "e4", step(StepKind.CLAIM))
    first = await evaluations.page(EvaluationFilter(size=3))
    rest = await evaluations.page(EvaluationFilter(size=3, after=first[-1].id))
    assert [one.id for one in (*first, *rest)] == ["e4", "e3", "e2", "e1", "e0"]
    for which, found in (
        (EvaluationFilter(agent="1001"), ["e3", "e1"]),
        (EvaluationFilter(queue="sales", until=AT + 3 * DAY), ["e2", "e0"]),
        (EvaluationFilter(reviewer="anna"), ["e4"]),
        (EvaluationFilter(reviewer="", since=AT + 2 * DAY), ["e3", "e2"]),
        (EvaluationFilter(phases=frozenset({Phase.IN_WORK})), ["e4"]),
        (EvaluationFilter(call="c3"), ["e3"]),
        (EvaluationFilter(after="nobody"), []),
    ):
        assert [one.id for one in await evaluations.page(which)] == found


async def test_figure_12_counts_what_was_released_in_its_period_with_the_score_in_force(store: Store) -> None:
    evaluations = Evaluations(store)
    names = {"e1": "1001", "e2": "1001", "e3": "1002", "e4": "1002", "e5": "1001"}
    await evaluations.add(SHEET, [drawn(name, call=name, agent=agent) for name, agent in names.items()])
    await evaluations.add(SHEET, [drawn("k", call="e1", purpose="k1", slot="anna", reviewer=ANNA)])
    await taken(evaluations, "k", *released(judged(hello=1, right=5))[:2])  # of a calibration: does not count
    await taken(evaluations, "e1", *released(judged(hello=1, right=5)))  # 100
    await taken(evaluations, "e2", *released(judged(hello=0, right=0)), step(StepKind.APPEAL, AGENT, note="no"))
    await taken(evaluations, "e3", *released(judged(hello=1, right=0)))  # 25
    await taken(evaluations, "e4", *released(judged(hello=1, right=5), at_day=1))  # the day after
    await taken(evaluations, "e5", *released(judged(hello=1, right=5))[:2])  # scored, not released
    today = (AT, AT + DAY)
    assert (await mean_score(store, CENTRE, *today)).mean == Decimal("41.67")
    changed = step(StepKind.DECIDE, CHIEF, ruling=Ruling.CHANGED, judgement=judged(hello=0, right=5), note="yes")
    await taken(evaluations, "e2", changed)  # 75 from now on, in the period of the release
    assert (await mean_score(store, Scope(ScopeKind.AGENT, "1001"), *today)).mean == Decimal("87.50")
    assert (await mean_score(store, Scope(ScopeKind.TEAM, "day"), *today)).evaluations == 3
    assert (await mean_score(store, Scope(ScopeKind.QUEUE, "sales"), *today)).mean == Decimal("66.67")
    nothing = await mean_score(store, Scope(ScopeKind.QUEUE, "support"), *today)
    assert (nothing.evaluations, nothing.mean) == (0, None)
    agents = (await scores_by(store, By.AGENT, *today)).values()
    assert [(one.name, one.drawn, one.released, one.scores.mean, one.changed, one.failed) for one in agents] == [
        ("1001", 3, 2, Decimal("87.50"), 1, 1), ("1002", 2, 1, Decimal("25.00"), 0, 1),
    ]  # fmt: skip
    li_na, _ = agents
    assert (li_na.before_appeals.mean, li_na.appealed) == (Decimal("50.00"), 1), "what it was is not forgotten"

    await Scores(store, ZoneInfo("UTC")).save([Score(agent="1001", at=AT, score=Decimal(50), queue="sales")])
    for by, rows in (
        (By.CENTRE, [("", 5, 3, 1, Decimal("62.50"))]),
        (By.QUEUE, [("sales", 5, 3, 1, Decimal("62.50"))]),
        (By.TEAM, [("", 0, 0, 1, Decimal("50.00")), ("day", 5, 3, 0, Decimal("66.67"))]),
        (By.REVIEWER, [("", 0, 0, 1, Decimal("50.00")), ("anna", 5, 3, 0, Decimal("66.67"))]),
        (By.SHEET, [("made", 5, 3, 0, Decimal("66.67"))]),
    ):
        found = (await scores_by(store, by, *today)).values()
        assert [(one.name, one.drawn, one.released, one.elsewhere, one.scores.mean) for one in found] == rows, by
    team = await scores_by(store, By.AGENT, *today, Scope(ScopeKind.TEAM, "day"))
    assert {name: one.scores.evaluations for name, one in team.items()} == {"1001": 2, "1002": 1}
    assert await scores_by(store, By.CENTRE, AT - DAY, AT) == {}


async def test_the_scores_behind_a_figure_are_as_many_as_its_sample_and_have_its_mean(store: Store) -> None:
    evaluations = Evaluations(store)
    await evaluations.add(SHEET, [drawn(name, call=name) for name in ("e1", "e2")])
    await taken(evaluations, "e1", *released(judged(hello=1, right=5)))
    change = step(StepKind.DECIDE, CHIEF, ruling=Ruling.CHANGED, judgement=judged(hello=0, right=5), note="yes")
    await taken(evaluations, "e2", *released(judged(hello=0, right=0)), step(StepKind.APPEAL, AGENT, note="no"), change)
    await Scores(store, ZoneInfo("UTC")).save([Score(agent="1001", at=AT, score=Decimal(50))])
    mine = Scope(ScopeKind.AGENT, "1001")
    for scope, size in ((CENTRE, 3), (mine, 3), (Scope(ScopeKind.QUEUE, "sales"), 2), (Scope(ScopeKind.TEAM, "x"), 0)):
        found = await counted_scores(store, scope, AT, AT + DAY, 500)
        mean = await mean_score(store, scope, AT, AT + DAY)
        assert (len(found), sum(one.score_hundredths for one in found)) == (size, mean.sum_hundredths)
        assert mean.evaluations == size
    told = await counted_scores(store, mine, AT, AT + DAY, 500)
    assert {(one.evaluation, one.score, one.first_score_hundredths) for one in told} == {
        ("", Decimal("50.00"), None), ("e1", Decimal("100.00"), None), ("e2", Decimal("75.00"), 0),
    }  # fmt: skip
    assert len(await counted_scores(store, mine, AT, AT + DAY, 2)) == 2
    table = await score_table(
        store, By.AGENT, Period.at(Unit.MONTH, AT.astimezone(ZoneInfo("Asia/Shanghai")), ZoneInfo("Asia/Shanghai")),
        trend=2, quota=5, agents=["1001", "1004"],
    )  # fmt: skip
    assert [(one.name, one.scores, one.mean) for one in table.rows] == [
        ("1001", 3, Decimal("75.00")),
        ("1004", 0, None),
    ]
    assert [(one.period, one.mean) for one in table.rows[0].trend] == [("2026-09", None), ("2026-10", None)]
    assert table.rows[0].behind == {
        "scope": "agent:1001", "since": "2026-11-01T00:00:00+08:00", "until": "2026-12-01T00:00:00+08:00",
    }  # fmt: skip


async def test_the_work_of_who_is_ill_is_given_to_others_and_begins_anew(store: Store) -> None:
    evaluations = Evaluations(store)
    due = AT + DAY
    made = [drawn(f"e{n}", call=f"e{n}", reviewer=ANNA, due_at=due) for n in range(5)]
    await evaluations.add(SHEET, [*made, drawn("k", call="e1", purpose="k1", slot="anna", reviewer=ANNA)])
    await taken(evaluations, "e0", *released(judged(hello=1, right=5))[:2])  # scored: waits for its release alone
    await taken(evaluations, "e1", step(StepKind.CLAIM), step(StepKind.SAVE, judgement=judged(hello=1)))
    async with store.engine.connect() as connection:
        busy = await loads(connection, AT, AT + 2 * DAY)
    assert busy["anna"] == Load(open=6, today=6, late=5, scored=1)
    others = [Reviewer(name="anna"), Reviewer(name="boris"), Reviewer(name="chen", open=1)]
    moved = await reassign(store, "anna", others, None, by=CHIEF, at=AT, note="anna is ill")
    assert Counter(one.reviewer.name for one in moved if one.reviewer) in (
        {"boris": 3, "chen": 1}, {"boris": 2, "chen": 2},
    )  # fmt: skip
    assert {one.id for one in moved} == {"e1", "e2", "e3", "e4"}
    begun = await evaluations.find("e1")
    assert (begun.phase, begun.judgement, begun.due_at) == (Phase.DRAWN, None, due), "by when it is due stays"
    last = (await evaluations.steps("e1"))[-1]
    assert (last.kind, last.by, last.note) == (StepKind.HAND_OVER, CHIEF, "anna is ill")
    assert [one.id for one in await evaluations.page(EvaluationFilter(purpose=None, reviewer="anna"))] == ["k", "e0"]
    await reassign(store, "boris", [], None, by=CHIEF, at=AT, note="nobody is left")
    assert {one.reviewer for one in await evaluations.page(EvaluationFilter(reviewer=""))} == {None}
    assert await reassign(store, "boris", others, None, by=CHIEF, at=AT, note="again") == []


async def test_what_is_overdue_is_found_until_its_step_is_taken(store: Store) -> None:
    evaluations = Evaluations(store)
    await evaluations.add(SHEET, [drawn(f"e{n}", call=f"e{n}", due_at=AT + n * DAY) for n in range(1, 4)])

    async def overdue(at_day: int) -> list[str]:
        which = EvaluationFilter(due_before=AT + at_day * DAY + DAY / 2)
        return [one.id for one in await evaluations.page(which)]

    assert (await overdue(0), await overdue(2)) == ([], ["e2", "e1"])
    await taken(evaluations, "e1", *released(judged(hello=1, right=5), at_day=1))
    assert await overdue(2) == ["e2"]
    assert await overdue(8) == ["e3", "e2", "e1"], "the agent has not said a word in time"
    await taken(evaluations, "e1", step(StepKind.APPEAL, AGENT, note="no", at=AT + 8 * DAY))
    assert (await overdue(8), await overdue(13)) == (["e3", "e2"], ["e3", "e2", "e1"])
    await taken(evaluations, "e1", step(StepKind.DECIDE, CHIEF, ruling=Ruling.UPHELD, note="so"))
    assert await overdue(99) == ["e3", "e2"]
