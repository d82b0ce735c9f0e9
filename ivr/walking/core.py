"""What every kind of node is walked with: the caller's standing in the flows, and the moves a node can make. Pure.

Each kind of node has a small state machine of its own, a `Stand`, made anew whenever the caller comes to the node. It
answers an input with a step for the telephone side, or with a move that leads elsewhere.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

from ivr.flow.deciding import BranchNode, CallerNode, FlowNode, HoursNode, LookUpNode, ReturnNode, SetNode
from ivr.flow.expressions import Value, parse
from ivr.flow.graph import first_keys
from ivr.flow.handing import SayNode
from ivr.flow.model import Flow, Node
from ivr.flow.parts import BACK_KEY, KEYS, OPERATOR_KEY, Datum
from ivr.flow.secrets import Keepable, Secret, revealed, shown
from ivr.flow.steps import Answered, Entered, Input, Kept, Mark, Piece, Play, Step
from ivr.flow.templates import parse_template
from ivr.flow.utterance import utter
from ivr.flow.words import Sayings

Kind = TypeVar("Kind", bound=Any)


class Unfit(Exception):
    """An input that this node's last step cannot have led to."""


@dataclass(frozen=True, slots=True)
class Go:
    """To another node of this flow. `typed`: a key the caller has pressed already, for the next node that asks."""

    node: str
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """To the last node that asked him something, before this one."""


@dataclass(frozen=True, slots=True)
class Operator:
    """To an agent, wherever the flow has them."""


@dataclass(frozen=True, slots=True)
class Into:
    """Through another flow, with these arguments; it comes back to this node's `next`."""

    flow: str
    arguments: Mapping[str, Keepable]


@dataclass(frozen=True, slots=True)
class Return:
    """Out of this flow, with these values."""

    values: Mapping[str, Keepable]


Move = Step | Go | Back | Operator | Into | Return


class Stand(ABC, Generic[Kind]):
    """The caller at one node."""

    asks: ClassVar[bool] = False
    """Star leads back to such a node."""

    def __init__(self, node: Kind) -> None:
        self.node: Kind = node

    @abstractmethod
    def begin(self, walk: "Walk") -> Move:
        """He has come here."""

    def feed(self, walk: "Walk", given: Input) -> Move:
        """What came of the last step. Raises Unfit if it cannot have come of it."""
        raise Unfit(f"{walk.node}: {type(given).__name__}")


@dataclass(slots=True)
class Frame:
    """The caller in one flow: where, with which data, and the nodes that asked him something on the way."""

    flow: Flow
    node: str
    data: dict[str, Value] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    secrets: dict[str, Secret] = field(default_factory=dict)
    """Values that nothing writes down: they are not among the data, and no position has them."""
    stand: Stand[Any] | None = None

    def keep(self, values: Mapping[str, Keepable]) -> None:
        """Keep these values, each where it belongs."""
        for name, value in values.items():
            self.data.pop(name, None)
            self.secrets.pop(name, None)
            if isinstance(value, Secret):
                self.secrets[name] = value
            else:
                self.data[name] = value


