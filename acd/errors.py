"""What the router refuses, each with a stable id that the API and the log carry."""


class RoutingError(Exception):
    """A command the router refuses; nothing has changed."""

    id = "routing-refused"


class UnknownAgent(RoutingError):
    """No agent of that number."""

    id = "unknown-agent"

    def __init__(self, agent: str) -> None:
        super().__init__(f"there is no agent {agent!r}; expected the number of an agent of this centre")


class UnknownQueue(RoutingError):
    """No queue of that name."""

    id = "unknown-queue"

    def __init__(self, queue: str, known: list[str]) -> None:
        super().__init__(f"there is no queue {queue!r}; expected one of: {', '.join(known) or '(none is defined)'}")


class AlreadySignedIn(RoutingError):
    """One agent, one session."""

    id = "already-signed-in"

    def __init__(self, agent: str, phone: str) -> None:
        super().__init__(f"agent {agent} is signed in at phone {phone}; expected him to sign out there first")


class PhoneTaken(RoutingError):
    """One phone, one agent."""

    id = "phone-taken"

    def __init__(self, phone: str, agent: str) -> None:
        super().__init__(f"phone {phone} is taken by agent {agent}; expected a phone at which nobody is signed in")


class NotSignedIn(RoutingError):
    """The agent has to sign in before he can do that."""

    id = "not-signed-in"

    def __init__(self, agent: str) -> None:
        super().__init__(f"agent {agent} is not signed in; expected him to sign in first")


class AlreadyQueued(RoutingError):
    """A call stands in one queue at a time."""

    id = "already-queued"

    def __init__(self, linkedid: str, queue: str) -> None:
        super().__init__(f"call {linkedid} is in queue {queue} already; expected it to leave that first")
