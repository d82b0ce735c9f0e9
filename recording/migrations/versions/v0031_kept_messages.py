"""Messages that callers have left are kept as recordings of calls are."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Says of each recording, proof and listening which kind it is of; all that there are by now are of calls."""
    for table in ("kept_recording", "erased_recording", "recording_listening"):
        op.add_column(table, sa.Column("kind", sa.String(8), nullable=False, server_default="call"))
