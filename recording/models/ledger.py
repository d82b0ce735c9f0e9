"""What the records are made of: the lines of the ledger and the journal, and how far they were read."""

from sqlalchemy import BigInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from recording.models.base import NAME, Base, BigId


class CallInProgress(Base):
    """A call the ledger has begun and not ended."""

    __tablename__ = "call_in_progress"

    linkedid: Mapped[str] = mapped_column(String(NAME), primary_key=True, comment="Asterisk's identity of the call")


class LedgerEvent(Base):
    """A line of the ledger or the journal as it was read, the source of every call record. `digest` is the line's own,
    so that a line read twice is kept once; a call's lines lie together in the one index.
    """

    __tablename__ = "ledger_event"
    __table_args__ = (UniqueConstraint("linkedid", "digest"),)

    id: Mapped[int] = mapped_column(
        BigId, primary_key=True, autoincrement=True, comment="counts up in the order in which lines were read"
    )
    digest: Mapped[str] = mapped_column(String(32), comment="digest of the line and its source, hexadecimal")
    source: Mapped[str] = mapped_column(String(16), comment="ledger (Asterisk) or journal (the router)")
    linkedid: Mapped[str] = mapped_column(String(NAME), comment="Asterisk's identity of the call")
    body: Mapped[str] = mapped_column(Text, comment="the line, without its line end")


class LedgerPosition(Base):
    """How far a file was read: `position` bytes of the file that begins with bytes of digest `head`."""

    __tablename__ = "ledger_position"

    source: Mapped[str] = mapped_column(
        String(16), primary_key=True, comment="ledger (Asterisk) or journal (the router)"
    )
    position: Mapped[int] = mapped_column(BigInteger, comment="bytes of the file that were read")
    head: Mapped[str] = mapped_column(String(64), comment="digest of the first line of the file")


class RejectedLedgerLine(Base):
    """A line that could not be read, kept for a person to look at."""

    __tablename__ = "rejected_ledger_line"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True, comment="counts up")
    source: Mapped[str] = mapped_column(String(16), comment="ledger (Asterisk) or journal (the router)")
    body: Mapped[str] = mapped_column(Text, comment="the line, zero bytes made visible")
    why: Mapped[str] = mapped_column(Text, comment="what was expected")
