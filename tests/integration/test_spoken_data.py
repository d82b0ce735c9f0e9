"""What a caller is told of himself: a recording beside the flow, then his name and number, in one sound."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import running_floor, staffed
from tests.integration.listening import PLAYED, likeness, seconds_of, sides, spoken
from tests.unit.sounds import tone, write_wav

pytestmark = pytest.mark.integration

JINGLE_HZ = 700

NAMED = """\
flow: named
languages: [en]
start: jingle
nodes:
  jingle: {kind: say, text: {en: {file: jingle}}, next: name}
  name: {kind: hangup, reason: named, text: {en: "Welcome back, {caller.name}. Your number is {caller.number|digits}."}}
"""


@pytest_asyncio.fixture
async def named(dialplans: Path, floor_prompts: Path, music: Path, tmp_path: Path) -> AsyncIterator[RunningCentre]:
    """A floor where 4033 tells callers who they are."""
    folder = Path(shutil.copytree(dialplans, tmp_path / "dialplans"))
    (folder / "flows/named.yaml").write_text(NAMED, "utf-8")
    (folder / "sounds/en").mkdir(parents=True, exist_ok=True)
    write_wav(folder / "sounds/en/jingle.wav", tone(JINGLE_HZ, 2, 44100), 44100)
    centre = folder / "centre.yaml"
    number = "numbers:\n  4033: {flow: named, fallback: support}\n"
    centre.write_text(centre.read_text("utf-8").replace("numbers:\n", number, 1), "utf-8")
    async with running_floor(folder, floor_prompts, music) as running:
        yield running


async def test_a_caller_hears_a_recording_and_then_his_name_and_number(named: RunningCentre) -> None:
    async with staffed(named) as phones:
        caller = await phones.dial("4033", number="86100", name="Anna Lee")
        await caller.ended()
        record = await named.record("86100")
        assert (record["reason"], caller.ended_here) == ("named", False)
        heard = sides(await named.audio(record["id"]))[1]
        assert seconds_of(JINGLE_HZ, heard) > 1
        callers = named.settings.state / "sounds/callers"
        assert callers.stat().st_mode & 0o777 == 0o700
        [name, utterance] = sorted(map(spoken, callers.glob("*.wav")), key=len)  # the name alone, and all in one
        assert likeness(utterance, heard) > PLAYED
        assert len(name) < len(utterance)
        log = named.log.read_text("utf-8")
        assert "Anna Lee" not in log
        assert "text-not-spoken" not in log
