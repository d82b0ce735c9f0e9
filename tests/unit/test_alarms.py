"""Alarms are raised once and cleared once, are remembered through a restart, and each says what to do."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.facts import AlarmCleared, AlarmRaised, Fact
from cti.alarms.advice import ADVICE, OTHER, PARTS
from cti.alarms.standing import Alarm, Alarms, Place
from recording.holding import Holding
from tests.ledgers import line_of

pytestmark = pytest.mark.unit

PLACES: list[Place] = [("database-away", "database"), ("agent-not-ready-too-long", "agent:1001"), ("a", "b")]
LOOKS = st.lists(st.dictionaries(st.sampled_from(PLACES), st.sampled_from(("one", "two"))), max_size=20)
PAGE = Path(__file__).parents[2] / "docs" / "alarms.md"


def test_what_is_found_wrong_is_told_once_and_once_more_when_it_is_well() -> None:
    told: list[Fact] = []
    alarms = Alarms(told.append)
    alarms.found({("database-away", "database"): "does not answer"}, 1)
    alarms.found({("database-away", "database"): "refuses us"}, 2)
    assert [*alarms] == [Alarm("database-away", "database", "refuses us", 1)]
    alarms.found({}, 3)
    assert [*alarms] == []
    assert told == [
        AlarmRaised(at_ms=1, alarm="database-away", where="database", what="does not answer"),
        AlarmCleared(at_ms=3, alarm="database-away", where="database", since_ms=1),
    ]


@given(LOOKS)
def test_after_a_restart_the_same_alarms_stand_since_when_they_did(looks: list[dict[Place, str]]) -> None:
    told: list[Fact] = []
    alarms = Alarms(told.append)
    for number, wrong in enumerate(looks):
        alarms.found(wrong, number)
        assert {(one.alarm, one.where) for one in alarms} == wrong.keys()
    lines = [line_of(fact) for fact in told]
    for known in (lines, Holding(lines).lines):
        again: list[Fact] = []
        back = Alarms(again.append)
        back.restore([b'{"fact":"AlarmRaised"\n', *known])
        assert {(one.alarm, one.where, one.since_ms) for one in back} == {
            (one.alarm, one.where, one.since_ms) for one in alarms
        }
        back.found(looks[-1] if looks else {}, 100)
        assert again == []  # what still is wrong is not told again


def test_there_is_advice_for_every_alarm() -> None:
    assert {*PARTS.values(), OTHER} <= ADVICE.keys()


def test_the_page_has_every_alarm_in_the_same_words() -> None:
    page = " ".join(PAGE.read_text("utf-8").split())
    for alarm, words in ADVICE.items():
        assert f"| `{alarm}` | {words} |" in page, alarm
