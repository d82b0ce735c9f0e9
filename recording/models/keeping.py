"""Where recordings are kept, who heard them, which are held, and which are gone."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from recording.models.base import NAME, Base, BigId, UtcDateTime


class KeptRecording(Base):
    """A recording that there is: of a call, or a message that its caller has left (`kind`). `file` is its name, that of
    the call's record where it is a call's; `number` counts those of the call and kind from 1; `bytes` and `sha256` are
    of the audio itself. `state` is waiting (in the folder of recordings until its shelf has confirmed it), kept,
    missing (it was to be kept and was not there), or erasing (to be deleted, for `erasing`). `shelf` and `name` say
    where it is kept, `also` on which other shelf something of it may lie while it is moved, or that something may still
    lie open on its own where it was sealed later, `stored_bytes` and `stored_sha256` what lies there. A sealed one has
    its data key in `wrapped`, under the master key named by `key`; both are empty for one that is not sealed.
    `manifest` is what lies beside it, `described` whether it lies there as it is here.
    """

    __tablename__ = "kept_recording"
    __table_args__ = (
        Index(None, "state", "started_at", "file"),
        Index(None, "call", "number"),
        Index(None, "key"),
    )

    file: Mapped[str] = mapped_column(
        String(NAME), primary_key=True, comment="name of the recording in the call's record"
    )
    call: Mapped[str] = mapped_column(String(32), comment="id of the call")
    kind: Mapped[str] = mapped_column(String(8), server_default="call", comment="call, or message: one its caller left")
    number: Mapped[int] = mapped_column(comment="counts the recordings of the call and kind from 1")
    state: Mapped[str] = mapped_column(String(16), comment="waiting, kept, missing or erasing")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when it began, UTC")
    duration_ms: Mapped[int] = mapped_column(BigInteger, comment="milliseconds")
    bytes: Mapped[int] = mapped_column(BigInteger, comment="size of the audio, not sealed")
    sha256: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the audio, not sealed, 64 hexadecimal digits")
    manifest: Mapped[dict[str, Any]] = mapped_column(JSON, comment="its manifest, as JSON")
    described: Mapped[bool] = mapped_column(comment="whether the manifest that lies beside it is this one")
    shelf: Mapped[str] = mapped_column(String(16), server_default="", comment="folder or s3; empty while it waits")
    also: Mapped[str] = mapped_column(
        String(16),
        server_default="",
        comment="another shelf on which something of it may lie; its own: may also lie open; empty: none",
    )
    name: Mapped[str] = mapped_column(String(NAME), server_default="", comment="its name there; empty while it waits")
    stored_bytes: Mapped[int | None] = mapped_column(BigInteger, comment="size of what lies there; null while it waits")
    stored_sha256: Mapped[str] = mapped_column(
        String(64), server_default="", comment="SHA-256 of what lies there; empty while it waits"
    )
    key: Mapped[str] = mapped_column(
        String(32), server_default="", comment="name of the master key that wraps its data key; empty: not sealed"
    )
    wrapped: Mapped[str] = mapped_column(
        String(128), server_default="", comment="its data key, wrapped, in base64; empty: not sealed"
    )
    kept_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="when its shelf confirmed it, UTC; null while it waits"
    )
    erasing: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), comment="why it is to be deleted, by which rule and person; null: it is not"
    )


class ErasedRecording(Base):
    """The proof that a recording is gone: which audio it was (`sha256`), where it lay, and that nothing of it was there
    any more at `gone_at`. `rule` is retention or person; `by` the person's token, `why` his words, or the retention
    that had passed. Never deleted.
    """

    __tablename__ = "erased_recording"
    __table_args__ = (Index(None, "call"), Index(None, "gone_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True, comment="counts up")
    file: Mapped[str] = mapped_column(String(NAME), comment="name of the recording in the call's record")
    call: Mapped[str] = mapped_column(String(32), comment="id of the call")
    kind: Mapped[str] = mapped_column(String(8), server_default="call", comment="call, or message: one its caller left")
    number: Mapped[int] = mapped_column(comment="counted the recordings of the call and kind from 1")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when it began, UTC")
    duration_ms: Mapped[int] = mapped_column(BigInteger, comment="milliseconds")
    bytes: Mapped[int] = mapped_column(BigInteger, comment="size of the audio, not sealed")
    sha256: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the audio, not sealed, 64 hexadecimal digits")
    shelf: Mapped[str] = mapped_column(
        String(16), comment="where it lay: folder or s3; empty: it never came to a shelf"
    )
    stored_sha256: Mapped[str] = mapped_column(String(64), comment="SHA-256 of what lay there")
    rule: Mapped[str] = mapped_column(String(16), comment="retention or person")
    by: Mapped[str] = mapped_column(String(80), comment="who asked for it: the name of his token, or retention")
    why: Mapped[str] = mapped_column(Text, comment="his words, or the time that had passed")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when it was asked for, UTC")
    gone_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when nothing of it was found any more, UTC")


class RecordingHold(Base):
    """A call whose recordings may not be deleted: who said so and why, until when (NULL: until it is released). One
    that was released is kept.
    """

    __tablename__ = "recording_hold"
    __table_args__ = (Index(None, "call"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True, comment="counts up")
    call: Mapped[str] = mapped_column(String(32), comment="id of the call")
    by: Mapped[str] = mapped_column(String(80), comment="who holds it: the name of his token")
    why: Mapped[str] = mapped_column(Text, comment="his words")
    held_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="since when, UTC")
    until: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="until when, UTC; null: until it is released")
    released_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="when it was released, UTC; null: it was not"
    )
    released_by: Mapped[str] = mapped_column(String(80), server_default="", comment="who released it; empty: nobody")


class RecordingListening(Base):
    """A listening: who (the name of his token) was given which bytes of a recording, from `first_byte` to `last_byte`,
    and from which address he asked. Written before a byte is sent.
    """

    __tablename__ = "recording_listening"
    __table_args__ = (Index(None, "at"), Index(None, "who", "at"), Index(None, "call", "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True, comment="counts up")
    at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when, UTC")
    who: Mapped[str] = mapped_column(String(80), comment="the name of his token")
    call: Mapped[str] = mapped_column(String(32), comment="id of the call")
    kind: Mapped[str] = mapped_column(String(8), server_default="call", comment="call, or message: one its caller left")
    number: Mapped[int] = mapped_column(comment="which recording of the call and kind, from 1")
    file: Mapped[str] = mapped_column(String(NAME), comment="name of the recording in the call's record")
    first_byte: Mapped[int] = mapped_column(BigInteger, comment="of the range that he was given, from 0")
    last_byte: Mapped[int] = mapped_column(BigInteger, comment="of the range that he was given, included")
    bytes: Mapped[int] = mapped_column(BigInteger, comment="size of the whole audio")
    address: Mapped[str] = mapped_column(String(64), comment="from which address he asked")


class RetentionRun(Base):
    """A run of retention: how many recordings it deleted, how many were due but held, and how many could not be deleted
    then because their shelf was away. `ended_at` is NULL where it was cut short.
    """

    __tablename__ = "retention_run"
    __table_args__ = (Index(None, "started_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True, comment="counts up")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when, UTC")
    ended_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="when it was done, UTC; null: it was cut short"
    )
    erased: Mapped[int] = mapped_column(server_default="0", comment="recordings deleted")
    held: Mapped[int] = mapped_column(server_default="0", comment="recordings due, but held")
    left: Mapped[int] = mapped_column(server_default="0", comment="recordings due that could not be deleted then")


class RecordedCall(Base):
    """A call that has a recording, as a search looks at it: `length_ms` is that of its recordings together, `mark` the
    last mark that its caller gave in a survey. What there is about a call stands in `call`; this is small, so that a
    search that no index fits is answered from one.
    """

    __tablename__ = "recorded_call"
    __table_args__ = (Index(None, "started_at", "call", "length_ms", "outcome", "mark"),)

    call: Mapped[str] = mapped_column(String(32), primary_key=True, comment="id of the call")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when the call began, UTC")
    length_ms: Mapped[int] = mapped_column(BigInteger, comment="milliseconds of its recordings together")
    outcome: Mapped[str] = mapped_column(String(16), comment="how the call ended; the words are those of CallOutcome")
    mark: Mapped[int | None] = mapped_column(comment="the last mark its caller gave, 1 to 9; null: none")


class RecordedParty(Base):
    """Who or what belongs to a recorded call: `kind` is agent (he spoke with the caller), queue (the caller stood in
    it) or number (the caller's, and the one dialled, as the carrier writes them).
    """

    __tablename__ = "recorded_party"
    __table_args__ = (Index(None, "call"),)

    kind: Mapped[str] = mapped_column(String(8), primary_key=True, comment="agent, queue or number")
    name: Mapped[str] = mapped_column(
        String(NAME), primary_key=True, comment="the agent's number, the queue's name, or the telephone number"
    )
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True, comment="when the call began, UTC")
    call: Mapped[str] = mapped_column(String(32), primary_key=True, comment="id of the call")
