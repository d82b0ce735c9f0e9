"""By when the next step of an evaluation is due, when it was set aside, and when reviewers are absent."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Adds the columns and the table. What was drawn before is never late."""
    op.add_column("evaluation", sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("evaluation", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_evaluation_due_at", "evaluation", ["due_at"])
    op.create_table(
        "reviewer_absence",
        sa.Column("reviewer", sa.String(80), nullable=False),
        sa.Column("first", sa.String(10), nullable=False),
        sa.Column("last", sa.String(10), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reviewer", name="pk_reviewer_absence"),
    )