@dataclass(slots=True)
class Walk:
    """One call's standing: the flows it is in, the innermost last. `about` is what is known of call and caller, under
    the names that expressions use (caller.number, call.dialled …); `language` is spoken from here on."""

    flows: Mapping[str, Flow]
    frames: list[Frame]
    language: str
    about: dict[str, Value]
    trail: list[Mark] = field(default_factory=list)
    spare: str = ""
    """The key that would have ended the input before this node: pressed first here, it means nothing."""

    @property
    def frame(self) -> Frame:
        """The innermost flow he is in."""
        return self.frames[-1]

    @property
    def flow(self) -> Flow:
        """That flow."""
        return self.frame.flow

    @property
    def node(self) -> str:
        """The name of the node he is at."""
        return self.frame.node

    @property
    def data(self) -> Mapping[str, Value]:
        """Everything an expression here can name."""
        return {**self.about, "call.language": self.language, **self.frame.data}

    @property
    def secrets(self) -> Mapping[str, Secret]:
        """What was keyed here that nobody may see, for the one who must send it on (ivr.flow.secrets.revealed)."""
        return self.frame.secrets

    def holds(self, expression: str) -> bool:
        """Whether the formula is true here."""
        return parse(expression).holds(revealed(self.data, self.secrets))

    def text(self, template: str) -> str:
        """The template filled in, as text."""
        return parse_template(template).text(self.data)

    def datum(self, written: Datum) -> Keepable:
        """The value of a datum as it is written; a template that is one slot keeps the slot's kind. What is made of a
        secret is one."""
        if not isinstance(written, str):
            return plain(written)
        template = parse_template(written)
        if template.names.isdisjoint(self.secrets):
            return template.value(self.data)
        return Secret(template.text(revealed(self.data, self.secrets)))

    def say(self, said: Sayings, *, every_language: bool = False) -> tuple[Piece, ...]:
        """The pieces of what is said here, in his language or in every one."""
        if not said:
            return ()
        languages = self.flow.languages if every_language else (self.language,)
        return tuple(piece for language in languages for piece in utter(said[language], language, self.data))

    def note(self, mark: Mark) -> None:
        """Write it into the trail."""
        self.trail.append(mark)

    def keep(self, values: Mapping[str, Keepable]) -> None:
        """Keep these values in the flow he is in, under their names."""
        self.frame.keep(values)
        self.note(Kept(self.node, shown(values)))

    def pressed(self, key: str) -> None:
        """Write a key into the trail."""
        self.note(Answered(self.node, key))

    # The way on, and the keys that shorten it

    @property
    def operator(self) -> bool:
        """Whether 0 leads to an agent from here."""
        return any(frame.flow.operator is not None for frame in self.frames)

    @property
    def way_back(self) -> bool:
        """Whether star leads anywhere from here."""
        return any(frame.asked for frame in self.frames)

    def passing(self, pieces: tuple[Piece, ...], leads_to: str) -> Play:
        """Words on the way to another node, ended by a key that has a meaning there, by 0 and by star."""
        ahead = self._ahead(self.flow, leads_to)
        keys = {*ahead, *(OPERATOR_KEY if self.operator else ""), *(BACK_KEY if self.way_back else "")}
        return Play(pieces, "".join(key for key in KEYS if key in keys))

    def typed(self, key: str, leads_to: str) -> Move:
        """What a key does that has ended those words."""
        ahead = self._ahead(self.flow, leads_to)
        if key in ahead and not (ahead == KEYS and key in self._own_keys()):
            return Go(leads_to, key)
        self.pressed(key)
        return Operator() if key == OPERATOR_KEY else Back()

    def _own_keys(self) -> str:
        return (OPERATOR_KEY if self.operator else "") + (BACK_KEY if self.way_back else "")

    def _ahead(self, flow: Flow, name: str) -> str:
        """The keys of the node that asks next, with nothing but words on the way to it; all keys where the way there is
        not decided yet."""
        seen: set[tuple[str, str]] = set()
        while (flow.flow, name) not in seen:
            seen.add((flow.flow, name))
            match flow.nodes[name]:
                case SayNode(next=following) | SetNode(next=following):
                    name = following
                case FlowNode(flow=inner) if inner in self.flows:
                    flow, name = self.flows[inner], self.flows[inner].start
                case BranchNode() | HoursNode() | LookUpNode() | CallerNode() | ReturnNode():
                    return KEYS
                case node:
                    return first_keys(node)
        return ""

    def enter(self, name: str, node: Node) -> None:
        """He comes to a node of the innermost flow."""
        frame = self.frame
        frame.node = name
        self.note(Entered(name, node.kind, frame.flow.flow))

    def remember(self) -> None:
        """Star leads back here from now on."""
        asked = self.frame.asked
        if self.node in asked:
            del asked[asked.index(self.node) + 1 :]
        else:
            asked.append(self.node)


def plain(written: int | float | bool) -> Value:
    """A number or a truth as flows hold it."""
    return Decimal(str(written)) if isinstance(written, float) else written
