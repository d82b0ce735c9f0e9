"""One agent's phone that rings for a call-back, from the Originate to the moment he picks up, or does not.

AMI tells in two events, in either order, that he does not: OriginateResponse and, where there was a channel at all, its
Hangup. Codes as Asterisk 22 was seen to send them: reason 3 is a ring time that is over, 0 whatever else failed.
"""

import asyncio

from acd.offers import Offer
from acd.states import OfferOutcome
from cti.ami.message import Message
from ivr.agi.session import AgiSession

_TIME_OVER = "3"
_REFUSED = frozenset({"17", "21"})
_NO_ANSWER = frozenset({"18", "19"})
"""Hang-up causes of ITU-T Q.850."""


class Ringing:
    """The ringing of one offer. `over` is set when the agent's session is needed no longer, `gone` when there is no
    channel of his any more."""

    def __init__(self, offer: Offer) -> None:
        self.offer = offer
        self.over = asyncio.Event()
        self.gone = asyncio.Event()
        self._result: asyncio.Future[AgiSession | OfferOutcome] = asyncio.get_running_loop().create_future()
        self._answered = False
        self._failed = False

    async def result(self) -> AgiSession | OfferOutcome:
        """His session once he has picked up, or why he has not."""
        return await asyncio.shield(self._result)

    def picked_up(self, session: AgiSession) -> bool:
        """He is there; False if nobody waits for him any more."""
        return self._settle(session)

    def withdraw(self) -> None:
        """The router has taken the offer back."""
        self._settle(OfferOutcome.WITHDRAWN)

    def hear(self, message: Message, *, there: bool) -> None:
        """OriginateResponse or Hangup of his channel; `there` is whether it still exists."""
        if message.event == "Hangup":
            self.gone.set()
            self._hung_up(message.get("Cause"))
        elif message.get("Response") == "Success":
            self._answered = True
        elif message.get("Reason") == _TIME_OVER:
            self._settle(OfferOutcome.MISSED)
        elif there:
            self._failed = True  # its hang-up says why
        else:
            self.gone.set()
            self._settle(OfferOutcome.UNREACHABLE)

    def _hung_up(self, cause: str) -> None:
        if self._answered or cause in _REFUSED:
            self._settle(OfferOutcome.REFUSED)  # or hung up in the moment he had picked up
        elif cause in _NO_ANSWER:
            self._settle(OfferOutcome.MISSED)
        elif self._failed:
            self._settle(OfferOutcome.UNREACHABLE)

    def _settle(self, result: AgiSession | OfferOutcome) -> bool:
        if self._result.done():
            return False
        self._result.set_result(result)
        return True
