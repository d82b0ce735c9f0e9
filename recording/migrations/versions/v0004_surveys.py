"""What callers think of us, question by question."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_name = sa.Text().with_variant(sa.String(255), "mariadb")  # a text that is indexed; 0009 gives it a length everywhere


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "survey",
        sa.Column("call", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("survey", _name, nullable=False),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Integer),
        sa.Column("queue", _name),
        sa.Column("agent", _name),
        sa.PrimaryKeyConstraint("call", "number", name="pk_survey"),
    )
    op.create_index("ix_survey_survey_asked_at", "survey", ["survey", "asked_at"])
    for column in ("queue", "agent"):
        op.create_index(f"ix_survey_{column}_asked_at", "survey", [column, "asked_at"])
