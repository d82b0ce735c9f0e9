"""The 23 figures as data: complete, and their formulas over sums that there are."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from recording.figures.catalogue import FIGURES, SERVICE_LEVELS
from recording.figures.counted import masks
from recording.figures.counts import CALLS, TIMES
from recording.figures.definition import Direction, Formula
from recording.figures.period import Period
from recording.figures.report import About, When
from recording.figures.rules import Rules
from recording.figures.scope import CENTRE, Scope, ScopeError, ScopeKind
from recording.figures.values import Maker, formulas_of, needed

pytestmark = pytest.mark.unit

INPUTS = {"adherent_ms", "scheduled_ms", "cost", "score", "evaluations", "attended", "scheduled", "left_per_year"}
DERIVED = {"mean_agents", "ring_cadence_ms", "state_signed_in_ms", "agents_answered"}


def _formulas() -> list[Formula]:
    return [
        formula
        for figure in FIGURES.values()
        for formula in (figure.formula, *figure.variants.values(), *figure.parts.values())
    ]


def test_there_are_23_figures_in_their_order() -> None:
    assert [figure.number for figure in FIGURES.values()] == list(range(1, 24))
    assert all(key == figure.key for key, figure in FIGURES.items())


def test_every_formula_is_over_sums_that_there_are() -> None:
    known = {*CALLS, *TIMES, *INPUTS, *DERIVED}
    for formula in _formulas():
        assert {*formula.numerator, *formula.denominator} <= known
        for listed in filter(None, (formula.counted, formula.of)):
            assert masks(listed)


BANDS = {
    1: (92, None, None), 2: (30, 60, 60), 3: (20, 60, 60), 4: (2, 5, 4), 5: (180, 600, 510), 6: (20, 60, 60),
    7: (2, 4, 3), 8: (30, 90, 150), 9: (None, 20, None), 10: (270, 360, 330), 13: (90, None, None), 14: (3, 5, 3),
    15: (95, None, None), 16: (1, 3, 1), 17: (85, 100, 85), 18: (10, 20, 15), 19: (None, 3, 3), 20: (None, None, 98),
    21: (80, None, None), 23: (15, 30, 25),
}  # fmt: skip
"""Low end, high end and norm, as kpi.md has them; of rings the upper norm of 2 to 3."""


def test_bands_and_norms_are_those_of_the_set_that_the_centre_is_run_by() -> None:
    told = {one.number: (one.band.low, one.band.high, one.band.norm) for one in FIGURES.values() if one.band}
    assert told == BANDS
    assert FIGURES["transfer"].band is not None
    assert FIGURES["transfer"].band.wish == 1


def test_who_has_a_band_says_in_which_direction_it_is_good() -> None:
    assert all(one.direction is not Direction.NONE for one in FIGURES.values() if one.band)


def test_the_service_level_in_force_is_one_of_its_variants() -> None:
    figure = FIGURES["service_level"]
    assert figure.formula == SERVICE_LEVELS[figure.variant]


@pytest.mark.parametrize("text", ["centre", "queue:sales", "team:north", "agent:1001"])
def test_a_scope_has_a_name(text: str) -> None:
    assert str(Scope.parse(text)) == text


@pytest.mark.parametrize("text", ["", "centre:x", "queue", "queue:", "floor:1"])
def test_what_is_no_scope_is_refused(text: str) -> None:
    with pytest.raises(ScopeError, match="expected"):
        Scope.parse(text)


def test_the_centre_is_the_scope_where_nothing_is_said() -> None:
    assert Scope() == CENTRE == Scope(ScopeKind.CENTRE)


@pytest.mark.parametrize(("minutes", "value"), [(30, Decimal(0)), (0, None)])
def test_what_is_still_to_come_has_no_data_where_what_was_quiet_has_0(minutes: int, value: Decimal | None) -> None:
    half_hour = Period.parse("2026-11-22T10:30", ZoneInfo("Asia/Shanghai"))
    about = About(CENTRE, When(half_hour, half_hour.since + timedelta(minutes=minutes)))
    maker = Maker(FIGURES["received"], Rules(zone=half_hour.zone), ScopeKind.CENTRE)
    quiet = dict.fromkeys(needed(formulas_of(FIGURES["received"])), 0)
    made = maker.value(quiet, about)
    assert {made.value, *(part.value for part in made.parts.values())} == {value}
    assert maker.value({**quiet, "received": 3}, about).value == 3
