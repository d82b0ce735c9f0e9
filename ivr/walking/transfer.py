"""A caller who is connected with somebody the flow names."""

from ivr.flow.handing import TransferNode
from ivr.flow.steps import Input, Took, Transfer, Transferred
from ivr.flow.templates import parse_template
from ivr.walking.core import Go, Move, Stand, Walk


class TransferStand(Stand[TransferNode]):
    """Until he is alone again."""

    def begin(self, walk: Walk) -> Move:
        """Connect him."""
        node, ring_ms = self.node, self.node.ring_s * 1000
        if node.number is None:
            return Transfer(walk.node, extension=walk.text(str(node.extension)).strip(), ring_ms=ring_ms)
        written = not any(parse_template(node.number).slots)
        return Transfer(walk.node, number=walk.text(node.number).strip(), written=written, ring_ms=ring_ms)

    def feed(self, walk: Walk, given: Input) -> Move:
        """He has talked, or not."""
        if not isinstance(given, Transferred):
            return super().feed(walk, given)
        walk.note(Took(walk.node, "next" if given.answered else "otherwise", given.error))
        if given.queue:
            walk.about["call.queue"] = given.queue
        if given.answered:
            walk.about["call.agent"] = given.agent or None
        return Go(self.node.next if given.answered else self.node.otherwise)
