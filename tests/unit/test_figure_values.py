"""Figures made of sums."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from recording.figures.catalogue import FIGURES
from recording.figures.period import Period
from recording.figures.report import About, When
from recording.figures.rules import Rules
from recording.figures.scope import CENTRE, ScopeKind
from recording.figures.values import Maker

pytestmark = pytest.mark.unit

ABOUT = About(CENTRE, When(Period.parse("2026-11-20", ZoneInfo("Asia/Shanghai")), datetime(2026, 11, 21, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("key", "parts"), [("received", ("answered",)), ("service_level", ("offered", "answered")), ("received", ())]
)
def test_of_a_figure_those_of_its_parts_are_made_that_are_wanted_as_if_all_were(
    key: str, parts: tuple[str, ...]
) -> None:
    found = {"received": 9, "blocked": 1, "offered": 7, "short_abandoned": 1, "answered": 5, "answered_in_time": 4}
    every = Maker(FIGURES[key], Rules(), ScopeKind.CENTRE).value(found, ABOUT)
    some = Maker(FIGURES[key], Rules(), ScopeKind.CENTRE, parts).value(found, ABOUT)
    assert set(every.parts) == {*FIGURES[key].parts, *FIGURES[key].variants}
    assert some.parts == {name: every.parts[name] for name in parts}
    assert (some.value, some.numerator, some.denominator) == (every.value, every.numerator, every.denominator)


def test_a_figure_of_sums_that_nobody_told_is_no_data() -> None:
    value = Maker(FIGURES["abandonment"], Rules(), ScopeKind.CENTRE).value({"received": 9}, ABOUT)
    assert (value.value, value.numerator, value.denominator, value.sample) == (None, Decimal(0), Decimal(0), 0)
