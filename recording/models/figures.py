"""The half-hour sums that all figures are computed from, and what each call counts for in them. Every longer period is
the sum of its half hours. docs/figures.md says what is counted where, recording/figures/counts.py what each name means.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, Index, String
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column

from recording.models.base import NAME, Base, BigId, UtcDateTime


def _number(comment: str) -> MappedColumn[int]:
    return mapped_column(server_default="0", comment=comment)


def _milliseconds(comment: str) -> MappedColumn[int]:
    return mapped_column(BigInteger, server_default="0", comment=comment)


def _slot(number: int) -> MappedColumn[int | None]:
    said = f"milliseconds at work from minute {5 * number} to {5 * number + 5} of it; null: not kept"
    return mapped_column(comment=said)


class _CallSums:
    """The sums of calls, the same in each table: recording.figures.counts.Counts."""

    received: Mapped[int] = _number(
        "calls that reached our lines; of a queue those that entered it, of an agent those that rang at his phone"
    )
    blocked: Mapped[int] = _number("turned away before any queue or IVR")
    offered: Mapped[int] = _number("received calls that entered a queue; of an agent those that rang at his phone")
    answered: Mapped[int] = _number("connected to an agent")
    served_by_ivr: Mapped[int] = _number("ended in the IVR, no queue entered")
    abandoned: Mapped[int] = _number("the caller hung up while he waited or a phone rang for him, short abandons too")
    short_abandoned: Mapped[int] = _number("abandoned within the queue's threshold")
    abandoned_in_time: Mapped[int] = _number("abandoned within the time of the queue's service level")
    answered_in_time: Mapped[int] = _number("answered within the time of the queue's service level")
    answered_elsewhere: Mapped[int] = _number(
        "connected to an outside number where his flow or queue had sent him, to no agent"
    )
    voicemail: Mapped[int] = _number("ended with a message")
    callback_asked: Mapped[int] = _number("ended with the wish to be called back")
    timed_out: Mapped[int] = _number("waited to the end of the allowed time; of an agent calls he missed or refused")
    overflowed: Mapped[int] = _number("sent elsewhere by the queue, where nobody answered")
    withdrawn: Mapped[int] = _number(
        "taken out of the queue for none of these reasons; of an agent offers that were taken back"
    )
    left_early: Mapped[int] = _number("hung up before anything answered, no queue entered")
    waited: Mapped[int] = _number("no agent was free at the entry into the queue")
    waited_to_end: Mapped[int] = _number("of those that waited: answered by an agent or abandoned")
    waited_ms: Mapped[int] = _milliseconds("milliseconds these waited")
    answer_wait_ms: Mapped[int] = _milliseconds("milliseconds that answered calls had waited")
    abandon_wait_ms: Mapped[int] = _milliseconds(
        "milliseconds that abandoned calls had waited, short abandons left out"
    )
    line_answered: Mapped[int] = _number(
        "IVR or agent took the caller's line; of a queue or agent: an agent's phone was answered"
    )
    ring_ms: Mapped[int] = _milliseconds("milliseconds these rang before")
    talk_ms: Mapped[int] = _milliseconds("milliseconds of answered calls in conversation, holds left out")
    hold_ms: Mapped[int] = _milliseconds("milliseconds of answered calls on hold")
    held: Mapped[int] = _number("answered calls that were on hold at least once")
    wrap_up_ms: Mapped[int] = _milliseconds("milliseconds of after-call work for answered calls")
    transferred: Mapped[int] = _number("answered calls that an agent sent on, each once")
    transferred_blind: Mapped[int] = _number("of these: sent on blind at least once")
    transferred_announced: Mapped[int] = _number("of these: sent on announced at least once")
    resolved: Mapped[int] = _number("answered calls closed with an outcome that means resolved")
    resolved_first: Mapped[int] = _number("of these: not followed by another contact on the same matter in time")
    rang_in_vain: Mapped[int] = _number("of an agent: offers missed, refused, or that could not ring")
    callback_attempts: Mapped[int] = _number("calls of ours to customers who had asked for it")
    callback_reached: Mapped[int] = _number("of these: the customer was reached")
    callback_talk_ms: Mapped[int] = _milliseconds("milliseconds of these in conversation")
    callback_hold_ms: Mapped[int] = _milliseconds("milliseconds of these on hold")
    callback_wrap_up_ms: Mapped[int] = _milliseconds("milliseconds of after-call work for these")
    internal: Mapped[int] = _number("calls from agents' phones: consults, colleagues")
    blocked_call_limit: Mapped[int] = _number("of the blocked: as many callers were there as are let in")
    blocked_unknown_number: Mapped[int] = _number("of the blocked: the number is none of the centre's")
    blocked_lines_busy: Mapped[int] = _number("of the blocked: no line was free")
    blocked_refused: Mapped[int] = _number("of the blocked: for any other reason")
    outbound: Mapped[int] = _number("calls that agents placed themselves to numbers outside")
    outbound_reached: Mapped[int] = _number("of these: somebody answered")
    outbound_talk_ms: Mapped[int] = _milliseconds("milliseconds of these in conversation")
    outbound_hold_ms: Mapped[int] = _milliseconds("milliseconds of these on hold")
    outbound_wrap_up_ms: Mapped[int] = _milliseconds("milliseconds of after-call work for these")
    internal_reached: Mapped[int] = _number("of the internal calls: an agent answered")
    internal_talk_ms: Mapped[int] = _milliseconds("milliseconds of the internal calls in conversation")


class CentreHalfHour(_CallSums, Base):
    """The calls that began in a half hour of the centre's clock; `half_hour` is its beginning."""

    __tablename__ = "centre_half_hour"

    half_hour: Mapped[datetime] = mapped_column(
        UtcDateTime, primary_key=True, comment="when the half hour of the centre's clock began, UTC"
    )
    agents_answered: Mapped[int] = _number(
        "the sum of agent_half_hour.answered: calls that agents answered, once for each agent"
    )


