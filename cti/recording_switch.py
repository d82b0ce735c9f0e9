"""Pauses the recording of a channel by AMI: Asterisk's MixMonitor then writes silence for both sides, as long as what
it does not write. Seen in Asterisk 22.10.1.
"""

import asyncio
from pathlib import Path

import structlog

from acd.recording_facts import Written
from cti.ami.client import AmiClient
from cti.ami.errors import AmiError, AmiRefused
from ivr.variables import PAUSED
from recording.audio import written

WITHIN_S = 2.0
"""A caller waits for it in silence; as a rule it takes a millisecond."""

NOT_RECORDED = "Cannot set mute flag"
"""Asterisk's refusal for a channel that has no MixMonitor: there is nothing that could be recorded."""

log = structlog.get_logger()


class MixMonitors:
    """The recordings of all channels of one Asterisk (`ivr.recording_pause.Recording`)."""

    def __init__(self, client: AmiClient, folder: Path) -> None:
        """`folder` is where Asterisk writes the audio of each call, under its linkedid."""
        self._client = client
        self._folder = folder

    async def pause(self, channel: str) -> bool:
        """True: Asterisk has said that it records nothing of this channel from now on."""
        return await self._mute(channel, "1")

    async def resume(self, channel: str) -> bool:
        """True: Asterisk has said that it records the channel again, if it ever did."""
        return await self._mute(channel, "0")

    async def mark(self, channel: str, paused: bool) -> None:
        """Let the dialplan know: should we be gone when the caller comes back to it, it ends the pause."""
        value = "1" if paused else ""
        try:
            async with asyncio.timeout(WITHIN_S):
                await self._client.action("Setvar", {"Channel": channel, "Variable": PAUSED, "Value": value})
        except (AmiError, TimeoutError) as error:
            log.warning("recording-not-marked", error_id=getattr(error, "id", "ami-timeout"))

    def written(self, linkedid: str) -> Written:
        """How much of this call's audio is in its file."""
        return written(self._folder / f"{linkedid}.raw")

    async def _mute(self, channel: str, state: str) -> bool:
        try:
            async with asyncio.timeout(WITHIN_S):
                await self._client.action("MixMonitorMute", {"Channel": channel, "Direction": "both", "State": state})
        except AmiRefused as refusal:
            return refusal.message == NOT_RECORDED
        except (AmiError, TimeoutError) as error:
            log.warning("recording-not-switched", error_id=getattr(error, "id", "ami-timeout"))
            return False
        return True
