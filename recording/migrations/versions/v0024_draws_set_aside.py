"""How many evaluations a draw set aside because their recordings were gone."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Adds the column; earlier draws set none aside."""
    op.add_column("quality_draw", sa.Column("set_aside", sa.Integer(), nullable=False, server_default="0"))
