"""Made-up traffic as a file says it (`callcenter simulate`): calls, times and patience by queue, agents by group;
checked against the centre whose queues are to serve it. What it does to them is decided by acd.simulation and the
router.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, NonNegativeInt
from pydantic_core import PydanticCustomError

from acd.hours import DAYS
from acd.simulation.traffic import HOUR_MS, Demand, Duration, Kind, Rate, Shape, Shift, Traffic
from cti.centre import Centre
from cti.queues_file import Text
from ivr.documents import Document, DocumentError, Name, Part, Problem, read_document
from ivr.flow.parts import Level
from ivr.yaml_tree import Path as Place

MIDNIGHT_MS = 24 * HOUR_MS
MONDAY = date(2024, 1, 1)
"""Made-up days are of the week of this one; any week would do in which no clock is changed."""


def clock_ms(text: str) -> int:
    """ "09:30" → milliseconds since midnight; 24:00 is the end of the day. Raises ValueError."""
    hours, colon, minutes = text.partition(":")
    if not (colon and len(hours) == len(minutes) == 2 and text.isascii() and (hours + minutes).isdigit()):
        raise ValueError(f"{text!r} is no time of the day; expected one such as 09:30")
    ms = (int(hours) * 60 + int(minutes)) * 60_000
    if int(minutes) > 59 or ms > MIDNIGHT_MS:
        raise ValueError(f"{text!r} is no time of the day; expected 00:00 to 24:00")
    return ms


def span_ms(text: str) -> tuple[int, int]:
    """ "09:00-17:30" → its two ends. Raises ValueError, also where the end is not after the beginning."""
    first, _, last = text.partition("-")
    from_ms, until_ms = clock_ms(first.strip()), clock_ms(last.strip())
    if until_ms <= from_ms:
        raise ValueError(f"{text!r} has no length; expected the earlier time first")
    return from_ms, until_ms


def _clock(text: str) -> str:
    try:
        clock_ms(text)
    except ValueError:
        raise PydanticCustomError("clock", "Input should be a time of the day such as 09:30") from None
    return text


def _span(text: str) -> str:
    try:
        span_ms(text)
    except ValueError:
        expected = "Input should be two times of one day such as 09:00-17:30, the earlier one first; 24:00 is midnight"
        raise PydanticCustomError("span", expected) from None
    return text


Clock = Annotated[str, AfterValidator(_clock)]
Span = Annotated[str, AfterValidator(_span)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Times(Part):
    """Random durations; `variation` is standard deviation / mean, for the log-normal shape."""

    mean_s: NotNegative
    shape: Literal["constant", "exponential", "log_normal"]
    variation: Positive = 1.0

    @property
    def duration(self) -> Duration:
        """As the simulation draws it."""
        return Duration(mean_ms=self.mean_s * 1000, shape=Shape(self.shape), variation=self.variation)


class KindOfCall(Part):
    """A share of a queue's calls that ask for more, or go ahead."""

    share: Annotated[float, Field(gt=0, le=1)]
    priority: Annotated[int, Field(ge=0, le=10)] = 0
    skills: dict[Name, Level] = Field(default_factory=dict)


class Calls(Part):
    """The calls of one queue: `per_hour` the whole day, or `rates` by the time from which each holds."""

    per_hour: NotNegative | None = None
    rates: dict[Clock, NotNegative] | None = None
    handling: Times
    patience: Times | None = None
    """How long callers wait before they hang up; without it they wait for ever."""
    answer: Times = Times(mean_s=0, shape="constant")
    """How long an agent's phone rings before he takes the call."""
    kinds: Annotated[tuple[KindOfCall, ...], Field(strict=False)] = ()


class Agents(Part):
    """`count` agents who are alike. They sign in and out at the ends of their shift and take their breaks together."""

    group: Name
    count: Annotated[int, Field(ge=1, le=5000)]
    skills: dict[Name, Level] = Field(default_factory=dict)
    attributes: dict[Name, Text] = Field(default_factory=dict)
    shift: Span
    breaks: Annotated[tuple[Span, ...], Field(strict=False)] = ()


