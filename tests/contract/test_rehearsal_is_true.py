"""A rehearsal cannot lie: whatever the flow and whatever the caller does, the nodes he comes to and the words he hears
are those of a call that the reception serves over AGI, whose caller does the same.

The caller of the call is written anew here: he knows nothing of steps, only what Asterisk plays and waits for.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acd.facts import CallEnded, NodeEntered
from acd.queues import QueueSettings
from cti.centre import load_centre
from ivr.caller import about
from ivr.desk import Desk
from ivr.flow.handing import TransferNode
from ivr.flow.model import Flow
from ivr.flow.steps import CalendarIs, Piece, Prompt, Recorded
from ivr.published import Entrance, Published
from ivr.reception import Reception
from ivr.rehearsal.events import Came, Ended, Event, Heard
from ivr.rehearsal.hand import Act
from ivr.rehearsal.queueing import Queues
from ivr.rehearsal.rehearse import rehearse
from ivr.rehearsal.request import Given
from ivr.rehearsal.world import MadeUp
from ivr.walker import Walker
from tests.contract.fake_agi import FakeAsterisk, calling, serving
from tests.contract.reception_floor import AGENT, CALL, Floor
from tests.flow_examples import FLOWS, examples, load, start_of
from tests.random_flows import flows

pytestmark = pytest.mark.contract

HOUSE = Path(__file__).parents[2]
QUEUES = [QueueSettings(name=name) for name in ("sales", "support", "night")]
CALLER, NAME, TODAY = "13800138000", "Li", date(2026, 11, 22)
Story = tuple[Mapping[str, Flow], str]
Course = tuple[list[str], list[str], str]
"""The nodes a caller comes to, the words he hears, and how his call ends."""


def stories() -> list[Story]:
    """Every flow that we ship, and every good example."""
    centres = [load_centre(folder) for folder in (HOUSE / "dialplans", HOUSE / "tests/fixtures/rehearsal")]
    told = [(centre.flows, name) for centre in centres for name in {way.flow: 0 for way in centre.numbers.values()}]
    return told + [(load(example), start_of(example)) for example in [FLOWS / "walk.yaml", *examples("good")]]


STORIES = stories()
ACTS = st.lists(
    st.one_of(st.builds(Act, st.text("0123456789*#", min_size=1, max_size=8), st.booleans()), st.just(Act())),
    max_size=6,
)


class Sounds:
    """An utterance's sound is named by its words."""

    async def sound(self, pieces: Sequence[Piece]) -> str:
        return words(pieces)


class Careful:
    """A recording that can be paused."""

    async def pause(self, channel: str) -> bool:
        return True

    async def resume(self, channel: str) -> bool:
        return True


def words(pieces: Sequence[Piece]) -> str:
    return " | ".join(piece.file if isinstance(piece, Recorded) else _text(piece) for piece in pieces)


def _text(piece: Piece) -> str:
    return getattr(piece, "text", "") or str(piece)


class Person:
    """The caller at his phone: hears what is played, and does one act after another."""

    def __init__(self, acts: Sequence[Act]) -> None:
        self.heard: list[str] = []
        self._acts = [list(act.keys) for act in acts]
        self._hurried = [act.at_once for act in acts]
        self._pressing = False
        """Some keys of the first act are pressed, others are not yet."""
        self._just_pressed = False
        """The last thing that happened was a key of his that was heard."""

    def plays(self, command: list[str]) -> str:
        """STREAM FILE: he hears it, unless he presses a key that ends it."""
        self._just_pressed = False
        self.heard.append(command[2])
        while self._acts and self._acts[0] and (self._pressing or self._hurried[0]):
            if (key := self._press()) in "".join(command[3:4]):
                self._just_pressed = True
                return f"200 result={ord(key)} endpos=800"
        return "200 result=0 endpos=8000"

    def waits(self, _: list[str]) -> str:
        """WAIT FOR DIGIT: he presses the next key, if he wants to press one now."""
        done = self._just_pressed and not self._pressing
        self._just_pressed = False
        if done or not self._acts:
            return "200 result=0"
        if not self._acts[0]:
            self._next_act()
            return "200 result=0"
        self._just_pressed = True
        return f"200 result={ord(self._press())}"

    def _press(self) -> str:
        key = self._acts[0].pop(0)
        self._pressing = bool(self._acts[0])
        if not self._acts[0]:
            self._next_act()
        return key

    def _next_act(self) -> None:
        self._acts.pop(0)
        self._hurried.pop(0)


async def called(story: Story, acts: Sequence[Act]) -> Course:
    """What becomes of the call over AGI."""
    tree, start = story
    floor = Floor(*QUEUES)
    with floor.distributor.command() as (router, _):
        router.roster.define(AGENT, AGENT, {"sales": 10, "support": 10}, {"team": "night", "language": "en"})

    def entrance(_: str) -> Entrance:
        return Entrance(tree, start, 1)

    async def no_flows(_: int) -> None:
        return None

    def open_now(_: str, __: str) -> CalendarIs:
        return CalendarIs("open")

    desk = Desk(
        distributor=floor.distributor,
        sound_of=lambda prompt: words([prompt]),
        sounds=Sounds(),
        calendar=open_now,
        recording=Careful(),
        today=lambda: TODAY,
    )
    person = Person(acts)
    reception = Reception(desk, Published(entrance, no_flows))
    arguments = (CALL, "4000", "", "", "")
    async with (
        asyncio.timeout(20),
        serving(reception) as server,
        calling(server.port, "call", arguments, callerid=CALLER, calleridname=NAME) as asterisk,
    ):
        await asterisk.serve(
            {"STREAM FILE": person.plays, "WAIT FOR DIGIT": person.waits, "EXEC Dial": _answers(asterisk)}
        )
    floor.distributor.close()
    nodes = [f"{fact.flow}/{fact.node}" for fact in floor.named(NodeEntered)]
    (ended,) = floor.named(CallEnded)
    return nodes, person.heard, ended.reason


def _answers(asterisk: FakeAsterisk) -> Callable[[list[str]], str]:
    def answer(_: list[str]) -> str:
        asterisk.variables |= {"DIALSTATUS": "ANSWER", "HANGUPCAUSE": "16"}
        return "200 result=0"

    return answer


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


def in_a_call(story: Story, acts: Sequence[Act]) -> Course:
    return asyncio.run(called(story, acts))


@pytest.mark.parametrize("story", STORIES, ids=[start for _, start in STORIES])
@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(acts=ACTS)
def test_a_flow_of_ours_is_rehearsed_as_it_is_walked(story: Story, acts: list[Act]) -> None:
    assert rehearsed(story, acts) == in_a_call(story, acts)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(flow=flows(), acts=ACTS)
def test_any_flow_is_rehearsed_as_it_is_walked(flow: Flow, acts: list[Act]) -> None:
    story = ({flow.flow: flow}, flow.flow)
    assert rehearsed(story, acts) == in_a_call(story, acts)
