"""What is to be told of quality waits in the data base until the service has told it."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "quality_notice",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fact", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_notice")),
    )
    op.create_index("ix_quality_notice_at_id", "quality_notice", ["at", "id"])
