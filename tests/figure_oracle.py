"""The 23 figures a second time, plainly: word for word from their definitions, over records as JSON and logs as they
are. Nothing here is taken from recording/figures; what a call counts for, and when, is as docs/decisions/0016 says.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

Json = Mapping[str, Any]
Told = tuple[Fraction | None, Fraction]
"""A value, None for no data, and what was divided by."""

WORKING = {"ready", "ringing", "talking", "holding", "wrap_up"}
ELSEWHERE = "answered_elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The thresholds of a queue, in milliseconds."""

    in_time_ms: int
    short_ms: int


@dataclass(frozen=True, kw_only=True)
class Floor:
    """All that is known of some days."""

    zone: ZoneInfo
    ring_ms: int
    queues: Mapping[str, Queue]
    records: Sequence[Json]
    changes: Mapping[str, Sequence[tuple[datetime, str]]]
    teams: Mapping[str, str]
    shifts: Mapping[str, Sequence[tuple[datetime, datetime, Sequence[tuple[datetime, datetime]]]]]
    """Of each agent: start, end, and the breaks that are not paid."""
    costs: Sequence[tuple[str, date, date, Fraction]]
    staff: Sequence[tuple[str, date, str, int]]
    """Agent, day, event, share in percent."""
    scores: Sequence[tuple[str, datetime, Fraction, str]]
    """Agent, time, score, queue."""

    @cached_property
    def settled(self) -> set[str]:
        """Closed as resolved, and within seven days of its end nobody called again on the same matter, nor did we."""
        return {
            one["id"] for one in self.records
            if one["resolved"] and not (one["caller"] and any(_follows(one, other) for other in self.records))
        }  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Unit:
    """A call as one scope counts it: a whole call, a stay in a queue, what of it was an agent's."""

    at: datetime
    became: str
    wait_ms: int = 0
    waited: bool = False
    queue: str = ""
    rung_ms: int | None = None
    talk_ms: int = 0
    hold_ms: int = 0
    wrap_up_ms: int = 0
    kinds: frozenset[str] = frozenset()
    reason: str = ""
    resolved: bool = False


def figures(floor: Floor, scope: str, start: datetime, end: datetime) -> dict[str, Told]:
    """Each figure that the scope has, by its key; parts and variants by `key.name`."""
    kind, _, name = scope.partition(":")
    agents = {
        "centre": set(floor.teams), "agent": {name}, "queue": set(),
        "team": {one for one, team in floor.teams.items() if team == name},
    }[kind]  # fmt: skip
    units = [one for one in _units(floor, kind, name, agents) if start <= one.at < end]
    found = {**_of_calls(floor, units)}
    if kind == "centre":
        found |= _why_blocked(units)
    else:
        del found["blocked"]
    if kind in ("agent", "team"):
        del found["queued_share"]
    if kind != "queue":
        found |= _of_people(floor, kind, agents, start, end)
    if kind in ("centre", "team"):
        found["turnover"] = _turnover(floor, agents, start, end)
    if kind == "centre":
        found["cost_per_call"] = _over(
            _cost(floor, start, end), sum(one.became in ("answered", "served_by_ivr") for one in units)
        )
    scores = [one for agent, at, one, queue in floor.scores if start <= at < end
              and (kind == "centre" or (queue == name if kind == "queue" else agent in agents))]  # fmt: skip
    found["monitoring_score"] = _over(sum(scores, Fraction()), len(scores))
    return found


def _why_blocked(units: Sequence[Unit]) -> dict[str, Told]:
    """Each under one cause."""
    reasons = [one.reason for one in units if one.became == "blocked"]
    named = ("call_limit", "unknown_number", "lines_busy")
    found = {f"blocked.{name}": _over(reasons.count(name), len(units), 100) for name in named}
    return {**found, "blocked.refused": _over(sum(one not in named for one in reasons), len(units), 100)}


def _over(numerator: Fraction | int, denominator: Fraction | int, scale: int | Fraction = 1) -> Told:
    return (Fraction(numerator) * scale / denominator if denominator else None), Fraction(denominator)


