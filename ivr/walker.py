"""Walks one caller through the flows: takes what he does, answers with the next step. Pure: it never waits, plays or
calls; the telephone side does the steps (`ivr.flow.steps`) and feeds back what came of them.
"""

from collections.abc import Mapping

from ivr.flow.deciding import FlowNode
from ivr.flow.expressions import Value
from ivr.flow.graph import first_keys
from ivr.flow.model import Flow
from ivr.flow.position import Position, Standing
from ivr.flow.secrets import Keepable
from ivr.flow.steps import (
    Ask,
    Digit,
    FindCaller,
    Finished,
    Hangup,
    Input,
    LookAtCalendar,
    LookUp,
    PauseRecording,
    Piece,
    Play,
    Step,
    Trail,
)
from ivr.walking.core import Back, Frame, Go, Into, Move, Operator, Return, Unfit, Walk
from ivr.walking.kinds import stand_at

SILENT_MOVES = 1000
"""So many nodes in a row that ask nothing and say nothing are a round that `ivr.flow.check` should have found."""

ENDED = "ended"
"""The reason of a call whose flow has come to its end without a word about it."""


class UnexpectedInput(Exception):
    """The telephone side fed an input that its step cannot have led to: a fault of ours, never of the caller."""

    id = "walker-unexpected-input"


class EndlessWalk(Exception):
    """A flow goes round without a step for the caller. His call is the dialplan's then."""

    id = "walker-endless"


