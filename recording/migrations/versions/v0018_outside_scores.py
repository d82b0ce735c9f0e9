"""Quality scores that were made elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "outside_score",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("agent", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score_hundredths", sa.Integer, nullable=False),
        sa.Column("reviewer", sa.String(80), nullable=False),
        sa.Column("queue", sa.String(64), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("call", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outside_score"),
    )
    op.create_index("ix_outside_score_at", "outside_score", ["at"])
    op.create_index("ix_outside_score_agent_at", "outside_score", ["agent", "at"])
