"""What can go wrong on the AMI link, each kind with the stable id that the log and the API carry.

No message holds a header's value: values may be callers' numbers or secrets.
"""

from typing import ClassVar

from cti.ami.message import Message


class AmiError(Exception):
    """The base of all errors of the AMI link."""

    id: ClassVar[str] = "ami-error"


class AmiHeaderRefused(AmiError, ValueError):
    """An action was not sent because a part of it would not reach Asterisk as it was meant."""

    id = "ami-header-refused"


class AmiProtocolError(AmiError):
    """The peer does not speak AMI, went past a limit or stopped inside a message.

    `messages` are those that were whole before the fault in the same piece of the stream.
    """

    id = "ami-protocol"

    def __init__(self, what: str, messages: list[Message] | None = None) -> None:
        super().__init__(what)
        self.messages = messages or []


class AmiUnreachable(AmiError):
    """No connection could be made."""

    id = "ami-unreachable"


class AmiLoginRefused(AmiError):
    """Asterisk does not accept the user or the secret."""

    id = "ami-login-refused"


class AmiNotBooted(AmiError):
    """Asterisk accepted the login but did not report that it has started."""

    id = "ami-not-booted"


class AmiLinkLost(AmiError):
    """There is no link, or it broke before the answer came: whether Asterisk acted is not known."""

    id = "ami-link-lost"


class AmiTimeout(AmiError):
    """The link lives, but an action stayed without its answer: whether Asterisk acted is not known."""

    id = "ami-timeout"


class AmiRefused(AmiError):
    """Asterisk answered an action with an error. `message` is its own wording."""

    id = "ami-refused"

    def __init__(self, action: str, message: str) -> None:
        super().__init__(f"Asterisk refused action {action}: {message}")
        self.action = action
        self.message = message
