"""A caller who keys several digits: what counts as an answer, when it is complete, and what star and 0 do meanwhile.

The digits are asked for one by one: Asterisk keeps a key that comes while we turn round, for a tenth of a second at
least (docs/decisions/0012). While a secret is keyed the recording pauses; it goes on whichever way the caller leaves.
"""

from collections.abc import Mapping

from ivr import collect_words
from ivr.flow.asking import CollectNode
from ivr.flow.digit_patterns import Pattern, parse
from ivr.flow.parts import BACK_KEY, DIGITS, KEYS, NO, OPERATOR_KEY, YES
from ivr.flow.secrets import Secret
from ivr.flow.steps import (
    Answered,
    Ask,
    Digit,
    Done,
    Finished,
    Input,
    Paused,
    PauseRecording,
    Piece,
    Play,
    ResumeRecording,
    Timeout,
)
from ivr.flow.words import Sayings
from ivr.walking.asking import AskingStand
from ivr.walking.core import Back, Go, Move, Operator, Walk

TOO_MANY = 64
"""So many keys are an input that has gone wrong, even where the caller does not end it."""

KEYED = "keyed"
"""The answer as the trail has it: the digits themselves are in the flow's data, and there only."""


_WAYS: Mapping[type, str] = {Operator: "operator", Back: "back"}


