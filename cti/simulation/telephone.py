"""One simulated telephone: an account at Asterisk, with the calls it takes and places."""

import asyncio
from collections.abc import Callable

from cti.simulation.audio import Audio
from cti.simulation.call import CHALLENGES, Call
from cti.simulation.errors import RegistrationRefused
from cti.simulation.trace import Direction, TracedMessage

REGISTRATION_S = 3600


class Telephone:
    """Made by `Telephones`. It may have several calls; its one voice speaks to whoever negotiated last."""

    def __init__(
        self,
        number: str,
        *,
        audio: Audio | None,
        register: Callable[[str, int], str],
        place: Callable[[str, str], Call],
    ) -> None:
        self.number = number
        self.audio = audio
        self.calls: list[Call] = []
        """Every call it took or placed, in order."""
        self.registered = False
        self._register = register
        self._place = place
        self._ringing: asyncio.Queue[Call] = asyncio.Queue()
        self._registration: tuple[str, asyncio.Future[int]] | None = None
        self._authorised = False

    async def register(self, expires_s: int = REGISTRATION_S) -> None:
        """Register at Asterisk. Raises RegistrationRefused."""
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._authorised = False
        self._registration = self._register(self.number, expires_s), answer
        status = await answer
        if status != 200:
            raise RegistrationRefused(self.number, status)
        self.registered = expires_s > 0

    async def unregister(self) -> None:
        await self.register(0)

    async def next_call(self) -> Call:
        """The next call that comes in."""
        return await self._ringing.get()

    def dial(self, dialled: str) -> Call:
        """Place a call from this account."""
        call = self._place(self.number, dialled)
        self.calls.append(call)
        return call

    def ring(self, call: Call) -> None:
        """A call comes in."""
        self.calls.append(call)
        self._ringing.put_nowait(call)

    def take_registration(self, message: TracedMessage) -> None:
        """A message of a REGISTER went over the wire; one challenge is usual, a second means a wrong password."""
        if self._registration is None or message.sip.call_id != self._registration[0]:
            return
        if message.direction is Direction.SENT:
            self._authorised |= "authorization" in message.sip.headers
            return
        status, answer = message.sip.status or 0, self._registration[1]
        if status >= 200 and (self._authorised or status not in CHALLENGES) and not answer.done():
            answer.set_result(status)
