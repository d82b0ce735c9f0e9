"""The 23 figures as data: of each its formula over named sums, its unit, its band, in which direction it is good, and
for which periods it is usually shown. Nothing is computed here. The definitions are those of Jon Anton's benchmarking
set (Purdue University) as this house uses them; docs/figures.md tells them in words.

A formula is never changed in place: whoever changes one gives the figure its next version, and every report names the
version that it was made by.
"""

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256

from recording.figures.definition import Band, Direction, Figure, Formula, Source, UnitOf
from recording.figures.period import Unit
from recording.figures.scope import ScopeKind

_PERCENT, _SECONDS = Decimal(100), Decimal("0.001")
_DAY, _WEEK, _MONTH = Unit.DAY, Unit.WEEK, Unit.MONTH
_ANSWERED = {"answered": 1}
_ASKED_FOR = {"received": 1, "blocked": -1, "short_abandoned": -1}
"""Received, less what was turned away, less who hung up at once."""
_ASKED = "received,!blocked,!short_abandoned"


def _band(low: str | None = None, high: str | None = None, *, norm: str | None = None, wish: str | None = None) -> Band:
    numbers = (None if one is None else Decimal(one) for one in (low, high, norm, wish))
    low_, high_, norm_, wish_ = numbers
    return Band(low_, high_, norm=norm_, wish=wish_)


def _mean_s(total: Mapping[str, int], calls: Mapping[str, int], counted: str) -> Formula:
    return Formula(numerator=total, denominator=calls, scale=_SECONDS, counted=counted, of=counted)


def _share(some: Mapping[str, int], all_: Mapping[str, int], counted: str, of: str) -> Formula:
    return Formula(numerator=some, denominator=all_, scale=_PERCENT, counted=counted, of=of)


def _count(name: str) -> Formula:
    return Formula(numerator={name: 1}, counted=name, of=name)


_IN_TIME = "answered_in_time"
_SERVED = {_IN_TIME: 1}
_LONG = "abandoned,!short_abandoned"
SERVICE_LEVELS: Mapping[str, Formula] = {
    "received": _share(_SERVED, _ASKED_FOR, _IN_TIME, _ASKED),
    "offered": _share(_SERVED, {"offered": 1}, _IN_TIME, "offered"),
    "offered_long": _share(_SERVED, {"offered": 1, "short_abandoned": -1}, _IN_TIME, "offered,!short_abandoned"),
    "answered": _share(_SERVED, _ANSWERED, _IN_TIME, "answered"),
    "answered_abandoned": _share(_SERVED, {"answered": 1, "abandoned": 1}, _IN_TIME, "answered|abandoned"),
    "answered_abandoned_long": _share(
        _SERVED, {"answered": 1, "abandoned": 1, "short_abandoned": -1}, _IN_TIME, f"answered|{_LONG}"
    ),
    "abandoned_as_served": _share(
        {"answered_in_time": 1, "abandoned_in_time": 1},
        {"answered": 1, "abandoned": 1},
        f"{_IN_TIME}|abandoned_in_time",
        "answered|abandoned",
    ),
}
"""The usual denominators of a service level, by name: which one is in force, the rules say (`service_level`)."""

