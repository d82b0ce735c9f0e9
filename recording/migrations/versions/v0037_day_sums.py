"""The sums of queues and agents by days beside those by half hours, so that a month's report reads a row for each agent
and day. They are added up when the service next starts, which knows the centre's time zone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

_CALLS = (
    *("received", "blocked", "offered", "answered", "served_by_ivr", "abandoned", "short_abandoned"),
    *("abandoned_in_time", "answered_in_time", "answered_elsewhere", "voicemail", "callback_asked"),
    *("timed_out", "overflowed", "withdrawn", "left_early", "waited", "waited_to_end", "waited_ms"),
    *("answer_wait_ms", "abandon_wait_ms", "line_answered", "ring_ms", "talk_ms", "hold_ms", "held"),
    *("wrap_up_ms", "transferred", "transferred_blind", "transferred_announced", "resolved", "resolved_first"),
    *("rang_in_vain", "callback_attempts", "callback_reached", "callback_talk_ms", "callback_hold_ms"),
    *("callback_wrap_up_ms", "internal", "blocked_call_limit", "blocked_unknown_number", "blocked_lines_busy"),
    *("blocked_refused", "outbound", "outbound_reached", "outbound_talk_ms", "outbound_hold_ms"),
    *("outbound_wrap_up_ms", "internal_reached", "internal_talk_ms"),
)
_TIMES = (*("ready_ms", "not_ready_ms", "ringing_ms", "talking_ms", "holding_ms", "wrap_up_ms", "unreachable_ms"),)


def upgrade() -> None:
    """Makes the tables."""
    _make("queue_day_sums", "queue", _CALLS)
    _make("agent_day_sums", "agent", _CALLS)
    _make("agent_state_day_sums", "agent", _TIMES)
    op.create_table(
        "day_sums_zone",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_day_sums_zone"),
    )


def _make(table: str, key: str, sums: tuple[str, ...]) -> None:
    op.create_table(
        table,
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(key, sa.String(255), nullable=False),
        *(
            sa.Column(
                name, sa.BigInteger() if name.endswith("_ms") else sa.Integer(), server_default="0", nullable=False
            )
            for name in sums
        ),
        sa.PrimaryKeyConstraint("day", key, name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_{key}_day", table, [key, "day"])
