"""A caller who is to leave a message."""

from ivr.flow.handing import VoicemailNode
from ivr.flow.parts import BACK_KEY, OPERATOR_KEY
from ivr.flow.steps import Input, MessageTaken, TakeMessage, Took
from ivr.walking.core import Back, Go, Move, Operator, Stand, Walk


class VoicemailStand(Stand[VoicemailNode]):
    """At the tone, and after it."""

    def begin(self, walk: Walk) -> Move:
        """Let him speak."""
        node = self.node
        greeting, most_ms = walk.say(node.text), node.most_s * 1000
        return TakeMessage(node.queue, greeting, most_ms, node.review, walk.operator, walk.way_back)

    def feed(self, walk: Walk, given: Input) -> Move:
        """He has spoken, or not."""
        if not isinstance(given, MessageTaken):
            return super().feed(walk, given)
        if given.operator:
            walk.pressed(OPERATOR_KEY)
            return Operator()
        if given.back:
            walk.pressed(BACK_KEY)
            return Back()
        walk.note(Took(walk.node, "message" if given.left else "none"))
        return Go(self.node.next if given.left else self.node.otherwise)
