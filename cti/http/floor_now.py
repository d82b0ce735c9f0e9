"""The floor as it is at this moment, over HTTP, for who does not watch it."""

from cti.http.endpoints import Asked, Endpoint, Nothing
from cti.http.views import Snapshot


async def show_floor(asked: Asked[Nothing, Nothing]) -> Snapshot:
    """Everything that is going on now: agents, queues, calls under way and who is parked where, closures, alarms. The
    same with which `/api/live` begins; who wants to follow it watches there and asks nothing again and again."""
    return asked.floor.live.snapshot()


ENDPOINTS = (Endpoint("GET", "/api/floor", show_floor, Nothing, Nothing, Snapshot),)
