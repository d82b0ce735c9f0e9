"""The daily bulletin: every number of a day computed by hand."""

from datetime import timedelta
from decimal import Decimal

import pytest

from recording.quality.bulletin import bulletin, lines
from recording.quality.evaluations import Evaluation, Ruling, Step, StepKind
from recording.quality.life import take
from recording.quality.sheets import Judgement
from tests.quality import AGENT, AT, CHIEF, SHEET, drawn, judged, step

pytestmark = pytest.mark.unit

DAY = timedelta(days=1)
START, END = AT - DAY / 2, AT + DAY / 2


def gone(name: str, judgement: Judgement, *more: Step, agent: str = "1001", at: timedelta = timedelta()) -> Evaluation:
    now = drawn(name, call=name, agent=agent, drawn_at=AT - DAY)
    for kind in (StepKind.CLAIM, StepKind.SCORE, StepKind.RELEASE):
        now = take(now, SHEET, step(kind, judgement=judgement if kind is StepKind.SCORE else None, at=AT + at))
    for one in more:
        now = take(now, SHEET, one)
    return now


def test_a_day_computed_by_hand() -> None:
    appeal = step(StepKind.APPEAL, AGENT, note="no")
    made = bulletin(
        AT.date(),
        START,
        END,
        [
            gone("e1", judged(hello=1, right=5)),  # 100
            gone("e2", judged({"lied": "about the price"}, hello=1, right=5), appeal),  # 0
            gone("e3", judged(hello=0, right=4), agent="1002"),  # 60
            gone("e4", judged(hello=1, right=5), agent="1003"),  # 100
            gone("e5", judged(hello=0, right=0), agent="1003", at=-DAY),  # the day before
            gone("e6", judged(hello=0, right=0), step(StepKind.APPEAL, AGENT, note="no", at=AT - DAY / 4),
                 step(StepKind.DECIDE, CHIEF, ruling=Ruling.UPHELD, note="no"), at=-DAY),
            drawn("e7", call="e7"),
        ],
        {SHEET.digest: SHEET},
    )  # fmt: skip
    assert (made.drawn, made.scored, made.released, made.decided, made.mean) == (1, 4, 4, 1, Decimal("65.00"))
    assert [(one.item, one.percent, one.evaluations) for one in made.best] == [
        ("right", Decimal("95.00"), 4), ("hello", Decimal("75.00"), 4),
    ]  # fmt: skip
    assert [(one.agent, one.fatal, one.comment) for one in made.fatal] == [("1001", "lied", "about the price")]
    assert [(one.agent, one.mean, one.failed) for one in made.below] == [
        ("1001", Decimal("50.00"), 1), ("1002", Decimal("60.00"), 1),
    ]  # fmt: skip
    assert [one.evaluation for one in made.appeals] == ["e2"]
    told = list(lines(made, "en"))
    assert told[0] == f"Quality on {AT.date()}: 4 released, mean score 65.00"
    assert "  agent 1001: lied: about the price (e2)" in told
    assert "  agent 1002: 60.00 in 1, 1 failed" in told


def test_a_day_without_evaluations_has_no_score() -> None:
    made = bulletin(AT.date(), START, END, [], {})
    assert (made.released, made.mean, made.best) == (0, None, ())
    assert list(lines(made, "en"))[1] == "0 drawn, 0 scored, 0 appeals decided, 0 open"
