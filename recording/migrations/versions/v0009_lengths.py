"""Texts that are keys, indexed or unique get a length, as MariaDB wants it (there they have had it from the first)."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_NAMES = {
    "call": {"linkedid": False, "caller": False, "queue": True, "agent": True},
    "call_in_progress": {"linkedid": False},
    "ledger_event": {"linkedid": False},
    "recording": {"file": False, "linkedid": False},
    "survey": {"survey": False, "queue": True, "agent": True},
    "agent_state": {"agent": False},
}
"""By table: the column, and whether it may be null."""


def upgrade() -> None:
    """Changes the columns. What is longer is cut first: a name of that length means nothing to anybody."""
    if op.get_bind().dialect.name == "mariadb":
        return
    for table, columns in _NAMES.items():
        for column in columns:
            op.execute(
                sa.text(f'UPDATE "{table}" SET "{column}" = substr("{column}", 1, 255) WHERE length("{column}") > 255')
            )
        with op.batch_alter_table(table) as batch:
            for column, nullable in columns.items():
                batch.alter_column(column, existing_type=sa.Text(), type_=sa.String(255), existing_nullable=nullable)