class QueueHalfHour(_CallSums, Base):
    """The calls that entered a queue in a half hour."""

    __tablename__ = "queue_half_hour"
    __table_args__ = (Index(None, "queue", "half_hour"),)

    half_hour: Mapped[datetime] = mapped_column(
        UtcDateTime, primary_key=True, comment="when the half hour of the centre's clock began, UTC"
    )
    queue: Mapped[str] = mapped_column(String(NAME), primary_key=True, comment="the queue's name; empty: none")


class AgentHalfHour(_CallSums, Base):
    """The calls that came to an agent in a half hour, by the queue they came from; `queue` is empty for none."""

    __tablename__ = "agent_half_hour"
    __table_args__ = (Index(None, "agent", "half_hour"),)

    half_hour: Mapped[datetime] = mapped_column(
        UtcDateTime, primary_key=True, comment="when the half hour of the centre's clock began, UTC"
    )
    agent: Mapped[str] = mapped_column(String(NAME), primary_key=True, comment="the agent's number")
    queue: Mapped[str] = mapped_column(String(NAME), primary_key=True, comment="the queue's name; empty: none")


class _TimeSums:
    """How long an agent was in each state: recording.figures.counts.Times."""

    ready_ms: Mapped[int] = _milliseconds("milliseconds ready and not in a call")
    not_ready_ms: Mapped[int] = _milliseconds("milliseconds not ready, for any reason")
    ringing_ms: Mapped[int] = _milliseconds("milliseconds in which his phone rang for an offer")
    talking_ms: Mapped[int] = _milliseconds("milliseconds in conversation")
    holding_ms: Mapped[int] = _milliseconds("milliseconds with a caller on hold")
    wrap_up_ms: Mapped[int] = _milliseconds("milliseconds in after-call work")
    unreachable_ms: Mapped[int] = _milliseconds("milliseconds signed in with no phone registered")


class AgentStateHalfHour(_TimeSums, Base):
    """How long an agent was in each state within a half hour. The state that he is in now counts when it has ended.
    `work_0_ms` to `work_5_ms` are how much of each five minutes he was at work (ready, ringing, talking, holding, in
    after-call work), NULL where that was not kept yet.
    """

    __tablename__ = "agent_state_half_hour"
    __table_args__ = (Index(None, "agent", "half_hour"),)

    half_hour: Mapped[datetime] = mapped_column(
        UtcDateTime, primary_key=True, comment="when the half hour of the centre's clock began, UTC"
    )
    agent: Mapped[str] = mapped_column(String(NAME), primary_key=True, comment="the agent's number")
    work_0_ms: Mapped[int | None] = _slot(0)
    work_1_ms: Mapped[int | None] = _slot(1)
    work_2_ms: Mapped[int | None] = _slot(2)
    work_3_ms: Mapped[int | None] = _slot(3)
    work_4_ms: Mapped[int | None] = _slot(4)
    work_5_ms: Mapped[int | None] = _slot(5)


class QueueDaySums(_CallSums, Base):
    """The rows of queue_half_hour of a queue and a day of the centre's calendar, added up."""

    __tablename__ = "queue_day_sums"
    __table_args__ = (Index(None, "queue", "day"),)

    day: Mapped[date] = mapped_column(Date, primary_key=True, comment="the day, in the zone of day_sums_zone")
    queue: Mapped[str] = mapped_column(String(NAME), primary_key=True, comment="the queue's name; empty: none")


class AgentDaySums(_CallSums, Base):
    """The rows of agent_half_hour of an agent and a day of the centre's calendar, added up over all queues."""

    __tablename__ = "agent_day_sums"
    __table_args__ = (Index(None, "agent", "day"),)

    day: Mapped[date] = mapped_column(Date, primary_key=True, comment="the day, in the zone of day_sums_zone")
    agent: Mapped[str] = mapped_column(String(NAME), primary_key=True, comment="the agent's number")


