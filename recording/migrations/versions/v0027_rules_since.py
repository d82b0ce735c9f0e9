"""From which call on the rules of key figures hold."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Adds the column. Rules held from when they were kept; the first for everything before, too."""
    op.add_column("figure_rules", sa.Column("since", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE figure_rules SET since = at")
