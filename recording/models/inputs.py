"""What is entered by people and not drawn from calls: outcome codes and how calls were closed with them."""

from datetime import datetime

from sqlalchemy import JSON, Index, String, Text
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
