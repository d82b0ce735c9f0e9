"""Where an agent may send his caller, and whom he may ask before: what he has dialled, or the API has said, made into a
queue, an agent or a number of the centre.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from acd.distributor import Distributor

QUEUE_WORD = "queue/"
AGENT_WORD = "agent/"
"""How the API says it; a phone can dial neither."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Exactly one of these."""

    queue: str = ""
    agent: str = ""
    number: str = ""


Find = Callable[[str], Destination | None]
"""The destination of a text, None if it is none."""


class Destinations:
    """All of one centre. An extension of a queue comes before a number of the centre, that before an agent's number."""

    def __init__(
        self,
        distributor: Distributor,
        extensions: Callable[[], Mapping[str, str]],
        numbers: Callable[[], Collection[str]],
    ) -> None:
        self._distributor = distributor
        self._extensions = extensions
        self._numbers = numbers

    def __call__(self, text: str) -> Destination | None:
        """As `Find`."""
        router = self._distributor.router
        queue = text.removeprefix(QUEUE_WORD) if text.startswith(QUEUE_WORD) else self._extensions().get(text, "")
        if queue in router.queues:
            return Destination(queue=queue)
        if text in self._numbers():
            return Destination(number=text)
        agent = text.removeprefix(AGENT_WORD)
        return Destination(agent=agent) if agent in router.roster else None
