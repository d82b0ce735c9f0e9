"""Calls that are judged: score sheets as they were, evaluations, and every step of each."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from recording.models.base import Base, UtcDateTime


class ScoreSheetKept(Base):
    """A score sheet in one of its versions, kept since the first evaluation by it. `digest` is the SHA-256 of
    `document`, the whole sheet; `name` is that of its file.
    """

    __tablename__ = "score_sheet"

    digest: Mapped[str] = mapped_column(
        String(64), primary_key=True, comment="SHA-256 of the sheet, 64 hexadecimal digits"
    )
    name: Mapped[str] = mapped_column(String(64), comment="name of its file")
    document: Mapped[dict[str, Any]] = mapped_column(JSON, comment="the whole sheet, as the API shows it")


class EvaluationEntry(Base):
    """An agent's part in a call, drawn to be judged, and how far that has come. `purpose` is `review`, or the id of a
    calibration, `slot` then the reviewer; of one purpose and slot a call is drawn once. Scores are hundredths, 0 to
    10000; `first_score_hundredths` is the one before an appeal changed it. `fatal` says whether a fatal error was made.
    `document` is the whole evaluation.
    """

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("call", "purpose", "slot"),
        Index(None, "reviewer", "phase"),
        Index(None, "purpose", "released_at"),
        Index(None, "purpose", "score_hundredths", "released_at", "call"),
        Index(None, "agent", "released_at"),
        Index(None, "agent", "drawn_at"),
        Index(None, "drawn_at", "id"),
        Index(None, "due_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, comment="id of the evaluation, 32 hexadecimal digits")
    call: Mapped[str] = mapped_column(String(32), comment="id of the call")
    purpose: Mapped[str] = mapped_column(String(32), comment="review, or the id of a calibration")
    slot: Mapped[str] = mapped_column(String(80), comment="the reviewer, in a calibration; empty else")
    agent: Mapped[str] = mapped_column(String(32), comment="number of the agent who is judged")
    queue: Mapped[str] = mapped_column(String(64), comment="the queue in which the caller stood before; empty for none")
    team: Mapped[str] = mapped_column(String(64), comment="the agent's team when it was drawn; empty for none")
    call_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when the agent began to speak with the caller, UTC")
    talk_ms: Mapped[int] = mapped_column(BigInteger, comment="milliseconds he spoke with him, holds left out")
    rule: Mapped[str] = mapped_column(String(64), comment="the sampling rule; empty where somebody chose the call")
    draw: Mapped[str] = mapped_column(String(32), comment="id of the draw; empty where somebody chose the call")
    sheet: Mapped[str] = mapped_column(String(64), comment="name of the score sheet")
    sheet_digest: Mapped[str] = mapped_column(String(64), comment="digest of the score sheet as it was")
    phase: Mapped[str] = mapped_column(String(16), comment="how far it has come; the words are those of Phase")
    revision: Mapped[int] = mapped_column(comment="how many steps were taken")
    reviewer: Mapped[str] = mapped_column(String(80), comment="name of the reviewer whose it is; empty: everybody's")
    score_hundredths: Mapped[int | None] = mapped_column(
        comment="the score in force in hundredths of a point, 0 to 10000; null: none yet"
    )
    first_score_hundredths: Mapped[int | None] = mapped_column(
        comment="the score before an appeal changed it; null where none did"
    )
    passed: Mapped[bool | None] = mapped_column(comment="whether the score is good enough; null: none yet")
    fatal: Mapped[bool] = mapped_column(comment="whether a fatal error was made")
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when it came on a work list, UTC")
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when the reviewer began, UTC")
    scored_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when it was scored, UTC")
    released_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="when the agent was shown it, UTC: the time figure 12 goes by"
    )
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when the agent took note of it, UTC")
    appealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when the agent appealed, UTC")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when the appeal was decided, UTC")
    set_aside_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when it was set aside, UTC")
    due_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="when the next step should be taken, UTC; null: nobody is waited for"
    )
    document: Mapped[dict[str, Any]] = mapped_column(JSON, comment="the whole evaluation, as the API shows it")


class EvaluationStep(Base):
    """The log of evaluations, append-only: the step that made each `revision`. `by` is the name of who took it; its
    judgement, words and decision are in `document`.
    """

    __tablename__ = "evaluation_step"

    evaluation: Mapped[str] = mapped_column(String(32), primary_key=True, comment="id of the evaluation")
    revision: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="which step it was, counted from 1"
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when, UTC")
    by: Mapped[str] = mapped_column(String(80), comment="the name of who took it")
    kind: Mapped[str] = mapped_column(String(16), comment="what he did; the words are those of StepKind")
    document: Mapped[dict[str, Any]] = mapped_column(
        JSON, comment="the whole step: his words, his judgement, his decision"
    )


class QualityDraw(Base):
    """Calls that were drawn by the sampling rules. `daily` is the day of a daily draw, of which each day has one; NULL:
    somebody asked for it. `inputs` is all that the draw depended on, packed: with it and `seed` the
    same calls are drawn again. `lots` says what each rule did with each agent's calls.
    """

    __tablename__ = "quality_draw"
    __table_args__ = (Index(None, "at", "id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, comment="id of the draw, 32 hexadecimal digits")
    daily: Mapped[str | None] = mapped_column(
        String(10), unique=True, comment="the day, such as 2026-11-22, of a daily draw; null: it was asked for"
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when it was drawn, UTC")
    by: Mapped[str] = mapped_column(String(80), comment="who asked for it; system for a daily draw")
    seed: Mapped[str] = mapped_column(String(64), comment="from which chance came")
    until: Mapped[datetime] = mapped_column(UtcDateTime, comment="up to which begin calls were candidates, UTC")
    candidates: Mapped[int] = mapped_column(comment="how many there were, an agent's part in a call each")
    picked: Mapped[int] = mapped_column(comment="how many were drawn")
    set_aside: Mapped[int] = mapped_column(
        server_default="0",
        comment="how many evaluations not yet judged were set aside, because their recordings were gone",
    )
    lots: Mapped[list[dict[str, Any]]] = mapped_column(JSON, comment="what each rule did with each agent's calls")
    inputs: Mapped[str] = mapped_column(
        Text, comment="all that the draw depended on: JSON, packed by zlib, written in base64"
    )


class QualityNotice(Base):
    """What the service has still to tell to agents, reviewers or team leaders: written with what it is about, removed
    when it was told. `fact` has no score and no ruling, as all that is told of quality.
    """

    __tablename__ = "quality_notice"
    __table_args__ = (Index(None, "at", "id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, comment="id of the notice, 32 hexadecimal digits")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="since when it is to be told, UTC")
    fact: Mapped[dict[str, Any]] = mapped_column(JSON, comment="the fact, as the journal will have it but for its time")
    teller: Mapped[str | None] = mapped_column(
        String(32), comment="id of the service that is telling it, 32 hexadecimal digits; null for none"
    )
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when that service took it, UTC")


class CalibrationEntry(Base):
    """A call that several reviewers judge, none knowing of the others' judgement, so that they come to judge alike;
    their evaluations have its id as `purpose`. `document` is the whole calibration; once closed, with the spread.
    """

    __tablename__ = "calibration"
    __table_args__ = (Index(None, "opened_at", "id"),)

    id: Mapped[str] = mapped_column(
        String(32), primary_key=True, comment="id of the calibration, 32 hexadecimal digits"
    )
    call: Mapped[str] = mapped_column(String(32), comment="id of the call")
    agent: Mapped[str] = mapped_column(String(32), comment="number of the agent who is judged")
    moderator: Mapped[str] = mapped_column(String(80), comment="the name of who leads it")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when it began, UTC")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when it was closed, UTC; null: open")
    document: Mapped[dict[str, Any]] = mapped_column(JSON, comment="the whole calibration, as the API shows it")


class ReviewerAbsence(Base):
    """Days on which a reviewer gets no work. Of each reviewer there is one such time, the last that was said."""

    __tablename__ = "reviewer_absence"

    reviewer: Mapped[str] = mapped_column(String(80), primary_key=True, comment="the name of the reviewer")
    first: Mapped[str] = mapped_column(String(10), comment="the first day, such as 2026-11-22")
    last: Mapped[str] = mapped_column(String(10), comment="the last day, which belongs to it")
    why: Mapped[str] = mapped_column(Text, comment="what was said of it")
    by: Mapped[str] = mapped_column(String(80), comment="the name of who said so")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when, UTC")
