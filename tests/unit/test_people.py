"""Who is known, and whose PIN it is. The database is a list in memory here."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from acd.errors import UnknownAgent
from cti.accounts import Account
from cti.people import People, hash_pin, pin_fits
from recording.store import Agent, Store
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit


class Database:
    """What `People` asks of the store."""

    def __init__(self) -> None:
        self.rows: dict[str, Agent] = {}
        self.away = self.hangs = False

    async def agents(self, *, active_only: bool = True) -> list[Agent]:
        if self.away:
            raise ConnectionRefusedError
        if self.hangs:
            await asyncio.Event().wait()
        return [agent for agent in self.rows.values() if agent.active or not active_only]

    async def save_agents(self, agents: Sequence[Agent]) -> None:
        self.rows |= {agent.number: agent for agent in agents}


class Floor:
    """People over a database, and whom the router was told of."""

    def __init__(self, database: Database | None = None, kept: Path | None = None) -> None:
        self.database = database or Database()
        self.known: dict[str, dict[str, int]] = {}
        self.people = People(
            cast(Store, self.database), lambda agent: self.known.update({agent.number: dict(agent.skills)}), kept=kept
        )


def account(number: str, pin: str = "493817") -> Account:
    return Account(agent=number, name="Li Na", phone=number, sip_password="secret-enough", pin=pin, skills={"sales": 3})


async def test_a_pin_is_kept_so_that_only_itself_fits() -> None:
    kept = await hash_pin("493817")
    assert "493817" not in kept
    assert await pin_fits(kept, "493817")
    assert not await pin_fits(kept, "493818")
    assert not await pin_fits(kept, "")


async def test_no_pin_fits_where_none_was_ever_set() -> None:
    assert not await pin_fits("", "")


async def test_the_accounts_of_the_demonstration_can_sign_in_with_their_pins() -> None:
    floor = Floor()
    await floor.people.enrol([account("1001")])
    assert floor.known == {"1001": {"sales": 3}}
    assert await floor.people.authenticate("1001", "493817")
    assert not await floor.people.authenticate("1001", "000000")
    assert not await floor.people.authenticate("1002", "493817")


async def test_who_is_in_the_database_stays_as_he_is() -> None:
    floor = Floor()
    await floor.people.enrol([account("1001")])
    await floor.people.enrol([account("1001", pin="111111"), account("1002")])
    assert await floor.people.authenticate("1001", "493817")
    assert set(floor.known) == {"1001", "1002"}


async def test_who_has_left_neither_signs_in_nor_comes_back_by_himself() -> None:
    floor = Floor()
    await floor.people.enrol([account("1001")])
    gone = floor.database.rows["1001"]
    floor.database.rows["1001"] = Agent(
        number=gone.number, name=gone.name, phone=gone.phone, pin_hash=gone.pin_hash, active=False
    )
    await floor.people.enrol([account("1001")])
    assert not await floor.people.authenticate("1001", "493817")


async def test_only_who_is_new_or_different_is_told_to_the_router() -> None:
    floor = Floor()
    await floor.people.enrol([account("1001"), account("1002")])
    floor.known.clear()
    await floor.people.load()
    assert floor.known == {}
    changed = await floor.people.edit("1002", lambda agent: replace(agent, skills={"sales": 5}))
    assert floor.known == {"1002": {"sales": 5}} == {changed.number: changed.skills}
    assert floor.database.rows["1002"] == changed


async def test_who_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(UnknownAgent):
        await Floor().people.edit("1001", lambda agent: agent)


async def test_people_are_known_from_memory_while_the_database_is_away() -> None:
    floor = Floor()
    await floor.people.enrol([account("1001")])
    floor.database.away = True
    assert await floor.people.authenticate("1001", "493817")


@in_virtual_time
async def test_people_are_known_from_memory_while_the_database_does_not_answer() -> None:
    floor = Floor()
    floor.database.rows["1001"] = Agent(number="1001", name="Li Na", phone="1001", pin_hash="")
    await floor.people.load()
    floor.database.hangs = True
    assert await floor.people.find("1001") == floor.database.rows["1001"]


async def test_the_next_daemon_knows_them_while_the_database_is_away(tmp_path: Path) -> None:
    before, file = Floor(kept=tmp_path / "people.json"), tmp_path / "people.json"
    assert not before.people.recall()
    await before.people.enrol([account("1001"), account("1002")])
    assert file.stat().st_mode & 0o777 == 0o600
    await before.people.edit("1002", lambda agent: replace(agent, skills={"sales": 5}, attributes={"team": "a"}))
    before.database.away = True
    floor = Floor(before.database, file)
    assert floor.people.recall()
    assert floor.known == {"1001": {"sales": 3}, "1002": {"sales": 5}}
    assert await floor.people.find("1002") == before.database.rows["1002"]
    assert await floor.people.authenticate("1001", "493817")
    floor.known.clear()
    before.database.away = False
    await floor.people.load()
    assert floor.known == {}, "they are as they were"


@pytest.mark.parametrize("text", ["", "[", "{}", "[1]", '[{"number": "1001"}]', '[{"number": "1001", "age": 7}]'])
def test_a_file_of_people_that_is_none_is_as_good_as_nobody(tmp_path: Path, text: str) -> None:
    file = tmp_path / "people.json"
    file.write_text(text)
    assert not Floor(kept=file).people.recall()


async def test_a_disk_that_takes_nothing_costs_only_the_memory(tmp_path: Path) -> None:
    floor = Floor(kept=tmp_path / "no folder/people.json")
    await floor.people.enrol([account("1001")])
    assert set(floor.known) == {"1001"}


async def test_a_mistake_in_reading_is_not_taken_for_a_database_that_is_away() -> None:
    floor = Floor()
    floor.database.rows = None  # type: ignore[assignment]
    with pytest.raises(AttributeError):
        await floor.people.find("1001")
