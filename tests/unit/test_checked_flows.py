"""What the check of flows promises, held against the walker: of flows made at random, those that the check accepts are
gone through by callers who do anything, or nothing.
"""

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acd.known_caller import KnownCaller
from acd.states import DequeueReason
from ivr.documents import Document
from ivr.flow.check import House, Names, check_flows
from ivr.flow.graph import reachable
from ivr.flow.model import Flow
from ivr.flow.parts import KEYS
from ivr.flow.steps import (
    Ask,
    CalendarIs,
    CallbackTaken,
    CallerFound,
    Digit,
    Done,
    Enqueue,
    FindCaller,
    Finished,
    Hangup,
    Input,
    LookAtCalendar,
    LookedUp,
    LookUp,
    MessageTaken,
    Paused,
    PauseRecording,
    Play,
    Prompt,
    QueueLeft,
    RequestCallback,
    ResumeRecording,
    Step,
    TakeMessage,
    Timeout,
    Transfer,
    Transferred,
)
from ivr.look_ups.addresses import Allowed
from ivr.look_ups.check import Rules
from ivr.look_ups.failures import Failure
from ivr.walker import Walker
from ivr.yaml_tree import Tree

pytestmark = pytest.mark.unit

NAMES = Names(
    queues=("q",),
    skills=(),
    languages=("en", "cmn"),
    calendars=("c",),
    look_ups=Rules(Allowed.parse(["https://crm.example/"])),
)
MOST_STEPS = 2_000
"""Of a caller who does nothing: a way has at most a dozen nodes, each with nine questions at most."""

WORDS = {"en": "Some words.", "cmn": "一些话。"}
VALUE = {"en": "{x}", "cmn": "{x}"}


