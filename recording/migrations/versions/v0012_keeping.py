"""Where recordings are kept, who heard them, which are held, which are gone, and what a search finds."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "kept_recording",
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("call", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("described", sa.Boolean(), nullable=False),
        sa.Column("shelf", sa.String(16), nullable=False, server_default=""),
        sa.Column("name", sa.String(255), nullable=False, server_default=""),
        sa.Column("stored_bytes", sa.BigInteger(), nullable=True),
        sa.Column("stored_sha256", sa.String(64), nullable=False, server_default=""),
        sa.Column("key", sa.String(32), nullable=False, server_default=""),
        sa.Column("wrapped", sa.String(128), nullable=False, server_default=""),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erasing", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("file", name="pk_kept_recording"),
    )
    op.create_index("ix_kept_recording_call_number", "kept_recording", ["call", "number"])
    op.create_index("ix_kept_recording_key", "kept_recording", ["key"])
    op.create_index("ix_kept_recording_state_started_at_file", "kept_recording", ["state", "started_at", "file"])
    op.create_table(
        "erased_recording",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, autoincrement=True),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("call", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("shelf", sa.String(16), nullable=False),
        sa.Column("stored_sha256", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(16), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erased_recording"),
    )
    op.create_index("ix_erased_recording_call", "erased_recording", ["call"])
    op.create_index("ix_erased_recording_gone_at", "erased_recording", ["gone_at"])
    op.create_table(
        "recording_hold",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, autoincrement=True),
        sa.Column("call", sa.String(32), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(80), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_recording_hold"),
    )
    op.create_index("ix_recording_hold_call", "recording_hold", ["call"])
    op.create_table(
        "recording_listening",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, autoincrement=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("call", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("first_byte", sa.BigInteger(), nullable=False),
        sa.Column("last_byte", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recording_listening"),
    )
    op.create_index("ix_recording_listening_at", "recording_listening", ["at"])
    op.create_index("ix_recording_listening_call_at", "recording_listening", ["call", "at"])
    op.create_index("ix_recording_listening_who_at", "recording_listening", ["who", "at"])
    op.create_table(
        "retention_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, autoincrement=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("held", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("left", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="pk_retention_run"),
    )
    op.create_index("ix_retention_run_started_at", "retention_run", ["started_at"])
    op.create_table(
        "recorded_call",
        sa.Column("call", sa.String(32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("length_ms", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("call", name="pk_recorded_call"),
    )
    op.create_index(
        "ix_recorded_call_started_at_call_length_ms_outcome_mark",
        "recorded_call",
        ["started_at", "call", "length_ms", "outcome", "mark"],
    )
    op.create_table(
        "recorded_party",
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("call", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "started_at", "call", name="pk_recorded_party"),
    )
    op.create_index("ix_recorded_party_call", "recorded_party", ["call"])
