"""What can go wrong between us and Asterisk on a FastAGI connection, each with a stable id for the log.

No message repeats what the peer sent: a line may hold a caller's number, name or digits.
"""


class AgiError(Exception):
    """The base of all AGI errors."""

    id = "agi-error"


class AgiProtocolError(AgiError):
    """The peer does not speak AGI; the connection is of no use any more."""

    id = "agi-protocol-error"


class AgiLimitExceeded(AgiProtocolError):
    """The peer sends a longer line or a larger environment than Asterisk ever does."""

    id = "agi-limit-exceeded"

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"{what} is over its limit; expected {limit} at most")


class AgiTruncated(AgiProtocolError):
    """The connection ended in the middle of something."""

    id = "agi-truncated"


class AgiEnvironmentLate(AgiProtocolError):
    """The peer did not finish the environment in time."""

    id = "agi-environment-late"

    def __init__(self, timeout_s: float) -> None:
        super().__init__(f"the environment is not complete; expected it within {timeout_s:g} s of the connection")


class AgiArgumentRefused(AgiError, ValueError):
    """A command that must not or cannot be sent; nothing was sent."""

    id = "agi-argument-refused"


class AgiBusy(AgiError, RuntimeError):
    """Two tasks command one channel: a fault of the program."""

    id = "agi-busy"

    def __init__(self, verb: str) -> None:
        super().__init__(
            f"{verb} was issued while another command of this session is under way; expected one at a time"
        )


class AgiCommandFailed(AgiError):
    """Asterisk refused a command or could not do it, while the caller is still there."""

    id = "agi-command-failed"

    def __init__(self, verb: str, code: int, result: str) -> None:
        answer = f"result {result}" if code == 200 else f"code {code}"
        super().__init__(f"Asterisk answered {verb} with {answer}; expected success")
        self.verb = verb
        self.code = code
        self.result = result


class AgiInterrupted(AgiError):
    """Something more important came while a command was under way (`AgiLink.interrupted_by`)."""

    id = "agi-interrupted"

    def __init__(self) -> None:
        super().__init__("news came while the command was under way")


class AgiOver(AgiError):
    """The session is over: no command reaches the caller any more."""

    id = "agi-over"


class AgiHungUp(AgiOver):
    """The channel is no longer ours: the caller hung up, we did, or somebody redirected it elsewhere."""

    id = "agi-hung-up"

    def __init__(self) -> None:
        super().__init__("the channel is hung up or was redirected")


class AgiConnectionLost(AgiOver):
    """Asterisk, or the way to it, went away without a hang-up."""

    id = "agi-connection-lost"

    def __init__(self) -> None:
        super().__init__("Asterisk closed the AGI connection; expected a HANGUP line before")


class AgiRouteUnknown(AgiError):
    """The dialplan asks for a script that we do not serve."""

    id = "agi-route-unknown"

    def __init__(self, script: str, known: list[str]) -> None:
        super().__init__(f"the dialplan asks for the AGI script {script[:80]!r}; expected one of: {', '.join(known)}")


class AgiCannotListen(AgiError):
    """The FastAGI port cannot be opened."""

    id = "agi-cannot-listen"

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(f"cannot listen for FastAGI on {host}:{port}: {why}; expected a free port of this machine")