_ALL = (
    Figure(
        key="adherence", number=1, title="Adherence", unit=UnitOf.PERCENT,
        formula=Formula(numerator={"adherent_ms": 1}, denominator={"scheduled_ms": 1}, scale=_PERCENT),
        band=_band(low="92"), direction=Direction.HIGHER, source=Source.SCHEDULES, periods=(_DAY, _WEEK, _MONTH),
        scopes=frozenset({ScopeKind.CENTRE, ScopeKind.TEAM, ScopeKind.AGENT}),
        meaning="Time signed in and ready, ringing, talking, holding or in wrap-up inside scheduled working time, of "
        "that time.",
    ),
    Figure(
        key="after_call_work", number=2, title="After-call work", unit=UnitOf.SECONDS,
        formula=_mean_s({"wrap_up_ms": 1}, _ANSWERED, "answered"),
        band=_band("30", "60", norm="60"), direction=Direction.LOWER, periods=(Unit.HOUR, _DAY, _WEEK, _MONTH),
        meaning="Wrap-up time per answered call.",
    ),
    Figure(
        key="time_to_abandon", number=3, title="Time to abandon", unit=UnitOf.SECONDS,
        formula=Formula(
            numerator={"abandon_wait_ms": 1}, denominator={"abandoned": 1, "short_abandoned": -1}, scale=_SECONDS,
            counted="abandoned,!short_abandoned", of="abandoned,!short_abandoned",
        ),
        band=_band("20", "60", norm="60"), direction=Direction.INSIDE, periods=(_DAY, _WEEK),
        meaning="How long abandoned calls had waited, short ones not counted.",
    ),
    Figure(
        key="cost_per_call", number=4, title="Cost per call", unit=UnitOf.MONEY, decimals=2, version=2,
        formula=Formula(
            numerator={"cost": 1}, denominator={"answered": 1, "served_by_ivr": 1},
            counted="answered|served_by_ivr", of="answered|served_by_ivr",
        ),
        band=_band("2", "5", norm="4"), direction=Direction.LOWER, source=Source.COSTS, periods=(_WEEK,),
        meaning="The centre's cost per call answered by an agent or the IVR; of a queue, team or agent: what it bears "
        "of that.",
    ),
    Figure(
        key="handle_time", number=5, title="Handle time", unit=UnitOf.SECONDS,
        formula=_mean_s({"talk_ms": 1, "hold_ms": 1, "wrap_up_ms": 1}, _ANSWERED, "answered"),
        band=_band("180", "600", norm="510"), direction=Direction.INSIDE, periods=(_DAY, _WEEK, _MONTH),
        meaning="Talk, hold and wrap-up time per answered call.",
    ),
    Figure(
        key="hold_time", number=6, title="Hold time", unit=UnitOf.SECONDS,
        formula=_mean_s({"hold_ms": 1}, _ANSWERED, "answered"),
        parts={"per_held_call": _mean_s({"hold_ms": 1}, {"held": 1}, "held")},
        band=_band("20", "60", norm="60"), direction=Direction.LOWER, periods=(_DAY, _WEEK, _MONTH),
        meaning="Time on hold per answered call, and per call that was held.",
    ),
    Figure(
        key="rings", number=7, title="Rings to answer", unit=UnitOf.RINGS,
        formula=Formula(
            numerator={"ring_ms": 1}, denominator={"ring_cadence_ms": 1}, counted="line_answered", of="line_answered"
        ),
        band=_band("2", "4", norm="3"), direction=Direction.LOWER, periods=(_DAY,),
        meaning="Rings heard before the IVR or an agent answered; of a queue or an agent: rings of the agent's phone.",
    ),
    Figure(
        key="queue_time", number=8, title="Queue time", unit=UnitOf.SECONDS,
        formula=_mean_s({"waited_ms": 1}, {"waited_to_end": 1}, "waited_to_end"),
        band=_band("30", "90", norm="150"), direction=Direction.LOWER, periods=(_DAY, _WEEK, _MONTH),
        meaning="Wait of calls that had to wait, until an agent answered or the caller hung up.",
    ),
    Figure(
        key="speed_of_answer", number=9, title="Speed of answer", unit=UnitOf.SECONDS,
        formula=_mean_s({"answer_wait_ms": 1}, _ANSWERED, "answered"),
        band=_band(high="20"), direction=Direction.LOWER, periods=(Unit.HALF_HOUR,),
        meaning="Wait of answered calls, those that did not wait counted too.",
    ),
    Figure(
        key="talk_time", number=10, title="Talk time", unit=UnitOf.SECONDS,
        formula=_mean_s({"talk_ms": 1}, _ANSWERED, "answered"),
        band=_band("270", "360", norm="330"), direction=Direction.INSIDE, periods=(_WEEK, _MONTH),
        meaning="Talk time per answered call, hold not counted.",
    ),
    Figure(
        key="calls_per_hour", number=11, title="Calls per hour", unit=UnitOf.PER_HOUR,
        formula=Formula(
            numerator={"agents_answered": 1}, denominator={"state_signed_in_ms": 1}, scale=Decimal(3_600_000),
            counted="answered", of="",
        ),
        source=Source.BOTH, periods=(_DAY,),
        scopes=frozenset({ScopeKind.CENTRE, ScopeKind.TEAM, ScopeKind.AGENT}),
        meaning="Calls that agents answered per hour signed in.",
    ),
    Figure(
        key="monitoring_score", number=12, title="Monitoring score", unit=UnitOf.POINTS,
        formula=Formula(numerator={"score": 1}, denominator={"evaluations": 1}),
        band=None, direction=Direction.HIGHER, source=Source.SCORES, periods=(_MONTH,),
        meaning="Mean score of the quality evaluations; 4 to 5 for each agent and month are the least.",
    ),
    Figure(
        key="occupancy", number=13, title="Occupancy", unit=UnitOf.PERCENT,
        formula=Formula(
            numerator={"state_talking_ms": 1, "state_holding_ms": 1},
            denominator={"state_talking_ms": 1, "state_holding_ms": 1, "state_ready_ms": 1}, scale=_PERCENT,
        ),
        band=_band(low="90"), direction=Direction.HIGHER, source=Source.TIMES, periods=(_DAY, _WEEK),
        scopes=frozenset({ScopeKind.CENTRE, ScopeKind.TEAM, ScopeKind.AGENT}),
        meaning="Talking and holding, of that and being ready without a call.",
    ),
    Figure(
        key="abandonment", number=14, title="Abandonment rate", unit=UnitOf.PERCENT,
        formula=_share({"abandoned": 1, "short_abandoned": -1}, _ASKED_FOR, _LONG, _ASKED),
        band=_band("3", "5", norm="3"), direction=Direction.LOWER, periods=(_DAY, _WEEK, _MONTH),
        meaning="Abandoned calls, of received ones; short abandons and blocked calls left out of both.",
    ),
    Figure(
        key="attendance", number=15, title="Attendance", unit=UnitOf.PERCENT, version=2,
        formula=Formula(numerator={"attended": 1}, denominator={"scheduled": 1}, scale=_PERCENT),
        band=_band(low="95"), direction=Direction.HIGHER, source=Source.SCHEDULES, periods=(_DAY,),
        scopes=frozenset({ScopeKind.CENTRE, ScopeKind.TEAM, ScopeKind.AGENT}),
        meaning="People who signed in during their scheduled shift, of those scheduled; of several days those of each.",
    ),
    Figure(
        key="blocked", number=16, title="Blocked calls", unit=UnitOf.PERCENT,
        formula=_share({"blocked": 1}, {"received": 1}, "blocked", "received"),
        parts={
            name: _share({f"blocked_{name}": 1}, {"received": 1}, f"blocked_{name}", "received")
            for name in ("call_limit", "unknown_number", "lines_busy", "refused")
        },
        band=_band("1", "3", norm="1"), direction=Direction.LOWER, periods=(Unit.HOUR,),
        scopes=frozenset({ScopeKind.CENTRE}),
        meaning="Calls turned away before any queue or IVR, of received ones.",
    ),
    Figure(
        key="first_contact", number=17, title="Resolved at first contact", unit=UnitOf.PERCENT,
        formula=_share({"resolved_first": 1}, _ANSWERED, "resolved_first", "answered"),
        band=_band("85", "100", norm="85"), direction=Direction.HIGHER, periods=(_DAY,),
        meaning="Calls closed as resolved and not followed by another on the same matter, of answered ones.",
    ),
    Figure(
        key="queued_share", number=18, title="Queued share", unit=UnitOf.PERCENT,
        formula=_share({"waited": 1}, {"received": 1}, "waited", "received"),
        band=_band("10", "20", norm="15"), direction=Direction.LOWER, periods=(_WEEK,),
        scopes=frozenset({ScopeKind.CENTRE, ScopeKind.QUEUE}),
        meaning="Calls for which no agent was free when they came to their queue, of received ones.",
    ),
    Figure(
        key="transfer", number=19, title="Transfer rate", unit=UnitOf.PERCENT,
        formula=_share({"transferred": 1}, _ANSWERED, "transferred", "answered"),
        parts={
            "blind": _share({"transferred_blind": 1}, _ANSWERED, "transferred_blind", "answered"),
            "announced": _share({"transferred_announced": 1}, _ANSWERED, "transferred_announced", "answered"),
        },
        band=_band(high="3", norm="3", wish="1"), direction=Direction.LOWER, periods=(_DAY, _WEEK, _MONTH),
        meaning="Answered calls that an agent sent on, of answered ones; blind and announced apart.",
    ),
    Figure(
        key="answered_share", number=20, title="Answered share", unit=UnitOf.PERCENT,
        formula=_share(_ANSWERED, {"received": 1}, "answered", "received"),
        band=_band(norm="98"), direction=Direction.HIGHER, periods=(_DAY,),
        meaning="Answered calls, of received ones.",
    ),
    Figure(
        key="service_level", number=21, title="Service level", unit=UnitOf.PERCENT,
        formula=SERVICE_LEVELS["received"], variant="received", variants=SERVICE_LEVELS,
        band=_band(low="80"), direction=Direction.HIGHER, periods=(Unit.HALF_HOUR,),
        meaning="Calls answered within the queue's time (20 s where it says nothing), of received ones less blocked "
        "and less short abandons; or of another usual denominator.",
    ),
    Figure(
        key="received", number=22, title="Calls received", unit=UnitOf.CALLS, decimals=0,
        formula=_count("received"),
        parts={
            name: _count(name)
            for name in (
                "blocked", "served_by_ivr", "abandoned", "answered", "answered_elsewhere", "voicemail",
                "callback_asked", "timed_out", "overflowed", "withdrawn", "left_early",
            )
        },
        periods=(Unit.HOUR, _DAY, _WEEK, _MONTH),
        meaning="Calls received, and what became of them.",
    ),
    Figure(
        key="turnover", number=23, title="Turnover", unit=UnitOf.PERCENT,
        formula=Formula(numerator={"left_per_year": 1}, denominator={"mean_agents": 1}, scale=_PERCENT),
        band=_band("15", "30", norm="25"), direction=Direction.LOWER, source=Source.STAFF,
        periods=(_MONTH, Unit.QUARTER), scopes=frozenset({ScopeKind.CENTRE, ScopeKind.TEAM}),
        meaning="Agents who left, of the mean number of full-time agents, as a yearly rate.",
    ),
)  # fmt: skip

