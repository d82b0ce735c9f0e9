"""A flow that collects digits, and a caller who has come there: for the tests of what happens then."""

from typing import Any

from ivr.flow.model import Flow
from ivr.flow.steps import Answered, Ask, Digit, Finished, Play, Prompt, Step, Timeout
from ivr.walker import Walker

SILENCE = Timeout()
ASKED = Prompt("Your number, please.", "en")


def flow(**collect: Any) -> Flow:
    """A word, a menu to go back to, the collection, and what comes of it."""
    node = {
        "kind": "collect",
        "text": {"en": ASKED.text},
        "into": "account",
        "length": 6,
        "terminator": "#",
        "invalid": {"en": "That is not it."},
        "timeout": {"en": "Nothing came."},
        "next": "right",
        "otherwise": "wrong",
        **collect,
    }
    nodes = {
        "first": {"kind": "menu", "text": {"en": "Press 1."}, "choices": {"1": "number"}, "otherwise": "wrong"},
        "number": node,
        "right": {"kind": "menu", "text": {"en": "And now?"}, "choices": {"1": "agent"}, "otherwise": "wrong"},
        "wrong": {"kind": "hangup", "reason": "wrong", "text": {"en": "Goodbye."}},
        "agent": {"kind": "queue", "queue": "sales", "then": "wrong"},
    }
    return Flow.model_validate(
        {"flow": "test", "languages": ["en"], "start": "first", "operator": "agent", "nodes": nodes}
    )


def keyed(walker: Walker, keys: str) -> Step:
    """The step after these keys; "-" is a silence, "." the end of words."""
    step: Step | None = None
    for key in keys:
        step = walker.feed(SILENCE if key == "-" else Finished() if key == "." else Digit(key))
    assert step is not None
    return step


def collecting(keys: str = "", **collect: Any) -> tuple[Walker, Step]:
    """A caller who has come to the collection, and has keyed that much there."""
    walker = Walker({"test": flow(**collect)}, "test")
    walker.start()
    step = walker.feed(Digit("1"))
    return walker, (keyed(walker, keys) if keys else step)


def words(step: Step) -> list[str]:
    assert isinstance(step, Play | Ask)
    return [piece.text for piece in step.pieces if isinstance(piece, Prompt)]


def answers(walker: Walker) -> list[str]:
    """What the trail has of the collection."""
    return [mark.choice for mark in walker.trail if isinstance(mark, Answered) and mark.node == "number"]
