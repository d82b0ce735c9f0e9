"""Which of a sound's two files Asterisk plays: that of the rate at which the caller hears."""

import asyncio
from pathlib import Path

import pytest

from ivr.agi.errors import AgiHungUp
from ivr.prompts import audio
from tests.integration.asterisk_fixture import RunningAsterisk
from tests.integration.line import StandInDaemon, line_of, soon
from tests.integration.wide_caller import wide_call
from tests.unit.sounds import tone

pytestmark = pytest.mark.integration


def opened(pid: int, folder: Path) -> set[str]:
    """The files in this folder that a process has open."""
    links = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            links.append(link.readlink())
        except FileNotFoundError:  # closed meanwhile
            continue
    return {link.name for link in links if link.is_relative_to(folder)}


async def test_a_phone_of_16_khz_hears_the_sound_of_16_khz_and_another_that_of_8(
    asterisk: RunningAsterisk, tmp_path: Path
) -> None:
    folder = asterisk.settings.state / "sounds/prompts"
    audio.write(folder / "long", audio.padded([{rate: tone(440, 30, rate) for rate in audio.RATES}]))
    pid = asterisk.process.pid
    assert pid is not None
    async with line_of(asterisk, tmp_path) as line, StandInDaemon(line) as daemon:
        for codec, file in (("G722", "long.wav16"), ("PCMU", "long.wav")):
            async with wide_call(codec, asterisk.settings.sip_port, "4000") as caller:
                session = await daemon.next_call()
                await soon(session.exec("Answer", ",i"))
                await soon(caller.answered())
                playing = asyncio.create_task(session.stream_file(str(folder / "long")))
                await soon(caller.hears_something())
                assert opened(pid, folder) == {file}
                assert caller.heard
                await line.ami.action("Hangup", {"Channel": session.environment.channel})
                with pytest.raises(AgiHungUp):
                    await soon(playing)
