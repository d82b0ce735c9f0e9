"""What the API refuses of recordings."""

from cti.http.errors import ApiError
from cti.keeping_port import KeepingRefused
from recording.keeping.holds import RecordingHeld


class RecordingErased(ApiError):
    """The recording was deleted, or is about to be."""

    id = "recording-erased"
    status = 410

    def __init__(self, call: str, number: int) -> None:
        super().__init__(f"recording {number} of call {call} was deleted; /api/recordings/erased says when and why")


class RecordingsHeld(ApiError):
    """The recordings of the call are held."""

    id = RecordingHeld.id
    status = 409


class KeepingUnavailable(ApiError):
    """The recording lies where it cannot be had now, or not at all; `id` says why."""

    def __init__(self, error: KeepingRefused) -> None:
        super().__init__(str(error))
        self.id = error.id
        self.status = error.status
