"""What callers and agents would have done had the day gone otherwise. It is not in the facts, so it is drawn from those
of the same day, by the identity of the call: the same each time, whatever else is changed.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from random import Random

from acd.requirements import ANY, parse
from acd.simulation.day import Visit
from acd.simulation.patience import PatienceCurve
from acd.simulation.told import ToldStay
from acd.simulation.traffic import AGENTS_RUNG
from acd.states import DequeueReason


class NothingAnswered(Exception):
    """A day on which no call was answered: how long calls take is not known."""

    id = "day-without-answers"


class Supposition:
    """Completes the stays of one day:

    - the patience of a caller who did not give up: at least his wait, beyond it by the day's Kaplan-Meier curve;
    - how long a phone would have rung until it was answered: at least as long as it did, beyond that as others did;
    - handling and wrap-up of a call nobody answered: those of one that was, of the same queue if there is one.
    """

    def __init__(self, stays: Sequence[ToldStay]) -> None:
        """Raises NothingAnswered."""
        self._curve = PatienceCurve(
            (stay.wait_ms, stay.reason is DequeueReason.ABANDONED) for stay in stays if not stay.virtual
        )
        self._answers_ms = sorted(ring.ring_ms for stay in stays for ring in stay.rings.values() if ring.answered)
        self._handled: Mapping[str, list[ToldStay]] = defaultdict(list)
        for stay in stays:
            if stay.handling_ms is not None:
                self._handled[stay.queued.queue].append(stay)
        self._all_handled = [stay for handled in self._handled.values() for stay in handled]
        if not (self._all_handled and self._answers_ms):
            raise NothingAnswered("no call of the day was answered and ended; expected one, to know how long they take")

    def visit(self, stay: ToldStay, name: str) -> Visit:
        """The stay as a visit. `name` tells it from all others; what is drawn depends on nothing else."""
        queued = stay.queued
        handled = stay
        if stay.handling_ms is None:
            handled = Random(f"{name}/handling").choice(self._handled.get(queued.queue) or self._all_handled)
        return Visit(
            queue=queued.queue,
            priority=queued.priority,
            skills=queued.skills,
            requires=parse(queued.requires) if queued.requires else ANY,
            preferred=queued.preferred,
            data=queued.data,
            waited_ms=queued.at_ms - queued.entered_ms,
            leaves_for=stay.left_for,
            patience_ms=self._patience_ms(stay, Random(f"{name}/patience")),
            answers_ms=self._answers(stay, Random(f"{name}/answers")),
            handling_ms=handled.handling_ms or 0,
            wrap_up_ms=handled.wrap_up_ms,
        )

    def _patience_ms(self, stay: ToldStay, luck: Random) -> int | None:
        if stay.reason is DequeueReason.ABANDONED or stay.left_for is not None:
            return stay.wait_ms
        if stay.virtual:
            return None
        return self._curve.beyond(stay.wait_ms, luck.random())

    def _answers(self, stay: ToldStay, luck: Random) -> tuple[int, ...]:
        told = [
            ring.ring_ms if ring.answered else self._answer_beyond(ring.ring_ms, luck) for ring in stay.rings.values()
        ]
        return (*told, *(self._answer_beyond(0, luck) for _ in range(AGENTS_RUNG - len(told))))

    def _answer_beyond(self, rung_ms: int, luck: Random) -> int:
        slower = self._answers_ms[bisect_right(self._answers_ms, rung_ms) :] if rung_ms else self._answers_ms
        return luck.choice(slower) if slower else rung_ms + 1
