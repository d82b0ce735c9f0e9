"""Where an agent may send his caller, and whom he may ask before: what he has dialled, or the API has said, made into a
queue, an agent, a number of the centre or a place to park.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from acd.distributor import Distributor

QUEUE_WORD = "queue/"
AGENT_WORD = "agent/"
PARK_WORD = "park/"
"""How the API says it; a phone can dial neither."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Exactly one of these. `parked`: he waits at a space until somebody fetches him, at this one (`space`) if it is
    free, where one is named."""

    queue: str = ""
    agent: str = ""
    number: str = ""
    parked: bool = False
    space: str = ""


Find = Callable[[str], Destination | None]
"""The destination of a text, None if it is none."""


def _no_parking() -> tuple[str, Collection[str]]:
    return "", ()


class Destinations:
    """All of one centre. An extension of a queue comes before a number of the centre, that before a place to park, that
    before an agent's number."""

    def __init__(
        self,
        distributor: Distributor,
        extensions: Callable[[], Mapping[str, str]],
        numbers: Callable[[], Collection[str]],
        parking: Callable[[], tuple[str, Collection[str]]] = _no_parking,
    ) -> None:
        """`parking` is the extension by which any space is meant, and the spaces."""
        self._distributor = distributor
        self._extensions = extensions
        self._numbers = numbers
        self._parking = parking

    def __call__(self, text: str) -> Destination | None:
        """As `Find`."""
        router = self._distributor.router
        queue = text.removeprefix(QUEUE_WORD) if text.startswith(QUEUE_WORD) else self._extensions().get(text, "")
        if queue in router.queues:
            return Destination(queue=queue)
        if text in self._numbers():
            return Destination(number=text)
        parked, (any_space, spaces) = text.removeprefix(PARK_WORD), self._parking()
        if parked in spaces or (spaces and parked == any_space):
            return Destination(parked=True, space=parked if parked in spaces else "")
        agent = text.removeprefix(AGENT_WORD)
        return Destination(agent=agent) if agent in router.roster else None