class Walker:
    """One caller's way through flows that have been checked (`ivr.flow.check`)."""

    def __init__(
        self,
        flows: Mapping[str, Flow],
        flow: str,
        about: Mapping[str, Value] | None = None,
        language: str | None = None,
    ) -> None:
        """He begins in `flow`; `about` is what is known of call and caller (ivr.walking.core.Walk)."""
        first = flows[flow]
        spoken = language if language in first.languages else first.language
        self._walk = Walk(flows, [Frame(first, first.start)], spoken, dict(about or {}))
        self._step: Step | None = None
        self._typed = ""
        self._unheard: tuple[Piece, ...] = ()  # words that a key has ended which nothing has taken yet
        self._ending: Hangup | None = None

    @property
    def node(self) -> str:
        """The name of the node the caller is at."""
        return self._walk.node

    @property
    def flow(self) -> str:
        """The name of the flow that has it."""
        return self._walk.flow.flow

    @property
    def kind(self) -> str:
        """That node's kind."""
        return self._walk.flow.nodes[self._walk.node].kind

    @property
    def language(self) -> str:
        """The language spoken from here on."""
        return self._walk.language

    @property
    def trail(self) -> Trail:
        """All nodes and answers so far; it only grows, so what is new since last time is its end."""
        return tuple(self._walk.trail)

    @property
    def data(self) -> Mapping[str, Value]:
        """Everything that is known here, by the names that expressions use."""
        return self._walk.data

    @property
    def position(self) -> Position:
        """Where he stands, for one who takes the call up again."""
        walk = self._walk
        standings = [Standing(one.flow.flow, one.node, dict(one.data), tuple(one.asked)) for one in walk.frames]
        return Position(walk.language, tuple(standings), dict(walk.about))

    def can_start(self, position: Position) -> bool:
        """Whether these flows have such a position."""
        flows = self._walk.flows
        return all(one.flow in flows and one.node in flows[one.flow].nodes for one in position.standings)

    def start(self, position: Position | None = None) -> Step:
        """The first step: at the flow's start, or at the node of `position` for a call taken up again. Raises KeyError
        if the flows have no such position."""
        walk = self._walk
        if position is None:
            return self._go(Go(walk.flow.start))
        walk.frames = [Frame(walk.flows[at.flow], at.node, dict(at.data), list(at.asked)) for at in position.standings]
        walk.language = position.language
        walk.about |= position.about
        return self._go(Go(walk.node))

    def feed(self, given: Input) -> Step:
        """The step after what came of the last one. Raises UnexpectedInput if it cannot have come of it."""
        stand = self._walk.frame.stand
        if stand is None or not _fits(self._step, given):
            raise self._unexpected(given)
        if self._ending is not None:
            self._step = self._ending
            return self._ending
        try:
            return self._go(stand.feed(self._walk, given))
        except Unfit:
            raise self._unexpected(given) from None

    def _unexpected(self, given: Input) -> UnexpectedInput:
        return UnexpectedInput(f"node {self.node}: {type(given).__name__} after {type(self._step).__name__}")

    def _go(self, move: Move) -> Step:
        """Follow the moves to the next step for the telephone side."""
        for _ in range(SILENT_MOVES):
            match move:
                case Go(name, typed):
                    if typed:
                        self._typed, self._unheard = typed, _words(self._step)
                    move = self._enter(name)
                case Back():
                    move = self._back()
                case Operator():
                    move = self._to_operator()
                case Into(flow, arguments):
                    inner = self._walk.flows[flow]
                    self._walk.frames.append(frame := Frame(inner, inner.start))
                    frame.keep(arguments)
                    move = Go(inner.start)
                case Return(values):
                    move = self._return(values)
                case step:
                    if (shorter := self._skip(step)) is None:
                        self._step = step
                        return step
                    move = shorter
        raise EndlessWalk(f"node {self.node}: {SILENT_MOVES} nodes without a step")

    def _enter(self, name: str) -> Move:
        walk = self._walk
        node = walk.flow.nodes[name]
        walk.enter(name, node)
        stand = walk.frame.stand = stand_at(node)
        return stand.begin(walk)

    def _skip(self, step: Step) -> Move | None:
        """What a key does that was pressed before the node which asks for it: words on the way are passed over."""
        if not (typed := self._typed):
            return None
        walk, stand = self._walk, self._walk.frame.stand
        assert stand is not None
        match step:
            case Play(pieces=pieces, escape_digits=keys) if keys:
                self._unheard += pieces
                return stand.feed(walk, Finished())
            case Hangup():  # nobody is hung up on for a key that came to nothing: he hears what it has cut short
                self._typed, self._ending = "", step
                return Play(self._unheard, "")
            case PauseRecording() | LookUp() | FindCaller() | LookAtCalendar():
                return None  # a secret of which it is the first digit, or what is asked for next is not decided yet
            case Ask() if typed in first_keys(walk.flow.nodes[walk.node]):
                self._typed = ""
                return stand.feed(walk, Digit(typed))
            case _:
                self._typed = ""
                return None

    def _back(self) -> Move:
        frames = self._walk.frames
        at = frames[-1]
        if at.asked and at.asked[-1] == at.node:
            at.asked.pop()
        while not frames[-1].asked and len(frames) > 1 and any(frame.asked for frame in frames):
            frames.pop()
        return Go(frames[-1].asked[-1] if frames[-1].asked else frames[-1].node)

    def _to_operator(self) -> Move:
        frames = self._walk.frames
        while (operator := frames[-1].flow.operator) is None:
            frames.pop()
        return Go(operator)

    def _return(self, values: Mapping[str, Keepable]) -> Move:
        frames = self._walk.frames
        if len(frames) == 1:
            return Hangup(ENDED)
        frames.pop()
        node = frames[-1].flow.nodes[frames[-1].node]
        assert isinstance(node, FlowNode)
        if node.into:
            self._walk.keep({here: values.get(there) for here, there in node.into.items()})
        return Go(node.next)


def _words(step: Step | None) -> tuple[Piece, ...]:
    return step.pieces if isinstance(step, Play) else ()


def _fits(step: Step | None, given: Input) -> bool:
    """Whether the step can have led to a key: others are judged by the stands."""
    match step, given:
        case (None, _) | (Hangup(), _):
            return False
        case Play(escape_digits=keys), Digit(digit):
            return digit in keys
        case Play(), _:
            return given == Finished()
        case Ask(), Finished():
            return False
        case _:
            return True