class _TrafficFile(Part):
    title: Text
    day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "mon"  # as acd.hours names them
    """Which hours of service hold."""
    open: Span = "00:00-24:00"
    """When calls come."""
    queues: Annotated[dict[Name, Calls], Field(min_length=1)]
    agents: Annotated[tuple[Agents, ...], Field(strict=False, min_length=1)]
    back_after_missed_s: NonNegativeInt = 60
    """When an agent who let his phone ring too long is ready again."""


def load_traffic(file: Path, centre: Centre) -> tuple[str, Traffic]:
    """The title of the traffic in `file`, and the traffic. Raises DocumentError with everything that is wrong in it."""
    document = read_document(file, _TrafficFile)
    if problems := list(_problems(document, centre)):
        raise DocumentError(problems)
    value = document.value
    from_ms, until_ms = span_ms(value.open)
    return value.title, Traffic(
        from_ms=from_ms,
        until_ms=until_ms,
        midnight_ms=_midnight_ms(value.day, centre.time_zone),
        demands=[_demand(name, calls) for name, calls in value.queues.items()],
        shifts=[_shift(agents) for agents in value.agents],
        back_after_ms=value.back_after_missed_s * 1000,
    )


def _midnight_ms(day: str, zone: ZoneInfo) -> int:
    midnight = datetime.combine(MONDAY + timedelta(days=DAYS.index(day)), time(), zone)
    return int(midnight.timestamp() * 1000)


def _demand(queue: str, calls: Calls) -> Demand:
    rates = [Rate(clock_ms(since), per_hour) for since, per_hour in (calls.rates or {}).items()]
    return Demand(
        queue=queue,
        rates=sorted(rates, key=lambda rate: rate.from_ms) or [Rate(0, calls.per_hour or 0)],
        handling=calls.handling.duration,
        patience=calls.patience.duration if calls.patience else None,
        answer=calls.answer.duration,
        kinds=[Kind(share=kind.share, priority=kind.priority, skills=kind.skills) for kind in calls.kinds],
    )


def _shift(agents: Agents) -> Shift:
    from_ms, until_ms = span_ms(agents.shift)
    return Shift(
        group=agents.group,
        count=agents.count,
        skills=agents.skills,
        attributes=agents.attributes,
        from_ms=from_ms,
        until_ms=until_ms,
        breaks=[span_ms(pause) for pause in agents.breaks],
    )


def _problems(document: Document[_TrafficFile], centre: Centre) -> Iterator[Problem]:
    for name, calls in document.value.queues.items():
        here: Place = ("queues", name)
        if name not in centre.queues:
            yield document.unknown(here, "queue", name, centre.queues, key=True)
        if (calls.per_hour is None) == (calls.rates is None):
            yield document.problem(here, "how many calls come is not said once", "either per_hour or rates", key=True)
        for index, kind in enumerate(calls.kinds):
            yield from _unknown(document, (*here, "kinds", index, "skills"), "skill", kind.skills, centre.skills)
        if sum(kind.share for kind in calls.kinds) > 1 + 1e-9:
            yield document.problem((*here, "kinds"), "the shares are more than 1 together", "shares of one whole")
    for index, agents in enumerate(document.value.agents):
        place: Place = ("agents", index)
        if agents.group in {before.group for before in document.value.agents[:index]}:
            yield document.problem((*place, "group"), f'group "{agents.group}" stands here twice', "a name of its own")
        yield from _unknown(document, (*place, "skills"), "skill", agents.skills, centre.skills)
        yield from _unknown(document, (*place, "attributes"), "attribute", agents.attributes, centre.attributes)
        from_ms, until_ms = span_ms(agents.shift)
        for number, pause in enumerate(agents.breaks):
            begins_ms, ends_ms = span_ms(pause)
            if begins_ms < from_ms or ends_ms > until_ms:
                yield document.problem((*place, "breaks", number), f"{pause} is not within the shift", agents.shift)


def _unknown(
    document: Document[_TrafficFile], path: Place, what: str, names: Iterable[str], known: Collection[str]
) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            yield document.unknown((*path, name), what, name, known, key=True)
