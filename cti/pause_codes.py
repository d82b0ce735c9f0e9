"""Recordings paused and resumed at a phone, by the agent of the conversation: who did it is told with his number."""

import structlog

from acd.errors import NotInConversation
from cti.recording_pauses import CallPauses, NotPaused, PauseNotConfirmed

log = structlog.get_logger()

WHY = "by phone"


class PauseCodes:
    """Pauses the recording of an agent's call, or lets it go on."""

    def __init__(self, pauses: CallPauses) -> None:
        self._pauses = pauses

    async def __call__(self, agent: str, linkedid: str, *, paused: bool) -> bool:
        """Whether the recording is so now; one that is so already stays so. False where Asterisk has not confirmed it,
        or the conversation has ended meanwhile."""
        try:
            if paused:
                await self._pauses.pause(linkedid, f"agent:{agent}", WHY)
            else:
                await self._pauses.resume(linkedid, f"agent:{agent}", WHY)
        except NotPaused:
            return True
        except (NotInConversation, PauseNotConfirmed) as error:
            log.error("recording-not-switched", error_id=error.id, agent=agent, linkedid=linkedid)
            return False
        return True
