"""Recordings in several formats and places, and when they are silent on purpose."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ADDED = (
    ("format", sa.String(8), "wav"),
    ("channels", sa.Integer(), "2"),
    ("rate", sa.Integer(), "8000"),
    ("pcm_sha256", sa.String(64), ""),
    ("place", sa.String(80), ""),
)


def upgrade() -> None:
    """Adds the columns and makes the table."""
    for name, kind, default in ADDED:
        op.add_column("recording", sa.Column(name, kind, nullable=False, server_default=default))
    op.create_table(
        "recording_pause",
        sa.Column("call", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("start_ms", sa.BigInteger, nullable=False),
        sa.Column("end_ms", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String(96), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("call", "number", name="pk_recording_pause"),
    )