class CollectStand(AskingStand[CollectNode]):
    """One input, from the question to its value."""

    def __init__(self, node: CollectNode) -> None:
        super().__init__(node)
        self._pattern: Pattern | None = None if node.pattern is None else parse(node.pattern)
        self._keyed = ""
        self._by_itself = False
        """What is keyed was complete without the key that ends it."""
        self._confirming = False
        self._paused = False
        self._why = KEYED
        self._leaving: Move | None = None

    @property
    def otherwise(self) -> str:
        """The node's own."""
        return self.node.otherwise

    def begin(self, walk: Walk) -> Move:
        """Ask; for a secret as soon as the recording pauses."""
        walk.remember()
        return PauseRecording() if self.node.secret else self._ask(walk, {})

    def feed(self, walk: Walk, given: Input) -> Move:
        """A key, a silence, or what came of a pause."""
        if self._leaving is not None:
            return self._leaving if isinstance(given, Done) else super().feed(walk, given)
        move = self._fed(walk, given)
        if not self._paused or not isinstance(move, Go | Back | Operator):
            return move
        self._leaving = move
        return ResumeRecording(_WAYS.get(type(move), self._why))

    def answer(self, walk: Walk, key: str) -> Move | None:
        """One key of the answer: the next one is awaited, or it was the last."""
        if not self._keyed:
            if key == self.spare:
                return self._ask(walk, {})
            if key == BACK_KEY != self.node.terminator or (key == OPERATOR_KEY and not self._may_begin(key)):
                return None
        if key == self.node.terminator:
            return self._judge(walk)
        if key == BACK_KEY:
            return self._anew(walk)
        self._keyed += key  # also a key that makes it wrong: he is told so when he has keyed all of it
        self._by_itself = self._complete
        return self._judge(walk) if self._by_itself else self._next_key()

    def _fed(self, walk: Walk, given: Input) -> Move:
        match given:
            case Paused(safe):
                self._paused = safe
                return self._ask(walk, {}) if safe else self._refuse(walk)
            case _ if self._confirming:
                return self._fed_back(walk, given)
            case Timeout() if self._keyed:
                return self._judge(walk)
            case _:
                return super().feed(walk, given)

    def _refuse(self, walk: Walk) -> Move:
        """A secret that would be recorded is not asked for."""
        self._given_up = True
        walk.note(Answered(walk.node, "not_safe"))
        words = tuple(collect_words.not_safe(language) for language in self._languages(walk))
        return walk.passing(words, self.otherwise)

    def _strike(self, walk: Walk, choice: str, words: Sayings) -> Move:
        self._keyed, self._why = "", choice
        return super()._strike(walk, choice, words)

    # Digits

    @property
    def _right(self) -> bool:
        """What is keyed is an answer."""
        keyed = self._keyed
        fits = self.node.least <= len(keyed) <= self.node.most and set(keyed) <= set(DIGITS)
        return fits and (self._pattern is None or self._pattern.matches(keyed))

    @property
    def _complete(self) -> bool:
        """Nothing longer is awaited. Where a key ends the input there may be too many digits: they are not cut off."""
        if not self._right:
            return len(self._keyed) >= max(self.node.most, TOO_MANY if self._ended_by_key else 0)
        if self._pattern is not None and not self._pattern.goes_on(self._keyed):
            return True
        return len(self._keyed) == self.node.most and not self._ended_by_key

    @property
    def _ended_by_key(self) -> bool:
        return self.node.terminator != "none" and self.node.least < self.node.most

    def _may_begin(self, digit: str) -> bool:
        pattern = self._pattern
        return pattern is None or pattern.matches(digit) or pattern.goes_on(digit)

    def _next_key(self) -> Ask:
        return Ask((), KEYS, self.node.between_s * 1000)

    def _anew(self, walk: Walk) -> Move:
        self._keyed, self._confirming = "", False
        return self._ask(walk, {})

    def _judge(self, walk: Walk) -> Move:
        """He has keyed all of it."""
        if self._right:
            return self._ask_back(walk) if self.node.confirm else self._keep(walk)
        if self._keyed == OPERATOR_KEY and walk.operator:
            walk.pressed(OPERATOR_KEY)
            return Operator()
        return self._strike(walk, "invalid", self.node.invalid)

    def _keep(self, walk: Walk) -> Move:
        walk.note(Answered(walk.node, KEYED))
        self._why = KEYED
        walk.keep({self.node.into: Secret(self._keyed) if self.node.secret else self._keyed})
        if self._by_itself and self.node.terminator != "none":
            walk.spare = self.node.terminator  # who is used to end with it may still press it
        return Go(self.node.next)

    # Reading back

    def _languages(self, walk: Walk) -> tuple[str, ...]:
        return walk.flow.languages if self.every_language else (walk.language,)

    def _read_back(self, walk: Walk) -> tuple[Piece, ...]:
        return tuple(
            piece
            for language in self._languages(walk)
            for piece in (
                *collect_words.read_back(self._keyed, language),
                collect_words.is_it_right(language),
            )
        )

    def _ask_back(self, walk: Walk, before: tuple[Piece, ...] = ()) -> Move:
        """The first words are heard out: of too many digits the last would else be taken for the answer to come."""
        self._confirming = True
        return Play((*before, *self._read_back(walk)[:1]), BACK_KEY)

    def _fed_back(self, walk: Walk, given: Input) -> Move:
        match given:
            case Finished():
                return Ask(self._read_back(walk)[1:], KEYS, self.node.timeout_s * 1000)
            case Digit(digit):
                return self._confirmed(walk, digit)
            case Timeout():
                return self._doubted(walk, "timeout", self.node.timeout)
            case _:
                return super().feed(walk, given)

    def _confirmed(self, walk: Walk, key: str) -> Move:
        match key:
            case _ if key == YES:
                return self._keep(walk)
            case _ if key in (NO, BACK_KEY):
                return self._anew(walk)
            case _ if key == OPERATOR_KEY and walk.operator:
                walk.pressed(key)
                return Operator()
            case _:
                return self._doubted(walk, "invalid", self.node.invalid)

    def _doubted(self, walk: Walk, choice: str, words: Sayings) -> Move:
        """Neither yes nor no: he is asked once more while he has tries left."""
        if self._tries_left == 1:
            self._confirming = False
            return self._strike(walk, choice, words)
        walk.note(Answered(walk.node, choice))
        self._tries_left -= 1
        return self._ask_back(walk, self._pieces(walk, words))
