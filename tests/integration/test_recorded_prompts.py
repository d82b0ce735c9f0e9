"""A prompt recorded at a phone: the administrator speaks it after the tone, and the next caller hears him."""

import asyncio
from pathlib import Path

import pytest
from asyncinotify import Inotify, Mask

from cti.simulation.telephones import Telephones
from tests.integration.centre_fixture import WAIT_S, RunningCentre
from tests.integration.floor_fixture import staffed
from tests.integration.listening import seconds_of, sides
from tests.integration.test_closures import asked
from tests.integration.test_star_codes import pin_of

pytestmark = pytest.mark.integration

SPOKEN_S = 3
QUESTION = "quiz/question/text"


async def spoken_into(folder: Path, least_bytes: int) -> None:
    """Wait until the recording under way, in a folder of its own, is so long."""
    with Inotify() as inotify:
        inotify.add_watch(folder, Mask.CREATE)
        async with asyncio.timeout(WAIT_S):
            while not (draft := _first(folder)):
                await inotify.get()
            inotify.add_watch(draft, Mask.CREATE | Mask.MODIFY)
            while _length(draft / "raw.wav16") < least_bytes:
                await inotify.get()


def _first(folder: Path) -> Path | None:
    return next(folder.glob(".draft-*"), None)


def _length(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


async def asks(floor: RunningCentre, phones: Telephones, number: str) -> list[int]:
    """All that a caller of this number hears until the question has been asked once."""
    caller = await phones.dial("4013", number=number)
    arrived = await floor.fact("CallArrived", caller=number)
    await floor.fact("MenuAnswered", linkedid=arrived["linkedid"], choice="timeout")
    await caller.hang_up()
    record = await floor.record(number)
    return sides(await floor.audio(record["id"]))[1]


async def test_an_administrator_records_a_prompt_at_a_phone_and_the_voice_speaks_it_again_when_he_is_tired_of_it(
    floor: RunningCentre,
) -> None:
    drafts = floor.settings.state / "sounds/replacements"
    drafts.mkdir()
    prompts = (await floor.get("/api/prompts"))["prompts"]
    [question] = [one for one in prompts if one["places"] == [QUESTION] and one["language"] == "en"]
    assert (question["spoken_by"], question["recorded"]) == ("espeak-ng en-us", None)
    async with staffed(floor, audio=True) as phones:
        administrator = phones["1001"].dial(f"*20{question['number']}")
        await administrator.answered()
        await asked(administrator, "1001#")
        await asked(administrator, f"{pin_of(floor, '1001')}#")
        assert administrator.audio
        voice_hz = administrator.audio.tone_hz
        await spoken_into(drafts, 2 * 16_000 * SPOKEN_S)
        await administrator.press("#")
        await administrator.audio.hears(voice_hz)  # himself
        await administrator.press("1")
        replaced = await floor.fact("PromptReplaced", prompt=question["number"])
        assert (replaced["by"], replaced["how"], replaced["text"]) == ("phone:1001", "phone", question["text"])
        await administrator.ended()

        recorded = await asks(floor, phones, "100")
        shown = (await floor.get("/api/prompts"))["prompts"][question["number"] - 1]
        assert shown["recorded"]["by"] == "phone:1001"

        status, _ = await floor.ask("DELETE", f"/api/prompts/{question['number']}/recording")
        assert status == 200
        await floor.fact("PromptReplaced", how="restored")
        synthesised = await asks(floor, phones, "200")
        assert seconds_of(voice_hz, recorded) > 1  # of three; a busy machine stutters
        assert seconds_of(voice_hz, synthesised) < 1
