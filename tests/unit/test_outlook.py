"""A forecast with its staff, from the figures of the past to what is shown."""

import csv
import io
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from recording.figures.scope import CENTRE, Scope, ScopeKind
from recording.forecasting.backtest import backtest
from recording.forecasting.outlook import outlook
from recording.forecasting.plan import Habits, patience
from recording.forecasting.sample import ZONE, sample
from recording.forecasting.showing import DAY_HEADER, HALF_HOUR_HEADER, as_csv, day_rows, half_hour_rows, head
from recording.forecasting.source import NothingHandled, Past, past
from recording.forecasting.staffing import Target
from recording.forecasting.values import Outlook
from tests.sample_figures import SampleFigures

pytestmark = pytest.mark.unit

HABITS = Habits(handle_s=300, patience_s=90)


def made(**options: object) -> Outlook:
    history, special = sample()
    known = history.without(special.keys())
    days = [history.last + timedelta(days=number) for number in (1, 2)]
    options = {"habits": HABITS, "target": Target(), **options}
    return outlook("queue:support", known, ZONE, days, **options)  # type: ignore[arg-type]


def test_each_half_hour_has_the_agents_that_meet_the_target_and_each_day_their_hours() -> None:
    plain = made()
    assert len(plain.half_hours) == 96
    assert all(half.service_level >= 0.8 for half in plain.half_hours)
    for number, day in enumerate(plain.days):
        mine = plain.half_hours[number * 48 : (number + 1) * 48]
        assert day.agents == max(half.scheduled for half in mine)
        assert day.agent_hours == sum(half.scheduled for half in mine) / 2


def test_shrinkage_caution_and_a_harder_target_need_more_agents() -> None:
    plain = made().days[0].agent_hours
    assert made(target=Target(shrinkage=0.3)).days[0].agent_hours > 1.3 * plain
    assert made(cautious=True).days[0].agent_hours > 1.1 * plain
    assert made(target=Target(share=0.95, within_s=10)).days[0].agent_hours > plain
    assert made(habits=Habits(handle_s=300)).days[0].agent_hours > plain  # nobody leaves: they must all be served


async def test_history_and_habits_are_read_off_the_figures() -> None:
    found = await past(
        SampleFigures(), Scope(ScopeKind.QUEUE, "support"), ZoneInfo("Asia/Shanghai"), date(2026, 11, 21)
    )
    assert found.history.last == date(2026, 11, 21)
    assert len(found.history.days) == 26 * 7
    assert found.handle_s is not None
    assert found.habits(CENTRE).handle_s == found.handle_s
    assert found.habits(CENTRE, handle_s=60).handle_s == 60


def test_without_a_call_that_was_handled_somebody_must_say_how_long_one_takes() -> None:
    history, _ = sample()
    nothing = Past(history=history, handle_s=None, patience_s=None)
    with pytest.raises(NothingHandled, match="centre: no call was handled in 28 days; expected a handle time"):
        nothing.habits(CENTRE)
    assert nothing.habits(CENTRE, handle_s=100) == Habits(handle_s=100, patience_s=None)


def test_patience_is_the_wait_of_all_for_each_who_left() -> None:
    assert patience(waited_s=1200, abandoned=10) == 120
    assert patience(waited_s=1200, abandoned=0) is None


def test_it_is_shown_as_tables_and_as_numbers() -> None:
    history, special = sample()
    tested = backtest(history.without(special.keys()), ZONE, weeks=1)
    shown = made(tested=tested)
    lines = list(head(shown))
    assert lines[0].startswith("queue:support: from 390 days up to 2026-10-25; 80% of half hours and days")
    assert "callers wait 90 s before they leave; 80% are to be answered within 20 s" in lines[1]
    assert lines[2].startswith("In the last 1 weeks it would have been off by ")
    assert all(len(row) == len(DAY_HEADER) for row in day_rows(shown))
    assert all(len(row) == len(HALF_HOUR_HEADER) for row in half_hour_rows(shown))
    rows = list(csv.DictReader(io.StringIO(as_csv(shown))))
    assert [float(row["calls"]) for row in rows] == [half.calls for half in shown.half_hours]
    assert rows[0]["start"] == "2026-10-26T00:00:00+08:00"
    assert Outlook.model_validate_json(shown.model_dump_json()) == shown
