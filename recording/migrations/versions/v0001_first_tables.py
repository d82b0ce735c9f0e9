"""The first tables: calls, the events they are folded from, recordings, agents and their states."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_instant = sa.DateTime(timezone=True)
_name = sa.Text().with_variant(sa.String(255), "mariadb")  # a text that is indexed; 0009 gives it a length everywhere


def upgrade() -> None:
    """Makes the tables."""
    _calls()
    _ledger()
    op.create_table(
        "recording",
        sa.Column("file", _name, nullable=False),
        sa.Column("linkedid", _name, nullable=False),
        sa.Column("started_at", _instant, nullable=False),
        sa.Column("duration_ms", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("file", name="pk_recording"),
    )
    op.create_index("ix_recording_linkedid", "recording", ["linkedid"])
    _agents()


def _calls() -> None:
    op.create_table(
        "call",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("linkedid", _name, nullable=False),
        sa.Column("direction", sa.String(16), nullable=False),
        sa.Column("caller", _name, nullable=False),
        sa.Column("dialled", sa.Text, nullable=False),
        sa.Column("queue", _name),
        sa.Column("agent", _name),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("ended_by", sa.String(16), nullable=False),
        sa.Column("started_at", _instant, nullable=False),
        sa.Column("answered_at", _instant),
        sa.Column("connected_at", _instant),
        sa.Column("ended_at", _instant, nullable=False),
        sa.Column("wait_ms", sa.BigInteger, nullable=False),
        sa.Column("talk_ms", sa.BigInteger, nullable=False),
        sa.Column("hold_ms", sa.BigInteger, nullable=False),
        sa.Column("wrap_up_ms", sa.BigInteger, nullable=False),
        sa.Column("reconstructed", sa.Boolean, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_call"),
        sa.UniqueConstraint("linkedid", name="uq_call_linkedid"),
    )
    op.create_index("ix_call_started_at_id", "call", ["started_at", "id"])
    for column in ("queue", "agent", "caller"):
        op.create_index(f"ix_call_{column}_started_at", "call", [column, "started_at"])


def _ledger() -> None:
    op.create_table(
        "call_in_progress",
        sa.Column("linkedid", _name, nullable=False),
        sa.PrimaryKeyConstraint("linkedid", name="pk_call_in_progress"),
    )
    op.create_table(
        "ledger_event",
        sa.Column("id", _big_id, autoincrement=True, nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("linkedid", _name, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_event"),
        sa.UniqueConstraint("digest", name="uq_ledger_event_digest"),
    )
    op.create_index("ix_ledger_event_linkedid_id", "ledger_event", ["linkedid", "id"])
    op.create_table(
        "ledger_position",
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_ledger_position"),
    )
    op.create_table(
        "rejected_ledger_line",
        sa.Column("id", _big_id, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rejected_ledger_line"),
    )


def _agents() -> None:
    op.create_table(
        "agent_state",
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("at", _instant, nullable=False),
        sa.Column("agent", _name, nullable=False),
        sa.Column("phone", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("before", sa.String(16), nullable=False),
        sa.Column("after", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("linkedid", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_agent_state"),
    )
    op.create_index("ix_agent_state_agent_at", "agent_state", ["agent", "at"])
    op.create_table(
        "agent",
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("pin_hash", sa.Text, nullable=False),
        sa.Column("phone", sa.String(64), nullable=False),
        sa.Column("skills", sa.JSON, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_agent"),
    )
