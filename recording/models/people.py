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

    number: Mapped[str] = mapped_column(String(32), primary_key=True, comment="what he signs in with")
    name: Mapped[str] = mapped_column(Text, comment="his name")
    pin_hash: Mapped[str] = mapped_column(Text, comment="argon2's digest of his PIN")
    phone: Mapped[str] = mapped_column(String(64), comment="the phone that is his at first")
    skills: Mapped[dict[str, int]] = mapped_column(JSON, comment="skill to level, 1 to 10")
    active: Mapped[bool] = mapped_column(comment="false: he has left")
    attributes: Mapped[dict[str, str]] = mapped_column(
        JSON, server_default="{}", comment="team, language, …: name to value"
    )
    outside: Mapped[str] = mapped_column(
        String(32), server_default="", comment="the outside number he may sign in at; empty: none"
    )


class AgentStateEntry(Base):
    """The log of agent states, append-only."""

    __tablename__ = "agent_state"
    __table_args__ = (Index(None, "agent", "at"),)

    digest: Mapped[str] = mapped_column(
        String(32), primary_key=True, comment="digest of the line of the journal, hexadecimal"
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when it changed, UTC")
    agent: Mapped[str] = mapped_column(String(NAME), comment="his number")
    phone: Mapped[str] = mapped_column(Text, comment="where he was signed in")
    status: Mapped[str] = mapped_column(String(16), comment="what he chose; the words are those of Status")
    before: Mapped[str] = mapped_column(String(16), comment="his state till then; the words are those of AgentState")
    after: Mapped[str] = mapped_column(String(16), comment="his state from then on")
    reason: Mapped[str] = mapped_column(Text, comment="why he was not ready; empty: no reason")
    cause: Mapped[str] = mapped_column(Text, comment="who or what changed it")
    linkedid: Mapped[str] = mapped_column(Text, comment="the call it belongs to; empty: none")


class CallerEntry(Base):
    """A caller who is known. `number` is in the one form of recording.numbers; `priority` are points, more than 0 a
    VIP's; `agent` is the one he is to reach first, empty for any; `open_case` and `language` are empty where there is
    none, or none known.
    """

    __tablename__ = "caller"

    number: Mapped[str] = mapped_column(String(32), primary_key=True, comment="his number in its one form")
    name: Mapped[str] = mapped_column(Text, comment="his name")
    priority: Mapped[int] = mapped_column(comment="points; more than 0 for a VIP")
    agent: Mapped[str] = mapped_column(String(32), comment="the agent he is to reach first; empty: any")
    note: Mapped[str] = mapped_column(Text, comment="for the agent to read")
    open_case: Mapped[str] = mapped_column(Text, server_default="", comment="what is under way for him; empty: nothing")
    language: Mapped[str] = mapped_column(String(16), server_default="", comment="what he speaks; empty: not known")


class AccessToken(Base):
    """A named token of the API. `sha256` is the digest of the token, which itself is kept nowhere: it is as long as the
    digest and random, so nothing slower is needed. One that was taken back is kept, so that its name stays its own.
    `agent` is the number of the agent whose own it is, empty for none; `permissions` are what it may besides its role.
    """

    __tablename__ = "access_token"

    name: Mapped[str] = mapped_column(String(80), primary_key=True, comment="whose it is")
    role: Mapped[str] = mapped_column(String(16), comment="what it may do; the words are those of Role")
    sha256: Mapped[str] = mapped_column(String(64), unique=True, comment="digest of the token, hexadecimal")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when it was given out, UTC")
    revoked_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="when it was taken back, UTC; null: it holds"
    )
    agent: Mapped[str] = mapped_column(String(32), server_default="", comment="the agent whose own it is; empty: none")
    permissions: Mapped[list[str]] = mapped_column(JSON, server_default="[]", comment="what it may do besides its role")
