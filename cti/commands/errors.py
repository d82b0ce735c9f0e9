"""What the command refuses by itself; its exit codes."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of `callcenter`."""

    DONE = 0
    REFUSED = 1
    """Refused, or the service is not running."""
    BAD_INPUT = 2
    """The command line, the settings, or a file under dialplans/ does not fit."""


class CommandError(Exception):
    """A command that cannot be carried out."""

    id = "command-refused"


class BadInput(CommandError):
    """An argument that does not fit."""

    id = "bad-input"


class ServiceAway(CommandError):
    """The service does not answer."""

    id = "service-not-running"


class ServiceRefused(CommandError):
    """The service answered with an error; `id` is the API's."""

    def __init__(self, error_id: str, message: str) -> None:
        super().__init__(message)
        self.id = error_id
