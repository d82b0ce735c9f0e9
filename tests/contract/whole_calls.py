"""Whole calls over AGI, each with a person at the phone who does one act after another: he knows nothing of a flow's
steps, only what Asterisk plays and waits for. The house answers, takes no messages, and calls nobody.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from acd.queues import QueueSettings
from acd.recording_facts import UNSEEN, Written
from cti.centre import load_centre
from ivr.desk import Desk
from ivr.flow.model import Flow
from ivr.flow.steps import CalendarIs, Piece, Recorded
from ivr.published import Entrance, Published
from ivr.reception import Reception
from ivr.rehearsal.hand import Act
from tests.contract.fake_agi import FakeAsterisk, environment, serving
from tests.contract.reception_floor import AGENT, CALL, Floor
from tests.flow_examples import FLOWS, examples, load, start_of

HOUSE = Path(__file__).parents[2]
CENTRES = (HOUSE / "dialplans", HOUSE / "tests/fixtures/rehearsal")
QUEUES = [QueueSettings(name=name) for name in ("sales", "support", "night")]
CALLER, NAME, TODAY = "13800138000", "Li", date(2026, 11, 22)

Story = tuple[Mapping[str, Flow], str]
"""Flows, and the one in which a call begins."""


def stories() -> list[Story]:
    """Every flow that we ship, and every good example."""
    told: list[Story] = []
    for centre in map(load_centre, CENTRES):
        told += [(centre.flows, name) for name in dict.fromkeys(way.flow for way in centre.numbers.values())]
    return told + [(load(example), start_of(example)) for example in [FLOWS / "walk.yaml", *examples("good")]]


STORIES = stories()
NAMES = [start for _, start in STORIES]


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

    def written(self, linkedid: str) -> Written:
        return UNSEEN


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


@dataclass(frozen=True, slots=True)
class Call:
    """What became of a call: the floor with its facts, what was heard, and how many commands Asterisk was given."""

    floor: Floor
    heard: list[str]
    commands: int


class Line(FakeAsterisk):
    """The person's channel. He hangs up during the command of this number, counted from 1; 0: he does not."""

    hangs_up_at = 0

    async def command(self) -> list[str]:
        words = await super().command()
        if words and self._now and not " ".join(words).startswith(LONG):
            self.hang_up()
        return words

    def answering(self, answer: Callable[[list[str]], str]) -> Callable[[list[str]], str]:
        """The same answer to a command that takes a while, if he does not hang up meanwhile."""

        def answers(words: list[str]) -> str:
            if not self._now:
                return answer(words)
            self.hang_up()
            return "200 result=-1 endpos=80"

        return answers

    @property
    def _now(self) -> bool:
        return len(self.commands) == self.hangs_up_at


LONG = ("STREAM FILE", "WAIT FOR DIGIT", "EXEC Dial")


async def call(story: Story, acts: Sequence[Act], hangs_up_at: int = 0) -> Call:
    """Carry it out; perhaps he hangs up during the command of that number, counted from 1."""
    flows, start = story
    floor, person = Floor(*QUEUES), Person(acts)
    with floor.distributor.command() as (router, _):
        router.roster.define(AGENT, AGENT, {"sales": 10, "support": 10}, {"team": "night", "language": "en"})
    desk = Desk(
        distributor=floor.distributor,
        sound_of=lambda prompt: words([prompt]),
        sounds=Sounds(),
        calendar=lambda _, __: CalendarIs("open"),
        recording=Careful(),
        today=lambda: TODAY,
    )

    async def no_flows(_: int) -> None:
        return None

    published = Published(lambda _: Entrance(flows, start, 1), no_flows)
    async with asyncio.timeout(60), serving(Reception(desk, published)) as server:
        line = await Line.connect(server.port)
        line.hangs_up_at = hangs_up_at
        line.send(environment("call", (CALL, "4000", "", "", ""), callerid=CALLER, calleridname=NAME).encode())

        def agent_answers(_: list[str]) -> str:
            line.variables |= {"DIALSTATUS": "ANSWER", "HANGUPCAUSE": "16"}
            return "200 result=0"

        doing = zip(LONG, (person.plays, person.waits, agent_answers), strict=True)
        await line.serve({verb: line.answering(answer) for verb, answer in doing})
        await line.close()
    floor.distributor.close()
    return Call(floor, person.heard, len(line.commands))