def _of_calls(floor: Floor, units: Sequence[Unit]) -> dict[str, Told]:
    became = [one.became for one in units]
    answered = [one for one in units if one.became == "answered"]
    abandoned = [one for one in units if one.became == "abandoned"]
    long = [one for one in abandoned if one.wait_ms > _queue(floor, one).short_ms]
    short = len(abandoned) - len(long)
    in_time = [one for one in answered if one.wait_ms <= _queue(floor, one).in_time_ms]
    gone_in_time = [one for one in abandoned if one.wait_ms <= _queue(floor, one).in_time_ms]
    waited = [one for one in units if one.waited and one.became in ("answered", "abandoned")]
    rung = [one.rung_ms for one in units if one.rung_ms is not None]
    held = [one for one in answered if one.hold_ms > 0]
    number, received = len(answered), len(units)
    asked = received - became.count("blocked") - short
    offered = sum(one.became not in ("blocked", "served_by_ivr", "left_early") for one in units)

    def mean_s(total_ms: int, of: int) -> Told:
        return _over(total_ms, of, Fraction(1, 1000))

    hold_ms, talk_ms, wrap_up_ms = (sum(getattr(one, name) for one in answered) for name in
                                    ("hold_ms", "talk_ms", "wrap_up_ms"))  # fmt: skip
    told = {
        "after_call_work": mean_s(wrap_up_ms, number),
        "time_to_abandon": mean_s(sum(one.wait_ms for one in long), len(long)),
        "handle_time": mean_s(talk_ms + hold_ms + wrap_up_ms, number),
        "hold_time": mean_s(hold_ms, number),
        "hold_time.per_held_call": mean_s(hold_ms, len(held)),
        "rings": _over(sum(rung), len(rung) * floor.ring_ms),
        "queue_time": mean_s(sum(one.wait_ms for one in waited), len(waited)),
        "speed_of_answer": mean_s(sum(one.wait_ms for one in answered), number),
        "talk_time": mean_s(talk_ms, number),
        "abandonment": _over(len(long), asked, 100),
        "blocked": _over(became.count("blocked"), received, 100),
        "first_contact": _over(sum(one.resolved for one in answered), number, 100),
        "queued_share": _over(sum(one.waited for one in units), received, 100),
        "transfer": _over(sum(bool(one.kinds) for one in answered), number, 100),
        "transfer.blind": _over(sum("blind" in one.kinds for one in answered), number, 100),
        "transfer.announced": _over(sum("announced" in one.kinds for one in answered), number, 100),
        "answered_share": _over(number, received, 100),
        "service_level": _over(len(in_time), asked, 100),
        "service_level.received": _over(len(in_time), asked, 100),
        "service_level.offered": _over(len(in_time), offered, 100),
        "service_level.offered_long": _over(len(in_time), offered - short, 100),
        "service_level.answered": _over(len(in_time), number, 100),
        "service_level.answered_abandoned": _over(len(in_time), number + len(abandoned), 100),
        "service_level.answered_abandoned_long": _over(len(in_time), number + len(long), 100),
        "service_level.abandoned_as_served": _over(len(in_time) + len(gone_in_time), number + len(abandoned), 100),
        "received": (Fraction(received), Fraction(1)),
    }
    for name in ("blocked", "served_by_ivr", "abandoned", "answered", ELSEWHERE, "voicemail", "callback_asked",
                 "timed_out", "overflowed", "withdrawn", "left_early"):  # fmt: skip
        told[f"received.{name}"] = Fraction(became.count(name)), Fraction(1)
    return told


def _queue(floor: Floor, unit: Unit) -> Queue:
    return floor.queues.get(unit.queue, Queue(in_time_ms=20_000, short_ms=20_000))


# What a scope counts


def _units(floor: Floor, kind: str, name: str, agents: set[str]) -> Iterator[Unit]:
    settled = floor.settled
    for record in floor.records:
        if record["direction"] != "inbound":
            continue
        if kind == "centre":
            yield _whole(record, settled)
            continue
        stays = _stays(record)
        served = [at for at, (visit, _) in enumerate(stays) if visit and visit["reason"] == "answered"]
        for at, (visit, his) in enumerate(stays):
            if kind == "queue" and visit and visit["queue"] == name:
                yield _stay(record, visit, his, at == max(served, default=-1) and record["id"] in settled)
            elif kind != "queue":
                for agent in sorted(
                    agents & {one["agent"] for one in (*his["offers"], *his["conversations"], *his["wrap_ups"])}
                ):
                    yield _one_agents(record, stays, at, agent, settled)


