"""Draws of calls that are to be judged."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "quality_draw",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("daily", sa.String(10), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.Column("picked", sa.Integer(), nullable=False),
        sa.Column("lots", sa.JSON(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quality_draw"),
        sa.UniqueConstraint("daily", name="uq_quality_draw_daily"),
    )
    op.create_index("ix_quality_draw_at_id", "quality_draw", ["at", "id"])
