"""Keeps a caller's secret out of the recording of his call: pauses it while he keys, and sees that it goes on.

A mark on his channel tells the dialplan that it is paused: if we die meanwhile, it goes on by the dialplan's doing
(extensions.conf, `recording-goes-on`), before anybody else speaks with him.
"""

from typing import Protocol

import structlog

from acd.distributor import Distributor
from acd.facts import RecordingPaused, RecordingResumed
from acd.recording_facts import UNSEEN, Written
from ivr import variables
from ivr.agi.session import AgiSession
from ivr.flow.steps import Done, Paused

log = structlog.get_logger()

SECRET = "secret"
HUNG_UP = "hung_up"
FAILED = "failed"


class Recording(Protocol):
    """The recording of a channel, by its uniqueid."""

    async def pause(self, channel: str) -> bool:
        """Let both sides be recorded as silence. True: it is certain that nothing is recorded now."""

    async def resume(self, channel: str) -> bool:
        """Let both sides be recorded again. False: it is not certain that they are."""

    def written(self, linkedid: str) -> Written:
        """How much of this call's audio is in its file."""


class Unheard:
    """Stands in where nobody can pause a recording: it is never certain."""

    async def pause(self, channel: str) -> bool:
        return False

    async def resume(self, channel: str) -> bool:
        return False

    def written(self, linkedid: str) -> Written:
        return UNSEEN


class RecordingPause:
    """The pauses of one visit. Each `pause` is followed by `resume`, or at last by `end`."""

    def __init__(self, recording: Recording, distributor: Distributor, session: AgiSession, linkedid: str) -> None:
        self._recording = recording
        self._distributor = distributor
        self._session = session
        self._linkedid = linkedid
        self._channel = session.environment.uniqueid
        self._node = ""
        self._known = False
        """That it pauses has been told."""

    async def pause(self, node: str) -> Paused:
        """Pause for the secret asked for at this node."""
        self._node = node  # from now on it may be paused, whatever comes of the attempt
        await self._session.set_variable(variables.PAUSED, "1")
        if await self._recording.pause(self._channel):
            self._known = True
            self._state(RecordingPaused, node, SECRET)
            return Paused(safe=True)
        log.error("recording-not-paused", error_id="recording-not-paused", node=node)
        await self._go_on()
        self._node = ""
        return Paused(safe=False)

    async def resume(self, why: str) -> Done:
        """The secret is over."""
        await self._go_on()
        self._tell(why)
        return Done()

    async def end(self, *, hung_up: bool) -> None:
        """The visit is over, in whatever way."""
        if not self._node:
            return
        await self._recording.resume(self._channel)  # the dialplan would do it too, and a redirect goes round it
        self._tell(HUNG_UP if hung_up else FAILED)

    async def _go_on(self) -> None:
        if not await self._recording.resume(self._channel):
            # Not by AMI, so by the channel itself: a new monitor goes on in the same file.
            await self._session.exec("StopMixMonitor")
            file = await self._session.get_variable("MIXMONITOR_FILENAME")
            if file:
                await self._session.exec("MixMonitor", f"{file},Da")
        await self._session.set_variable(variables.PAUSED, "")

    def _tell(self, why: str) -> None:
        node, self._node = self._node, ""
        known, self._known = self._known, False
        if not known:
            return  # he hung up while we were about to pause
        self._state(RecordingResumed, node, why)

    def _state(self, kind: type[RecordingPaused | RecordingResumed], node: str, why: str) -> None:
        seen = self._recording.written(self._linkedid)
        self._distributor.state(
            kind(
                at_ms=self._distributor.clock.now_ms(),
                linkedid=self._linkedid,
                node=node,
                why=why,
                written_at_ms=seen.at_ms,
                written_ms=seen.ms,
            )
        )
