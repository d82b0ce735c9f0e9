"""Calls that are over, and what belongs to each."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from recording.models.base import NAME, Base, UtcDateTime


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
    linkedid: Mapped[str] = mapped_column(String(NAME), unique=True)
    direction: Mapped[str] = mapped_column(String(16))
    caller: Mapped[str] = mapped_column(String(NAME))
    dialled: Mapped[str] = mapped_column(Text)
    queue: Mapped[str | None] = mapped_column(String(NAME))
    agent: Mapped[str | None] = mapped_column(String(NAME))
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
    survey: Mapped[str] = mapped_column(String(NAME))
    node: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    score: Mapped[int | None]
    queue: Mapped[str | None] = mapped_column(String(NAME))
    agent: Mapped[str | None] = mapped_column(String(NAME))


class RecordingFile(Base):
    """A recording of a call, stereo: left what the caller said, right what he heard. `file` counts from the folder of
    recordings, or from the store named by `place` (empty: the folder). `format` is wav, flac or opus, `rate` samples a
    second; `sha256` and `bytes` are of the file, `pcm_sha256` of its samples (empty: not known).
    """

    __tablename__ = "recording"
    __table_args__ = (Index(None, "linkedid"),)

    file: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    linkedid: Mapped[str] = mapped_column(String(NAME))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    duration_ms: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    format: Mapped[str] = mapped_column(String(8), server_default="wav")
    channels: Mapped[int] = mapped_column(server_default="2")
    rate: Mapped[int] = mapped_column(server_default="8000")
    pcm_sha256: Mapped[str] = mapped_column(String(64), server_default="")
    place: Mapped[str] = mapped_column(String(80), server_default="")


class RecordingPauseEntry(Base):
    """A time in which the recording `file` of `call` is silent on purpose, from `start_ms` to `end_ms` of the file;
    `number` counts those of one call from 1. `who` asked for it: flow, agent:<number> or api:<name of the token>.
    """

    __tablename__ = "recording_pause"

    call: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    file: Mapped[str] = mapped_column(Text)
    start_ms: Mapped[int] = mapped_column(BigInteger)
    end_ms: Mapped[int] = mapped_column(BigInteger)
    who: Mapped[str] = mapped_column(String(96))
    why: Mapped[str] = mapped_column(Text)
