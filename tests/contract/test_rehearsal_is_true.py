"""A rehearsal cannot lie: whatever the flow and whatever the caller does, the nodes he comes to and the words he hears
are those of a call that the reception serves over AGI, whose caller does the same.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acd.facts import CallEnded, NodeEntered
from ivr.caller import about
from ivr.flow.handing import TransferNode
from ivr.flow.model import Flow
from ivr.flow.steps import CalendarIs, Prompt
from ivr.rehearsal.events import Came, Ended, Event, Heard
from ivr.rehearsal.hand import Act
from ivr.rehearsal.queueing import Queues
from ivr.rehearsal.rehearse import rehearse
from ivr.rehearsal.request import Given
from ivr.rehearsal.world import MadeUp
from ivr.walker import Walker
from tests.contract.whole_calls import CALLER, NAME, NAMES, QUEUES, STORIES, TODAY, Story, call, words
from tests.random_flows import flows

pytestmark = pytest.mark.contract

ACTS = st.lists(
    st.one_of(st.builds(Act, st.text("0123456789*#", min_size=1, max_size=8), st.booleans()), st.just(Act())),
    max_size=6,
)

Course = tuple[list[str], list[str], str]
"""The nodes a caller comes to, the words he hears, and how his call ends."""


def called(story: Story, acts: Sequence[Act]) -> Course:
    """What becomes of the call over AGI."""
    made = asyncio.run(call(story, acts))
    nodes = [f"{fact.flow}/{fact.node}" for fact in made.floor.named(NodeEntered)]
    (ended,) = made.floor.named(CallEnded)
    return nodes, made.heard, ended.reason


def rehearsed(story: Story, acts: Sequence[Act]) -> Course:
    """What becomes of it in a rehearsal."""
    tree, start = story
    world = MadeUp(
        given=_given(tree),
        queues=Queues({one.name: one for one in QUEUES}, lambda _: True, lambda _, language: Prompt("", language), []),
        calendar=lambda _, __: CalendarIs("open"),
    )
    events = rehearse(tree, Walker(tree, start, about(CALLER, NAME, "4000", TODAY)), tuple(acts), world).events
    nodes = [f"{event.flow}/{event.node}" for event in events if isinstance(event, Came)]
    (ended,) = [event for event in events if isinstance(event, Ended)]
    return nodes, list(_heard(events)), ended.reason


def _given(tree: Mapping[str, Flow]) -> Given:
    """A house that takes no messages and calls nobody: nor does the desk of the call."""
    nodes = {name: node for flow in tree.values() for name, node in flow.nodes.items()}
    transfers = {name: "failed" for name, node in nodes.items() if isinstance(node, TransferNode)}
    nobody = {"messages": "none", "callbacks": "refused", "transfers": transfers}
    return Given.model_validate({"dial": "4000", "caller": CALLER, **nobody})


def _heard(events: Sequence[Event]) -> Iterator[str]:
    """Words for a message are not spoken where there is nothing to take it."""
    kind = ""
    for event in events:
        match event:
            case Came(kind=kind):
                pass
            case Heard(pieces) if kind != "voicemail":
                yield words(pieces)


@pytest.mark.parametrize("story", STORIES, ids=NAMES)
@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(acts=ACTS)
def test_a_flow_of_ours_is_rehearsed_as_it_is_walked(story: Story, acts: list[Act]) -> None:
    assert rehearsed(story, acts) == called(story, acts)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(flow=flows(), acts=ACTS)
def test_any_flow_is_rehearsed_as_it_is_walked(flow: Flow, acts: list[Act]) -> None:
    story = ({flow.flow: flow}, flow.flow)
    assert rehearsed(story, acts) == called(story, acts)
