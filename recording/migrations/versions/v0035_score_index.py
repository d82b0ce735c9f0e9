"""Recordings of a score are found without reading whole evaluations."""

from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Makes the index."""
    op.create_index(
        "ix_evaluation_purpose_score_hundredths_released_at_call",
        "evaluation",
        ["purpose", "score_hundredths", "released_at", "call"],
    )
