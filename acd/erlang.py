"""Erlang B, C and A: what a queue with so many agents does to its callers in the long run, by formula.

They hold for one queue with Poisson arrivals and exponential handling times, served in the order of entry by agents who
all can take every call: B where who finds no agent is turned away (Erlang 1917), C where all wait for ever (Erlang
1917), A where each gives up after a patience of his own, exponential too (Palm 1946; Garnett, Mandelbaum, Reiman 2002,
"Designing a call center with impatient customers"). `load` is in erlangs, times are milliseconds; pure functions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import ceil, exp, expm1, isfinite, log, sqrt

HOUR_MS = 3_600_000
MOST_ARRIVALS_IN_A_PATIENCE = 10_000_000
"""Above this Erlang A would take seconds; nobody waits for so many others."""


class ErlangError(ValueError):
    """A number for which the formulas say nothing."""

    id = "erlang-input-invalid"


class Overloaded(ErlangError):
    """More work comes than the agents can do and nobody gives up: the queue grows for ever."""

    id = "erlang-overloaded"


class OutOfReach(ErlangError):
    """A target that no number of agents meets."""

    id = "erlang-target-out-of-reach"


def erlang_b(agents: int, load: float) -> float:
    """The share of calls that find all agents busy where those are turned away; `load` of 0 or more erlangs.

    By B(0) = 1, B(n) = load·B(n-1) / (n + load·B(n-1)), all terms positive: no factorial, no overflow, no
    cancellation. Raises ErlangError.
    """
    _whole(agents, "agents", least=0)
    if load != 0:
        _positive(load, "load")
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


@dataclass(frozen=True, kw_only=True)
class ErlangC:
    """M/M/n: nobody gives up. Raises ErlangError, and Overloaded where `calls_per_hour · handling >= agents`."""

    agents: int
    calls_per_hour: float
    handling_ms: float
    """Mean of talk, hold and wrap-up: all that keeps an agent from the next call."""

    def __post_init__(self) -> None:
        _whole(self.agents, "agents", least=1)
        _positive(self.calls_per_hour, "calls_per_hour")
        _positive(self.handling_ms, "handling_ms")
        if self.load >= self.agents:
            raise Overloaded(f"load {self.load:g} erlangs on {self.agents} agents; expected more agents than erlangs")

    @property
    def load(self) -> float:
        """Erlangs: how many agents the calls would keep busy if none were lost."""
        return self.calls_per_hour * self.handling_ms / HOUR_MS

    @property
    def occupancy(self) -> float:
        """The share of their time that agents are busy."""
        return self.load / self.agents

    @cached_property
    def waits(self) -> float:
        """The probability that a caller finds all agents busy: B / (1 - occupancy·(1 - B))."""
        blocked = erlang_b(self.agents, self.load)
        return blocked / (1 - self.occupancy * (1 - blocked))

    @property
    def mean_wait_ms(self) -> float:
        """The mean over all callers, those who are served at once included."""
        return self.waits * self.handling_ms / (self.agents - self.load)

    @property
    def mean_queue(self) -> float:
        """The mean number of callers who wait (Little 1961: arrival rate times mean wait)."""
        return self.calls_per_hour / HOUR_MS * self.mean_wait_ms

    @property
    def abandonment(self) -> float:
        """Nobody gives up."""
        return 0.0

    def service_level(self, within_ms: float) -> float:
        """The share of all calls answered within so long."""
        _not_negative(within_ms, "within_ms")
        return 1 - self.waits * exp(-(self.agents - self.load) * within_ms / self.handling_ms)


@dataclass(frozen=True, kw_only=True)
class ErlangA:
    """M/M/n+M: each caller gives up after an exponential patience. Never overloaded. Raises ErlangError.

    With x = agents·patience/handling and y = arrivals in a mean patience, everything follows from the series
    A(x, y) = 1 + y/(x+1) + y²/((x+1)(x+2)) + …, an incomplete gamma function (Palm 1946). It is summed backwards, see
    `_waiting`: positive terms in logarithms, exact for any load from nearly none to hopeless.
    """

    agents: int
    calls_per_hour: float
    handling_ms: float
    """Mean of talk, hold and wrap-up: all that keeps an agent from the next call."""
    patience_ms: float
    """Mean time after which a caller who still waits gives up."""

    def __post_init__(self) -> None:
        _whole(self.agents, "agents", least=1)
        _positive(self.calls_per_hour, "calls_per_hour")
        _positive(self.handling_ms, "handling_ms")
        _positive(self.patience_ms, "patience_ms")
        if self._y > MOST_ARRIVALS_IN_A_PATIENCE:
            raise ErlangError(
                f"{self._y:g} calls arrive in a mean patience; expected at most {MOST_ARRIVALS_IN_A_PATIENCE}"
            )

    @property
    def load(self) -> float:
        """Erlangs: how many agents the calls would keep busy if none were lost."""
        return self.calls_per_hour * self.handling_ms / HOUR_MS

    @property
    def occupancy(self) -> float:
        """The share of their time that agents are busy."""
        return self.load * (1 - self.abandonment) / self.agents

    @cached_property
    def waits(self) -> float:
        """The probability that a caller finds all agents busy: B / (B + (1 - B)/A)."""
        blocked = erlang_b(self.agents, self.load)
        return blocked / (blocked + (1 - blocked) * exp(self._busy[0]))

    @property
    def mean_queue(self) -> float:
        """The mean number of callers who wait."""
        return self.waits * self._busy[1]

    @property
    def mean_wait_ms(self) -> float:
        """The mean over all callers: those served at once, those served later, those who gave up (Little 1961)."""
        return self.mean_queue / self.calls_per_hour * HOUR_MS

    @property
    def abandonment(self) -> float:
        """The share of callers who give up: each who waits does so once in a mean patience."""
        return self.mean_wait_ms / self.patience_ms

    def service_level(self, within_ms: float) -> float:
        """The share of all calls answered within so long; who gave up, however early, was not answered.

        Mandelbaum and Zeltyn 2007 ("Service engineering in action: the Palm/Erlang-A queue"), integrated by parts so
        that no two large numbers are subtracted.
        """
        _not_negative(within_ms, "within_ms")
        left = exp(-within_ms / self.patience_ms)
        at_start, _ = self._busy
        later, _ = _waiting(self._x, self._y * left)
        exponent = self._y * (1 - left) - self._x * within_ms / self.patience_ms + at_start - later
        answered_later = self.waits * self._x / self._y * exp(exponent) * -expm1(later)
        return 1 - self.abandonment - answered_later

    @property
    def _x(self) -> float:
        return self.agents * self.patience_ms / self.handling_ms

    @property
    def _y(self) -> float:
        return self.calls_per_hour * self.patience_ms / HOUR_MS

    @cached_property
    def _busy(self) -> tuple[float, float]:
        return _waiting(self._x, self._y)


def agents_needed(
    *,
    calls_per_hour: float,
    handling_ms: float,
    patience_ms: float | None = None,
    service_level: float = 0.0,
    within_ms: float = 20_000,
    abandonment: float = 1.0,
) -> int:
    """The least number of agents with which at least the share `service_level` is answered within `within_ms` and at
    most the share `abandonment` gives up; Erlang C where `patience_ms` is None, else Erlang A.

    0 <= service_level < 1, 0 < abandonment <= 1. Raises ErlangError; OutOfReach for a service level that more agents
    do not bring.
    """
    _not_negative(service_level, "service_level")
    if service_level >= 1:
        raise OutOfReach(f"service_level {service_level:g}; expected a share below 1: some caller always waits")
    if not 0 < abandonment <= 1:
        raise ErlangError(f"abandonment {abandonment:g}; expected a share above 0, at most 1")

    def meets(agents: int) -> bool:
        if patience_ms is None:
            if calls_per_hour * handling_ms / HOUR_MS >= agents:
                return False
            queue: ErlangA | ErlangC = ErlangC(agents=agents, calls_per_hour=calls_per_hour, handling_ms=handling_ms)
        else:
            queue = ErlangA(
                agents=agents, calls_per_hour=calls_per_hour, handling_ms=handling_ms, patience_ms=patience_ms
            )
        return queue.service_level(within_ms) >= service_level and queue.abandonment <= abandonment

    _positive(calls_per_hour, "calls_per_hour")
    _positive(handling_ms, "handling_ms")
    return _least(meets)


def _least(meets: Callable[[int], bool]) -> int:
    """The least whole number from 1 on that meets what all above it meet, too."""
    above = 1
    while not meets(above):
        above *= 2
    below = above // 2
    while above - below > 1:
        middle = (above + below) // 2
        below, above = (below, middle) if meets(middle) else (middle, above)
    return above


def _waiting(x: float, y: float) -> tuple[float, float]:
    """For the chain of waiting callers while all agents are busy: (log of the probability that nobody waits, mean
    number who wait).

    The chance of j waiting is p(j) = y^j / ((x+1)…(x+j)) / A(x, y). With R = 1/A and m the mean, the chain seen from
    one caller further on is the same with x+1, so that R(x) = R(x+1) / (R(x+1) + y/(x+1)) and
    m(x) = (1 - R(x))·(1 + m(x+1)). An error at the far end shrinks by 1 - R at each step; it is begun where the
    product of these is below e^-40.
    """
    steps = ceil(max(0.0, y - x) + sqrt(80 * y)) + 80
    log_nobody, mean = 0.0, 0.0
    for j in range(steps, 0, -1):
        coming = y / (x + j)
        nobody = exp(log_nobody)
        log_nobody -= log(nobody + coming)
        mean = coming / (nobody + coming) * (1 + mean)
    return log_nobody, mean


def _whole(value: int, name: str, *, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ErlangError(f"{name} {value!r}; expected a whole number of {least} or more")


def _positive(value: float, name: str) -> None:
    if not (isfinite(value) and value > 0):
        raise ErlangError(f"{name} {value!r}; expected a number above 0")


def _not_negative(value: float, name: str) -> None:
    if not (isfinite(value) and value >= 0):
        raise ErlangError(f"{name} {value!r}; expected a number of 0 or more")