class Maker:
    """Makes flows. A seed makes the same ones again."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def house(self) -> dict[str, Flow]:
        """Main, and perhaps a flow that it goes through."""
        inner = self._flow("inner", ["end"], returns=True)
        main = self._flow("main", ["inner"], returns=False)
        used = any(node.kind == "flow" for node in main.nodes.values())
        return {"main": main, "inner": inner} if used else {"main": main}

    def _flow(self, name: str, inner: list[str], *, returns: bool) -> Flow:
        count = self.random.randint(2, 9)
        names = [f"n{number}" for number in range(count)]
        nodes: dict[str, dict[str, Any]] = {}
        for number, at in enumerate(names[:-1]):
            ahead = names[number + 1 :]
            back = names if self.random.random() < 0.15 else ahead
            nodes[at] = self._node(
                [self.random.choice(ahead if self.random.random() < 0.8 else back) for _ in range(4)]
            )
            if nodes[at]["kind"] == "flow" and returns:
                nodes[at] = {"kind": "caller", "next": nodes[at]["next"]}
        nodes[names[-1]] = {"kind": "return"} if returns else self._hangup(sure=True)
        operator = self.random.choice(names) if self.random.random() < 0.5 else None
        flow = {"flow": name, "languages": ["en", "cmn"], "start": "n0", "operator": operator, "nodes": nodes}
        reached = reachable(Flow.model_validate(flow))
        flow["nodes"] = {at: node for at, node in nodes.items() if at in reached}
        return Flow.model_validate(flow)

    def _hangup(self, *, sure: bool = False) -> dict[str, Any]:
        words = {"text": self.random.choice([WORDS, VALUE])} if sure or self.random.random() < 0.6 else {}
        return {"kind": "hangup", "reason": "done", **words}

    def _node(self, targets: list[str]) -> dict[str, Any]:
        one, two, three, four = targets
        words = {"text": WORDS if self.random.random() < 0.9 else VALUE}
        asking = {**words, "tries": self.random.randint(1, 3), "barge_in": self.random.random() < 0.7}
        if self.random.random() < 0.5:
            asking |= {"invalid": WORDS, "timeout": WORDS}
        keys = {"0": one, "1": two, self.random.choice("2*#"): three}
        collect = {"into": "x", "length": [2, 4], "confirm": self.random.random() < 0.3, "next": one, "otherwise": two}
        pick: list[dict[str, Any]] = [
            {"kind": "say", **words, "next": one, "barge_in": self.random.random() < 0.7},
            {"kind": "menu", **asking, "choices": keys, "otherwise": four},
            {"kind": "language", **asking, "choices": {"1": "en", "2": "cmn"}, "next": one},
            {"kind": "collect", **asking, **collect},
            {"kind": "collect", **asking, **collect, "confirm": False, "secret": True, "into": "pin"},
            {"kind": "survey", **asking, "survey": "s", "next": one},
            {"kind": "hours", "calendar": "c", "open": one, "closed": two, "emergency": three},
            {"kind": "branch", "cases": [{"when": "x = '11'", "next": one}], "otherwise": two},
            {"kind": "set", "data": {"x": "1"}, "next": one},
            {"kind": "look_up", "url": "https://crm.example/", "into": {"x": "$.x"}, "next": one, "failed": two},
            {"kind": "caller", "next": one},
            {"kind": "queue", "queue": "q", "then": one, **({"otherwise": two} if self.random.random() < 0.7 else {})},
            {"kind": "transfer", "extension": 7001, "next": one, "otherwise": two},
            {"kind": "voicemail", "queue": "q", **words, "next": one, "otherwise": two},
            {"kind": "callback", "queue": "q", **words, "next": one, "otherwise": two},
            {"kind": "flow", "flow": "inner", "next": one},
            {"kind": "flow", "flow": "inner", "next": one},
            self._hangup(),
        ]
        return self.random.choice(pick)


def accepted(flows: dict[str, Flow]) -> bool:
    """Whether the check has nothing to say, but that a value may not be set: that is no matter here."""
    documents = {name: Document(name, flow, Tree()) for name, flow in flows.items()}
    house = House(documents, NAMES, frozenset({"main"}))
    return all("is not set" in one.wrong or "unknown name" in one.wrong for one in check_flows(house))


class Caller:
    """Goes through flows. `keys`: how many he presses, before he does nothing more; the world does what it likes."""

    def __init__(self, random: Random, keys: int) -> None:
        self.random = random
        self.keys = keys
        self.told = False
        """Whether he has just heard something."""

    def call(self, flows: dict[str, Flow]) -> None:
        walker = Walker(flows, "main", {"caller.number": "13800138000", "call.dialled": "4000"})
        step = walker.start()
        for _ in range(MOST_STEPS):
            if isinstance(step, Hangup):
                assert self.told, f"hung up on without a word: {walker.trail}"
                return
            step = walker.feed(self._answer(step))
        raise AssertionError(f"goes round for ever: {walker.trail[-20:]}")

    def _answer(self, step: Step) -> Input:  # noqa: PLR0911, PLR0912 (one case for each step, and nothing else)
        chance = self.random.random() < 0.5
        match step:
            case Play(pieces, keys):
                self.told = self.told or bool(pieces)
                return Digit(self.random.choice(keys)) if keys and self._presses() else Finished()
            case Ask(_, keys):
                self.told = False
                return Digit(self.random.choice(keys)) if self._presses() else Timeout()
            case Enqueue():
                self.told = chance
                return QueueLeft(DequeueReason.ANSWERED if chance else DequeueReason.TIMED_OUT, "1001", "q")
            case TakeMessage():
                self.told = True
                return MessageTaken(chance)
            case RequestCallback():
                return CallbackTaken(chance)
            case LookAtCalendar():
                state = self.random.choice(["open", "closed", "holiday", "emergency"])
                return CalendarIs(state, (Prompt("Shut.", "en"),), recorded=chance)
            case FindCaller():
                return CallerFound(KnownCaller(language="cmn") if chance else None)
            case PauseRecording():
                return Paused(chance)
            case ResumeRecording():
                return Done()
            case LookUp(keys=keys):
                if keys and self._presses():
                    return Digit(self.random.choice(keys))
                return LookedUp({"x": "11"}) if chance else LookedUp({}, Failure.TIMED_OUT)
            case Transfer():
                self.told = chance
                return Transferred(chance)
            case Hangup():
                raise AssertionError("the call is over")

    def _presses(self) -> bool:
        self.keys -= 1
        return self.keys >= 0


SEEDS = st.integers(0, 2**32)


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.filter_too_much])
@given(SEEDS)
def test_no_caller_is_lost_in_flows_that_the_check_accepts(seed: int) -> None:
    flows = Maker(seed).house()
    if accepted(flows):
        for number in range(12):
            Caller(Random(seed + number), keys=(0, 0, 3, 40)[number % 4]).call(flows)


def test_the_check_accepts_some_of_them_and_not_others() -> None:
    verdicts = [accepted(Maker(seed).house()) for seed in range(300)]
    assert 30 < sum(verdicts) < 270


def test_keys_are_those_of_a_phone() -> None:
    assert len(KEYS) == 12
