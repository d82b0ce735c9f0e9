"""What can go wrong with a simulated telephone, each under a stable id."""

from typing import ClassVar


class SimulationError(Exception):
    """The base of them all."""

    id: ClassVar[str] = "simulation"


class SippMissing(SimulationError):
    id: ClassVar[str] = "sipp-missing"

    def __init__(self) -> None:
        super().__init__("the program sipp is not installed: apt-get install sip-tester")


class SippFailed(SimulationError):
    id: ClassVar[str] = "sipp-failed"

    def __init__(self, what: str, said: str) -> None:
        self.said = said
        super().__init__(f"sipp {what}; it said: {said or 'nothing'}")


class RegistrationRefused(SimulationError):
    id: ClassVar[str] = "registration-refused"

    def __init__(self, number: str, status: int) -> None:
        super().__init__(f"Asterisk answered {status} to the registration of telephone {number}, expected 200")
        self.status = status


class CallOver(SimulationError):
    """Waited for something that this call, now over, will never reach."""

    id: ClassVar[str] = "call-over"


class BadAccount(SimulationError):
    id: ClassVar[str] = "account-unusable"

    def __init__(self, number: str) -> None:
        super().__init__(f"telephone {number!r}: sipp takes no number or password with spaces, ';', '[', ']' or '\"'")
