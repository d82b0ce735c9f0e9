"""Days written by hand (tests/fixtures/figures): a folder has the day as calls and the log of states, and a table of
what its figures must come to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from acd.facts import AgentDefined, AgentStateChanged, Fact
from acd.states import AgentState, CallOutcome, DequeueReason, EndedBy, OfferOutcome, Status, TransferKind
from recording.figures.rules import Rules, Thresholds
from recording.inputs.cost_shares import Cost
from recording.inputs.scores import Score
from recording.inputs.shifts import Assignment, Pattern, PatternShift
from recording.inputs.staffing import StaffEntry
from recording.record import CallRecord, Conversation, Direction, Leg, LegKind, Offer, QueueVisit, Transfer, WrapUp

FOLDER = Path(__file__).parent / "fixtures" / "figures"
DAYS = sorted(folder.name for folder in FOLDER.iterdir())


@dataclass(frozen=True)
class Expected:
    """A row of the table. `value` is None for no data; it has as many places as stand in the table."""

    scope: str
    period: str
    figure: str
    part: str
    numerator: Decimal
    denominator: Decimal
    value: Decimal | None


@dataclass(frozen=True)
class Day:
    """A day, in the centre's zone."""

    rules: Rules
    now: datetime
    records: Sequence[CallRecord]
    facts: Sequence[Fact]
    expected: Sequence[Expected]
    patterns: Sequence[Pattern] = ()
    assignments: Sequence[Assignment] = ()
    costs: Sequence[Cost] = ()
    staff: Sequence[StaffEntry] = ()
    scores: Sequence[Score] = ()


def day_of(name: str) -> Day:
    """The day in this folder."""
    written = yaml.safe_load((FOLDER / name / "day.yaml").read_text(encoding="utf-8"))
    clock = Clock(ZoneInfo(written["zone"]), written["date"])
    shifts = written.get("shifts", {})
    thresholds = {queue: Thresholds(**limits) for queue, limits in written.get("thresholds", {}).items()}
    return Day(
        rules=Rules(zone=clock.zone, thresholds=thresholds),
        now=clock.at(written["now"]),
        records=[_record(one, clock) for one in written.get("calls", [])],
        facts=list(_facts(written, clock)),
        expected=list(_table(FOLDER / name / "expected.md")),
        patterns=[_pattern(agent, start, end, clock.day) for agent, (start, end) in shifts.items()],
        costs=[Cost.model_validate(one) for one in written.get("costs", [])],
        staff=[StaffEntry.model_validate(one) for one in written.get("staff", [])],
        scores=[Score.model_validate(one) for one in written.get("scores", [])],
        assignments=[Assignment(agent=agent, since=clock.day, pattern=f"of-{agent}") for agent in shifts],
    )


@dataclass(frozen=True)
class Clock:
    """Reads "10:00:00" of this day, "+1 09:00:00" of the next; "02:30:00 again" of the hour that comes twice."""

    zone: ZoneInfo
    day: date

    def at(self, text: str) -> datetime:
        """The instant."""
        days, _, wall = text.rpartition(" ") if text.startswith(("+", "-")) else ("0", "", text)
        wall, _, again = wall.partition("~")
        moment = datetime.combine(self.day + timedelta(days=int(days)), time.fromisoformat(wall), self.zone)
        return moment.replace(fold=int(again == "2")).astimezone(ZoneInfo("UTC"))


def _pattern(agent: str, start: str, end: str, day: date) -> Pattern:
    """This one shift, and none on other days of the week."""
    shift = PatternShift.model_validate({"start": start, "end": end, "day": day.isoweekday()})
    return Pattern(name=f"of-{agent}", shifts=(shift,))


