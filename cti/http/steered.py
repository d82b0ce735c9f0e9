"""Calls under way for those who may steer them: the floor any, an agent's own token the one in which he talks."""

from collections.abc import Mapping
from typing import Any

from cti.access import Role
from cti.board import CallUnderWay
from cti.http.endpoints import Asked
from cti.http.errors import NotYourCall, UnknownCall
from recording.identity import call_id


def under_way(calls: Mapping[str, CallUnderWay], wanted: str) -> CallUnderWay:
    """The call of that id. Raises UnknownCall."""
    found = next((call for linkedid, call in calls.items() if call_id(linkedid) == wanted), None)
    if found is None:
        raise UnknownCall(wanted, "that is under way")
    return found


def his_call(asked: Asked[Any, Any]) -> CallUnderWay:
    """The call of the request, if the holder of the token may steer it. Raises UnknownCall, NotYourCall."""
    call, holder = under_way(asked.floor.live.board.calls, asked.path["id"]), asked.holder
    if not holder.role.includes(Role.FLOOR):
        talk = asked.floor.distributor.router.conversations.by_call.get(call.linkedid)
        if not holder.agent or talk is None or talk.agent != holder.agent:
            raise NotYourCall(holder.agent)
    return call
