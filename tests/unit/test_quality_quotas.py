"""Quotas over many days against real schedules: day and night shifts, across midnight and the ends of months, drawn day
by day as the daily draw does it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recording.inputs.plan import ONE_DAY, Plan
from recording.inputs.shifts import Assignment, Pattern
from recording.quality.drawing import draw
from recording.quality.sampling import Candidate, Drawn, Inputs, Pick, Rule, SamplingRules
from recording.quality.shifts import drawable_days, shifts_of

pytestmark = pytest.mark.unit

ZONES = [ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Berlin", "America/New_York")]
FIRST = date(2026, 10, 20)
LAST = date(2026, 12, 4)
AGENTS = ("1001", "1002", "1003")
LOOK_BACK = 7
MONTH, SHIFT, TOGETHER = 4, 3, 2
RULES = SamplingRules(
    look_back_days=LOOK_BACK,
    rules=(
        Rule(name="month", sheet="s", per_agent_month=MONTH),
        Rule(name="shift", sheet="s", per_agent_shift=SHIFT),
        Rule(name="together", sheet="s", per_shift=TOGETHER),
    ),
)
PATTERNS = [
    Pattern.model_validate({"name": name, "shifts": [{"day": day, "start": start, "end": end} for day in days]})
    for name, start, end, days in (
        ("days", "09:00", "18:00", (1, 2, 3, 4, 5)),
        ("nights", "18:00", "09:00", (2, 4, 6, 7)),
        ("lates", "16:00", "00:00", (1, 3, 7)),
    )
]


@dataclass
class Floor:
    """Calls, and what was drawn of them on which day."""

    zone: ZoneInfo
    plan: Plan
    calls: Sequence[Candidate]
    drawn: list[tuple[date, Pick, Candidate]] = field(default_factory=list)

    def start(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)

    def draw(self, day: date) -> tuple[Pick, ...]:
        """The daily draw."""
        until, since = self.start(day), self.start(day - LOOK_BACK * ONE_DAY)
        known = {candidate.call for _, _, candidate in self.drawn}
        worked = shifts_of(self.plan, AGENTS, FIRST, LAST, self.zone)
        made = Inputs(
            day=day,
            seed=str(day),
            rules=RULES,
            candidates=tuple(
                one.model_copy(update={"shift_over": worked(one.agent, one.call_at).ends_at <= until})
                for one in self.calls
                if since <= one.call_at < until and one.call not in known
            ),
            drawn=tuple(
                Drawn(agent=one.agent, rule=pick.rule, shift=one.shift, this_month=on >= day.replace(day=1))
                for on, pick, one in self.drawn
                if on >= day.replace(day=1) or one.call_at >= since - 2 * ONE_DAY
            ),
            planned=drawable_days(self.plan, AGENTS, day),
        )
        drawing = draw(made)
        assert draw(Inputs.model_validate_json(made.model_dump_json())) == drawing
        parts = {(one.call, one.agent): one for one in made.candidates}
        self.drawn += [(day, pick, parts[pick.call, pick.agent]) for pick in drawing.picks]
        return drawing.picks


@st.composite
def floors(draw_: st.DrawFn) -> Floor:
    """Some weeks of calls, in shifts and besides them."""
    zone = draw_(st.sampled_from(ZONES))
    assigned = [
        Assignment(
            agent=agent, since=FIRST - 7 * ONE_DAY, pattern=draw_(st.sampled_from([one.name for one in PATTERNS]))
        )
        for agent in AGENTS[:2]
    ]  # the third has no shifts
    plan = Plan(zone, PATTERNS, assigned, [])
    worked = shifts_of(plan, AGENTS, FIRST, LAST, zone)
    begin = datetime.combine(FIRST, time(), zone)
    hours = int((LAST - FIRST) / timedelta(hours=1))
    chance = draw_(st.randoms(use_true_random=False))
    calls = []
    for n in range(draw_(st.integers(0, 400))):
        at, agent = (
            begin + timedelta(hours=chance.randrange(hours), minutes=chance.randrange(60)),
            chance.choice(AGENTS),
        )
        calls.append(
            Candidate(
                call=f"c{n}", agent=agent, queue="", team="", call_at=at, talk_ms=1, shift=worked(agent, at).name
            )
        )  # fmt: skip
    return Floor(zone, plan, calls)


def by_month(floor: Floor) -> Mapping[tuple[str, str], int]:
    return Counter((f"{on:%Y-%m}", one.agent) for on, pick, one in floor.drawn if pick.rule == "month")


@settings(max_examples=15, deadline=None)
@given(floors())
def test_quotas_are_reached_wherever_there_are_calls_and_never_exceeded(floor: Floor) -> None:
    short_on_last = {}
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + number * ONE_DAY
        floor.draw(day)
        if (day + ONE_DAY).day == 1:
            left = Counter(
                one.agent
                for one in floor.calls
                if floor.start(day - LOOK_BACK * ONE_DAY) <= one.call_at < floor.start(day)
                and one.call not in {candidate.call for _, _, candidate in floor.drawn}
            )
            short_on_last[f"{day:%Y-%m}"] = left
    counted = by_month(floor)
    assert all(count <= MONTH for count in counted.values())
    for month, left in short_on_last.items():
        for agent in AGENTS:
            assert counted.get((month, agent), 0) == MONTH or not left[agent], "calls were left, and none was drawn"

    each = Counter((one.agent, one.shift) for _, pick, one in floor.drawn if pick.rule == "shift")
    together = Counter(one.shift for _, pick, one in floor.drawn if pick.rule == "together")
    assert all(count <= SHIFT for count in each.values())
    assert all(count <= TOGETHER for count in together.values())
    drawn = {one.call for _, _, one in floor.drawn}
    worked = shifts_of(floor.plan, AGENTS, FIRST, LAST, floor.zone)
    for one in floor.calls:
        if worked(one.agent, one.call_at).ends_at <= floor.start(LAST) and one.call not in drawn:
            assert each[one.agent, one.shift] == SHIFT, "a call of a shift that is over was left, and its quota is open"
            assert together[one.shift] == TOGETHER
