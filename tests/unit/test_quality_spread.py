"""How alike reviewers judged: computed by hand, and whole for any judgements."""

from decimal import Decimal

import pytest

from recording.quality.spread import spread
from tests.quality import item, judged, sheet

pytestmark = pytest.mark.unit

MADE = sheet(item("hello"), item("right", 3, 5), item("held", not_applicable=True), fatal={"lied": 0})


def test_the_spread_of_three_reviewers_computed_by_hand() -> None:
    found = spread(
        MADE,
        {
            "anna": judged(hello=1, right=5, held=None),  # 100
            "boris": judged(hello=1, right=4, held=1),  # (1 + 2.4 + 1) / 5 = 88
            "chen": judged({"lied": "it was"}, hello=0, right=4, held=None),  # 0 instead of 60
        },
        judged(hello=1, right=4, held=None),  # (1 + 2.4) / 4 = 85
    )
    assert found.scores == {"anna": Decimal(100), "boris": Decimal(88), "chen": Decimal(0)}
    assert (found.mean, found.deviation, found.range) == (Decimal("62.67"), Decimal("44.58"), Decimal(100))
    assert (found.agreement, found.lead) == (Decimal(0), Decimal(85))
    assert found.from_lead == {"anna": Decimal(15), "boris": Decimal(3), "chen": Decimal(-85)}
    assert found.fatal == {"lied": ("chen",)}
    hello, right, held = found.items
    assert (hello.mean, hello.deviation, hello.range, hello.agreement) == (
        Decimal("0.67"), Decimal("0.47"), 1, Decimal("33.33"),
    )  # fmt: skip
    assert (right.mean, right.deviation, right.lead) == (Decimal("4.33"), Decimal("0.47"), 4)
    assert (held.marks, held.mean, held.range, held.agreement) == (
        {"anna": None, "boris": 1, "chen": None}, Decimal(1), 0, Decimal("33.33"),
    )  # fmt: skip


def test_scores_up_to_five_points_apart_agree() -> None:
    made = sheet(item("a", 1, 100))
    found = spread(made, {"anna": judged(a=80), "boris": judged(a=85), "chen": judged(a=91)})
    assert found.agreement == Decimal("33.33")


def test_nobody_and_one_alone_have_no_agreement() -> None:
    nobody, alone = spread(MADE, {}), spread(MADE, {"anna": judged(hello=1, right=5, held=None)})
    assert (nobody.mean, nobody.deviation, nobody.range, nobody.agreement) == (None, None, None, None)
    assert (alone.mean, alone.deviation, alone.range, alone.agreement) == (Decimal(100), Decimal(0), Decimal(0), None)
