"""Agents and their log of states, callers who are known, and who may use the API."""

from datetime import datetime

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from recording.models.base import NAME, Base, UtcDateTime


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


class AgentStateEntry(Base):
    """The log of agent states, append-only."""

    __tablename__ = "agent_state"
    __table_args__ = (Index(None, "agent", "at"),)

    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    agent: Mapped[str] = mapped_column(String(NAME))
    phone: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    before: Mapped[str] = mapped_column(String(16))
    after: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    linkedid: Mapped[str] = mapped_column(Text)


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
    `agent` is the number of the agent whose own it is, empty for none; `permissions` are what it may besides its role.
    """

    __tablename__ = "access_token"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agent: Mapped[str] = mapped_column(String(32), server_default="")
    permissions: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
