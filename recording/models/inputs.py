"""What is entered by people and not drawn from calls: outcome codes and how calls were closed,
schedules, costs, staff, scores of elsewhere.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from recording.models.base import Base, UtcDateTime


class OutcomeCode(Base):
    """A code with which agents close calls. One that is not active can be given no more."""

    __tablename__ = "outcome_code"

    code: Mapped[str] = mapped_column(String(32), primary_key=True, comment="its name, never changed")
    titles: Mapped[dict[str, str]] = mapped_column(JSON, comment="what people call it, by language")
    resolved: Mapped[bool] = mapped_column(comment="whether the caller's matter is settled by it (figure 17)")
    queues: Mapped[list[str]] = mapped_column(JSON, comment="the queues whose calls may be closed with it; empty: all")
    keys: Mapped[str] = mapped_column(
        String(4), server_default="", comment="the digits for it behind the star code; empty: none"
    )
    active: Mapped[bool] = mapped_column(comment="whether it may still be given")


class CallClosing(Base):
    """A call was closed with an outcome code; the last closing of a call holds."""

    __tablename__ = "call_closing"
    __table_args__ = (
        Index(None, "code", "at"),
        Index(None, "agent", "at"),
    )

    call: Mapped[str] = mapped_column(String(32), primary_key=True, comment="the call's public id")
    number: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="counts the closings of one call from 1"
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when it was closed, UTC")
    by: Mapped[str] = mapped_column(Text, comment="who did it, as the causes of agent states: phone, api:1001, …")
    agent: Mapped[str | None] = mapped_column(
        String(32), comment="whose call it was; null: nobody spoke with the caller"
    )
    code: Mapped[str] = mapped_column(String(32), comment="the outcome code")
    resolved: Mapped[bool] = mapped_column(comment="what the code said then: whether the caller's matter was settled")
    note: Mapped[str] = mapped_column(Text, comment="what the agent wrote; empty: nothing")
    matter: Mapped[str] = mapped_column(
        String(64), comment="what the call was about, as the centre names it; empty: not said"
    )


class ShiftPattern(Base):
    """Shifts that come back every week, or every few weeks."""

    __tablename__ = "shift_pattern"

    name: Mapped[str] = mapped_column(String(64), primary_key=True, comment="its name")
    title: Mapped[str] = mapped_column(String(80), comment="what people call it; empty: as its name")
    weeks: Mapped[int] = mapped_column(comment="after how many weeks it begins again")
    shifts: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, comment="its shifts: week from 1, day from 1 for Monday, start and end by the clock, breaks paid or not"
    )


class ShiftAssignment(Base):
    """From a day on an agent works by a pattern, until the next of these."""

    __tablename__ = "shift_assignment"

    agent: Mapped[str] = mapped_column(String(32), primary_key=True, comment="the agent's number")
    since: Mapped[date] = mapped_column(Date, primary_key=True, comment="the first day, in the centre's zone")
    pattern: Mapped[str] = mapped_column(String(64), comment="the pattern's name; empty: none")
    week: Mapped[int] = mapped_column(comment="in which of the pattern's weeks that day is")


class ShiftExceptionEntry(Base):
    """One day of an agent that differs from his pattern: leave, sickness, a swap, other hours, overtime."""

    __tablename__ = "shift_exception"
    __table_args__ = (Index(None, "day"),)

    agent: Mapped[str] = mapped_column(String(32), primary_key=True, comment="the agent's number")
    day: Mapped[date] = mapped_column(Date, primary_key=True, comment="the day, in the centre's zone")
    kind: Mapped[str] = mapped_column(
        String(16), primary_key=True, comment="leave, sick, absent, swap, changed or overtime"
    )
    start: Mapped[str] = mapped_column(
        String(5), primary_key=True, comment="from when by the clock, such as 18:30; empty: the whole shift"
    )
    end: Mapped[str] = mapped_column(
        String(5), comment="until when by the clock; not later than the start: the next day"
    )
    other: Mapped[str] = mapped_column(String(32), comment="number of the agent with whom he swaps; empty: none")
    note: Mapped[str] = mapped_column(String(200), comment="why, in somebody's words")


class CostEntry(Base):
    """An amount of money for some days, shared out over them evenly."""

    __tablename__ = "cost"
    __table_args__ = (Index(None, "first", "last"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, comment="made from what, scope and first")
    what: Mapped[str] = mapped_column(String(80), comment="what it is for")
    scope: Mapped[str] = mapped_column(String(80), comment="whose cost it is: centre, queue:<name> or team:<name>")
    first: Mapped[date] = mapped_column(Date, comment="its first day, in the centre's zone")
    last: Mapped[date] = mapped_column(Date, comment="its last day, in the centre's zone")
    amount: Mapped[int] = mapped_column(BigInteger, comment="for the whole time, in ten-thousandths of the currency")
    currency: Mapped[str] = mapped_column(String(3), comment="three letters (ISO 4217)")


class StaffRecord(Base):
    """An agent joins, works more or less or in another team, or leaves."""

    __tablename__ = "staff"
    __table_args__ = (Index(None, "day"),)

    agent: Mapped[str] = mapped_column(String(32), primary_key=True, comment="the agent's number")
    day: Mapped[date] = mapped_column(
        Date, primary_key=True, comment="from the beginning of this day, in the centre's zone; left: his last day"
    )
    event: Mapped[str] = mapped_column(String(16), primary_key=True, comment="joined, changed or left")
    share: Mapped[int] = mapped_column(comment="percent of a full week, 1 to 100; without meaning where he leaves")
    team: Mapped[str] = mapped_column(String(64), comment="his team; empty: none, or without meaning where he leaves")


class OutsideScore(Base):
    """A quality score that was made elsewhere; it counts in figure 12 beside our own evaluations."""

    __tablename__ = "outside_score"
    __table_args__ = (
        Index(None, "at"),
        Index(None, "agent", "at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, comment="made from agent, time and reference")
    agent: Mapped[str] = mapped_column(String(32), comment="number of the agent who was judged")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when he was judged, UTC: the time figure 12 goes by")
    score_hundredths: Mapped[int] = mapped_column(comment="the score in hundredths of a point, 0 to 10000")
    reviewer: Mapped[str] = mapped_column(String(80), comment="who judged; empty: not said")
    queue: Mapped[str] = mapped_column(String(64), comment="of which queue the call was; empty: not said")
    team: Mapped[str] = mapped_column(String(64), comment="the agent's team that day, by the staff; empty: none known")
    call: Mapped[str] = mapped_column(String(32), comment="the call's public id; empty: not said")
    reference: Mapped[str] = mapped_column(String(80), comment="what tells it apart where it was made; empty: nothing")
