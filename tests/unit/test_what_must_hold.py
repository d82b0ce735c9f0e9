"""What must hold of every flow that is checked, whatever a caller does: an endless silence ends the call in good order,
any number of keys is borne, and nobody is dropped without a spoken reason. Walked by the walker of real calls.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.centre import load_centre
from ivr.flow.model import Flow
from ivr.flow.parts import KEYS
from ivr.flow.position import Position, Standing
from ivr.flow.steps import Ask, Digit, Finished, Hangup, Play, Step, Timeout
from ivr.rehearsal.events import Ended, Event, Heard, LeftQueue, MessageTaken, Pressed, Transferred
from ivr.rehearsal.hand import Act
from ivr.rehearsal.rehearse import rehearse
from ivr.walker import Walker
from tests.any_world import AnyWorld, BadWorld
from tests.flow_examples import FLOWS, examples, load, start_of

pytestmark = pytest.mark.unit

HOUSE = Path(__file__).parents[2]
CENTRES = (HOUSE / "dialplans", HOUSE / "tests/fixtures/rehearsal")
ABOUT = {"caller.number": "13800138000", "caller.name": "Li", "call.dialled": "4000"}
MOST_STEPS = 200
"""A silent caller takes fewer; so does one who presses 40 keys."""

Story = tuple[Mapping[str, Flow], str]
"""Flows, and the one in which a call begins."""


def stories() -> list[Story]:
    """Every flow that we ship, and every good example, each with those it goes through."""
    told: list[Story] = []
    for folder in CENTRES:
        centre = load_centre(folder)
        told += [(centre.flows, name) for name in dict.fromkeys(number.flow for number in centre.numbers.values())]
    return told + [(load(example), start_of(example)) for example in [FLOWS / "walk.yaml", *examples("good")]]


STORIES = stories()
NODES = [(flows, flow.flow, node) for flows, _ in STORIES for flow in flows.values() for node in flow.nodes]


def silent(walker: Walker, step: Step) -> Step:
    """What he comes to who does nothing, where nothing goes well."""
    world = BadWorld()
    for _ in range(MOST_STEPS):
        match step:
            case Hangup():
                return step
            case Play():
                step = walker.feed(Finished())
            case Ask():
                step = walker.feed(Timeout())
            case _:
                _, given_ = world.meet(step, walker)
                step = walker.feed(given_)
    raise AssertionError(f"still at {walker.flow}/{walker.node}")


@pytest.mark.parametrize(("flows", "flow", "node"), NODES, ids=lambda part: part if isinstance(part, str) else "")
def test_an_endless_silence_at_any_node_ends_the_call_in_good_order(
    flows: Mapping[str, Flow], flow: str, node: str
) -> None:
    for language in flows[flow].languages:
        walker = Walker(flows, flow, ABOUT)
        step = walker.start(Position(language, (Standing(flow, node, {}, ()),), ABOUT))
        assert isinstance(silent(walker, step), Hangup)


@pytest.mark.parametrize(("flows", "start"), STORIES, ids=[start for _, start in STORIES])
@settings(deadline=None, max_examples=5)
@given(data=st.data(), keys=st.text(KEYS, min_size=40, max_size=40))
def test_40_keys_in_a_second_are_borne_and_silence_after_them_ends_the_call(
    flows: Mapping[str, Flow], start: str, data: st.DataObject, keys: str
) -> None:
    walker, world = Walker(flows, start, ABOUT), AnyWorld(data)
    step, pressed = walker.start(), iter(keys)
    for _ in range(MOST_STEPS):
        match step:
            case Hangup():
                return
            case Play(escape_digits=escapes):
                key = next((one for one in pressed if one in escapes), None)
                step = walker.feed(Digit(key) if key else Finished())
            case Ask():
                key = next(pressed, None)
                step = walker.feed(Digit(key) if key else Timeout())
            case _:
                _, given_ = world.meet(step, walker)
                step = walker.feed(given_)
    raise AssertionError(f"still at {walker.flow}/{walker.node}")


ACTS = st.lists(
    st.one_of(
        st.builds(Act, st.text(KEYS, min_size=1, max_size=12), st.booleans()),
        st.just(Act()),
        st.builds(Act, st.sampled_from("0*#12"), st.booleans()),
    ),
    max_size=8,
)


@pytest.mark.parametrize(("flows", "start"), STORIES, ids=[start for _, start in STORIES])
@settings(deadline=None, max_examples=10)
@given(data=st.data(), acts=ACTS)
def test_nobody_is_dropped_without_a_spoken_reason(
    flows: Mapping[str, Flow], start: str, data: st.DataObject, acts: list[Act]
) -> None:
    walker = Walker(flows, start, ABOUT)
    path = rehearse(flows, walker, tuple(acts), AnyWorld(data))
    assert isinstance(path.events[-1], Ended)
    assert has_been_told(path.events)


def has_been_told(events: tuple[Event, ...]) -> bool:
    """Something was said to him after his last key, and to its end; or he has had his say with somebody."""
    for event in reversed(events):
        match event:
            case Heard(cut_short=False, pieces=pieces) if pieces:
                return True
            case LeftQueue(outcome="answered") | Transferred(outcome="answered") | MessageTaken(left=True):
                return True
            case Pressed():
                return False
            case _:
                pass
    return False
