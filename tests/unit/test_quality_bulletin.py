"""The daily bulletin: every number of a day computed by hand."""

from datetime import timedelta
from decimal import Decimal
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from recording.quality.bulletin import Bulletin, Told, bulletin
from recording.quality.bulletin_paper import paper_of
from recording.quality.bulletin_words import ENGLISH, MANDARIN
from recording.quality.calibrations import Calibration
from recording.quality.evaluations import Evaluation, Ruling, Step, StepKind
from recording.quality.figure import MeanScore
from recording.quality.life import take
from recording.quality.scores import SubjectScores
from recording.quality.sheets import Judgement
from recording.quality.spread import spread
from recording.reports.document import Language
from recording.reports.paper import Paper
from recording.reports.rendering.page import page_of_paper
from recording.reports.rendering.text import text_of_paper
from tests.quality import AGENT, ANNA, AT, BORIS, CHIEF, SHEET, drawn, judged, step

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


def told(*evaluations: Evaluation, **more: object) -> Told:
    return Told(evaluations=evaluations, sheets={SHEET.digest: SHEET}, **more)  # type: ignore[arg-type]


@pytest.fixture
def busy() -> Bulletin:
    """A day with something of everything."""
    appeal = step(StepKind.APPEAL, AGENT, note="no")
    lead, others = judged(hello=1, right=5), {"anna": judged(hello=1, right=5), "boris": judged(hello=0, right=4)}
    calibration = Calibration(
        id="k1", call="c9", agent="1001", sheet="made", sheet_digest=SHEET.digest, moderator=CHIEF,
        reviewers=(ANNA, BORIS), opened_at=AT, closed_at=AT, lead=lead, spread=spread(SHEET, others, lead),
        note="A hello is a hello.",
    )  # fmt: skip
    return bulletin(
        AT.date(),
        START,
        END,
        told(
            gone("e1", judged(hello=1, right=5)),  # 100
            gone("e2", judged({"lied": "about the price"}, hello=1, right=5), appeal),  # 0
            gone("e3", judged(hello=0, right=4), agent="1002"),  # 60
            gone("e4", judged(hello=1, right=5), agent="1003"),  # 100
            gone("e5", judged(hello=0, right=0), agent="1003", at=-DAY),  # the day before
            gone("e6", judged(hello=0, right=0), step(StepKind.APPEAL, AGENT, note="no", at=AT - DAY / 4),
                 step(StepKind.DECIDE, CHIEF, ruling=Ruling.CHANGED, note="no", judgement=judged(hello=1, right=0)),
                 at=-DAY),
            drawn("e7", call="e7"),
            drawn("e8", call="e8", drawn_at=AT - 6 * DAY, reviewer=BORIS),
            take(drawn("e9", call="e9"), SHEET, step(StepKind.SET_ASIDE, note="erased", in_charge=True)),
            calibrations=[calibration],
            today=MeanScore(sum_hundredths=35_000, evaluations=5),  # those four, and 90 from elsewhere
            week=MeanScore(sum_hundredths=15_000, evaluations=2),
            month={
                "1001": SubjectScores(name="1001", drawn=6, released=5, scores=MeanScore(30_000, 5)),
                "1002": SubjectScores(name="1002", drawn=1, released=1, scores=MeanScore(6_000, 1)),
            },
            agents=frozenset({"1001", "1004"}),
            quota=5,
        ),
    )  # fmt: skip


def test_a_day_computed_by_hand(busy: Bulletin) -> None:
    counted = ("drawn", "scored", "released", "failed", "set_aside", "appealed", "decided", "unanswered", "mean")
    assert [getattr(busy, name) for name in counted] == [2, 4, 4, 2, 1, 2, 1, 0, Decimal("70.00")]
    assert busy.week_mean == Decimal("75.00")
    assert [(one.item, one.percent, one.evaluations) for one in busy.best] == [
        ("right", Decimal("95.00"), 4), ("hello", Decimal("75.00"), 4),
    ]  # fmt: skip
    assert [(one.agent, one.fatal, one.comment) for one in busy.fatal] == [("1001", "lied", "about the price")]
    assert [(one.agent, one.mean, one.failed) for one in busy.below] == [
        ("1001", Decimal("50.00"), 1), ("1002", Decimal("60.00"), 1),
    ]  # fmt: skip
    assert [(one.evaluation, one.late) for one in busy.appeals] == [("e2", False)]
    assert [(one.evaluation, one.reviewer, one.due_at) for one in busy.late] == [("e8", "boris", AT - DAY)]
    assert [(one.evaluation, one.before, one.after) for one in busy.decisions] == [
        ("e6", Decimal("0.00"), Decimal("25.00")),
    ]  # fmt: skip
    assert [(one.reviewer, one.scored, one.released, one.open, one.late) for one in busy.reviewers] == [
        ("", 0, 0, 1, 0), ("anna", 4, 4, 0, 0), ("boris", 0, 0, 1, 1),
    ]  # fmt: skip
    assert [(one.agent, one.drawn, one.released, one.mean) for one in busy.month] == [
        ("1001", 6, 5, Decimal("60.00")), ("1002", 1, 1, Decimal("60.00")), ("1004", 0, 0, None),
    ]  # fmt: skip
    (calibration,) = busy.calibrations
    assert (calibration.reviewers, calibration.spread.deviating) == (2, ("boris",))


