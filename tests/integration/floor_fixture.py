"""The `floor` fixture: a whole centre as `centre` is, with the dialplans of tests/fixtures/floor, whose times are
short; and what the tests of the path do again and again on it.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from cti.accounts import provide_credentials
from cti.centre import load_centre
from cti.recording_settings import RecordingSettings
from cti.settings import LookUpSettings
from cti.simulation.call import Call
from cti.simulation.telephones import Telephones
from tests.integration.asterisk_fixture import PLAIN, free_settings
from tests.integration.centre_fixture import RunningCentre, served
from tests.made_tables import lend_tables
from tests.shared_prompts import lend, provide

HOME = Path(__file__).parents[2]
SEATS = ("1001", "1002", "1003", "1004")
LONGEST_S = 300.0
"""No story told here lasts as long: a test that does has failed."""


@pytest.fixture(scope="session")
def dialplans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped dialplans with those of the tests laid over them; the centre lies where it is noon."""
    folder = tmp_path_factory.mktemp("dialplans")
    for source in (HOME / "dialplans", HOME / "tests/fixtures/floor"):
        shutil.copytree(source, folder, dirs_exist_ok=True)
    file = folder / "centre.yaml"
    written = file.read_text("utf-8")
    assert "time_zone: Asia/Shanghai" in written
    file.write_text(written.replace("time_zone: Asia/Shanghai", f"time_zone: {noon_zone(datetime.now(UTC))}"), "utf-8")
    return folder


def noon_zone(now: datetime) -> str:
    """The zone in which it is between noon and one: no day, week or month of the centre turns while a test runs."""
    return f"Etc/GMT{now.astimezone(UTC).hour - 12:+d}"  # west of Greenwich is positive in these names


@pytest.fixture(scope="session")
def floor_prompts(dialplans: Path, prompts: Path) -> Path:
    """The folder of every prompt, those of the tests included."""
    return provide(load_centre(dialplans))


@asynccontextmanager
async def running_floor(
    dialplans: Path,
    prompts: Path,
    music: Path,
    database: str = "",
    look_ups: LookUpSettings | None = None,
    recordings: RecordingSettings | None = None,
) -> AsyncIterator[RunningCentre]:
    """A centre of its own, nobody signed in; on SQLite unless told otherwise. `look_ups` are what its flows may ask,
    `recordings` says where it keeps them."""
    state = Path(tempfile.mkdtemp(prefix="callcenter-"))
    settings = free_settings(state).model_copy(
        update={
            "dialplans": dialplans,
            "database": database,
            "look_ups": look_ups or LookUpSettings(),
            "recordings": recordings or PLAIN,
        }
    )
    provide_credentials(state)
    shutil.copytree(music, state / "sounds/music/default")
    lend(state, prompts)
    if not database:
        lend_tables(settings.database_file)
    async with served(settings) as running:
        yield running


@pytest_asyncio.fixture
async def floor(dialplans: Path, floor_prompts: Path, music: Path) -> AsyncIterator[RunningCentre]:
    """A centre whose queues have short times."""
    async with running_floor(dialplans, floor_prompts, music) as running:
        yield running


@asynccontextmanager
async def staffed(
    floor: RunningCentre,
    *agents: str,
    seats: Sequence[str] = SEATS,
    customers: Sequence[str] = (),
    audio: bool = False,
) -> AsyncIterator[Telephones]:
    """The phones of these seats registered, and these agents ready, idle since longest in this order. The story told
    inside must end before `LONGEST_S`.
    """
    try:
        async with asyncio.timeout(LONGEST_S), floor.phones(customers=customers, audio=audio) as phones:
            await asyncio.gather(*(phones[seat].register() for seat in seats))
            for agent in agents:
                await floor.sign_in(agent)
                await sees(floor, agent, "ready")
            yield phones
    except TimeoutError:
        raise AssertionError(f"nothing more happened:\n{floor.log.read_text('utf-8')[-4000:]}") from None


async def sees(floor: RunningCentre, agent: str, state: str, reason: str = "") -> None:
    """Wait until the floor sees the agent so."""
    await floor.shows(f"/api/agents/{agent}", lambda shown: (shown["state"], shown["reason"]) == (state, reason))


async def conversation(
    phones: Telephones, dialled: str, agent: str, *, number: str, name: str = ""
) -> tuple[Call, Call]:
    """The caller's and the agent's side of a call that the agent has answered; phones with audio."""
    caller = await phones.dial(dialled, number=number, name=name)
    leg = await phones[agent].next_call()
    await talk(caller, leg)
    return caller, leg


async def talk(caller: Call, leg: Call) -> None:
    """The agent answers, and the two hear each other."""
    await leg.answer()
    assert caller.audio
    assert leg.audio
    await asyncio.gather(caller.audio.hears(leg.audio.tone_hz), leg.audio.hears(caller.audio.tone_hz))
