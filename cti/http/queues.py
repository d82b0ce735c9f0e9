"""Queues over HTTP: who waits, who could answer, what became of those who entered."""

from cti.http.endpoints import Asked, Endpoint, Nothing
from cti.http.views import QueueView, View, queue_view


class Queues(View):
    """All queues, in the order of the centre's file."""

    queues: list[QueueView]


async def list_queues(asked: Asked[Nothing, Nothing]) -> Queues:
    """All queues and who waits in them."""
    router, now_ms = asked.floor.distributor.router, asked.floor.distributor.clock.now_ms()
    return Queues(queues=[queue_view(queue, router.roster, now_ms) for queue in router.queues.values()])


async def show_queue(asked: Asked[Nothing, Nothing]) -> QueueView:
    """One queue and who waits in it."""
    router = asked.floor.distributor.router
    return queue_view(router.queue(asked.path["name"]), router.roster, asked.floor.distributor.clock.now_ms())


ENDPOINTS = (
    Endpoint("GET", "/api/queues", list_queues, Nothing, Nothing, Queues),
    Endpoint("GET", "/api/queues/{name}", show_queue, Nothing, Nothing, QueueView, errors=(404,)),
)
