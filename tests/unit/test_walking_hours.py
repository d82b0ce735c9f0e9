"""The hours node: which way each state of a calendar leads, and what is heard of an emergency."""

from pathlib import Path

import pytest

from ivr.flow.check import Names, load_flow
from ivr.flow.steps import (
    Announced,
    CalendarIs,
    Digit,
    Entered,
    Finished,
    Hangup,
    LookAtCalendar,
    Play,
    Prompt,
    Step,
    Took,
)
from ivr.walker import UnexpectedInput, Walker

pytestmark = pytest.mark.unit

NAMES = Names(queues=("sales",), skills=(), languages=("en",), calendars=("office",))
END = "{{kind: hangup, reason: {0}, text: {{en: '{0}.'}}}}"

SPOKEN = CalendarIs("emergency", (Announced("closure-1", "en"),), recorded=True)
STANDING = CalendarIs("emergency", (Prompt("An emergency.", "en"),))


def walk(tmp_path: Path, ways: str) -> Walker:
    """A caller at the node, with an end for each way that it names."""
    names = ["open", "closed", *ways.split()]
    node = ", ".join(f"{name}: to_{name}" for name in names)
    ends = "\n".join(f"  to_{name}: {END.format(name)}" for name in [*names, "agent"])
    file = tmp_path / "made.yaml"
    file.write_text(
        f"flow: made\nlanguages: [en]\nstart: hours\noperator: to_agent\nnodes:\n"
        f"  hours: {{kind: hours, calendar: office, {node}}}\n{ends}\n"
    )
    walker = Walker({"made": load_flow(file, NAMES)}, "made")
    assert walker.start() == LookAtCalendar("office")
    return walker


def said(step: Step) -> str:
    assert isinstance(step, Play)
    [piece] = step.pieces
    assert isinstance(piece, Prompt)
    return piece.text


@pytest.mark.parametrize(
    ("ways", "state", "heard"),
    [
        ("", "open", "open."),
        ("", "closed", "closed."),
        ("", "holiday", "closed."),
        ("holiday", "holiday", "holiday."),
        ("holiday", "closed", "closed."),
    ],
)
def test_each_state_leads_its_way_and_a_holiday_without_one_is_closed(
    tmp_path: Path, ways: str, state: str, heard: str
) -> None:
    walker = walk(tmp_path, ways)
    assert said(walker.feed(CalendarIs(state, holiday="National Day"))) == heard
    assert walker.trail[1] == Took("hours", state, "National Day")


def test_without_a_way_for_emergencies_the_caller_hears_of_it_and_goes_on_as_closed(tmp_path: Path) -> None:
    for given in (SPOKEN, STANDING):
        walker = walk(tmp_path, "")
        assert walker.feed(given) == Play(given.announcement, "0")
        assert said(walker.feed(Finished())) == "closed."
        assert walker.feed(Finished()) == Hangup("closed")


def test_with_a_way_of_its_own_he_hears_first_what_was_recorded_and_nothing_otherwise(tmp_path: Path) -> None:
    walker = walk(tmp_path, "emergency")
    assert walker.feed(SPOKEN) == Play(SPOKEN.announcement, "0")
    assert said(walker.feed(Finished())) == "emergency."
    assert said(walk(tmp_path, "emergency").feed(STANDING)) == "emergency."


def test_zero_leads_to_an_agent_during_the_announcement_too(tmp_path: Path) -> None:
    walker = walk(tmp_path, "")
    walker.feed(SPOKEN)
    assert said(walker.feed(Digit("0"))) == "agent."
    assert [mark.node for mark in walker.trail if isinstance(mark, Entered)] == ["hours", "to_agent"]


def test_what_cannot_have_come_of_it_is_a_fault_of_ours(tmp_path: Path) -> None:
    with pytest.raises(UnexpectedInput):
        walk(tmp_path, "").feed(Finished())
