"""Nodes that only think: they look at the call's data, and keep values."""

from ivr.flow.deciding import BranchNode, FlowNode, ReturnNode, SetNode
from ivr.flow.expressions import Value, parse
from ivr.flow.steps import Took
from ivr.walking.core import Go, Into, Move, Return, Stand, Walk


class BranchStand(Stand[BranchNode]):
    """The first case that holds."""

    def begin(self, walk: Walk) -> Move:
        """Choose."""
        looked_at: dict[str, Value] = {}
        for number, case in enumerate(self.node.cases, 1):
            looked_at |= {name: walk.data.get(name) for name in sorted(parse(case.when).names)}
            if walk.holds(case.when):
                walk.note(Took(walk.node, str(number), case.when, looked_at))
                return Go(case.next)
        walk.note(Took(walk.node, "otherwise", data=looked_at))
        return Go(self.node.otherwise)


class SetStand(Stand[SetNode]):
    """Values are kept; all of them are read before the first is written."""

    def begin(self, walk: Walk) -> Move:
        """Keep them."""
        walk.keep({name: walk.datum(written) for name, written in self.node.data.items()})
        return Go(self.node.next)


class FlowStand(Stand[FlowNode]):
    """Through another flow. What it gives back is kept by the walker, which is the one to come back here."""

    def begin(self, walk: Walk) -> Move:
        """In."""
        return Into(self.node.flow, {name: walk.datum(written) for name, written in self.node.arguments.items()})


class ReturnStand(Stand[ReturnNode]):
    """Out of a flow that another one went through."""

    def begin(self, walk: Walk) -> Move:
        """Out."""
        return Return({name: walk.datum(written) for name, written in self.node.values.items()})
