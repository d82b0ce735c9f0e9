"""Calibrations in the data base: closed once and whole, whatever dies or comes in between."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from recording.quality.bulletin_reading import bulletin_of
from recording.quality.calibrations import Calibration, Calibrations
from recording.quality.errors import EvaluationChanged, WrongPhase
from recording.quality.evaluations import Evaluation, Person, Phase, StepKind
from recording.quality.store import EvaluationFilter, Evaluations, take_in
from recording.store import Store
from tests.contract.test_quality_draws import ZONE, record
from tests.quality import ANNA, AT, CHIEF, SHEET, judged, keep, step

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

BORIS, CHEN, DORA = (Person(name=name) for name in ("boris", "chen", "dora"))
LEAD = judged(hello=1, right=5)


async def opened(store: Store) -> Calibration:
    """One of a call for four reviewers, of whom two have scored, one has begun, and one has not."""
    await keep(store, record(1, AT))
    made = await Calibrations(store).open(f"{1:032x}", None, SHEET, CHIEF, [ANNA, BORIS, CHEN, DORA], AT, ZONE)
    for person, judgement in ((ANNA, LEAD), (BORIS, judged(hello=0, right=4)), (CHEN, None)):
        (one,) = [one for one in await judged_in(store, made) if one.slot == person.name]
        await Evaluations(store).take(one.id, step(StepKind.CLAIM, person), 0)
        if judgement is not None:
            await Evaluations(store).take(one.id, step(StepKind.SCORE, person, judgement=judgement), 1)
    return made


async def judged_in(store: Store, calibration: Calibration) -> Sequence[Evaluation]:
    return await Evaluations(store).page(EvaluationFilter(purpose=calibration.id))


async def close(store: Store, calibration: Calibration, by: Person = CHIEF) -> Calibration:
    return await Calibrations(store).close(calibration.id, LEAD, "so", by, AT, in_charge=False)


async def phases(store: Store, calibration: Calibration) -> dict[str, Phase]:
    return {one.slot: one.phase for one in await judged_in(store, calibration)}


async def test_a_close_sets_the_lead_says_who_lies_apart_and_ends_all_work_on_it(store: Store) -> None:
    made = await opened(store)
    closed = await close(store, made)
    assert closed == await Calibrations(store).find(made.id)
    spread = closed.spread
    assert spread is not None
    assert (spread.lead, spread.mean, spread.range) == (Decimal("100.00"), Decimal("80.00"), Decimal("40.00"))
    assert (spread.from_lead, spread.deviating) == ({"anna": Decimal("0.00"), "boris": Decimal("-40.00")}, ("boris",))
    assert [(one.item, one.lead, one.deviating) for one in spread.items] == [
        ("hello", 1, ("boris",)), ("right", 5, ("boris",)),
    ]  # fmt: skip
    assert await phases(store, made) == {
        "anna": Phase.SCORED, "boris": Phase.SCORED, "chen": Phase.SET_ASIDE, "dora": Phase.SET_ASIDE,
    }  # fmt: skip
    assert all(one.due_at is None for one in await judged_in(store, made)), "nobody is waited for"
    bulletin = await bulletin_of(store, AT.astimezone(ZONE).date(), ZONE)
    (told,) = bulletin.calibrations
    assert (told.calibration, told.reviewers, told.spread) == (made.id, 2, spread)


async def test_who_dies_while_closing_leaves_nothing_of_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await opened(store)
    before = await phases(store, made)

    async def dies(*_: object) -> None:
        raise asyncio.CancelledError  # as when the process ends, with one evaluation set aside and one not

    taken = list[str]()

    async def first_only(connection: object, name: str, *rest: object) -> object:
        if taken:
            await dies()
        taken.append(name)
        return await take_in(connection, name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("recording.quality.calibrations.take_in", first_only)
    with pytest.raises(asyncio.CancelledError):
        await close(store, made)
    monkeypatch.undo()
    assert len(taken) == 1
    assert await Calibrations(store).find(made.id) == made
    assert await phases(store, made) == before
    assert (await close(store, made)).closed_at == AT


async def test_of_two_who_close_at_once_one_does(store: Store) -> None:
    made = await opened(store)
    outcomes = await asyncio.gather(close(store, made), close(store, made), return_exceptions=True)
    assert sum(isinstance(one, Calibration) for one in outcomes) == 1
    (refused,) = [one for one in outcomes if not isinstance(one, Calibration)]
    assert isinstance(refused, (WrongPhase, EvaluationChanged)), refused


async def test_a_closed_calibration_of_another_day_is_not_in_the_bulletin(store: Store) -> None:
    made = await opened(store)
    await close(store, made)
    later = (AT + timedelta(days=2)).astimezone(ZONE).date()
    assert (await bulletin_of(store, later, ZONE)).calibrations == ()
