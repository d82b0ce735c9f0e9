"""Some made-up days of a centre, by chance: calls of every kind as records, what agents did, when they should have,
what was entered. Reproducible by its seed; it knows nothing of figures.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from acd.facts import AgentDefined, AgentStateChanged, Fact
from acd.states import AgentState, Status
from recording.figures.rules import Rules, Thresholds
from recording.inputs.cost_shares import Cost
from recording.inputs.scores import Score
from recording.inputs.shifts import Assignment, Break, Pattern, PatternShift
from recording.inputs.staffing import StaffEntry, StaffEvent
from recording.record import CallRecord
from tests.figure_days import Day

UTC = ZoneInfo("UTC")
TEAMS = {"1001": "north", "1002": "north", "1003": "north", "1004": "south", "1005": "south"}
QUEUES = ("sales", "support")
THRESHOLDS = {
    "sales": Thresholds(service_level_ms=10_000, short_abandon_ms=5_000),
    "support": Thresholds(service_level_ms=30_000, short_abandon_ms=15_000),
}
SHIFTS = {"day": (9 * 60, 17 * 60, ((12 * 60, 30),)), "night": (18 * 60, 9 * 60, ((25 * 60, 45), (30 * 60, 15)))}
"""Minutes of the day at which a shift begins and ends, and its unpaid breaks with their length."""

MS = timedelta(milliseconds=1)
CALLS_A_DAY = 30
Json = dict[str, Any]


@dataclass
class _Call:
    """A call that is being made up; `now` is how far it has come."""

    chance: random.Random
    now: datetime
    queues: list[Json] = field(default_factory=list)
    offers: list[Json] = field(default_factory=list)
    talks: list[Json] = field(default_factory=list)
    wrap_ups: list[Json] = field(default_factory=list)
    transfers: list[Json] = field(default_factory=list)

    def passes(self, most_ms: int, least_ms: int = 1) -> datetime:
        self.now += self.chance.randint(least_ms, most_ms) * MS
        return self.now

    def stays(self, queue: str, reason: str) -> str:
        """A stay in a queue, to its end; who answered, if anybody did."""
        entered, chance = self.now, self.chance
        at_once = chance.random() < 0.4
        trigger, answered = "call_entered" if at_once else "agent_ready", ""
        if not at_once:
            self.passes(30_000)
        ringing = chance.random() < 0.6 or reason == "answered"
        while ringing:
            last = chance.random() < 0.7
            outcome = chance.choice(["missed", "refused", "unreachable"]) if not last else reason
            outcome = {"overflowed": "withdrawn", "timed_out": "missed"}.get(outcome, outcome)
            answered, began = chance.choice(sorted(TEAMS)), self.now
            rang_ms = (self.passes(20_000, 300) - began) // MS
            self.offers.append(
                {"queue": queue, "agent": answered, "at": began, "ring_ms": rang_ms, "outcome": outcome,
                 "decision": {"trigger": trigger}}
            )  # fmt: skip
            ringing, trigger = not last, "offer_ended"
        if not self.offers or self.offers[-1]["at"] < entered:
            self.passes(40_000)
        wait_ms = (self.now - entered) // MS
        self.queues.append(
            {"queue": queue, "entered_at": entered, "left_at": self.now, "wait_ms": wait_ms, "reason": reason}
        )
        return answered if reason == "answered" else ""

    def talks_with(self, agent: str, queue: str) -> None:
        began = self.now
        length_ms = (self.passes(400_000, 2_000) - began) // MS
        hold_ms = self.chance.choice([0, 0, self.chance.randint(1, length_ms)])
        self.talks.append({"agent": agent, "started_at": began, "ended_at": self.now, "hold_ms": hold_ms})
        if self.chance.random() < 0.9:
            wrap_up_ms = self.chance.randint(0, 90_000)
            self.wrap_ups.append(
                {"agent": agent, "queue": queue, "started_at": self.now, "ended_at": self.now + wrap_up_ms * MS,
                 "wrap_up_ms": wrap_up_ms}
            )  # fmt: skip

    def sent_on(self, kind: str) -> None:
        self.transfers.append({"kind": kind, "at": self.now, "agent": self.talks[-1]["agent"]})
        self.passes(500)


def made_floor(seed: int, zone: ZoneInfo, first: date, days: int) -> Day:
    """So many days from `first` on; nothing is going on any more when they are over."""
    chance = random.Random(seed)
    begin, end = (datetime(one.year, one.month, one.day, tzinfo=zone).astimezone(UTC) for one in
                  (first, first + timedelta(days=days)))  # fmt: skip
    records = [_record(chance, number, begin, end) for number in range(CALLS_A_DAY * days)]
    people = [AgentDefined(at_ms=_ms(begin), agent=agent, name=agent, skills={}, attributes={"team": team})
              for agent, team in TEAMS.items()]  # fmt: skip
    last = first + timedelta(days=days - 1)
    costs = [("Rent", "centre", first, last, "1234.5678"), ("Line", "queue:sales", last, last, "50")]
    return Day(
        rules=Rules(zone=zone, thresholds=THRESHOLDS),
        now=end + timedelta(days=40),
        records=records,
        facts=[*people, *(fact for agent in TEAMS for fact in _life(chance, agent, begin, end))],
        expected=(),
        patterns=[_pattern(name) for name in SHIFTS],
        assignments=[
            Assignment(agent=agent, since=first, pattern=pattern)
            for agent, pattern in zip(TEAMS, ("day", "night", "night", "day"), strict=False)
        ],
        costs=[
            Cost(what=what, scope=scope, first=since, last=until, amount=Decimal(amount), currency="EUR")
            for what, scope, since, until, amount in costs
        ],
        staff=[
            *(StaffEntry(agent=agent, day=first - timedelta(days=90), event=StaffEvent.JOINED, team=team,
                         share=chance.choice((50, 100))) for agent, team in TEAMS.items()),
            StaffEntry(agent="1005", day=last, event=StaffEvent.LEFT),
        ],
        scores=[
            Score(agent=chance.choice(sorted(TEAMS)), at=_within(chance, begin, end), reference=str(number),
                  score=Decimal(chance.randint(0, 10_000)) / 100, queue=chance.choice(("", *QUEUES)))
            for number in range(25)
        ],
    )  # fmt: skip


WHY = ("call_limit", "unknown_number", "lines_busy", "refused", "asterisk_lost")
"""Why a caller was turned away."""


def _record(chance: random.Random, number: int, begin: datetime, end: datetime) -> CallRecord:
    started = _within(chance, begin, end - timedelta(hours=1))
    call = _Call(chance, started)
    fate = chance.choices(("blocked", "early", "ivr", "queue", "outbound", "internal"), (6, 4, 12, 68, 5, 5))[0]
    answered_at, outcome, asked = None, {"blocked": "blocked", "early": "abandoned"}.get(fate, "served_by_ivr"), False
    call.passes(9_000)
    if fate not in ("blocked", "early"):
        answered_at = call.now
        call.passes(60_000)
    if fate in ("queue", "outbound"):
        outcome, asked = _in_queues(call, chance)
    if fate in ("outbound", "internal") and not call.talks:
        call.talks_with(chance.choice(sorted(TEAMS)), call.queues[-1]["queue"] if call.queues else "")
        outcome = "answered"
    call.passes(20_000)
    name = f"made-{number}"
    offered = [one["agent"] for one in call.offers if one["outcome"] == "answered"]
    resolved = chance.choice([None, True, True, False]) if call.talks else None
    document = {
        "id": sha256(name.encode()).hexdigest()[:32], "linkedid": f"node1-{name}", "caller_name": "", "dialled": "4000",
        "direction": fate if fate in ("outbound", "internal") else "inbound", "started_at": started,
        "caller": chance.choice(["", *(f"1380013800{one}" for one in range(10))]), "answered_at": answered_at,
        "connected_at": call.talks[0]["started_at"] if call.talks else None, "ended_at": call.now, "outcome": outcome,
        "ended_by": "caller", "reason": WHY[number % len(WHY)] if fate == "blocked" else "hung_up",
        "queue": call.queues[-1]["queue"] if call.queues else None,
        "priority": 0, "skills": {}, "data": {},
        "agent": next(iter([*(one["agent"] for one in call.talks), *offered]), None),
        "wait_ms": sum(one["wait_ms"] for one in call.queues),
        "talk_ms": sum((one["ended_at"] - one["started_at"]) // MS - one["hold_ms"] for one in call.talks),
        "hold_ms": sum(one["hold_ms"] for one in call.talks),
        "wrap_up_ms": sum(one["wrap_up_ms"] for one in call.wrap_ups), "wrap_ups": call.wrap_ups, "ivr_path": [],
        "queues": call.queues, "offers": call.offers, "conversations": call.talks, "transfers": call.transfers,
        "callback": f"c{number}" if fate == "outbound" or asked else None, "resolved": resolved,
        "matter": chance.choice(["", "", "Order 7", "order 7 ", "order 8"]) if resolved is not None else "",
        "legs": [], "recordings": [], "reconstructed": False,
    }  # fmt: skip
    return CallRecord.model_validate(document)


def _in_queues(call: _Call, chance: random.Random) -> tuple[str, bool]:
    """Several queues, and agents in them; what became of the call, and whether a call-back was asked for."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        reason = chance.choices(("answered", "abandoned", "overflowed", "timed_out"), (60, 20, 14, 6))[0]
        queue = chance.choice(QUEUES)
        agent = call.stays(queue, reason)
        if agent:
            call.talks_with(agent, queue)
            if chance.random() < 0.15:
                call.sent_on("announced")
                call.talks_with(chance.choice([one for one in TEAMS if one != agent]), queue)
        if reason == "abandoned" or (agent and chance.random() < 0.7):
            break
        if agent:
            call.sent_on("blind")
        else:
            call.passes(800)
    if (
        call.transfers
        and call.queues[-1]["left_at"] < call.transfers[-1]["at"]
        and len(call.talks) == len(call.transfers)
    ):
        call.transfers.pop()  # he was sent nowhere after all
    if call.talks:
        return "answered", False
    last = call.queues[-1]["reason"]
    if last in ("overflowed", "timed_out") and chance.random() < 0.4:
        return chance.choice([("voicemail", False), ("callback", True)])
    return last, False