def _whole(record: Json, settled: set[str]) -> Unit:
    """A call in the centre: from its start, its wait up to the first agent."""
    visits, first = record["queues"], next(iter(record["queues"]), None)
    outcome = record["outcome"]
    became = "callback_asked" if outcome == "callback" else str(outcome)
    if outcome == "answered" and record["agent"] is None:
        became = ELSEWHERE
    if outcome == "abandoned" and not visits and not record["offers"]:
        became = "left_early"
    spoke = record["connected_at"]
    answered = became == "answered"
    return Unit(
        reason=record["reason"],
        at=_at(record["started_at"]),
        became=became,
        wait_ms=sum(one["wait_ms"] for one in visits if spoke is None or _at(one["entered_at"]) < _at(spoke)),
        waited=first is not None and _waited(first, record["offers"]),
        queue=first["queue"] if first else "",
        rung_ms=_ms(record["started_at"], record["answered_at"]) if record["answered_at"] else None,
        talk_ms=record["talk_ms"] if answered else 0,
        hold_ms=record["hold_ms"] if answered else 0,
        wrap_up_ms=record["wrap_up_ms"] if answered else 0,
        kinds=frozenset(one["kind"] for one in record["transfers"]),
        resolved=record["id"] in settled,
    )


def _stays(record: Json) -> list[tuple[Json | None, dict[str, list[Json]]]]:
    """What happened from each entry into a queue to the next, and before the first."""
    entries = [_at(one["entered_at"]) for one in record["queues"]]
    limits = [datetime.min.replace(tzinfo=UTC), *entries, datetime.max.replace(tzinfo=UTC)]
    when = {"offers": "at", "conversations": "started_at", "wrap_ups": "started_at", "transfers": "at"}
    found = []
    for number, visit in enumerate((None, *record["queues"])):
        inside = {
            name: [one for one in record[name] if limits[number] <= _at(one[at]) < limits[number + 1]]
            for name, at in when.items()
        }
        found.append((visit, inside))
    return found


def _stay(record: Json, visit: Json, his: Mapping[str, Sequence[Json]], resolved: bool) -> Unit:
    became = str(visit["reason"])
    wish = {"voicemail": "voicemail", "callback": "callback_asked"}.get(record["outcome"])
    if wish and visit is record["queues"][-1] and became in ("overflowed", "timed_out"):
        became = wish
    unit = Unit(at=_at(visit["entered_at"]), became=became, wait_ms=visit["wait_ms"], queue=visit["queue"],
                waited=_waited(visit, his["offers"]))  # fmt: skip
    if became == "answered":
        _work(unit, his["conversations"], his["wrap_ups"], his["offers"], his["transfers"])
        unit.resolved = resolved
    return unit


def _one_agents(
    record: Json, stays: Sequence[tuple[Json | None, dict[str, list[Json]]]], at: int, agent: str, settled: set[str]
) -> Unit:
    """A call that came to him: rang at his phone, or was handed to him."""
    visit, every = stays[at]
    his = {name: [one for one in all_ if one["agent"] == agent] for name, all_ in every.items()}
    outcomes = {one["outcome"] for one in his["offers"]}
    if his["conversations"] or "answered" in outcomes:
        became = "answered"
    elif "abandoned" in outcomes:
        became = "abandoned"
    else:
        became = "timed_out" if outcomes & {"missed", "refused", "unreachable"} else "withdrawn"
    moments = [_at(one["started_at"]) for one in his["conversations"]] or [_at(one["at"]) for one in his["offers"]]
    moments = moments or [_at(one["started_at"]) for one in his["wrap_ups"]]
    took = [one["agent"] for one in every["conversations"]][:1] or [
        one["agent"] for one in every["offers"] if one["outcome"] == "answered"
    ]
    handed = visit is None or (became == "answered" and took[:1] != [agent])
    unit = Unit(at=min(moments), became=became, wait_ms=0 if handed or visit is None else visit["wait_ms"],
                queue=visit["queue"] if visit else "")  # fmt: skip
    if became == "answered":
        _work(unit, his["conversations"], his["wrap_ups"], his["offers"], his["transfers"])
        closer = record["conversations"][-1]["agent"] if record["conversations"] else record["agent"]
        came_to = [number for number, (_, one) in enumerate(stays) for name in ("offers", "conversations", "wrap_ups")
                   if any(some["agent"] == closer for some in one[name])]  # fmt: skip
        unit.resolved = agent == closer and at == max(came_to) and record["id"] in settled
    return unit


def _work(
    unit: Unit, talks: Iterable[Json], wrap_ups: Iterable[Json], offers: Iterable[Json], transfers: Iterable[Json]
) -> None:
    talks = list(talks)
    unit.hold_ms = sum(one["hold_ms"] for one in talks)
    unit.talk_ms = sum(_ms(one["started_at"], one["ended_at"]) for one in talks) - unit.hold_ms
    unit.wrap_up_ms = sum(one["wrap_up_ms"] for one in wrap_ups)
    unit.rung_ms = next((one["ring_ms"] for one in offers if one["outcome"] == "answered"), None)
    unit.kinds = frozenset(one["kind"] for one in transfers)


