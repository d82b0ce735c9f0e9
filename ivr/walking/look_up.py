"""A program that is asked about the caller."""

from ivr.flow.deciding import LookUpNode
from ivr.flow.parts import BACK_KEY, OPERATOR_KEY
from ivr.flow.steps import Digit, Input, LookedUp, LookUp, Took
from ivr.look_ups.failures import LookUpFailed
from ivr.look_ups.requests import Request, make_request
from ivr.walking.core import Back, Go, Move, Operator, Stand, Walk


class LookUpStand(Stand[LookUpNode]):
    """The answer is waited for. Whatever goes wrong, the flow goes on."""

    def begin(self, walk: Walk) -> Move:
        """Ask; a request that cannot be made of this call's data has failed before."""
        node = self.node
        keys = (OPERATOR_KEY if walk.operator else "") + (BACK_KEY if walk.way_back else "")
        try:
            return LookUp(walk.node, self._request(walk), node.into, walk.say(node.meanwhile), keys)
        except LookUpFailed as error:
            return LookUp(walk.node, None, node.into, failure=error.failure)

    def feed(self, walk: Walk, given: Input) -> Move:
        """It is there, it will not come, or the caller wants no more of it."""
        match given:
            case LookedUp(values, failure):
                walk.note(Took(walk.node, "failed" if failure else "next", failure or ""))
                walk.keep(values)
                return Go(self.node.failed if failure else self.node.next)
            case Digit(digit):
                walk.pressed(digit)
                return Operator() if digit == OPERATOR_KEY else Back()
            case _:
                return super().feed(walk, given)

    def _request(self, walk: Walk) -> Request:
        node = self.node
        return make_request(
            method=node.method,
            url=node.url,
            headers=node.headers,
            body=node.body,
            data=walk.data,
            secrets=walk.secrets,
            timeout_ms=round(node.timeout_s * 1000),
            retries=node.retries,
        )
