"""A distributor with one queue and a few agents, for tests on a running loop."""

from acd.distributor import Distributor, Place
from acd.facts import Fact
from acd.offers import Offer
from acd.queues import QueueSettings
from acd.router import Router
from tests.virtual_time import clock


class Told:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def __call__(self, fact: Fact) -> None:
        self.facts.append(fact)


def distributor(*agents: str) -> Distributor:
    """The queue `sales` (20 s wrap-up, 60 s greatest wait), and these agents ready at their phones."""
    floor = Distributor(Router(), clock())
    with floor.command() as (router, now_ms):
        router.define_queue(QueueSettings(name="sales", wrap_up_ms=20_000, max_wait_ms=60_000), now_ms=0)
        for number in agents:
            router.roster.define(number, number, {})
            router.phone_changed(number, reachable=True, engaged=False, now_ms=now_ms)
            router.sign_in(number, number, cause="api", now_ms=now_ms)
    return floor


def enter(floor: Distributor, linkedid: str = "call") -> None:
    with floor.command() as (router, now_ms):
        router.enter(linkedid, "sales", now_ms=now_ms)


async def next_offer(place: Place) -> Offer:
    match await place.next():
        case (offer,):
            return offer
        case other:
            raise AssertionError(other)
