"""On which other shelf something of a recording may lie while it is moved."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Adds the column; nothing was being moved."""
    op.add_column("kept_recording", sa.Column("also", sa.String(16), nullable=False, server_default=""))
