"""docs/agent-states.md agrees with the code it explains."""

import re

import pytest

from acd.agents import TRANSITIONS, AgentEvent
from acd.offers import UNREACHABLE_FOR_MS
from acd.states import AgentState, NotReadyReason
from tests.agent_states import PAGE, diagram, redrawn

pytestmark = pytest.mark.unit


def test_the_diagram_on_the_page_is_the_table_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == redrawn(page), "redraw it with: python -m tests.agent_states"


def test_the_diagram_has_a_line_for_each_row() -> None:
    assert len(re.findall(r"^    \w+ --> \w+: \w+$", diagram(), re.MULTILINE)) == len(TRANSITIONS)


def test_the_page_names_every_state_event_and_reason_and_the_true_pause() -> None:
    page = PAGE.read_text(encoding="utf-8")
    words = set(re.findall(r"\w+", page))
    assert {*AgentState, *AgentEvent, *NotReadyReason} <= words
    assert f"{UNREACHABLE_FOR_MS // 1000} s" in page


def test_a_page_without_a_diagram_is_refused() -> None:
    with pytest.raises(ValueError, match="the page has no diagram"):
        redrawn("# An agent's states\n")
