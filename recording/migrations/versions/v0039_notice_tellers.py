"""Each notice of quality is taken by the service that tells it, so that of two on one data base only one does."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Adds the columns: nobody is telling anything."""
    op.add_column("quality_notice", sa.Column("teller", sa.String(32), nullable=True))
    op.add_column("quality_notice", sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True))
