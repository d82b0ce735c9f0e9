"""A caller who is offered to be called back: whether he wants it, and at which number."""

from collections.abc import Callable, Mapping
from enum import Enum, auto

from acd.callback_rules import NUMBER
from ivr.callback_offer import Words, question, words
from ivr.flow.handing import CallbackNode
from ivr.flow.parts import BACK_KEY, DIGITS, KEYS, NO, OPERATOR_KEY, YES
from ivr.flow.steps import (
    Ask,
    CallbackTaken,
    Digit,
    Finished,
    Input,
    Piece,
    RequestCallback,
    Timeout,
    Took,
)
from ivr.walking.core import Back, Go, Move, Operator, Stand, Walk

TIMEOUT_MS = 5_000
BETWEEN_MS = 4_000
"""How long an answer is waited for, and the next key of a number."""

TRIES = 3
MOST_FIGURES = 15
"""Of a telephone number (ITU-T E.164)."""


class _Phase(Enum):
    OFFER = auto()
    CONFIRM = auto()
    KEY = auto()
    ASKED = auto()
    OVER = auto()


class CallbackStand(Stand[CallbackNode]):
    """Offer, number, confirmation, request; silence takes no offer, and keeps the number he was read."""

    asks = True

    def __init__(self, node: CallbackNode) -> None:
        super().__init__(node)
        self._phase = _Phase.OFFER
        self._tries_left = TRIES
        self._number = ""
        self._figures = ""
        self._way = node.otherwise
        self._keys: Mapping[_Phase, Callable[[Walk, str], Move]] = {
            _Phase.OFFER: self._offered,
            _Phase.CONFIRM: self._confirmed,
            _Phase.KEY: self._keyed,
        }
        self._silences: Mapping[_Phase, Callable[[Walk], Move]] = {
            _Phase.OFFER: self._declined,
            _Phase.CONFIRM: self._request,
            _Phase.KEY: self._whole,
        }

    def begin(self, walk: Walk) -> Move:
        """Offer it, or take it as wished for."""
        walk.remember()
        if not self.node.text:
            return self._his_number(walk)
        return Ask(walk.say(self.node.text), KEYS, TIMEOUT_MS)

    def feed(self, walk: Walk, given: Input) -> Move:
        """What he wants, key by key; then whether it can be."""
        match self._phase, given:
            case _Phase.ASKED, CallbackTaken(taken):
                walk.note(Took(walk.node, "agreed" if taken else "impossible"))
                return self._end(walk, Words.AGREED if taken else Words.IMPOSSIBLE, taken=taken)
            case _Phase.OVER, Finished():
                return Go(self._way)
            case _Phase.OVER, Digit(digit):
                return walk.typed(digit, self._way)
            case _, Digit(digit) if self._phase in self._keys:
                return self._keys[self._phase](walk, digit)
            case _, Timeout() if self._phase in self._silences:
                return self._silences[self._phase](walk)
            case _:
                return super().feed(walk, given)

    def _offered(self, walk: Walk, key: str) -> Move:
        if key == YES:
            walk.pressed(key)
            return self._his_number(walk)
        if key == NO:
            walk.pressed(key)
            return self._declined(walk)
        return self._elsewhere(walk, key) or self._again(walk, walk.say(self.node.text))

    def _his_number(self, walk: Walk) -> Move:
        """The number he calls from, if it is one; else the one he keys."""
        own = str(walk.about.get("caller.number") or "")
        if NUMBER.fullmatch(own):
            self._number = own
            return self._confirm(walk, Words.CALLS_FROM) if self.node.ask_number else self._request(walk)
        if self.node.ask_number:
            return self._key(walk)
        walk.note(Took(walk.node, "impossible"))
        return self._end(walk, Words.IMPOSSIBLE, taken=False)

    def _confirm(self, walk: Walk, which: Words) -> Move:
        self._phase = _Phase.CONFIRM
        return Ask(question(which, self._number, walk.language), KEYS, TIMEOUT_MS)

    def _confirmed(self, walk: Walk, key: str) -> Move:
        if key == YES:
            walk.pressed(key)
            return self._request(walk)
        if key == NO:
            walk.pressed(key)
            return self._key(walk)
        which = Words.KEYED if self._figures else Words.CALLS_FROM
        return self._elsewhere(walk, key) or self._again(walk, question(which, self._number, walk.language))

    def _key(self, walk: Walk, before: Words | None = None) -> Move:
        self._phase, self._figures = _Phase.KEY, ""
        said = [words(one, walk.language) for one in (before, Words.KEY) if one is not None]
        return Ask(tuple(said), KEYS, TIMEOUT_MS)

    def _keyed(self, walk: Walk, key: str) -> Move:
        if key == BACK_KEY:
            return self._key(walk) if self._figures else (self._elsewhere(walk, key) or self._key(walk))
        if key in DIGITS:
            self._figures += key
            if len(self._figures) < MOST_FIGURES:
                return Ask((), KEYS, BETWEEN_MS)
        return self._whole(walk)

    def _whole(self, walk: Walk) -> Move:
        """He keys no more."""
        if self._figures == OPERATOR_KEY and (move := self._elsewhere(walk, OPERATOR_KEY)) is not None:
            return move
        if NUMBER.fullmatch(self._figures):
            self._number = self._figures
            return self._confirm(walk, Words.KEYED)
        self._tries_left -= 1
        if self._tries_left <= 0:
            return self._declined(walk)
        return self._key(walk, Words.NO_NUMBER if self._figures else None)

    def _request(self, walk: Walk) -> Move:
        node = self.node
        self._phase = _Phase.ASKED
        data = {name: walk.text(written) for name, written in node.data.items()}
        return RequestCallback(node.queue, self._number, node.skills, node.requires or "", node.priority, data)

    def _again(self, walk: Walk, said: tuple[Piece, ...]) -> Move:
        """A key that means nothing."""
        self._tries_left -= 1
        return Ask(said, KEYS, TIMEOUT_MS) if self._tries_left > 0 else self._declined(walk)

    def _declined(self, walk: Walk) -> Move:
        walk.note(Took(walk.node, "declined"))
        return Go(self.node.otherwise)

    def _end(self, walk: Walk, which: Words, *, taken: bool) -> Move:
        self._phase = _Phase.OVER
        self._way = self.node.next if taken else self.node.otherwise
        return walk.passing((words(which, walk.language),), self._way)

    def _elsewhere(self, walk: Walk, key: str) -> Move | None:
        """To an agent, or back, by the keys that mean that everywhere."""
        if key == OPERATOR_KEY and walk.operator:
            walk.pressed(key)
            return Operator()
        if key == BACK_KEY:
            walk.pressed(key)
            return Back()
        return None
