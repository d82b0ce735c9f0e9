"""Star codes: agents sign in and out and change their state at a phone, and hear in their language that it was done.

They act for who is signed in at the phone, or, with an agent's number behind and his PIN, for him wherever he sits
(docs/agents.md). Who may do what is decided here and in the router; numbers and PINs appear in no log.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import structlog

from acd.agents import Agent
from acd.distributor import Distributor
from acd.errors import AlreadySignedIn, NotInWrapUp, PhoneTaken, RoutingError, WrapUpAtMost
from acd.states import AgentState
from ivr.agi.errors import AgiHungUp
from ivr.agi.session import AgiSession
from ivr.announcements import REASONS, Announcement, prompt
from ivr.closing import Closing
from ivr.dialling import Dialling
from ivr.fetching import Fetching
from ivr.flow.steps import Prompt
from ivr.pin_guard import WRONG_PINS, PinGuard
from ivr.prompt_recording import PromptRecording

log = structlog.get_logger()

KEYS = "0123456789#"
KEY_TIMEOUT_MS = 6_000
MOST_DIGITS = 20


class StarCode(StrEnum):
    """What the phones may dial."""

    SIGN_IN = "*11"
    SIGN_OUT = "*12"
    READY = "*13"
    NOT_READY = "*14"
    END_WRAP_UP = "*15"
    EXTEND_WRAP_UP = "*16"
    SIGN_IN_OUTSIDE = "*17"
    MY_STATE = "*18"
    CLOSE_CENTRE = "*19"
    RECORD_PROMPT = "*20"
    CLOSE_CALL = "*21"
    PAUSE_RECORDING = "*22"
    RESUME_RECORDING = "*23"
    FETCH = "*24"
    PICK_UP = "*25"
    DIAL = "*26"


STATES: Mapping[AgentState, Announcement] = {
    AgentState.SIGNED_OUT: Announcement.SIGNED_OUT,
    AgentState.READY: Announcement.READY,
    AgentState.NOT_READY: Announcement.NOT_READY,
    AgentState.RINGING: Announcement.IN_CALL,
    AgentState.TALKING: Announcement.IN_CALL,
    AgentState.HOLDING: Announcement.IN_CALL,
    AgentState.WRAP_UP: Announcement.IN_WRAP_UP,
    AgentState.UNREACHABLE: Announcement.UNREACHABLE,
}

FOR_HIM_WHO_SITS_HERE = frozenset(StarCode) - {
    StarCode.SIGN_IN,
    StarCode.SIGN_IN_OUTSIDE,
    StarCode.CLOSE_CENTRE,
    StarCode.RECORD_PROMPT,
    StarCode.CLOSE_CALL,
    StarCode.PAUSE_RECORDING,
    StarCode.RESUME_RECORDING,
    StarCode.FETCH,
    StarCode.PICK_UP,
    StarCode.DIAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Custom:
    """How this centre has it. `reasons` maps a key to a reason for not being ready, `words` a reason to what it is
    called in each language; of the `languages` the first is spoken to who is not known."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    languages: Sequence[str] = ("en",)


CloseCall = Callable[[str, str, str], Awaitable[bool]]
"""Closes an agent's call, by linkedid, with the outcome code of these keys; False where there is none."""


class SwitchRecording(Protocol):
    """Pauses the recording of an agent's call, by linkedid, or lets it go on; False where that is not certain."""

    async def __call__(self, agent: str, linkedid: str, *, paused: bool) -> bool:
        """Whether the recording is so now."""


class StarCodes:
    """Serves the phones that dial a star code. `authenticate` tells whether a PIN is an agent's, `outside_of` the
    outside seat of an agent (RoutingError where he has none), `custom` how the centre has it now; `closing` is how an
    administrator shuts it in an emergency, `recording` how he records a prompt; `close_call` closes a call by keys,
    `switch_recording` pauses its recording, `fetching` connects him with a caller who is parked or rings elsewhere."""

    def __init__(
        self,
        distributor: Distributor,
        authenticate: Callable[[str, str], Awaitable[bool]],
        outside_of: Callable[[str], Awaitable[str]],
        sound_of: Callable[[Prompt], str],
        custom: Callable[[], Custom],
        closing: Closing,
        recording: PromptRecording,
        close_call: CloseCall,
        switch_recording: SwitchRecording,
        fetching: Fetching,
        dialling: Dialling,
        guard: PinGuard | None = None,
    ) -> None:
        self.distributor = distributor
        self.authenticate = authenticate
        self.outside_of = outside_of
        self.sound_of = sound_of
        self.custom = custom
        self.closing = closing
        self.recording = recording
        self.close_call = close_call
        self.switch_recording = switch_recording
        self.fetching = fetching
        self.dialling = dialling
        self.guard = guard or PinGuard()

    async def __call__(self, session: AgiSession) -> None:
        """One code dialled at one phone: `AGI(…/star,phone,code)`."""
        phone, dialled = (*session.environment.arguments, "", "")[:2]
        try:
            await session.answer()
            await _Dealing(self, session, phone).run(dialled[:3], dialled[3:])
            await session.hangup()
        except AgiHungUp:
            return  # he has heard enough


