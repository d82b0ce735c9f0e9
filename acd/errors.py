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

    def __init__(self, agent: str, seat: str) -> None:
        super().__init__(f"agent {agent} is signed in at {seat}; expected him to sign out there first")


class PhoneTaken(RoutingError):
    """One phone, one agent."""

    id = "phone-taken"

    def __init__(self, seat: str, agent: str) -> None:
        super().__init__(f"{seat} is taken by agent {agent}; expected a phone at which nobody is signed in")


class NotInWrapUp(RoutingError):
    """Only who is in wrap-up can end it or make it longer."""

    id = "not-in-wrap-up"

    def __init__(self, agent: str) -> None:
        super().__init__(f"agent {agent} is not in wrap-up; expected him to have ended a call just now")


class WrapUpAtMost(RoutingError):
    """The wrap-up is as long as its queue allows."""

    id = "wrap-up-at-most"

    def __init__(self, agent: str, most_ms: int) -> None:
        super().__init__(f"agent {agent} has all the wrap-up his queue allows; expected {most_ms // 1000} s at most")


class NumberRefused(RoutingError):
    """An outside number that no carrier is asked to reach. It is not repeated: it may be anything."""

    id = "number-refused"

    def __init__(self) -> None:
        super().__init__("the outside number does not fit; expected 3 to 20 figures, perhaps with a + before them")


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


class NoCallbacks(RoutingError):
    """The queue takes no call-backs."""

    id = "no-callbacks"

    def __init__(self, queue: str) -> None:
        super().__init__(f"queue {queue!r} takes no call-backs; expected one that has `callback` in queues.yaml")


class NoMessage(RoutingError):
    """A call-back that brings no message."""

    id = "no-message"

    def __init__(self, callback: str) -> None:
        super().__init__(f"call-back {callback} brings no message; expected one that a caller has left")


class NotToBeCalled(RoutingError):
    """A number that is not to be called; it is not repeated here."""

    id = "not-to-be-called"

    def __init__(self) -> None:
        super().__init__(
            "the number may not be called back; expected 3 to 15 digits, perhaps with a + before, that begin as the "
            "queue's call-back rules ask"
        )


class CallbackAsked(RoutingError):
    """One open call-back for one number in one queue; `callback` is its id."""

    id = "callback-known"

    def __init__(self, callback: str) -> None:
        super().__init__(f"a call-back to that number is open in that queue: {callback}; expected it to end first")
        self.callback = callback


class UnknownCallback(RoutingError):
    """No call-back of that id."""

    id = "unknown-callback"

    def __init__(self, callback: str) -> None:
        super().__init__(
            f"there is no call-back {callback!r}; expected the id of one that is open or ended within a day"
        )


class CallbackOver(RoutingError):
    """The call-back has ended."""

    id = "callback-over"

    def __init__(self, callback: str) -> None:
        super().__init__(f"call-back {callback} is over; expected one that is open")


class CallbackUnderWay(RoutingError):
    """The customer is being rung, or talks."""

    id = "callback-under-way"

    def __init__(self, callback: str) -> None:
        super().__init__(f"call-back {callback} is under way: the customer is rung or talks; expected him not to be")


class CallbackNotReached(RoutingError):
    """It cannot have been a machine that answered."""

    id = "callback-not-reached"

    def __init__(self, callback: str) -> None:
        super().__init__(
            f"call-back {callback} had no answer, or another one to the number is open; expected a conversation that "
            "was or is the last of that number"
        )


class NotInConversation(RoutingError):
    """The caller talks with no agent."""

    id = "not-in-conversation"

    def __init__(self, linkedid: str) -> None:
        super().__init__(f"the caller of {linkedid} talks with no agent; expected one who does")


class NobodyAsked(RoutingError):
    """The agent speaks with no colleague whom he could put beside his caller."""

    id = "nobody-asked"

    def __init__(self, agent: str) -> None:
        super().__init__(
            f"agent {agent} speaks with nobody besides his caller; expected a colleague, whom he has called from the "
            "same phone and who has answered"
        )


class InConference(RoutingError):
    """Somebody is beside the two already."""

    id = "in-conference"

    def __init__(self, linkedid: str) -> None:
        super().__init__(f"the caller of {linkedid} is in a conference; expected a conversation of two")


class NotRinging(RoutingError):
    """Only a call that rings at a phone can be picked up at another."""

    id = "not-ringing"

    def __init__(self, linkedid: str) -> None:
        super().__init__(f"no phone rings for the caller of {linkedid}; expected one who waits while an agent is rung")


class AgentBusy(RoutingError):
    """The agent cannot be rung just now."""

    id = "agent-busy"

    def __init__(self, agent: str, state: str) -> None:
        super().__init__(f"agent {agent} is {state}; expected one whose phone is there and who is in no call")


class UnknownCalendar(RoutingError):
    """No calendar of that name."""

    id = "unknown-calendar"

    def __init__(self, calendar: str, known: list[str]) -> None:
        super().__init__(f"there is no calendar {calendar!r}; expected * for all, or one of: {', '.join(known) or '-'}")


class NotClosed(RoutingError):
    """Only a closure that is on can be lifted."""

    id = "not-closed"

    def __init__(self, calendar: str, closed: list[str]) -> None:
        super().__init__(f"no closure of {calendar!r} is on; expected one of: {', '.join(closed) or '(none is on)'}")


class UnknownAnnouncement(RoutingError):
    """No recording of that name has been kept."""

    id = "unknown-announcement"

    def __init__(self, announcement: str) -> None:
        super().__init__(f"there is no announcement {announcement!r}; expected the name of one recorded by phone")


class NotParked(RoutingError):
    """Only who is parked can be fetched, by one agent at a time."""

    id = "not-parked"

    def __init__(self, linkedid: str) -> None:
        super().__init__(f"call {linkedid} is not parked, or is being fetched; expected one that waits at a space")


class ParkingFull(RoutingError):
    """Every space is taken, or there is none."""

    id = "parking-full"

    def __init__(self, spaces: int) -> None:
        super().__init__(f"all {spaces} parking spaces are taken; expected a free one (`parking` in centre.yaml)")


class DialRefused(RoutingError):
    """A number outside that an agent may not call; it is not repeated here. `id` says why."""

    def __init__(self, error: str) -> None:
        super().__init__("the number is not called; expected an agent and a number that `outside.agents` allows")
        self.id = error
