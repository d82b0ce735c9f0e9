"""How an agent hears the message that a caller has left for his queue, and what he does with it. Pure; the telephone
side is in cti/callbacks/listening.py.
"""

from enum import StrEnum

KEYS = "1234#"
"""Call back, hear (again), done, who it is from, leave it to a colleague."""

ASKED = 3
"""So often he is asked what to do with it; then it is done."""


class Act(StrEnum):
    """What is to be done next; the last three are the end, but for a call-back that cannot be."""

    ANNOUNCE = "announce"
    PLAY = "play"
    NUMBER = "number"
    CANNOT = "cannot"  # the caller cannot be called back now
    ASK = "ask"
    CALL = "call"
    HEARD = "heard"
    PUT_BACK = "put_back"


class Hearing:
    """One agent and one message. Begin with `act`; feed the key that ended it, None if it came to its end."""

    def __init__(self) -> None:
        self.act = Act.ANNOUNCE
        self.whole = False
        """Whether he has heard the message to its end."""
        self._asked = 0

    def feed(self, key: str | None) -> Act:
        """What follows."""
        self.act = self._keyed(key) if key is not None else self._ended()
        if self.act is Act.ASK:
            self._asked += 1
        return self.act

    def refused(self) -> Act:
        """He wants to call back, and that cannot be now."""
        self.act = Act.CANNOT
        return self.act

    def hung_up(self) -> Act:
        """He hung up: whoever has heard all of it has done with it."""
        self.act = Act.HEARD if self.whole else Act.PUT_BACK
        return self.act

    def _ended(self) -> Act:
        match self.act:
            case Act.ANNOUNCE:
                return Act.PLAY
            case Act.PLAY:
                self.whole = True
                return Act.ASK
            case Act.ASK if self._asked >= ASKED:
                return self.hung_up()
            case Act.ASK:
                return Act.ASK
            case _:
                return Act.ASK if self.whole else Act.PLAY

    def _keyed(self, key: str) -> Act:
        chosen = {"1": Act.CALL, "2": Act.PLAY, "3": Act.HEARD, "4": Act.NUMBER, "#": Act.PUT_BACK}.get(key)
        return chosen or self._ended()