FIGURES: Mapping[str, Figure] = {figure.key: figure for figure in _ALL}
"""All of them by key, in the order of their numbers."""

_NO_QUEUE = frozenset({ScopeKind.CENTRE, ScopeKind.TEAM, ScopeKind.AGENT})


def _beside(
    key: str, title: str, count: str, reached: str, meaning: str, scopes: frozenset[ScopeKind] = frozenset(ScopeKind)
) -> Figure:
    return Figure(
        key=key, number=0, title=title, unit=UnitOf.CALLS, decimals=0, formula=_count(count),
        parts={"reached": _count(reached)}, periods=(_DAY, _WEEK, _MONTH), scopes=scopes, meaning=meaning,
    )  # fmt: skip


def _talk_beside(key: str, title: str, meaning: str, scopes: frozenset[ScopeKind] = frozenset(ScopeKind)) -> Figure:
    return Figure(
        key=f"{key}_talk_time", number=0, title=title, unit=UnitOf.SECONDS, periods=(_DAY, _WEEK, _MONTH),
        formula=_mean_s({f"{key}_talk_ms": 1}, {f"{key}_reached": 1}, f"{key}_reached"),
        scopes=scopes, meaning=meaning,
    )  # fmt: skip


BESIDE: Mapping[str, Figure] = {
    one.key: one
    for one in (
        _beside(
            "outbound", "Outbound calls", "outbound", "outbound_reached",
            "Calls that agents placed themselves to numbers outside, and those that were answered.", _NO_QUEUE,
        ),
        _talk_beside("outbound", "Outbound talk time", "Talk time per outbound call that was answered.", _NO_QUEUE),
        _beside(
            "callback", "Call-backs", "callback_attempts", "callback_reached",
            "Calls to customers who had asked to be called back, and those that were answered.",
        ),
        _talk_beside("callback", "Call-back talk time", "Talk time per call-back that was answered."),
        _beside(
            "internal", "Internal calls", "internal", "internal_reached",
            "Calls from agents' phones to colleagues, queues and flows, and those an agent answered; of an agent or a "
            "queue those that came to him or it.",
        ),
        _talk_beside("internal", "Internal talk time", "Talk time per internal call that was answered."),
    )
}  # fmt: skip
"""Counts of calls that nobody made to us, beside the 23, which are of received calls alone."""

EVERY: Mapping[str, Figure] = {**FIGURES, **BESIDE}

CATALOGUE = sha256(" ".join(figure.formula_id for figure in EVERY.values()).encode()).hexdigest()[:12]
"""The version of all formulas together, stamped on each report."""
