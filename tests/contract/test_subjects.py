"""Whose figures can be asked for, on each data base."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert

from recording.figures.scope import CENTRE, Scope
from recording.figures.subjects import is_known
from recording.inputs.staffing import StaffEvent
from recording.models import (
    AgentHalfHour,
    AgentStateHalfHour,
    AgentTeam,
    Base,
    CostEntry,
    QueueHalfHour,
    StaffRecord,
)
from recording.store import Store

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

AT, DAY = datetime(2026, 11, 22, 8, tzinfo=UTC), date(2026, 11, 22)
COST = {"what": "line", "first": DAY, "last": DAY, "amount": 1, "currency": "CNY"}
LEFT: Mapping[str, tuple[type[Base], Mapping[str, object]]] = {
    "queue:by-calls": (QueueHalfHour, {"half_hour": AT, "queue": "by-calls"}),
    "agent:1": (AgentHalfHour, {"half_hour": AT, "agent": "1", "queue": ""}),
    "agent:2": (AgentStateHalfHour, {"half_hour": AT, "agent": "2", "ready_ms": 1}),
    "agent:3": (StaffRecord, {"agent": "3", "day": DAY, "event": StaffEvent.JOINED, "share": 100, "team": "by-staff"}),
    "queue:by-costs": (CostEntry, {**COST, "id": "1", "scope": "queue:by-costs"}),
    "team:by-costs": (CostEntry, {**COST, "id": "2", "scope": "team:by-costs"}),
    "team:by-state": (AgentTeam, {"agent": "4", "since": AT, "team": "by-state"}),
}


async def test_whatever_has_left_anything_behind_is_known_and_nothing_else(store: Store) -> None:
    async with store.transaction() as connection:
        for table, row in LEFT.values():
            await connection.execute(insert(table).values(**row))
        assert await is_known(connection, CENTRE)
        for name in (*LEFT, "team:by-staff"):
            assert await is_known(connection, Scope.parse(name)), name
        for name in ("queue:by-state", "queue:1", "agent:4", "agent:by-calls", "team:3"):
            assert not await is_known(connection, Scope.parse(name)), name
