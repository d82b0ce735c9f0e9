"""A forecast with its staff as one value, as the API, reports and commands show it. It takes nothing to read one: who
shows it need not be able to make it.
"""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

MOST_DAYS_SHOWN = 31
"""Days of one forecast: a month."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HalfHourOutlook(_Value):
    """Calls expected in the half hour that begins at `start`, between bounds, and the agents they need: `agents`
    serving, `scheduled` planned for that. With those, `service_level` (0 to 1) are answered in time, callers wait
    `wait_s` on the average, `abandoned` (0 to 1) leave, and agents are busy `occupancy` (0 to 1) of their time.
    `erlang_c` and `erlang_a` are how many either formula would have scheduled; null: nobody knows how long callers
    wait."""

    start: datetime
    calls: float
    low: float
    high: float
    agents: int
    scheduled: int
    erlang_c: int
    erlang_a: int | None
    service_level: float
    wait_s: float
    abandoned: float
    occupancy: float


class DayOutlook(_Value):
    """A day's calls between bounds; `agents` at once at its busiest, and `agent_hours` of all its half hours, both as
    scheduled; the hours by either formula, too."""

    day: date
    calls: float
    low: float
    high: float
    agents: int
    agent_hours: float
    erlang_c_hours: float
    erlang_a_hours: float | None


class Tested(_Value):
    """How good forecasts of the last `weeks` would have been: the share of all calls (0 and up) by which half hours and
    days were off, beside the naive forecast (the same weekday a week before), and how many lay between their bounds."""

    weeks: int
    error: float
    naive_error: float
    day_error: float
    naive_day_error: float
    covered: float
    covered_days: float


class Outlook(_Value):
    """`days_known` up to `last_known` were learnt from. The bounds hold for `level` (0 to 1) of half hours, and of
    days. `patience_s` is null where no caller left, so that all are taken to wait for ever;
    `for_agents` (0 to 1) is the share of the calls that want an agent."""

    scope: str
    days_known: int
    last_known: date
    level: float
    handle_s: float
    patience_s: float | None
    for_agents: float
    share: float
    within_s: float
    shrinkage: float
    days: tuple[DayOutlook, ...]
    half_hours: tuple[HalfHourOutlook, ...]
    tested: Tested | None = None
