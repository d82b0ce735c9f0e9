"""A caller who is told something, and goes on; and one who is told goodbye."""

from ivr.flow.handing import HangupNode, SayNode
from ivr.flow.steps import Digit, Finished, Hangup, Input, Play
from ivr.walking.core import Go, Move, Stand, Walk


class SayStand(Stand[SayNode]):
    """Words on the way."""

    def begin(self, walk: Walk) -> Move:
        """Say them."""
        pieces = walk.say(self.node.text, every_language=self.node.every_language)
        return walk.passing(pieces, self.node.next) if self.node.barge_in else Play(pieces, "")

    def feed(self, walk: Walk, given: Input) -> Move:
        """They are over, or a key has ended them."""
        match given:
            case Finished():
                return Go(self.node.next)
            case Digit(digit):
                return walk.typed(digit, self.node.next)
            case _:
                return super().feed(walk, given)


class HangupStand(Stand[HangupNode]):
    """The last words, heard out: the flow has decided."""

    def begin(self, walk: Walk) -> Move:
        """Say them, if there are any."""
        if not self.node.text:
            return Hangup(self.node.reason)
        return Play(walk.say(self.node.text), "")

    def feed(self, walk: Walk, given: Input) -> Move:
        """They are over."""
        return Hangup(self.node.reason) if given == Finished() else super().feed(walk, given)
