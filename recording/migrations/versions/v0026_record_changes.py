"""The changes of records are numbered."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "record_change",
        sa.Column("call", sa.String(32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("call", name="pk_record_change"),
    )
    op.create_index("ix_record_change_number", "record_change", ["number"])
    op.create_table(
        "record_counter",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_counter"),
    )
