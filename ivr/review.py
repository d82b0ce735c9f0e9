"""What becomes of a message its caller has just spoken: he may keep it, hear it, speak it anew or cancel it. Pure; the
telephone side is in ivr/voicemail.py.
"""

from enum import StrEnum

from ivr.flow.parts import OPERATOR_KEY

LEAST_MS = 2_000
"""What is shorter is no message: he hung up, or was silent (of the silence that ends it Asterisk leaves a second)."""

WRONG_KEYS = 3
"""After so many in turn that mean nothing, the message is kept."""

KEYS = "123*"
"""Keep, hear, again, cancel."""


class Act(StrEnum):
    """What is to be done next; the last four are the end."""

    RECORD = "record"
    ASK = "ask"
    PLAY = "play"
    KEEP = "keep"
    CANCEL = "cancel"
    NOTHING = "nothing"  # he said nothing
    OPERATOR = "operator"  # he wants an agent instead; the message is not kept


class Review:
    """One message. Its first take is being recorded; tell what comes of each act, and do the act that is answered.

    Silence keeps the message, and so does whoever hangs up. A take anew that says nothing leaves the one before.
    """

    def __init__(self, *, asks: bool = True, operator: bool = False) -> None:
        """Without `asks` a message is kept as it is spoken; `operator`: 0 leads to an agent."""
        self._asks = asks
        self._operator = operator
        self._wrong = 0
        self.spoken = False
        """Whether there is a message by now."""

    def recorded(self, length_ms: int) -> Act:
        """A take is over."""
        if length_ms >= LEAST_MS:
            self.spoken = True
        elif not self.spoken:
            return Act.NOTHING
        return Act.ASK if self._asks else Act.KEEP

    def played(self, key: str | None) -> Act:
        """The message was played to its end, or to this key."""
        return Act.ASK if key is None else self.answered(key)

    def answered(self, key: str | None) -> Act:
        """His answer; None: he pressed nothing."""
        if key == OPERATOR_KEY and self._operator:
            return Act.OPERATOR
        known = {"1": Act.KEEP, None: Act.KEEP, "2": Act.PLAY, "3": Act.RECORD, "*": Act.CANCEL}.get(key)
        self._wrong = 0 if known else self._wrong + 1
        return known or (Act.ASK if self._wrong < WRONG_KEYS else Act.KEEP)
