"""Blocked calls by their cause, and the calls that agents place themselves. Of time before, `callcenter recount` counts
them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

_TABLES = ("centre_half_hour", "queue_half_hour", "agent_half_hour")
_COLUMNS = (
    *("blocked_call_limit", "blocked_unknown_number", "blocked_lines_busy", "blocked_refused"),
    *("outbound", "outbound_reached", "outbound_talk_ms", "outbound_hold_ms", "outbound_wrap_up_ms"),
    *("internal_reached", "internal_talk_ms"),
)


def upgrade() -> None:
    """Adds the columns."""
    for table in _TABLES:
        for name in _COLUMNS:
            kind = sa.BigInteger() if name.endswith("_ms") else sa.Integer()
            op.add_column(table, sa.Column(name, kind, server_default="0", nullable=False))
