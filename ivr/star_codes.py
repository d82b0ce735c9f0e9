"""Star codes: agents sign in and out and change their state at a phone, and hear that it was done.

*11 sign in (agent number may follow: *111001), *12 sign out, *13 ready, *14 not ready (the reason's key may follow).
Who may do what is decided here and in the router; numbers and PINs appear in no log.
"""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum

import structlog

from acd.distributor import Distributor
from acd.errors import AlreadySignedIn, PhoneTaken, RoutingError
from ivr.agi.errors import AgiHungUp
from ivr.agi.session import AgiSession
from ivr.announcements import Announcement, prompt
from ivr.flow.steps import Prompt
from ivr.pin_guard import WRONG_PINS, PinGuard

log = structlog.get_logger()

KEYS = "0123456789#"
KEY_TIMEOUT_MS = 6_000
MOST_DIGITS = 12


class StarCode(StrEnum):
    """What the phones may dial."""

    SIGN_IN = "*11"
    SIGN_OUT = "*12"
    READY = "*13"
    NOT_READY = "*14"


class StarCodes:
    """Serves the phones that dial a star code. `reasons` maps a key to a reason for not being ready."""

    def __init__(
        self,
        distributor: Distributor,
        authenticate: Callable[[str, str], Awaitable[bool]],
        reasons: Mapping[str, str],
        sound_of: Callable[[Prompt], str],
        language: str,
        guard: PinGuard | None = None,
    ) -> None:
        self._distributor = distributor
        self._authenticate = authenticate
        self._reasons = reasons
        self._sound_of = sound_of
        self._language = language
        self._guard = guard or PinGuard()

    async def __call__(self, session: AgiSession) -> None:
        """One code dialled at one phone: `AGI(…/star,phone,code)`."""
        phone, dialled = (*session.environment.arguments, "", "")[:2]
        code, rest = dialled[:3], dialled[3:]
        try:
            await session.answer()
            if code == StarCode.SIGN_IN:
                said = await self._sign_in(session, phone, rest)
            elif (agent := self._distributor.router.roster.at_phone(phone)) is None:
                said = Announcement.NOBODY
            else:
                said = await self._change(session, agent.number, code, rest)
            await self._say(session, said)
            await session.hangup()
        except AgiHungUp:
            return  # he has heard enough

    async def _sign_in(self, session: AgiSession, phone: str, number: str) -> Announcement:
        number = number or await self._collect(session, Announcement.NUMBER)
        asked = Announcement.PIN
        known = number if number in self._distributor.router.roster else ""  # what else he keyed may be a secret
        for _ in range(WRONG_PINS):
            if self._guard.locked(number, self._distributor.clock.now_ms()):
                log.warning("sign-in-locked", error_id="sign-in-locked", agent=known, phone=phone)
                return Announcement.LOCKED
            if await self._authenticate(number, await self._collect(session, asked)):
                self._guard.right(number)
                return self._seat(number, phone)
            self._guard.wrong(number, self._distributor.clock.now_ms())
            log.warning("wrong-pin", error_id="wrong-pin", agent=known, phone=phone)
            asked = Announcement.WRONG_PIN
        return Announcement.LOCKED

    def _seat(self, number: str, phone: str) -> Announcement:
        try:
            with self._distributor.command() as (router, now_ms):
                router.sign_in(number, phone, cause="phone", now_ms=now_ms)
        except AlreadySignedIn:
            at = self._distributor.router.roster.agent(number).phone
            return Announcement.SIGNED_IN if at == phone else Announcement.SIGNED_IN_ELSEWHERE
        except PhoneTaken:
            return Announcement.PHONE_TAKEN
        return Announcement.SIGNED_IN

    async def _change(self, session: AgiSession, agent: str, code: str, rest: str) -> Announcement:
        reason = ""
        if code == StarCode.NOT_READY:
            key = rest[:1] or await self._key(session, Announcement.WHICH_REASON)
            if (reason := self._reasons.get(key, "")) == "":
                return Announcement.UNKNOWN_CODE
        try:
            with self._distributor.command() as (router, now_ms):
                match code:
                    case StarCode.SIGN_OUT:
                        router.sign_out(agent, cause="phone", now_ms=now_ms)
                        return Announcement.SIGNED_OUT
                    case StarCode.READY:
                        router.set_ready(agent, cause="phone", now_ms=now_ms)
                        return Announcement.READY
                    case StarCode.NOT_READY:
                        router.set_not_ready(agent, reason, cause="phone", now_ms=now_ms)
                        return Announcement.NOT_READY
                    case _:
                        return Announcement.UNKNOWN_CODE
        except RoutingError:
            return Announcement.NOBODY  # signed out elsewhere while he was choosing

    async def _collect(self, session: AgiSession, announcement: Announcement) -> str:
        """Digits until the hash key, a pause, or as many as a number may have."""
        return await session.get_data(self._sound(announcement), KEY_TIMEOUT_MS, MOST_DIGITS)

    async def _key(self, session: AgiSession, announcement: Announcement) -> str:
        key = await session.stream_file(self._sound(announcement), KEYS)
        return key or await session.wait_for_digit(KEY_TIMEOUT_MS) or ""

    async def _say(self, session: AgiSession, announcement: Announcement) -> None:
        await session.stream_file(self._sound(announcement))

    def _sound(self, announcement: Announcement) -> str:
        return self._sound_of(prompt(announcement, self._language))
