"""How the service is, asked of a daemon that has only just opened its port."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from cti.health import NOT_KNOWN, Health
from recording.room import Space
from recording.store import Store

pytestmark = pytest.mark.contract


def stand_in(**said: object) -> Any:
    return cast(Any, SimpleNamespace(**said))


async def test_before_the_tables_are_made_it_answers_and_knows_of_no_recorded_share(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'calls.sqlite'}")
    tables = SimpleNamespace(are_there=False)
    health = Health(
        stand_in(client=stand_in(trouble=None, up=False), ready=stand_in(is_set=lambda: False)),
        stand_in(healthy=True, lines_waiting=0, files_waiting=0, room=Space.ENOUGH, unbalanced=()),
        stand_in(silent=False),
        stand_in(part=None),
        stand_in(healthy=True, error=None),
        store,
        cast(Any, tables),
        None,
        lambda: stand_in(time_zone=ZoneInfo("UTC")),
    )
    try:
        begun = await health.parts()
        assert (begun["recording"].ok, begun["recording"].detail) == (True, NOT_KNOWN)
        assert begun["database"].ok
        await store.migrate()
        tables.are_there = True
        assert (await health.parts())["recording"].detail == ""
    finally:
        await store.close()
