"""A line of the ledger is kept once by its call and digest, not by its digest alone: digests fall anywhere into an
index, so that each of a call's thirty lines changed a page of its own; by call they lie side by side."""

from alembic import op

revision = "0038"
down_revision = "0037"

_TABLE = "ledger_event"
_OLD, _NEW, _COLUMNS = "uq_ledger_event_digest", "uq_ledger_event_linkedid_digest", ["linkedid", "digest"]


def upgrade() -> None:
    """Puts one index in the place of two. SQLite writes the table anew for that: some seconds for a million lines."""
    op.drop_index("ix_ledger_event_linkedid_id", _TABLE)
    if op.get_bind().dialect.name == "mariadb":  # there what is unique is an index, and made and dropped as one
        op.create_index(_NEW, _TABLE, _COLUMNS, unique=True)
        op.drop_index(_OLD, _TABLE)
        return
    with op.batch_alter_table(_TABLE) as batch:
        batch.create_unique_constraint(_NEW, _COLUMNS)
        batch.drop_constraint(_OLD, type_="unique")
