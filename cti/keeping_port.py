"""The process that keeps recordings, as the API needs it; cti/keeping.py is the real one."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Protocol

from recording.keeping.kept import Kept

UNAVAILABLE = "recordings-unavailable"
"""The id of a refusal where nobody answered."""


class Keeping(Protocol):
    """The process that keeps recordings (cti/keeping.py). Its methods raise KeepingRefused."""

    @property
    def waiting(self) -> int:
        """Recordings that were not on their shelf when it last looked."""

    def look(self) -> None:
        """There may be something to do."""

    def audio(self, one: Kept, span: range) -> AsyncGenerator[bytes, None]:
        """These bytes of a recording."""

    def wav(self, one: Kept) -> AsyncGenerator[bytes, None]:
        """A recording as a WAV file."""

    async def peaks(self, one: Kept, points: int) -> Mapping[str, Any]:
        """The peaks of a recording (recording.keeping.peaks.Peaks), in so many points at most."""

    async def erase(self) -> None:
        """Delete now what is to be deleted."""


class KeepingRefused(Exception):
    """It says no, or does not answer; `id` is its own."""

    def __init__(self, error_id: str, message: str, status: int) -> None:
        super().__init__(message)
        self.id = error_id
        self.status = status
