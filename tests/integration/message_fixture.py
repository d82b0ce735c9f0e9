"""The `message_floor` fixture: a centre whose numbers lead to messages, call-backs and surveys; and what its tests do
again and again.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from asyncinotify import Inotify, Mask

from cti.centre import load_centre
from cti.recording_settings import RecordingSettings
from cti.simulation.telephones import Call, Telephones
from ivr.tones import BEEP_HZ
from recording.keeping.master_keys import add_key
from tests.integration.centre_fixture import WAIT_S, RunningCentre
from tests.integration.floor_fixture import HOME, running_floor
from tests.shared_prompts import provide

CUSTOMER = "13900000001"
CALLERS_TONE_HZ = 440
BYTES_PER_MS = 16


@pytest.fixture(scope="session")
def message_dialplans(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Path:
    """The dialplans of tests/fixtures/voicemail, their prompts spoken."""
    folder = tmp_path_factory.mktemp("messages")
    shutil.copytree(HOME / "tests/fixtures/voicemail", folder, dirs_exist_ok=True)
    shutil.copy(HOME / "dialplans/extensions.conf", folder)
    provide(load_centre(folder))
    return folder


@pytest_asyncio.fixture
async def message_floor(
    message_dialplans: Path, prompts: Path, music: Path, tmp_path: Path
) -> AsyncIterator[RunningCentre]:
    """The centre, nobody signed in. Customers are reached over the carrier's line, as 4000. What is recorded is sealed,
    messages too."""
    keys = tmp_path / "keys"
    add_key(keys, "first")
    sealed = RecordingSettings(encrypt=True, keys=keys)
    async with running_floor(message_dialplans, prompts, music, recordings=sealed) as running:
        yield running


async def speaks(floor: RunningCentre, phones: Telephones, dialled: str, *, number: str = CUSTOMER) -> Call:
    """A caller who has heard the tone, and whose voice is on the disk for three seconds at least."""
    caller = await phones.dial(dialled, number=number)
    await caller.answered()
    assert caller.audio
    await caller.audio.hears(BEEP_HZ)
    arrived = await floor.fact("CallArrived", caller=number)
    await lies_there(floor, 3_000, f"{arrived['linkedid']}-*.wav")
    return caller


async def lies_there(floor: RunningCentre, length_ms: int, name: str = "*.wav") -> Path:
    """Wait until a message of this length is on the disk; returns its file."""
    folder = floor.settings.recordings_folder / "voicemail"
    async with asyncio.timeout(WAIT_S):
        with Inotify() as inotify:
            inotify.add_watch(folder, Mask.MODIFY | Mask.CREATE | Mask.MOVED_TO)
            while not (found := [file for file in folder.glob(name) if _length_ms(file) >= length_ms]):
                await inotify.get()
    return found[0]


async def is_sealed(floor: RunningCentre) -> None:
    """Wait until no message lies open any more."""
    folder = floor.settings.recordings_folder
    async with asyncio.timeout(WAIT_S):
        while not _sealed(folder):  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # folders that come and go are not watched


async def hears_it(phones: Telephones, agent: str, *, shown: str = CUSTOMER) -> Call:
    """The agent's phone rings for a message; he picks up and hears its caller's own tone."""
    leg = await phones[agent].next_call()
    assert leg.caller == shown
    await leg.answer()
    assert leg.audio
    await leg.audio.hears(CALLERS_TONE_HZ)
    return leg


def _sealed(folder: Path) -> bool:
    try:
        return not list(folder.rglob("*.wav")) and bool(list(folder.rglob("*-message-*.sealed")))
    except FileNotFoundError:  # a folder has gone while it was looked into
        return False


def _length_ms(file: Path) -> int:
    return file.stat().st_size // BYTES_PER_MS