def _life(chance: random.Random, agent: str, begin: datetime, end: datetime) -> Iterator[Fact]:
    """Whatever he did; signed out in the end, and some are away for days."""
    at, before = begin + timedelta(minutes=chance.randint(0, 600)), AgentState.SIGNED_OUT
    while at < end - timedelta(hours=3):
        after = chance.choice([one for one in AgentState if one is not before])
        yield _changed(agent, at, before, after)
        before = after
        most = chance.choice((60_000, 3_600_000, 9_000_000))
        at += chance.randint(1, most) * MS
        if after is AgentState.SIGNED_OUT and chance.random() < 0.05:
            at += timedelta(days=2)
    if before is not AgentState.SIGNED_OUT:
        yield _changed(agent, end, before, AgentState.SIGNED_OUT)


def _changed(agent: str, at: datetime, before: AgentState, after: AgentState) -> Fact:
    status = Status.SIGNED_OUT if after is AgentState.SIGNED_OUT else Status.READY
    return AgentStateChanged(
        at_ms=_ms(at), agent=agent, phone=agent, before=before, after=after, status=status, reason="", cause="phone"
    )


def _pattern(name: str) -> Pattern:
    start, end, breaks = SHIFTS[name]
    pauses = tuple(Break(start=at % 1440, end=(at + long) % 1440) for at, long in breaks)
    return Pattern(
        name=name, shifts=tuple(PatternShift(day=day, start=start, end=end, breaks=pauses) for day in range(1, 8))
    )


def _within(chance: random.Random, begin: datetime, end: datetime) -> datetime:
    return begin + chance.randrange((end - begin) // MS) * MS


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
