"""A caller who is handed to the ACD."""

from acd.requirements import ANY
from acd.requirements import parse as parse_requirement
from acd.states import DequeueReason
from ivr.flow.handing import QueueNode
from ivr.flow.steps import Enqueue, Input, QueueLeft
from ivr.walking.core import Go, Move, Stand, Walk


class QueueStand(Stand[QueueNode]):
    """In a queue, with an agent, or out of it without one."""

    def begin(self, walk: Walk) -> Move:
        """Into the queue, with what the flow knows."""
        node = self.node
        data = {name: walk.text(written) for name, written in node.data.items()}
        requires = parse_requirement(node.requires or ANY.text)
        return Enqueue(node.queue, node.skills, node.priority, data, node.music, requires)

    def feed(self, walk: Walk, given: Input) -> Move:
        """Out of it."""
        if not isinstance(given, QueueLeft):
            return super().feed(walk, given)
        if given.outcome is DequeueReason.ANSWERED:
            walk.about["call.queue"] = given.queue or self.node.queue
            walk.about["call.agent"] = given.agent or None
            return Go(self.node.then)
        return Go(self.node.otherwise or self.node.then)
