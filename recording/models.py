"""The SQL tables, open to any reporting tool. `migrations/` makes them; a test holds the two equal."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Index, Integer, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up by itself only in plain INTEGER keys


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in, aware UTC out, on data bases that keep the zone and on those that do not."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        }
    )


class Call(Base):
    """One call. The columns are what lists filter and key figures add up; `document` is the whole CallRecord."""

    __tablename__ = "call"
    __table_args__ = (
        Index(None, "started_at", "id"),
        Index(None, "queue", "started_at"),
        Index(None, "agent", "started_at"),
        Index(None, "caller", "started_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    linkedid: Mapped[str] = mapped_column(Text, unique=True)
    direction: Mapped[str] = mapped_column(String(16))
    caller: Mapped[str] = mapped_column(Text)
    dialled: Mapped[str] = mapped_column(Text)
    queue: Mapped[str | None] = mapped_column(Text)
    agent: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(16))
    ended_by: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    connected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    wait_ms: Mapped[int] = mapped_column(BigInteger)
    talk_ms: Mapped[int] = mapped_column(BigInteger)
    hold_ms: Mapped[int] = mapped_column(BigInteger)
    wrap_up_ms: Mapped[int] = mapped_column(BigInteger)
    reconstructed: Mapped[bool]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)


class CallInProgress(Base):
    """A call the ledger has begun and not ended."""

    __tablename__ = "call_in_progress"

    linkedid: Mapped[str] = mapped_column(Text, primary_key=True)


class LedgerEvent(Base):
    """A line of the ledger or the journal as it was read, the source of every call record. `digest` is the line's own,
    so that a line read twice is kept once.
    """

    __tablename__ = "ledger_event"
    __table_args__ = (Index(None, "linkedid", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    digest: Mapped[str] = mapped_column(String(32), unique=True)
    source: Mapped[str] = mapped_column(String(16))
    linkedid: Mapped[str] = mapped_column(Text)
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


class SurveyAnswer(Base):
    """A mark that a caller was asked for; `number` counts those of one call from 1. `score` is NULL where he did not
    answer; `queue` and `agent` are those of his conversation.
    """

    __tablename__ = "survey"
    __table_args__ = (
        Index(None, "survey", "asked_at"),
        Index(None, "queue", "asked_at"),
        Index(None, "agent", "asked_at"),
    )

    call: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    survey: Mapped[str] = mapped_column(Text)
    node: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    score: Mapped[int | None]
    queue: Mapped[str | None] = mapped_column(Text)
    agent: Mapped[str | None] = mapped_column(Text)


class RecordingFile(Base):
    """A recording of a call."""

    __tablename__ = "recording"
    __table_args__ = (Index(None, "linkedid"),)

    file: Mapped[str] = mapped_column(Text, primary_key=True)
    linkedid: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    duration_ms: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))


class AgentStateEntry(Base):
    """The log of agent states, append-only."""

    __tablename__ = "agent_state"
    __table_args__ = (Index(None, "agent", "at"),)

    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    agent: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    before: Mapped[str] = mapped_column(String(16))
    after: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    linkedid: Mapped[str] = mapped_column(Text)


class AgentAccount(Base):
    """A person who takes calls. `skills` maps a skill to its level, 1 to 10; `attributes` are what the centre's files
    may ask for besides (team, language, …); `outside` is the one outside number he may sign in at by himself, empty
    for none. Who left is kept, not active.
    """

    __tablename__ = "agent"

    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    pin_hash: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(String(64))
    skills: Mapped[dict[str, int]] = mapped_column(JSON)
    active: Mapped[bool]
    attributes: Mapped[dict[str, str]] = mapped_column(JSON, server_default="{}")
    outside: Mapped[str] = mapped_column(String(32), server_default="")


class CallerEntry(Base):
    """A caller who is known. `number` is in the one form of recording.numbers; `priority` are points, more than 0 a
    VIP's; `agent` is the one he is to reach first, empty for any; `open_case` and `language` are empty where there is
    none, or none known.
    """

    __tablename__ = "caller"

    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    priority: Mapped[int]
    agent: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(Text)
    open_case: Mapped[str] = mapped_column(Text, server_default="")
    language: Mapped[str] = mapped_column(String(16), server_default="")


class AccessToken(Base):
    """A named token of the API. `sha256` is the digest of the token, which itself is kept nowhere: it is as long as the
    digest and random, so nothing slower is needed. One that was taken back is kept, so that its name stays its own.
    """

    __tablename__ = "access_token"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
