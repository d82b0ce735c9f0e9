"""A caller who is asked for one key: what answers are, each kind of node decides; strikes, 0 and star are the same."""

from abc import abstractmethod
from typing import TypeVar

from ivr.flow.asking import CollectNode, LanguageNode, MenuNode, SurveyNode
from ivr.flow.parts import BACK_KEY, KEYS, OPERATOR_KEY
from ivr.flow.steps import Answered, Ask, Digit, Finished, Input, Piece, Play, Timeout
from ivr.flow.words import Sayings
from ivr.walking.core import Back, Go, Move, Operator, Stand, Walk

Question = TypeVar("Question", bound=MenuNode | LanguageNode | CollectNode | SurveyNode)


class AskingStand(Stand[Question]):
    """One question, until it is answered or there have been as many wrong answers as are borne."""

    asks = True

    def __init__(self, node: Question) -> None:
        super().__init__(node)
        self._tries_left: int = node.tries
        self._given_up = False
        self.spare = ""
        """A key that the node before could have been ended with, if it is the first one here."""

    @property
    def every_language(self) -> bool:
        """Whether everything is said in every language."""
        return not isinstance(self.node, LanguageNode) and self.node.every_language

    @property
    @abstractmethod
    def otherwise(self) -> str:
        """Where a caller goes who has not answered."""

    @abstractmethod
    def answer(self, walk: Walk, key: str) -> Move | None:
        """What this key leads to; None: it is no answer."""

    def begin(self, walk: Walk) -> Move:
        """Ask."""
        walk.remember()
        return self._ask(walk, {})

    def feed(self, walk: Walk, given: Input) -> Move:
        """An answer, a strike, or the way on."""
        match given:
            case Digit(digit) if self._given_up:
                return walk.typed(digit, self.otherwise)
            case Finished() if self._given_up:
                return Go(self.otherwise)
            case Finished():
                return Ask((), KEYS, self.node.timeout_s * 1000)
            case Digit(digit):  # also the keys A to D, which phones do not have and test sets do
                return self._take(walk, digit)
            case Timeout():
                return self._strike(walk, "timeout", self.node.timeout)
            case _:
                return super().feed(walk, given)

    def _take(self, walk: Walk, key: str) -> Move:
        self.spare, walk.spare = walk.spare, ""
        if (move := self.answer(walk, key)) is not None:
            return move
        if key == self.spare:
            return self._ask(walk, {})
        if key == OPERATOR_KEY and walk.operator:
            walk.pressed(key)
            return Operator()
        if key == BACK_KEY:
            walk.pressed(key)
            return Back()
        return self._strike(walk, "invalid", self.node.invalid)

    def _ask(self, walk: Walk, before: Sayings) -> Move:
        pieces = self._pieces(walk, before) + self._pieces(walk, self.node.text)
        return Ask(pieces, KEYS, self.node.timeout_s * 1000) if self.node.barge_in else Play(pieces, "")

    def _strike(self, walk: Walk, choice: str, words: Sayings) -> Move:
        walk.note(Answered(walk.node, choice))
        self._tries_left -= 1
        if self._tries_left > 0:
            return self._ask(walk, words)
        if not words:
            return Go(self.otherwise)
        self._given_up = True
        return walk.passing(self._pieces(walk, words), self.otherwise)

    def _pieces(self, walk: Walk, said: Sayings) -> tuple[Piece, ...]:
        return walk.say(said, every_language=self.every_language)
