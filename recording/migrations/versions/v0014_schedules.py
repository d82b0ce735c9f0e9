"""Who should work when: shift patterns, who has which, and single days that differ."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "shift_pattern",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("weeks", sa.Integer, nullable=False),
        sa.Column("shifts", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_shift_pattern"),
    )
    op.create_table(
        "shift_assignment",
        sa.Column("agent", sa.String(32), nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("pattern", sa.String(64), nullable=False),
        sa.Column("week", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("agent", "since", name="pk_shift_assignment"),
    )
    op.create_table(
        "shift_exception",
        sa.Column("agent", sa.String(32), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("start", sa.String(5), nullable=False),
        sa.Column("end", sa.String(5), nullable=False),
        sa.Column("other", sa.String(32), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("agent", "day", "kind", "start", name="pk_shift_exception"),
    )
    op.create_index("ix_shift_exception_day", "shift_exception", ["day"])
