"""Outcome codes, and how calls were closed with them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Makes the tables; no call so far was closed."""
    op.create_table(
        "outcome_code",
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("titles", sa.JSON, nullable=False),
        sa.Column("resolved", sa.Boolean, nullable=False),
        sa.Column("queues", sa.JSON, nullable=False),
        sa.Column("keys", sa.String(4), nullable=False, server_default=""),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_outcome_code"),
    )
    op.create_table(
        "call_closing",
        sa.Column("call", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("agent", sa.String(32)),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("resolved", sa.Boolean, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("matter", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("call", "number", name="pk_call_closing"),
    )
    op.create_index("ix_call_closing_code_at", "call_closing", ["code", "at"])
    op.create_index("ix_call_closing_agent_at", "call_closing", ["agent", "at"])
    op.add_column("call", sa.Column("outcome_code", sa.String(32)))
    op.add_column("call", sa.Column("resolved", sa.Boolean))
    op.add_column("call", sa.Column("matter", sa.String(64), nullable=False, server_default=""))