class _Dealing:
    """One person's dealing with one code."""

    def __init__(self, codes: StarCodes, session: AgiSession, phone: str) -> None:
        self._codes = codes
        self._distributor = codes.distributor
        self._custom = codes.custom()
        self._session = session
        self._phone = phone
        self._language = self._custom.languages[0]

    async def run(self, code: str, rest: str) -> None:
        """Do what the code says, and say what came of it."""
        if code in (StarCode.SIGN_IN, StarCode.SIGN_IN_OUTSIDE):
            number = rest or await self._collect(Announcement.NUMBER)
            if await self._knows_pin(number):
                await self._say(await self._seat(number, outside=code == StarCode.SIGN_IN_OUTSIDE))
        elif code == StarCode.CLOSE_CENTRE:
            await self._close_centre(rest)
        elif code == StarCode.RECORD_PROMPT:
            await self._record_prompt(rest)
        elif code == StarCode.CLOSE_CALL:
            await self._close_call(rest)
        elif code in (StarCode.PAUSE_RECORDING, StarCode.RESUME_RECORDING):
            await self._switch_recording(paused=code == StarCode.PAUSE_RECORDING)
        elif code == StarCode.DIAL:
            await self._dial(rest)
        elif code in (StarCode.FETCH, StarCode.PICK_UP):
            await self._take(StarCode(code), rest)
        elif code not in FOR_HIM_WHO_SITS_HERE:
            await self._say(Announcement.UNKNOWN_CODE)
        else:
            key, number = (rest[:1], rest[1:]) if code == StarCode.NOT_READY else ("", rest)
            if (agent := await self._whom(number)) is not None:
                await self._do(agent, StarCode(code), key)

    async def _record_prompt(self, prompt: str) -> None:
        """The same for who records the prompt of that number."""
        here = self._distributor.router.roster.at_phone(self._phone)
        number = here.number if here is not None else await self._collect(Announcement.NUMBER)
        if await self._knows_pin(number):
            prompt = prompt or await self._collect(Announcement.PROMPT_NUMBER)
            await self._codes.recording.deal(self._session, number, prompt, self._sound)

    async def _close_centre(self, number: str) -> None:
        """He who sits here, or the one of that number; his PIN is asked for in any case."""
        here = self._distributor.router.roster.at_phone(self._phone)
        number = number or (here.number if here is not None else await self._collect(Announcement.NUMBER))
        if await self._knows_pin(number):
            await self._codes.closing.deal(self._session, number, self._language, self._sound)

    async def _close_call(self, keys: str) -> None:
        """His who sits here: the call that he wraps up, or the last for which he owes an outcome code."""
        if (agent := await self._whom("")) is None:
            return
        linkedid = agent.linkedid if agent.state is AgentState.WRAP_UP else agent.owes[-1] if agent.owes else ""
        if not linkedid:
            await self._say(Announcement.NO_CALL_TO_CLOSE)
            return
        keys = keys or await self._collect(Announcement.WHICH_OUTCOME)
        closed = await self._codes.close_call(agent.number, linkedid, keys)
        await self._say(Announcement.CALL_CLOSED if closed else Announcement.NO_SUCH_OUTCOME)

    async def _switch_recording(self, *, paused: bool) -> None:
        """Of the call of him who sits here, from his phone's second line; his caller, whom he holds, hears nothing."""
        if (agent := await self._whom("")) is None:
            return
        if agent.state not in (AgentState.TALKING, AgentState.HOLDING):
            await self._say(Announcement.NO_CALL_TO_PAUSE)
        elif not await self._codes.switch_recording(agent.number, agent.linkedid, paused=paused):
            await self._say(Announcement.RECORDING_UNCERTAIN)
        else:
            await self._say(Announcement.RECORDING_PAUSED if paused else Announcement.RECORDING_GOES_ON)

    async def _dial(self, number: str) -> None:
        """He who sits here calls a number outside."""
        if (agent := await self._whom("")) is None:
            return
        number = number or await self._collect(Announcement.WHICH_NUMBER)
        if (said := await self._codes.dialling.call(self._session, agent, number)) is not None:
            await self._say(said)

    async def _take(self, code: StarCode, rest: str) -> None:
        """He who sits here takes a caller: the one who is parked at that space, or who rings at that colleague's."""
        if (agent := await self._whom("")) is not None:
            take = self._codes.fetching.parked if code is StarCode.FETCH else self._codes.fetching.ringing
            await self._say(await take(self._session, agent, rest))

    async def _whom(self, number: str) -> Agent | None:
        """Who the code is for: him who sits here, or the one of that number, if he shows his PIN."""
        roster = self._distributor.router.roster
        if number:
            return roster.agent(number) if await self._knows_pin(number) else None
        if (agent := roster.at_phone(self._phone)) is None:
            await self._say(Announcement.NOBODY)
            return None
        self._language = agent.speaks(self._custom.languages)
        return agent

    async def _knows_pin(self, number: str) -> bool:
        """Whether the agent of that number shows his PIN, in a few tries."""
        roster, guard = self._distributor.router.roster, self._codes.guard
        known = number if number in roster else ""  # what else he keyed may be a secret
        if known:
            self._language = roster.agent(known).speaks(self._custom.languages)
        asked = Announcement.PIN
        for _ in range(WRONG_PINS):
            if guard.locked(number, self._distributor.clock.now_ms()):
                log.warning("sign-in-locked", error_id="sign-in-locked", agent=known, phone=self._phone)
                break
            if await self._codes.authenticate(number, await self._collect(asked)):
                guard.right(number)
                return True
            guard.wrong(number, self._distributor.clock.now_ms())
            log.warning("wrong-pin", error_id="wrong-pin", agent=known, phone=self._phone)
            asked = Announcement.WRONG_PIN
        await self._say(Announcement.LOCKED)
        return False

    async def _seat(self, number: str, *, outside: bool) -> Announcement:
        roster = self._distributor.router.roster
        self._language = roster.agent(number).speaks(self._custom.languages)
        done = Announcement.SIGNED_IN_OUTSIDE if outside else Announcement.SIGNED_IN
        try:
            seat = await self._codes.outside_of(number) if outside else self._phone
        except RoutingError as error:
            log.warning("no-seat-outside", error_id=error.id, agent=number)
            return Announcement.NO_OUTSIDE
        try:
            with self._distributor.command() as (router, now_ms):
                router.sign_in(number, seat, cause="phone", now_ms=now_ms)
        except AlreadySignedIn:
            return done if roster.agent(number).phone == seat else Announcement.SIGNED_IN_ELSEWHERE
        except PhoneTaken:
            return Announcement.PHONE_TAKEN
        return done

    async def _do(self, agent: Agent, code: StarCode, key: str) -> None:
        reason = ""
        if code is StarCode.NOT_READY:
            key = key or await self._key(Announcement.WHICH_REASON)
            if not (reason := self._custom.reasons.get(key, "")):
                await self._say(Announcement.UNKNOWN_CODE)
                return
        try:
            said = self._change(agent, code, reason)
        except NotInWrapUp:
            said = Announcement.NO_WRAP_UP
        except WrapUpAtMost:
            said = Announcement.WRAP_UP_AT_MOST
        except RoutingError:
            said = Announcement.SIGNED_OUT  # elsewhere, while he was choosing, or before he asked
        await self._say(said)
        if said in (Announcement.NOT_READY, Announcement.OVERDUE):
            await self._say_reason(agent)

    def _change(self, agent: Agent, code: StarCode, reason: str) -> Announcement:
        with self._distributor.command() as (router, now_ms):
            match code:
                case StarCode.SIGN_OUT:
                    router.sign_out(agent.number, cause="phone", now_ms=now_ms)
                    return Announcement.SIGNED_OUT
                case StarCode.READY:
                    router.set_ready(agent.number, cause="phone", now_ms=now_ms)
                    return Announcement.READY
                case StarCode.NOT_READY:
                    router.set_not_ready(agent.number, reason, cause="phone", now_ms=now_ms)
                    return Announcement.NOT_READY
                case StarCode.END_WRAP_UP:
                    router.end_wrap_up(agent.number, cause="phone", now_ms=now_ms)
                    return Announcement.WRAP_UP_ENDED
                case StarCode.EXTEND_WRAP_UP:
                    router.extend_wrap_up(agent.number, cause="phone", now_ms=now_ms)
                    return Announcement.WRAP_UP_EXTENDED
                case _:
                    overdue = agent.absence is not None and agent.absence.overdue
                    return Announcement.OVERDUE if overdue else STATES[agent.state]

    async def _collect(self, announcement: Announcement) -> str:
        """Digits until the hash key, a pause, or as many as a number may have."""
        return await self._session.get_data(self._sound(announcement), KEY_TIMEOUT_MS, MOST_DIGITS)

    async def _key(self, announcement: Announcement) -> str:
        key = await self._session.stream_file(self._sound(announcement), KEYS)
        return key or await self._session.wait_for_digit(KEY_TIMEOUT_MS) or ""

    async def _say(self, announcement: Announcement) -> None:
        await self._session.stream_file(self._sound(announcement))

    async def _say_reason(self, agent: Agent) -> None:
        """What he is not ready for, where the centre has a word for it in his language."""
        words: Mapping[str, Mapping[str, str]] = {**REASONS, **self._custom.words}
        if word := words.get(agent.reason, {}).get(self._language):
            await self._session.stream_file(self._codes.sound_of(Prompt(word, self._language)))

    def _sound(self, announcement: Announcement) -> str:
        return self._codes.sound_of(prompt(announcement, self._language))
