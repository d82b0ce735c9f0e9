"""Reports that are sent by a schedule, and what became of each mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from recording.models.base import Base, UtcDateTime


class ReportSchedule(Base):
    """Who gets which report when, by mail."""

    __tablename__ = "report_schedule"

    name: Mapped[str] = mapped_column(String(64), primary_key=True, comment="what it is called")
    wanted: Mapped[dict[str, Any]] = mapped_column(
        JSON, comment="the report: its name, whose, figures, language, and the form that is attached"
    )
    at_time: Mapped[str] = mapped_column(
        String(5), comment="when it is sent, HH:MM of the centre's clock, on the day after the report's time"
    )
    recipients: Mapped[list[str]] = mapped_column(JSON, comment="mail addresses")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when it was made; earlier times are not sent")
    made_by: Mapped[str] = mapped_column(Text, comment="who made it")


class ReportDelivery(Base):
    """A mail: of a schedule, the report of one time, to one recipient. There is one row, so it is sent once."""

    __tablename__ = "report_delivery"
    __table_args__ = (Index(None, "next_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True, comment="digest of the next three")
    schedule: Mapped[str] = mapped_column(String(64), comment="of which schedule")
    period: Mapped[str] = mapped_column(String(40), comment="of which time: 2026-11-21, 2026-W47, 2026-11")
    recipient: Mapped[str] = mapped_column(Text, comment="to whom")
    attempts: Mapped[int] = mapped_column(comment="how often it was tried")
    next_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="when it is (next) tried, or may be taken over from who tries it now; NULL: no more"
    )
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when the server took it; NULL: not yet")
    error: Mapped[str] = mapped_column(String(64), comment="why it did not go last time; empty: no reason")
