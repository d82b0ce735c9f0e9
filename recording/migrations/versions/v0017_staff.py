"""Who joined and left."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Makes the table. Agents who are there joined, as far as is known, on the day of their first change of state."""
    staff = op.create_table(
        "staff",
        sa.Column("agent", sa.String(32), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("share", sa.Integer, nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("agent", "day", "event", name="pk_staff"),
    )
    op.create_index("ix_staff_day", "staff", ["day"])
    agents = sa.table("agent", sa.column("number"), sa.column("active"), sa.column("attributes", sa.JSON))
    states = sa.table("agent_state", sa.column("agent"), sa.column("at", sa.DateTime))
    connection = op.get_bind()
    seen = sa.select(states.c.agent, sa.func.min(states.c.at)).group_by(states.c.agent)
    first = {row.agent: row[1] for row in connection.execute(seen)}
    rows = [
        {
            "agent": number,
            "day": (first.get(number) or datetime.now(UTC)).date(),
            "event": "joined",
            "share": 100,
            "team": str((attributes or {}).get("team", ""))[:64],
        }
        for number, active, attributes in connection.execute(sa.select(agents))
        if active
    ]
    if rows:
        op.bulk_insert(staff, rows)
