"""Half-hour sums for the key figures, and what each call counts for in them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_name = sa.String(255)

_CALLS = [
    "received",
    "blocked",
    "offered",
    "answered",
    "served_by_ivr",
    "abandoned",
    "short_abandoned",
    "abandoned_in_time",
    "answered_in_time",
    "answered_elsewhere",
    "voicemail",
    "callback_asked",
    "timed_out",
    "overflowed",
    "withdrawn",
    "left_early",
    "waited",
    "waited_to_end",
    "waited_ms",
    "answer_wait_ms",
    "abandon_wait_ms",
    "line_answered",
    "ring_ms",
    "talk_ms",
    "hold_ms",
    "held",
    "wrap_up_ms",
    "transferred",
    "transferred_blind",
    "transferred_announced",
    "resolved",
    "resolved_first",
    "rang_in_vain",
    "callback_attempts",
    "callback_reached",
    "callback_talk_ms",
    "callback_hold_ms",
    "callback_wrap_up_ms",
    "internal",
]
_TIMES = ["ready_ms", "not_ready_ms", "ringing_ms", "talking_ms", "holding_ms", "wrap_up_ms", "unreachable_ms"]


def _sums(names: list[str]) -> list[sa.Column[int]]:
    kinds = ((name, sa.BigInteger() if name.endswith("_ms") else sa.Integer()) for name in names)
    return [sa.Column(name, kind, nullable=False, server_default="0") for name, kind in kinds]


def upgrade() -> None:
    """Makes the tables. Calls that were recorded before are counted by `callcenter recount`."""
    instant = sa.DateTime(timezone=True)
    for table, keys in (
        ("centre_half_hour", []),
        ("queue_half_hour", ["queue"]),
        ("agent_half_hour", ["agent", "queue"]),
        ("agent_state_half_hour", ["agent"]),
    ):
        op.create_table(
            table,
            sa.Column("half_hour", instant, nullable=False),
            *(sa.Column(name, _name, nullable=False) for name in keys),
            *_sums(_TIMES if table == "agent_state_half_hour" else _CALLS),
            sa.PrimaryKeyConstraint("half_hour", *keys, name=op.f(f"pk_{table}")),
        )
        for name in keys[:1]:
            op.create_index(op.f(f"ix_{table}_{name}_half_hour"), table, [name, "half_hour"])
    op.create_table(
        "call_count",
        sa.Column("call", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("name", _name, nullable=False),
        sa.Column("queue", _name, nullable=False),
        sa.Column("half_hour", instant, nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("sums", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("call", "number", name=op.f("pk_call_count")),
    )
    op.create_index(op.f("ix_call_count_kind_name_half_hour"), "call_count", ["kind", "name", "half_hour"])
    op.create_table(
        "agent_last_state",
        sa.Column("agent", _name, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_agent_last_state")),
    )
    op.create_table(
        "agent_team",
        sa.Column("agent", _name, nullable=False),
        sa.Column("since", instant, nullable=False),
        sa.Column("team", _name, nullable=False),
        sa.PrimaryKeyConstraint("agent", "since", name=op.f("pk_agent_team")),
    )
    op.create_index(op.f("ix_agent_team_team_agent"), "agent_team", ["team", "agent"])
    op.create_table(
        "figure_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_rules")),
    )
