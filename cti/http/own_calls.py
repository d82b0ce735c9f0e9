"""An agent's own calls under way: what his screen shows of the caller whom his phone rings for or whom he talks with.

Their numbers are whole, whatever is masked elsewhere: he has to serve this caller, and may have to call him back. A
call is his until his wrap-up after it has ended; then he sees of it what everybody sees.
"""

from cti.access import Role
from cti.http.endpoints import Asked, Endpoint, Nothing
from cti.http.views import CallView, View, call_view


class OwnCall(CallView):
    """A call of the agent who asks; its numbers are not masked for him."""

    caller: str
    caller_name: str
    dialled: str


class OwnCalls(View):
    """The calls that are the agent's at this moment, in the order of their arrival: the one that rings or in which he
    talks, and while he asks a colleague about a caller he holds, both; or the one whose wrap-up he is in."""

    calls: list[OwnCall]


async def show_own_calls(asked: Asked[Nothing, Nothing]) -> OwnCalls:
    """The calls of the agent whose own token asks: those that ring at his phone, that he is in, and the one whose
    wrap-up he is in. Numbers in them are whole."""
    board, agent = asked.floor.live.board, asked.holder.agent
    calls = [call for call in board.calls.values() if agent and call.agent == agent]
    wrapped = board.wrapped.get(agent)
    if wrapped is not None and all(call.linkedid != wrapped.linkedid for call in calls):
        calls.append(wrapped)
    own = map(call_view, calls)
    return OwnCalls(calls=[OwnCall(**dict(view)) for view in own])


ENDPOINTS = (Endpoint("GET", "/api/calls/own", show_own_calls, Nothing, Nothing, OwnCalls, role=Role.AGENT),)
