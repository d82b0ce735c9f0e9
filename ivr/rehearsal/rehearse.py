"""Leads the walker of real calls through a call that nobody makes: the caller's keys come from a list, everything else
from a made-up world. Pure, and without a decision of its own: where the call goes, the walker says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

from ivr.flow.asking import CollectNode
from ivr.flow.expressions import Value
from ivr.flow.model import Flow
from ivr.flow.parts import BACK_KEY, OPERATOR_KEY
from ivr.flow.steps import (
    Answered,
    Ask,
    Digit,
    Entered,
    Finished,
    Hangup,
    Input,
    Kept,
    LookUp,
    Mark,
    MessageTaken,
    Piece,
    Play,
    Step,
    Surveyed,
    TakeMessage,
    Timeout,
    Took,
)
from ivr.rehearsal.events import Came, Chosen, Decided, Ended, Event, Heard, Lost, Marked, Pressed, Silent
from ivr.rehearsal.events import Kept as KeptEvent
from ivr.rehearsal.hand import Act, Hand
from ivr.walker import Walker

MOST_STEPS = 5_000
"""More than any caller takes who does what fits in a command line; a flow that is checked ends long before."""

HIDDEN = "•"
"""In the place of a key that nobody should see."""

CALLER, FLOW, NOBODY = "caller", "flow", "nobody"


class EndlessRehearsal(Exception):
    """The call does not come to its end: a flow that `ivr.flow.check` should have refused."""

    id: ClassVar[str] = "rehearsal-endless"


class World(Protocol):
    """What a rehearsed call meets besides words and keys."""

    def meet(self, step: Step, walker: Walker) -> tuple[tuple[Event, ...], Input | Ended]:
        """What becomes of a step that is neither Play nor Ask nor Hangup, apart from words said meanwhile."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the call stood when so many events had happened: the language spoken, and all that was known."""

    events: int
    language: str
    data: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Path:
    """A whole rehearsed call."""

    events: tuple[Event, ...]
    standings: tuple[Standing, ...]


def rehearse(
    flows: Mapping[str, Flow], walker: Walker, acts: tuple[Act, ...], world: World, *, to_the_end: bool = True
) -> Path:
    """All that happens. When everything in `acts` is done the caller is silent, or (not `to_the_end`) is followed no
    further than to the next question. Raises EndlessRehearsal."""
    rehearsal = _Rehearsal(flows, walker, Hand(acts), world, to_the_end)
    rehearsal.run()
    return Path(tuple(rehearsal.events), tuple(rehearsal.standings))


class _Rehearsal:
    def __init__(self, flows: Mapping[str, Flow], walker: Walker, hand: Hand, world: World, to_the_end: bool) -> None:
        self.events: list[Event] = []
        self.standings: list[Standing] = []
        self._flows = flows
        self._walker = walker
        self._hand = hand
        self._world = world
        self._to_the_end = to_the_end
        self._told = 0
        self._after_a_key = False

    def run(self) -> None:
        step = self._walker.start()
        for _ in range(MOST_STEPS):
            self._tell_trail()
            if isinstance(step, Hangup):
                self.events.append(Ended(step.reason, FLOW))
                return
            given = self._do(step)
            if isinstance(given, Ended):
                self.events.append(given)
                return
            during_words = isinstance(step, Play)
            step = self._walker.feed(given)
            self._after_a_key = isinstance(given, Digit)
            if during_words and self._after_a_key and self._is_secret:
                self._hide()
        raise EndlessRehearsal(f"at node {self._walker.node} the call is not over after {MOST_STEPS} steps")

    def _do(self, step: Step) -> Input | Ended:
        match step:
            case Play(pieces, escape_digits):
                return self._play(pieces, escape_digits)
            case Ask(pieces, _, _):
                return self._ask(pieces)
            case LookUp(meanwhile=pieces, keys=keys) if pieces:
                given = self._play(pieces, keys)
                return given if isinstance(given, Digit) else self._meet(step)
            case TakeMessage() if (key := self._hand.early_key()) and key in _keys_before(step):
                self.events += [Heard(step.greeting, cut_short=True)] if step.greeting else []
                self._press(key)
                return MessageTaken(left=False, operator=key == OPERATOR_KEY, back=key == BACK_KEY)
            case _:
                return self._meet(step)

    def _meet(self, step: Step) -> Input | Ended:
        events, given = self._world.meet(step, self._walker)
        self.events += events
        return given

    def _play(self, pieces: tuple[Piece, ...], escape_digits: str) -> Input:
        at = len(self.events)
        while key := self._hand.early_key():
            if key in escape_digits:
                self.events.insert(at, Heard(pieces, cut_short=True))
                return self._press(key)
            self._lose(key)
        self.events.insert(at, Heard(pieces))
        return Finished()

    def _ask(self, pieces: tuple[Piece, ...]) -> Input | Ended:
        early = bool(self._hand.early_key())
        if pieces:
            self.events.append(Heard(pieces, cut_short=early))
        elif self._after_a_key and not self._hand.under_way:
            return self._wait(Silent(None, ended_input=True))
        act = self._hand.next
        if act is None:
            return self._wait(Silent(None)) if self._to_the_end else Ended("", NOBODY)
        if act.keys:
            return self._press(self._hand.key())
        number = self._hand.done()
        return Ended("hung_up", CALLER, number) if act.hangs_up else self._wait(Silent(number))

    def _wait(self, silent: Silent) -> Input:
        self.events.append(silent)
        return Timeout()

    def _press(self, key: str) -> Input:
        number, shown = self._hand.done(), HIDDEN if self._is_secret else key
        match self.events[-1:]:
            case [Pressed(keys, act)] if act == number:
                self.events[-1] = Pressed(keys + shown, act)
            case _:
                self.events.append(Pressed(shown, number))
        return Digit(key)

    def _lose(self, key: str) -> None:
        number = self._hand.done()
        match self.events[-1:]:
            case [Lost(keys, act)] if act == number:
                self.events[-1] = Lost(keys + key, act)
            case _:
                self.events.append(Lost(key, number))

    @property
    def _is_secret(self) -> bool:
        node = self._flows[self._walker.flow].nodes[self._walker.node]
        return isinstance(node, CollectNode) and node.secret

    def _hide(self) -> None:
        """The key that ended the words before a secret was the secret's first."""
        at = max(at for at, event in enumerate(self.events) if isinstance(event, Pressed))
        pressed = self.events[at]
        assert isinstance(pressed, Pressed)
        self.events[at] = replace(pressed, keys=HIDDEN * len(pressed.keys))

    def _tell_trail(self) -> None:
        trail = self._walker.trail
        self.events += [event for mark in trail[self._told :] if (event := _event(mark)) is not None]
        self._told = len(trail)
        self.standings.append(Standing(len(self.events), self._walker.language, self._walker.data))


def _keys_before(step: TakeMessage) -> str:
    """The keys that lead a caller away who has not begun to speak."""
    return (OPERATOR_KEY if step.operator else "") + (BACK_KEY if step.back else "")


def _event(mark: Mark) -> Event | None:
    match mark:
        case Entered(node, kind, flow):
            return Came(flow, node, kind)
        case Answered(node, choice):
            return Chosen(node, choice)
        case Took(node, way, why, data):
            return Decided(node, way, why, data)
        case Kept(_, data):
            return KeptEvent(data)
        case Surveyed(_, survey, _, _, score):
            return None if score is None else Marked(survey, score)
