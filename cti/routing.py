"""The router with which a daemon starts: the centre's queues and reasons, nobody signed in, nobody waiting."""

from acd.router import Router
from cti.centre import Centre
from cti.queues_file import settings_of


def router_of(centre: Centre, now_ms: int) -> Router:
    """A router of this centre."""
    router = Router()
    for name, queue in centre.queues.items():
        router.define_queue(settings_of(name, queue), now_ms=now_ms)
    router.define_reasons(centre.allowed_ms())
    router.parking.define(centre.parking.numbers if centre.parking else ())
    return router
