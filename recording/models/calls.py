"""Calls that are over, and what belongs to each."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from recording.models.base import NAME, Base, UtcDateTime


class Call(Base):
    """One call. The columns are what lists filter and key figures add up; `document` is the whole CallRecord.
    `outcome_code` is the code that it was closed with last, NULL for none; `resolved` what that meant, `matter` what
    the call was about, as the centre names it.
    """

    __tablename__ = "call"
    __table_args__ = (
        Index(None, "started_at", "id"),
        Index(None, "queue", "started_at"),
        Index(None, "agent", "started_at"),
        Index(None, "caller", "started_at"),
        Index(None, "outcome", "started_at"),
    )

    id: Mapped[str] = mapped_column(
        String(32), primary_key=True, comment="the call's public id, 32 hexadecimal digits, for ever the same"
    )
    linkedid: Mapped[str] = mapped_column(
        String(NAME), unique=True, comment="Asterisk's identity of the whole call, with the node's name in front"
    )
    direction: Mapped[str] = mapped_column(
        String(16), comment="inbound (from a carrier), internal (from an agent's phone) or outbound (from us)"
    )
    caller: Mapped[str] = mapped_column(
        String(NAME), comment="the caller's number as it was sent, at most the first 255 characters"
    )
    dialled: Mapped[str] = mapped_column(Text, comment="what was dialled, by the caller or by us")
    queue: Mapped[str | None] = mapped_column(String(NAME), comment="the last queue he was in; null: none")
    agent: Mapped[str | None] = mapped_column(
        String(NAME), comment="the number of the first agent he spoke with; null: none"
    )
    outcome: Mapped[str] = mapped_column(String(16), comment="how it ended; the words are those of CallOutcome")
    ended_by: Mapped[str] = mapped_column(String(16), comment="who hung up; the words are those of EndedBy")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when Asterisk had it, UTC")
    answered_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="when his line was answered, by the IVR as a rule, UTC"
    )
    connected_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when he first spoke with an agent, UTC")
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when the last of its channels was gone, UTC")
    wait_ms: Mapped[int] = mapped_column(BigInteger, comment="milliseconds in queues")
    talk_ms: Mapped[int] = mapped_column(BigInteger, comment="milliseconds in conversation, holds left out")
    hold_ms: Mapped[int] = mapped_column(BigInteger, comment="milliseconds on hold")
    wrap_up_ms: Mapped[int] = mapped_column(BigInteger, comment="milliseconds of after-call work")
    reconstructed: Mapped[bool] = mapped_column(comment="whether some of it is told by Asterisk's ledger alone")
    outcome_code: Mapped[str | None] = mapped_column(
        String(32), comment="the outcome code it was closed with last; null: not closed"
    )
    resolved: Mapped[bool | None] = mapped_column(
        comment="whether the caller's matter was settled by that; null: not closed"
    )
    matter: Mapped[str] = mapped_column(
        String(64), server_default="", comment="what the call was about, as the centre names it; empty: not said"
    )
    document: Mapped[dict[str, Any]] = mapped_column(JSON, comment="the whole record, as the API shows it")


class CallSegment(Base):
    """What the caller met in a stretch of his call; those of one call follow each other from its first moment to its
    last without gap or overlap, and `number` counts them from 1. `agent` is who he met, NULL where that was nobody or
    several at once; `agents` are all of them. Of one or more of these he heard nothing where `muted` is true: the
    table `mute` says of whom.
    """

    __tablename__ = "segment"
    __table_args__ = (Index(None, "started_at"),)

    call: Mapped[str] = mapped_column(String(32), primary_key=True, comment="id of the call")
    number: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="counts the segments of one call from 1"
    )
    kind: Mapped[str] = mapped_column(String(16), comment="what he met; the words are those of SegmentKind")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when it began, UTC")
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when it ended, UTC: the next one's beginning")
    duration_ms: Mapped[int] = mapped_column(BigInteger, comment="its length in milliseconds")
    queue: Mapped[str | None] = mapped_column(String(NAME), comment="the queue he waited in; null: none")
    agent: Mapped[str | None] = mapped_column(
        String(NAME), comment="the one agent he talked with, was held by, or was rung for him; null: none or several"
    )
    agents: Mapped[list[str]] = mapped_column(JSON, comment="all of these agents by number")
    space: Mapped[str | None] = mapped_column(String(NAME), comment="the space he was parked at; null: not parked")
    muted: Mapped[bool] = mapped_column(
        server_default=false(), comment="whether one of these agents was muted by us: he heard nothing of him"
    )


class CallMute(Base):
    """A time in which the caller heard nothing of `agent`, because `who` had him muted, within one conversation;
    `number` counts those of one call from 1. What an agent mutes at his telephone is not known.
    """

    __tablename__ = "mute"
    __table_args__ = (Index(None, "started_at"),)

    call: Mapped[str] = mapped_column(String(32), primary_key=True, comment="id of the call")
    number: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="counts the mutes of one call from 1"
    )
    agent: Mapped[str] = mapped_column(String(NAME), comment="the number of the agent who was muted")
    who: Mapped[str] = mapped_column(String(96), comment="agent:<number> or api:<name of the token>")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when it began, UTC")
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when it ended, UTC")
    duration_ms: Mapped[int] = mapped_column(BigInteger, comment="its length in milliseconds")


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

    call: Mapped[str] = mapped_column(String(32), primary_key=True, comment="id of the call")
    number: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="counts the marks of one call from 1"
    )
    survey: Mapped[str] = mapped_column(String(NAME), comment="the survey's name")
    node: Mapped[str] = mapped_column(Text, comment="the question: the node of the flow that asked it")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when it was asked, UTC")
    score: Mapped[int | None] = mapped_column(comment="the mark; null where none was given")
    queue: Mapped[str | None] = mapped_column(String(NAME), comment="the queue of his conversation")
    agent: Mapped[str | None] = mapped_column(String(NAME), comment="the agent he spoke with")


class RecordingFile(Base):
    """A recording of a call, stereo: left what the caller said, right what he heard. `file` counts from the folder of
    recordings, or from the store named by `place` (empty: the folder). `format` is wav, flac or opus, `rate` samples a
    second; `sha256` and `bytes` are of the file, `pcm_sha256` of its samples (empty: not known).
    """

    __tablename__ = "recording"
    __table_args__ = (Index(None, "linkedid"),)

    file: Mapped[str] = mapped_column(
        String(NAME), primary_key=True, comment="its name, from the folder of recordings or within `place`"
    )
    linkedid: Mapped[str] = mapped_column(String(NAME), comment="Asterisk's identity of the call")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when its first sample was heard, UTC")
    duration_ms: Mapped[int] = mapped_column(BigInteger, comment="its length in milliseconds")
    bytes: Mapped[int] = mapped_column(BigInteger, comment="the size of the file")
    sha256: Mapped[str] = mapped_column(String(64), comment="digest of the file, hexadecimal")
    format: Mapped[str] = mapped_column(String(8), server_default="wav", comment="wav, flac or opus")
    channels: Mapped[int] = mapped_column(server_default="2", comment="1 mono, 2 stereo")
    rate: Mapped[int] = mapped_column(server_default="8000", comment="samples a second")
    pcm_sha256: Mapped[str] = mapped_column(
        String(64),
        server_default="",
        comment="digest of its samples, the same in every lossless format; empty: not known",
    )
    place: Mapped[str] = mapped_column(
        String(80), server_default="", comment="the store that has it; empty: the folder of recordings"
    )


class RecordingPauseEntry(Base):
    """A time in which the recording `file` of `call` is silent on purpose, from `start_ms` to `end_ms` of the file;
    `number` counts those of one call from 1. `who` asked for it: flow, agent:<number> or api:<name of the token>.
    """

    __tablename__ = "recording_pause"

    call: Mapped[str] = mapped_column(String(32), primary_key=True, comment="id of the call")
    number: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="counts the pauses of one call from 1"
    )
    file: Mapped[str] = mapped_column(Text, comment="the recording")
    start_ms: Mapped[int] = mapped_column(BigInteger, comment="milliseconds from the beginning of the file")
    end_ms: Mapped[int] = mapped_column(BigInteger, comment="milliseconds from the beginning of the file")
    who: Mapped[str] = mapped_column(String(96), comment="flow, agent:<number> or api:<name of the token>")
    why: Mapped[str] = mapped_column(Text, comment="the reason that was given")


class RecordedTalk(Base):
    """How much of the talk of `call` was recorded, noted once its audio had been looked at: of `talked_ms` (holds
    included) no recording has `missing_ms`. Audio that is erased later does not count as missing. Calls without talk
    have no row. Recorded share of a time: 1 - sum(missing_ms) / sum(talked_ms).
    """

    __tablename__ = "recorded_talk"
    __table_args__ = (Index(None, "started_at"),)

    call: Mapped[str] = mapped_column(String(32), primary_key=True, comment="id of the call")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when the call began, UTC")
    talked_ms: Mapped[int] = mapped_column(BigInteger, comment="milliseconds of talk, holds included")
    missing_ms: Mapped[int] = mapped_column(BigInteger, comment="milliseconds of it that no recording has")
    missing: Mapped[list[dict[str, str]]] = mapped_column(
        JSON, comment="the spans of it: started_at, ended_at, cause (disk_full, asterisk_lost, unknown)"
    )


class RecordChange(Base):
    """The number of the last change of each record, counted up: who has seen all up to a number asks for those above
    it. Records from before there were numbers have none."""

    __tablename__ = "record_change"

    call: Mapped[str] = mapped_column(String(32), primary_key=True, comment="the call's id")
    number: Mapped[int] = mapped_column(BigInteger, index=True, comment="counts up, in the order of transactions")


class RecordCounter(Base):
    """One row: the number of the last change of any record."""

    __tablename__ = "record_counter"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, comment="1")
    number: Mapped[int] = mapped_column(BigInteger, comment="the number that was given last")
