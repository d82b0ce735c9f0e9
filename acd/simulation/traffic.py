"""Made-up traffic: a day's people drawn at random. Calls arrive as a Poisson process whose rate may change through the
day; handling times and patience are drawn from the distributions measured in call centres (log-normal handling,
exponential or log-normal patience: Brown et al. 2005, "Statistical analysis of a telephone call center").

The same traffic, seed and replication give the same day. Each queue has streams of random numbers of its own, one for
each kind of draw: a change of one number leaves all the others as they were, so that two policies, or two staffings,
are compared on the same callers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import log, sqrt
from random import Random

from acd.simulation.day import Arrival, Choice, Day, Seat, Visit, Wish

HOUR_MS = 3_600_000
AGENTS_RUNG = 4
"""For so many agents the time to answer is drawn for each call, should one after the other miss it."""


class Shape(StrEnum):
    """How durations are spread around their mean."""

    CONSTANT = "constant"
    EXPONENTIAL = "exponential"
    LOG_NORMAL = "log_normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A random duration. `variation` is standard deviation / mean, of the log-normal shape only."""

    mean_ms: float
    shape: Shape = Shape.EXPONENTIAL
    variation: float = 1.0

    def draw(self, random: Random) -> int:
        """One of them, in whole milliseconds."""
        match self.shape:
            case Shape.CONSTANT:
                return round(self.mean_ms)
            case Shape.EXPONENTIAL:
                return round(random.expovariate(1 / self.mean_ms)) if self.mean_ms else 0
            case Shape.LOG_NORMAL:
                variance = log(1 + self.variation**2)
                return round(self.mean_ms and random.lognormvariate(log(self.mean_ms) - variance / 2, sqrt(variance)))


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls an hour from `from_ms` of the day on, until the next rate."""

    from_ms: int
    calls_per_hour: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A share of a queue's calls, 0 to 1, that is not like the rest."""

    share: float
    priority: int = 0
    skills: Mapping[str, int] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """The calls of one queue. `rates` by time; `patience` None: nobody gives up."""

    queue: str
    rates: Sequence[Rate]
    handling: Duration
    patience: Duration | None = None
    answer: Duration = Duration(mean_ms=0, shape=Shape.CONSTANT)
    kinds: Sequence[Kind] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """`count` agents who are alike, and away together in their breaks; times are of the day."""

    group: str
    count: int
    skills: Mapping[str, int]
    from_ms: int
    until_ms: int
    breaks: Sequence[tuple[int, int]] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """A made-up day; a replication of it is drawn by `draw`. Calls come from `from_ms` to `until_ms` of the day."""

    from_ms: int
    until_ms: int
    demands: Sequence[Demand]
    shifts: Sequence[Shift]
    midnight_ms: int = 0
    """When the day begins, on the clock of the hours of service."""
    back_after_ms: int = 60_000

    def draw(self, seed: int, replication: int) -> Day:
        """One day of it."""
        seats = list(self._seats())
        choices = [choice for shift, seat in seats for choice in _choices(shift, seat, self.midnight_ms)]
        from_ms = self.midnight_ms + self.from_ms
        return Day(
            from_ms=min([from_ms, *(choice.at_ms for choice in choices)]),
            until_ms=self.midnight_ms + self.until_ms,
            arrivals=tuple(
                arrival
                for demand in self.demands
                for arrival in self._arrivals(demand, f"{seed}/{replication}/{demand.queue}")
            ),
            seats=tuple(seat for _, seat in seats),
            choices=tuple(choices),
            back_after_ms=self.back_after_ms,
        )

    def _seats(self) -> Iterator[tuple[Shift, Seat]]:
        for shift in self.shifts:
            for number in range(1, shift.count + 1):
                yield (
                    shift,
                    Seat(
                        number=f"{shift.group}-{number}",
                        skills=shift.skills,
                        group=shift.group,
                        attributes=shift.attributes,
                    ),
                )

    def _arrivals(self, demand: Demand, seed: str) -> Iterator[Arrival]:
        kinds, handling, patience, answer = (
            Random(f"{seed}/{stream}") for stream in ("kind", "handling", "patience", "answer")
        )
        times = _times(demand.rates, Random(f"{seed}/arrival"), self.from_ms, self.until_ms)
        for count, at_ms in enumerate(times, 1):
            kind = _kind(demand.kinds, kinds.random())
            yield Arrival(
                at_ms=self.midnight_ms + at_ms,
                linkedid=f"{demand.queue}-{count}",
                visit=Visit(
                    queue=demand.queue,
                    priority=kind.priority,
                    skills=kind.skills,
                    data=kind.data,
                    patience_ms=demand.patience.draw(patience) if demand.patience else None,
                    answers_ms=tuple(demand.answer.draw(answer) for _ in range(AGENTS_RUNG)),
                    handling_ms=demand.handling.draw(handling),
                ),
            )


def _choices(shift: Shift, seat: Seat, midnight_ms: int) -> Iterator[Choice]:
    yield Choice(at_ms=midnight_ms + shift.from_ms, agent=seat.number, wish=Wish.SIGN_IN)
    for from_ms, until_ms in shift.breaks:
        yield Choice(at_ms=midnight_ms + from_ms, agent=seat.number, wish=Wish.NOT_READY, reason="break")
        yield Choice(at_ms=midnight_ms + until_ms, agent=seat.number, wish=Wish.READY)
    yield Choice(at_ms=midnight_ms + shift.until_ms, agent=seat.number, wish=Wish.SIGN_OUT)


def _kind(kinds: Sequence[Kind], at: float) -> Kind:
    for kind in kinds:
        if at < kind.share:
            return kind
        at -= kind.share
    return Kind(share=1)


def _times(rates: Sequence[Rate], random: Random, from_ms: int, until_ms: int) -> Iterator[int]:
    """A Poisson process of changing rate, by inversion (Çinlar 1975): the expected number of calls between two is
    exponential with mean 1."""
    to_come = random.expovariate(1)
    for rate, after in zip(rates, [*rates[1:], None], strict=True):
        at_ms = float(max(from_ms, rate.from_ms))
        end_ms = until_ms if after is None else min(until_ms, after.from_ms)
        while at_ms < end_ms and rate.calls_per_hour > 0:
            expected = rate.calls_per_hour * (end_ms - at_ms) / HOUR_MS
            if to_come >= expected:
                to_come -= expected
                break
            at_ms += to_come * HOUR_MS / rate.calls_per_hour
            yield int(at_ms)
            to_come = random.expovariate(1)