def _waited(visit: Json, offers: Iterable[Json]) -> bool:
    """No agent was free when he came to the queue: his coming itself led to no offer."""
    return not any(
        one["queue"] == visit["queue"] and one["decision"].get("trigger") == "call_entered"
        and _at(visit["entered_at"]) <= _at(one["at"]) <= _at(visit["left_at"])
        for one in offers
    )  # fmt: skip


def _follows(one: Json, other: Json) -> bool:
    if other["caller"] != one["caller"] or other["direction"] == "internal" or other["id"] == one["id"]:
        return False
    began = _at(other["started_at"])
    if not _at(one["started_at"]) <= began < _at(one["ended_at"]) + timedelta(days=7):
        return False
    first, later = one["matter"].strip().lower(), other["matter"].strip().lower()
    if first and later:
        return bool(first == later)
    return not other["queue"] or bool(other["queue"] == one["queue"])


# What is not calls


def _of_people(floor: Floor, kind: str, agents: set[str], start: datetime, end: datetime) -> dict[str, Told]:
    times: dict[str, int] = {}
    adhered, scheduled, came, due = timedelta(), timedelta(), set(), set()
    for agent in agents:
        spans = list(_spans(floor.changes.get(agent, ())))
        for state, since, until in spans:
            times[state] = times.get(state, 0) + _overlap(since, until, start, end) // timedelta(milliseconds=1)
        for since, until, breaks in floor.shifts.get(agent, ()):
            for piece in _without(since, until, breaks):
                inside = max(piece[0], start), min(piece[1], end)
                scheduled += max(timedelta(), inside[1] - inside[0])
                adhered += sum((_overlap(*inside, *span) for state, *span in spans if state in WORKING), timedelta())
            if start <= since < end:
                due.add((agent, since.astimezone(floor.zone).date()))
                if any(state != "signed_out" and _overlap(since, until, *span) for state, *span in spans):
                    came.add((agent, since.astimezone(floor.zone).date()))
    busy = times.get("talking", 0) + times.get("holding", 0)
    signed_in = sum(length for state, length in times.items() if state != "signed_out")
    answered = sum(one.became == "answered" and start <= one.at < end for one in _units(floor, "team", "", set(agents)))
    return {
        "adherence": _over(adhered // timedelta(milliseconds=1), scheduled // timedelta(milliseconds=1), 100),
        "attendance": _over(len(came), len(due), 100),
        "occupancy": _over(busy, busy + times.get("ready", 0), 100),
        "calls_per_hour": _over(answered, signed_in, 3_600_000),
    }


def _spans(changes: Sequence[tuple[datetime, str]]) -> Iterator[tuple[str, datetime, datetime]]:
    for (at, state), (until, _) in pairwise(changes):
        yield state, at, until


def _overlap(since: datetime, until: datetime, start: datetime, end: datetime) -> timedelta:
    return max(timedelta(), min(until, end) - max(since, start))


def _without(
    since: datetime, until: datetime, breaks: Sequence[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    for start, end in sorted(breaks):
        yield since, start
        since = end
    yield since, until


def _turnover(floor: Floor, agents: set[str], start: datetime, end: datetime) -> Told:
    """Yearly rate of who left, of the mean of full-time people, day by day."""
    first, last = start.astimezone(floor.zone).date(), (end - timedelta(microseconds=1)).astimezone(floor.zone).date()
    days = (last - first).days + 1
    left = sum(event == "left" and first <= day <= last and agent in agents for agent, day, event, _ in floor.staff)
    worked = Fraction()
    for day in (first + timedelta(days=number) for number in range(days)):
        for agent in agents:
            joined = [
                share for one, since, event, share in floor.staff if one == agent and event == "joined" and since <= day
            ]
            gone = [one for one, until, event, _ in floor.staff if one == agent and event == "left" and until < day]
            worked += Fraction(joined[-1], 100) if joined and not gone else 0
    return _over(Fraction(left * 365, days), worked / days, 100)


def _cost(floor: Floor, start: datetime, end: datetime) -> Fraction:
    total = Fraction()
    for _, first, last, amount in floor.costs:
        since, until = _midnight(floor.zone, first), _midnight(floor.zone, last + timedelta(days=1))
        total += (
            amount
            * Fraction(_overlap(since, until, start, end) / timedelta(milliseconds=1))
            / Fraction((until - since) / timedelta(milliseconds=1))
        )
    return total


def _midnight(zone: ZoneInfo, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _at(text: str | datetime) -> datetime:
    return datetime.fromisoformat(text) if isinstance(text, str) else text


def _ms(start: str, end: str) -> int:
    return (_at(end) - _at(start)) // timedelta(milliseconds=1)
