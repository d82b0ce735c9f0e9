"""Why a look-up brought nothing. The flow goes on at its failed branch whatever it was; these say it to people."""

from enum import StrEnum


class Failure(StrEnum):
    """The ids, as they stand in facts and logs."""

    TIMED_OUT = "look-up-timed-out"
    UNREACHABLE = "look-up-unreachable"
    """No connection, or one that broke off."""
    STATUS = "look-up-status"
    """The answer's status is none of success."""
    REDIRECTED = "look-up-redirected"
    """Too often, or a request that must not be sent twice."""
    TOO_LARGE = "look-up-too-large"
    NOT_JSON = "look-up-not-json"
    VALUE_MISSING = "look-up-value-missing"
    """Nothing stands in the answer where the flow looks."""
    VALUE_UNFIT = "look-up-value-unfit"
    """What stands there is not one value that a call can have."""
    NOT_ALLOWED = "look-up-not-allowed"
    """The address is not on the list of the machine's owner."""
    ADDRESS_UNFIT = "look-up-address-unfit"
    """A value of the call would change the address's form: it is empty, or climbs in the path."""
    SECRET_MISSING = "look-up-secret-missing"
    INTERNAL = "look-up-internal"
    """A fault of ours."""


class LookUpFailed(Exception):
    """A look-up brought nothing; `failure` says why. It carries nothing of the call or of the answer."""

    id = "look-up-failed"

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure
