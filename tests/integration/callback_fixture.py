"""The `callers` fixture: a centre whose callers may ask to be called back, and what its tests do again and again."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from cti.centre import load_centre
from cti.simulation.telephones import Call, Telephones
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import HOME, running_floor
from tests.shared_prompts import provide

CUSTOMER = "13900000001"


@pytest.fixture(scope="session")
def callback_dialplans(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Path:
    """The shipped dialplans with the queues of tests/fixtures/callbacks, their prompts spoken."""
    folder = tmp_path_factory.mktemp("callbacks")
    for source in (HOME / "dialplans", HOME / "tests/fixtures/callbacks"):
        shutil.copytree(source, folder, dirs_exist_ok=True)
    provide(load_centre(folder))
    return folder


@pytest_asyncio.fixture
async def callers(callback_dialplans: Path, prompts: Path, music: Path) -> AsyncIterator[RunningCentre]:
    """The centre, nobody signed in. Customers are reached over the carrier's line, as 4000."""
    async with running_floor(callback_dialplans, prompts, music) as running:
        yield running


async def ask(centre: RunningCentre, number: str = CUSTOMER) -> str:
    """A program has somebody called back; returns the id."""
    asked = await centre.post("/api/callbacks", {"number": number, "queue": "sales"})
    return str(asked["id"])


async def becomes(centre: RunningCentre, name: str, state: str) -> Any:
    """Wait until the call-back is in that state; returns it."""
    return await centre.shows(f"/api/callbacks/{name}", lambda shown: shown["state"] == state)


async def told(phones: Telephones, agent: str, number: str = CUSTOMER) -> Call:
    """The agent picks up for a call-back and hears something of it."""
    leg = await phones[agent].next_call()
    assert leg.caller == number
    await leg.answer()
    assert leg.audio
    await leg.audio.hears_something()
    return leg


async def rung(phones: Telephones, agent: str, number: str = CUSTOMER) -> tuple[Call, Call]:
    """The agent picks up and does not wait for all that is said; the customer's phone rings. Both sides."""
    leg = await told(phones, agent, number)
    await leg.press("1")
    return leg, await phones[number].next_call()


async def record_of(centre: RunningCentre, linkedid: str) -> dict[str, Any]:
    """The record of the call of this identity, with its recording if somebody talked."""

    def there(answer: dict[str, Any]) -> bool:
        found = [one for one in answer["calls"] if one["linkedid"] == linkedid]
        return bool(found) and (not found[0]["conversations"] or bool(found[0]["recordings"]))

    answer = await centre.shows("/api/calls", there)
    record: dict[str, Any] = next(one for one in answer["calls"] if one["linkedid"] == linkedid)
    return record
