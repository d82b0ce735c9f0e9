"""Calls that are judged: score sheets, evaluations and their steps."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "score_sheet",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_score_sheet"),
    )
    op.create_table(
        "evaluation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("call", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("slot", sa.String(80), nullable=False),
        sa.Column("agent", sa.String(32), nullable=False),
        sa.Column("queue", sa.String(64), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("call_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("talk_ms", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("draw", sa.String(32), nullable=False),
        sa.Column("sheet", sa.String(64), nullable=False),
        sa.Column("sheet_digest", sa.String(64), nullable=False),
        sa.Column("phase", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reviewer", sa.String(80), nullable=False),
        sa.Column("score_hundredths", sa.Integer(), nullable=True),
        sa.Column("first_score_hundredths", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("fatal", sa.Boolean(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(f"{step}_at", sa.DateTime(timezone=True), nullable=True)
            for step in ("claimed", "scored", "released", "acknowledged", "appealed", "decided")
        ),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation"),
        sa.UniqueConstraint("call", "purpose", "slot", name="uq_evaluation_call_purpose_slot"),
    )
    for columns in (
        ["reviewer", "phase"],
        ["purpose", "released_at"],
        ["agent", "released_at"],
        ["agent", "drawn_at"],
        ["drawn_at", "id"],
    ):
        op.create_index(f"ix_evaluation_{'_'.join(columns)}", "evaluation", columns)
    op.create_table(
        "evaluation_step",
        sa.Column("evaluation", sa.String(32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("evaluation", "revision", name="pk_evaluation_step"),
    )
