"""Simulated telephones on one SIPp process, and a carrier's line beside them. This is the module to import."""

import asyncio
import re
import socket
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from cti.simulation.audio import Audio
from cti.simulation.call import Call, Keying, Moment
from cti.simulation.errors import BadAccount
from cti.simulation.scenario import Command
from cti.simulation.sip import display_name
from cti.simulation.sipp import Sipp
from cti.simulation.telephone import Telephone
from cti.simulation.trace import TracedMessage

CALLER_TONE_HZ = 440
FIRST_TONE_HZ = 500
TONE_STEP_HZ = 40
GOODBYE_S = 2.0
LINE = "line"
_SAFE = re.compile(r"[^\s;\[\]\"]+")


class Telephones:
    """An async context manager: `telephones["1001"]` is a `Telephone`, `dial` places a call on the carrier's line.

    `accounts` maps numbers to SIP passwords. `customers` are numbers that Asterisk reaches over the carrier's line,
    which is open to it from the beginning where there are any; each is a `Telephone` too, without an account. All
    answer by themselves after `ring_ms` and hang up after `talk_ms`; with None they wait for a command. Without `audio`
    they say nothing and press keys by SIP INFO, which is what large numbers want; with it, they press as `keying` says.
    `folder` is theirs alone. On exit calls end, telephones unregister, the process is ended.
    """

    def __init__(
        self,
        folder: Path,
        *,
        sip_port: int,
        accounts: Mapping[str, str] | None = None,
        customers: Sequence[str] = (),
        ring_ms: int | None = None,
        talk_ms: int | None = None,
        audio: bool = True,
        keying: Keying | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.calls: list[Call] = []
        """Every call, in and out, in order."""
        self._accounts = dict(accounts or {})
        for number, password in self._accounts.items():
            if number == LINE or not _SAFE.fullmatch(number) or not _SAFE.fullmatch(password):
                raise BadAccount(number)
        for number in customers:
            if number == LINE or not _SAFE.fullmatch(number):
                raise BadAccount(number)
        self._customers = tuple(customers)
        self._host = host
        self._sip_port = sip_port
        self._ring_ms = ring_ms
        self._talk_ms = talk_ms
        self._audio = audio
        self._keying = keying
        self._sipp = Sipp(folder, host=host, asterisk_port=sip_port, on_message=self._take)
        self._resources = AsyncExitStack()
        self._telephones: dict[str, Telephone] = {}
        self._line = self._telephone(LINE, None)
        self._by_call_id: dict[str, Call] = {}
        self._deaf_port = 0

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._resources.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._resources.aclose()

    def __getitem__(self, number: str) -> Telephone:
        return self._telephones[number]

    def __iter__(self) -> Iterator[Telephone]:
        return iter(self._telephones.values())

    @property
    def pid(self) -> int:
        """The process of these telephones, once they are there."""
        return self._sipp.pid

    @property
    def port(self) -> int:
        """Where these telephones take calls, once they are there: for a carrier's line, which nobody registers."""
        return self._sipp.port

    async def register(self) -> None:
        """Register all telephones that have accounts at once. Raises RegistrationRefused."""
        await asyncio.gather(*(self[number].register() for number in self._accounts))

    async def dial(self, dialled: str, *, number: str, name: str = "", keying: Keying | None = None) -> Call:
        """Place a call on the carrier's line, as the caller of this number and name; its tone is 440 Hz. `keying` is of
        this call alone."""
        audio = await self._resources.enter_async_context(Audio(CALLER_TONE_HZ, self._host)) if self._audio else None
        return self._place(LINE, dialled, f"{display_name(name)} <sip:{number}@{self._host}>", audio, keying)

    async def vanish(self) -> None:
        """All telephones lose their power: nothing is said to Asterisk."""
        await self._sipp.kill()
        for call in self.calls:
            call.lose()

    async def _start(self) -> None:
        # Where nobody listens Asterisk's packets still need a port, lest each be answered with an error.
        deaf = self._resources.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        deaf.bind((self._host, 0))
        self._deaf_port = deaf.getsockname()[1]
        lines = ["SEQUENTIAL", f"{LINE};;{self._deaf_port}"]
        for position, number in enumerate((*self._accounts, *self._customers)):
            tone_hz = FIRST_TONE_HZ + TONE_STEP_HZ * position
            audio = await self._resources.enter_async_context(Audio(tone_hz, self._host)) if self._audio else None
            self._telephones[number] = self._telephone(number, audio)
            password = self._accounts.get(number)
            login = "" if password is None else f"[authentication username={number} password={password}]"
            lines.append(f"{number};{login};{audio.port if audio else self._deaf_port}")
        self._resources.push_async_callback(self._sipp.stop)
        await self._sipp.start("\n".join(lines) + "\n", ring_ms=self._ring_ms, talk_ms=self._talk_ms)
        self._resources.push_async_callback(self._say_goodbye)
        if self._customers:
            await self._line.register()

    def _telephone(self, number: str, audio: Audio | None) -> Telephone:
        return Telephone(number, audio=audio, register=self._register, place=self._place_from_telephone)

    async def _say_goodbye(self) -> None:
        if not self._sipp.running:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await asyncio.gather(*(call.hang_up() for call in self.calls), return_exceptions=True)
                registered = [telephone for telephone in (*self, self._line) if telephone.registered]
                await asyncio.gather(*(telephone.unregister() for telephone in registered), return_exceptions=True)

    def _register(self, number: str, expires_s: int) -> str:
        call_id = uuid.uuid4().hex
        self._sipp.command(Command.REGISTER, call_id, {"X-User": number, "X-Expires": str(expires_s)})
        return call_id

    def _place_from_telephone(self, number: str, dialled: str) -> Call:
        return self._place(number, dialled, f"<sip:{number}@{self._host}>", self[number].audio)

    def _place(self, user: str, dialled: str, caller: str, audio: Audio | None, keying: Keying | None = None) -> Call:
        call = self._keep(self._call(uuid.uuid4().hex, audio, keying, incoming=False))
        port = audio.port if audio else self._deaf_port
        headers = {"X-User": user, "X-Dialled": dialled, "X-From": caller, "X-Media-Port": str(port)}
        self._sipp.command(Command.DIAL, call.call_id, headers)
        return call

    def _take(self, message: TracedMessage) -> None:
        sip = message.sip
        if sip.method == "REGISTER":
            user = sip.user("to")
            if telephone := self._line if user == LINE else self._telephones.get(user):
                telephone.take_registration(message)
            return
        call = self._by_call_id.get(sip.call_id)
        if call is None and sip.start_line.startswith("INVITE ") and sip.user("to") in self._telephones:
            audio = self[sip.user("to")].audio
            call = self._keep(self._call(sip.call_id, audio, None, incoming=True))
        if call is None:
            return
        rang = Moment.RINGING in call.at_us
        call.take(message)
        if call.incoming and not rang and Moment.RINGING in call.at_us and call.invite:
            self[call.invite.sip.user("to")].ring(call)

    def _call(self, call_id: str, audio: Audio | None, keying: Keying | None, *, incoming: bool) -> Call:
        send, keying = self._sipp.command, keying or self._keying
        return Call(call_id, incoming=incoming, send=send, audio=audio, keying=keying)

    def _keep(self, call: Call) -> Call:
        self.calls.append(call)
        self._by_call_id[call.call_id] = call
        return call


__all__ = ["Call", "Keying", "Moment", "Telephone", "Telephones"]