def _record(one: dict[str, Any], clock: Clock) -> CallRecord:
    at = clock.at
    queues = tuple(
        QueueVisit(
            queue=queue, entered_at=at(entered), left_at=at(left), wait_ms=_ms(at(entered), at(left)),
            reason=DequeueReason(reason),
        )
        for queue, entered, left, reason in one.get("queues", [])
    )  # fmt: skip
    offers = tuple(
        Offer(
            queue=queue, agent=agent, at=at(began), ring_ms=round(rung * 1000), outcome=OfferOutcome(outcome),
            decision={"trigger": trigger},
        )
        for queue, agent, began, rung, outcome, trigger in one.get("offers", [])
    )  # fmt: skip
    talks = tuple(
        Conversation(agent=agent, started_at=at(began), ended_at=at(ended), hold_ms=round(held * 1000))
        for agent, began, ended, held in one.get("talks", [])
    )
    wrap_ups = tuple(
        WrapUp(agent=agent, queue=queue, started_at=at(began), ended_at=at(end), wrap_up_ms=_ms(at(began), at(end)))
        for agent, queue, began, end in one.get("wrap_ups", [])
    )
    hold_ms = sum(talk.hold_ms for talk in talks)
    answered = [offer.agent for offer in offers if offer.outcome is OfferOutcome.ANSWERED]
    name = sha256(one["name"].encode()).hexdigest()[:32]
    return CallRecord(
        id=name,
        linkedid=f"node1-{one['name']}",
        direction=Direction(one.get("direction", "inbound")),
        caller=str(one.get("caller", "13800138000")),
        caller_name="",
        dialled="4000",
        started_at=at(one["start"]),
        answered_at=at(one["line"]) if "line" in one else None,
        connected_at=talks[0].started_at if talks else None,
        ended_at=at(one["end"]),
        outcome=CallOutcome(one["outcome"]),
        ended_by=EndedBy.CALLER,
        reason=one.get("reason", "hung_up"),
        queue=queues[-1].queue if queues else None,
        priority=0,
        skills={},
        data={},
        agent=talks[0].agent if talks else answered[0] if answered else None,
        wait_ms=sum(visit.wait_ms for visit in queues),
        talk_ms=_with_any_ms(talks) - hold_ms,
        hold_ms=hold_ms,
        wrap_up_ms=sum(wrap_up.wrap_up_ms for wrap_up in wrap_ups),
        wrap_ups=wrap_ups,
        ivr_path=(),
        queues=queues,
        offers=offers,
        conversations=talks,
        transfers=tuple(
            Transfer(kind=TransferKind(kind), at=at(moment), agent=agent)
            for agent, moment, kind in one.get("transfers", [])
        ),
        resolved=one.get("resolved"),
        matter=one.get("matter", ""),
        callback=one.get("callback"),
        legs=tuple(_legs(one, clock)),
        recordings=(),
        reconstructed=False,
    )


def _with_any_ms(talks: Sequence[Conversation]) -> int:
    """How long the caller was with any agent: two at once do not make it longer."""
    total_ms, until = 0, datetime.min.replace(tzinfo=UTC)
    for talk in sorted(talks, key=lambda one: one.started_at):
        total_ms += max(0, _ms(max(talk.started_at, until), talk.ended_at))
        until = max(until, talk.ended_at)
    return total_ms


def _legs(one: dict[str, Any], clock: Clock) -> Iterator[Leg]:
    """Of a call of ours whose phone was rung for it."""
    if (agent := one.get("placed_by")) is not None:
        yield Leg(
            channel=f"PJSIP/{agent}-1", uniqueid="1", kind=LegKind.AGENT, number=agent, agent=agent,
            started_at=clock.at(one["start"]), answered_at=None, ended_at=clock.at(one["end"]), cause=16,
        )  # fmt: skip


def _facts(written: dict[str, Any], clock: Clock) -> Iterator[Fact]:
    for agent, team in written.get("teams", {}).items():
        at_ms = round(clock.at("00:00:00").timestamp() * 1000)
        yield AgentDefined(at_ms=at_ms, agent=agent, name=agent, skills={}, attributes={"team": team})
    for agent, changes in written.get("log", {}).items():
        before = AgentState.SIGNED_OUT
        for moment, state in changes:
            after = AgentState(state)
            yield AgentStateChanged(
                at_ms=round(clock.at(moment).timestamp() * 1000), agent=agent, phone=agent, before=before, after=after,
                status=Status.SIGNED_OUT if after is AgentState.SIGNED_OUT else Status.READY, reason="", cause="phone",
            )  # fmt: skip
            before = after


def _table(file: Path) -> Iterator[Expected]:
    for line in file.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 7 or cells[0] in ("scope", "---"):
            continue
        scope, period, figure, numerator, denominator, value, _ = cells
        key, _, part = figure.partition(".")
        number = None if value == "-" else Decimal(value)
        yield Expected(scope, period, key, part, Decimal(numerator), Decimal(denominator), number)


def _ms(start: datetime, end: datetime) -> int:
    return round((end - start).total_seconds() * 1000)