def test_what_was_late_or_open_on_a_day_is_told_of_it_however_it_went_on() -> None:
    done = gone("e1", judged(hello=1, right=5), at=2 * DAY).model_copy(update={"drawn_at": AT - 6 * DAY})
    appeal = step(StepKind.APPEAL, AGENT, note="no", at=AT - DAY / 4)
    decision = step(StepKind.DECIDE, CHIEF, ruling=Ruling.UPHELD, note="no", at=AT + 2 * DAY)
    appealed = gone("e2", judged(hello=1, right=5), appeal, decision, at=-DAY)
    made = bulletin(AT.date(), START, END, told(done, appealed))
    assert [one.evaluation for one in made.late] == ["e1"]
    assert [one.evaluation for one in made.appeals] == ["e2"]


def test_a_day_without_evaluations_has_no_score() -> None:
    made = bulletin(AT.date(), START, END, told())
    assert (made.released, made.mean, made.best) == (0, None, ())
    assert [block.title for block in paper(made, Language.ENGLISH).blocks] == ["The day"]
    assert "Mean score no score" in squeezed(text_of_paper(paper(made, Language.ENGLISH)))


def squeezed(text: str) -> str:
    return " ".join(text.split())


def paper(made: Bulletin, language: Language) -> Paper:
    return paper_of(
        made, language, centre="Centre <b>", zone=ZoneInfo("Asia/Shanghai"), made_at=AT, names={"1001": "李娜"}
    )


def test_every_part_is_told_in_both_languages(busy: Bulletin) -> None:
    assert ENGLISH.keys() == MANDARIN.keys()
    told_in = {language: paper(busy, language) for language in Language}
    titles = [block.title for block in told_in[Language.MANDARIN].blocks]
    assert titles == [
        "当日概况", "最好项目", "致命差错", "不合格座席", "逾期未完成的评价",
        "未决申诉", "已裁决申诉", "质检员工作", "校准", "本月累计",
    ]  # fmt: skip
    text = squeezed(text_of_paper(told_in[Language.ENGLISH]))
    for words in (
        "1001 李娜",
        "about the price",
        "Apart from the leading judgement: boris (-40.00). A hello is a hello.",
        "hello anna 1, boris 0",
        "1 of 3 agents have the 5 evaluations that the rules want of the month.",
        "(nobody's yet)",
    ):
        assert words in text, words


@pytest.mark.parametrize("language", Language)
def test_the_page_is_whole_in_itself_and_escapes_what_people_wrote(busy: Bulletin, language: Language) -> None:
    page = page_of_paper(paper(busy, language))
    assert "Centre &lt;b&gt;" in page
    assert "src=" not in page
    assert "href=" not in page
    assert "<script" not in page
    ElementTree.fromstring(page)


def test_every_evaluation_opens_at_the_api_where_its_address_is_known(busy: Bulletin) -> None:
    url, told = "https://calls.example.org", paper(busy, Language.ENGLISH)
    named = [one for part in (busy.fatal, busy.late, busy.appeals, busy.decisions) for one in part]
    assert named
    page, text = page_of_paper(told, url), text_of_paper(told, url)
    plain = text_of_paper(told)
    for one in named:
        assert one.opens == f"/api/quality/evaluations/{one.evaluation}"
        assert f'<a href="{url}{one.opens}">{one.evaluation}</a>' in page
        assert f"{url}{one.opens}" in text
        assert one.evaluation in plain
        assert one.opens not in plain
    ElementTree.fromstring(page)


def test_a_bulletin_of_a_team_says_so(busy: Bulletin) -> None:
    made = paper(busy.model_copy(update={"scope": "team:north"}), Language.ENGLISH)
    assert (made.title, made.subject) == ("Quality bulletin: team north", "north")
