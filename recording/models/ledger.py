"""What the records are made of: the lines of the ledger and the journal, and how far they were read."""

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from recording.models.base import NAME, Base, BigId


class CallInProgress(Base):
    """A call the ledger has begun and not ended."""

    __tablename__ = "call_in_progress"

    linkedid: Mapped[str] = mapped_column(String(NAME), primary_key=True)


class LedgerEvent(Base):
    """A line of the ledger or the journal as it was read, the source of every call record. `digest` is the line's own,
    so that a line read twice is kept once.
    """

    __tablename__ = "ledger_event"
    __table_args__ = (Index(None, "linkedid", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    digest: Mapped[str] = mapped_column(String(32), unique=True)
    source: Mapped[str] = mapped_column(String(16))
    linkedid: Mapped[str] = mapped_column(String(NAME))
    body: Mapped[str] = mapped_column(Text)


class LedgerPosition(Base):
    """How far a file was read: `position` bytes of the file that begins with bytes of digest `head`."""

    __tablename__ = "ledger_position"

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[str] = mapped_column(String(64))


class RejectedLedgerLine(Base):
    """A line that could not be read, kept for a person to look at."""

    __tablename__ = "rejected_ledger_line"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(16))
    body: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