class AgentStateDaySums(_TimeSums, Base):
    """The rows of agent_state_half_hour of an agent and a day of the centre's calendar, added up."""

    __tablename__ = "agent_state_day_sums"
    __table_args__ = (Index(None, "agent", "day"),)

    day: Mapped[date] = mapped_column(Date, primary_key=True, comment="the day, in the zone of day_sums_zone")
    agent: Mapped[str] = mapped_column(String(NAME), primary_key=True, comment="the agent's number")


class DaySumsZone(Base):
    """One row, or none yet: the time zone whose days are added up. Who writes sums keeps it from being changed until he
    is done.
    """

    __tablename__ = "day_sums_zone"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="always 1")
    zone: Mapped[str] = mapped_column(String(64), comment="the zone")


class AgentDay(Base):
    """What an agent should do on a day of the centre's calendar, and did: worked out when the day and the shifts that
    begin on it are over, taken out when his schedule or what his log says of that time changes, and then worked out
    anew. Where there is no row, it is told from the half hours.
    """

    __tablename__ = "agent_day"
    __table_args__ = (Index(None, "agent", "day"),)

    day: Mapped[date] = mapped_column(Date, primary_key=True, comment="the day, in the centre's zone")
    agent: Mapped[str] = mapped_column(String(NAME), primary_key=True, comment="the agent's number")
    zone: Mapped[str] = mapped_column(String(64), comment="the time zone by which it was worked out")
    until: Mapped[datetime] = mapped_column(
        UtcDateTime, comment="when the day and its shifts were over, UTC: what his log says up to then is in it"
    )
    scheduled_ms: Mapped[int] = _milliseconds("milliseconds of this day in which he should work, breaks left out")
    adherent_ms: Mapped[int] = _milliseconds("milliseconds of these in which he was at work")
    shifts: Mapped[int] = _number("shifts of his that begin on this day, but for those he is away from altogether")
    attended: Mapped[int] = _number("of these: he was signed in during them, at whatever time")


class AgentDayTurn(Base):
    """One row, written by whoever changes what days of agents are made of, or works them out, before he does: so one
    does it at a time.
    """

    __tablename__ = "agent_day_turn"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="always 1")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when it was written last, UTC")


class CallCount(Base):
    """What a call counts for in one row of sums: `kind` says in which table (centre, queue, agent), `name` is the queue
    or the agent, `queue` the queue that an agent's call came from. `number` counts these rows of one call from 1.
    `sums` are those that are not 0; of `counted` the bit of each is set, in the order of the columns from the lowest.
    """

    __tablename__ = "call_count"
    __table_args__ = (Index(None, "kind", "name", "half_hour"),)

    call: Mapped[str] = mapped_column(String(32), primary_key=True, comment="the call's id")
    number: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="counts the rows of one call from 1"
    )
    kind: Mapped[str] = mapped_column(String(8), comment="centre, queue or agent: the table in which it counts")
    name: Mapped[str] = mapped_column(String(NAME), comment="the queue or the agent; empty for the centre")
    queue: Mapped[str] = mapped_column(String(NAME), comment="the queue's name; empty: none")
    half_hour: Mapped[datetime] = mapped_column(
        UtcDateTime, comment="when the half hour of the centre's clock began, UTC"
    )
    counted: Mapped[int] = mapped_column(
        BigInteger, comment="a bit for each sum that is not 0, in the order of the columns of centre_half_hour"
    )
    sums: Mapped[dict[str, int]] = mapped_column(JSON, comment="the sums that are not 0, by name")


class AgentLastState(Base):
    """The state in which an agent is, as far as the log of states has been added up."""

    __tablename__ = "agent_last_state"

    agent: Mapped[str] = mapped_column(String(NAME), primary_key=True, comment="the agent's number")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="from when on, UTC")
    state: Mapped[str] = mapped_column(String(16), comment="the state; the words are those of AgentState")


class AgentTeam(Base):
    """The team of an agent from `since` on; empty for none."""

    __tablename__ = "agent_team"
    __table_args__ = (Index(None, "team", "agent"),)

    agent: Mapped[str] = mapped_column(String(NAME), primary_key=True, comment="the agent's number")
    since: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True, comment="from when on, UTC")
    team: Mapped[str] = mapped_column(String(NAME), comment="the team; empty: none")


class FigureRules(Base):
    """Rules by which calls are counted: time zone, thresholds. A call is counted by those of the last row whose `since`
    is not after its beginning."""

    __tablename__ = "figure_rules"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True, comment="counts up")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when they were kept, UTC")
    since: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="of the first call for which they hold, the beginning, UTC; empty: for all"
    )
    rules: Mapped[dict[str, Any]] = mapped_column(
        JSON, comment="time zone, thresholds by queue, days of the first contact"
    )
