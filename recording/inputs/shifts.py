"""What schedules are made of: shifts with their breaks, patterns that come back every week or every few weeks, who has
which pattern from when on, and single days that differ. Shape only; recording.inputs.plan reads it.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from recording.inputs.clock_times import DAY_MINUTES, parse_time, time_text
from recording.inputs.days import Day

NAME = r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}"
AGENT = r"[0-9]{1,12}"
MOST_WEEKS = 52


def _minute(value: object) -> object:
    return parse_time(value) if isinstance(value, str) else value


ClockTime = Annotated[
    int,
    Field(ge=0, lt=DAY_MINUTES, json_schema_extra={"type": "string", "examples": ["18:30"]}),
    BeforeValidator(_minute),
    PlainSerializer(time_text, return_type=str, when_used="json"),
]
"""A time of the clock, "18:30"; kept as minutes from midnight."""

Number = Annotated[str, Field(pattern=rf"^{AGENT}$")]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Break(_Value):
    """Time in a shift in which no work is expected, paid or not."""

    start: ClockTime
    end: ClockTime
    paid: bool = False


class Shift(_Value):
    """From one time of the clock to another, on the next day where that is not later: 18:00 to 09:00 is a night."""

    start: ClockTime
    end: ClockTime
    breaks: tuple[Break, ...] = ()

    @property
    def minutes(self) -> int:
        """How long it is by a clock that is not put forward or back, 1 to 1440."""
        return (self.end - self.start) % DAY_MINUTES or DAY_MINUTES

    @model_validator(mode="after")
    def _breaks_inside(self) -> Self:
        over = 0
        for one in sorted(self.breaks, key=lambda one: (one.start - self.start) % DAY_MINUTES):
            begins = (one.start - self.start) % DAY_MINUTES
            ends = begins + ((one.end - one.start) % DAY_MINUTES)
            if ends == begins or ends > self.minutes or begins < over:
                raise ValueError(
                    f"breaks: expected each apart and inside the shift; that from {time_text(one.start)} is not"
                )
            over = ends
        return self


class PatternShift(Shift):
    """A shift of a pattern: in which of its weeks, from 1 on, and on which day, 1 for Monday to 7."""

    week: int = Field(1, ge=1, le=MOST_WEEKS)
    day: int = Field(ge=1, le=7)


def overlap(one: PatternShift, other: PatternShift, weeks: int) -> bool:
    """Whether two shifts of a pattern of so many weeks meet by the clock, the last of it and the first of it, too."""
    cycle = weeks * 7 * DAY_MINUTES
    apart = _begins(other) - _begins(one)
    return apart % cycle < one.minutes or -apart % cycle < other.minutes


def apart_from(shift: PatternShift) -> str:
    """What was expected of a shift that meets this one."""
    hours = f"{time_text(shift.start)} to {time_text(shift.end)}"
    return f"no time of the shift from {hours} of week {shift.week}, day {shift.day}"


def _begins(shift: PatternShift) -> int:
    return ((shift.week - 1) * 7 + shift.day - 1) * DAY_MINUTES + shift.start


class Pattern(_Value):
    """Shifts that come back every `weeks` weeks."""

    name: str = Field(pattern=rf"^{NAME}$")
    title: str = Field("", max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")
    weeks: int = Field(1, ge=1, le=MOST_WEEKS)
    shifts: tuple[PatternShift, ...]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        seen: set[tuple[int, int, int]] = set()
        for one in self.shifts:
            if one.week > self.weeks:
                raise ValueError(f"week {one.week}: expected at most {self.weeks}, as many as the pattern has")
            if (key := (one.week, one.day, one.start)) in seen:
                raise ValueError(f"two shifts of week {one.week}, day {one.day} begin at {time_text(one.start)}")
            seen.add(key)
        return self


class Assignment(_Value):
    """From the day `since` on the agent works by this pattern, empty for none, until his next assignment. `week` is
    which of the pattern's weeks that day is in."""

    agent: Number
    since: Day
    pattern: str = Field(pattern=rf"^({NAME})?$")
    week: int = Field(1, ge=1, le=MOST_WEEKS)


class ExceptionKind(StrEnum):
    """How a day differs. The first three take work away: with hours just those, else every shift that begins that
    day."""

    LEAVE = "leave"
    SICK = "sick"
    ABSENT = "absent"
    SWAP = "swap"  # he works as the pattern of another says, who has an exception of his own
    CHANGED = "changed"  # these hours instead of his pattern's
    OVERTIME = "overtime"  # these hours besides

    @property
    def away(self) -> bool:
        """Whether it takes work away."""
        return self in (ExceptionKind.LEAVE, ExceptionKind.SICK, ExceptionKind.ABSENT)


class ShiftException(_Value):
    """One day of one agent that differs from his pattern."""

    agent: Number
    day: Day
    kind: ExceptionKind
    start: ClockTime | None = None
    end: ClockTime | None = None
    other: str = Field("", pattern=rf"^({AGENT})?$", description="With whom he swaps.")
    note: str = Field("", max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")

    @property
    def hours(self) -> Shift | None:
        """Its hours, if it has any."""
        return None if self.start is None or self.end is None else Shift(start=self.start, end=self.end)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.start is None) != (self.end is None):
            raise ValueError("end: expected both start and end, or neither")
        if (self.other != "") != (self.kind is ExceptionKind.SWAP) or self.other == self.agent:
            raise ValueError("other: expected the other agent for a swap, and for nothing else")
        if self.kind in (ExceptionKind.CHANGED, ExceptionKind.OVERTIME) and self.start is None:
            raise ValueError("start: expected the hours he works")
        if self.kind is ExceptionKind.SWAP and self.start is not None:
            raise ValueError("start: expected no hours for a swap")
        return self
