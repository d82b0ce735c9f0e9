"""What agents should do and did by days, so that a month's adherence is read in a moment."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "agent_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agent", sa.String(255), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scheduled_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("adherent_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("shifts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attended", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("day", "agent", name="pk_agent_day"),
    )
    op.create_index("ix_agent_day_agent_day", "agent_day", ["agent", "day"])
    op.create_table(
        "agent_day_turn",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agent_day_turn"),
    )
