"""An agent who has picked up for a call-back: he hears who it is, then the customer's phone rings, then they talk."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

import structlog

from acd.callbacks import Callback
from acd.offers import Offer
from acd.states import CallbackOutcome
from cti.callbacks.means import Means
from ivr import callback_words
from ivr.agi.errors import AgiCommandFailed, AgiOver
from ivr.agi.session import AgiSession
from ivr.flow.steps import Prompt

log = structlog.get_logger()

RECORDED = "callback-customer^s^1"
"""Where the dialplan starts the recording on the customer's channel, before he is rung."""

DIAL_STATUS: Mapping[str, CallbackOutcome] = {
    "ANSWER": CallbackOutcome.REACHED,
    "NOANSWER": CallbackOutcome.NO_ANSWER,
    "BUSY": CallbackOutcome.BUSY,
}
"""Asterisk's DIALSTATUS of the call to the customer; all others mean that he could not be rung."""

REJECTED = "21"
"""The hang-up cause (ITU-T Q.850) of a customer who declines the call."""


class Dialling:
    """One agent on the line, reserved by `offer` for a call-back."""

    def __init__(self, session: AgiSession, callback: Callback, offer: Offer, means: Means) -> None:
        self._session = session
        self._callback = callback
        self._offer = offer
        self._means = means
        self.language = means.distributor.router.roster.agent(offer.agent).speaks(means.distributor.seats.languages)

    async def announce(self) -> bool:
        """Tell him who it is; False if he refuses by the key. Raises AgiOver: he hung up, or Asterisk is gone."""
        callback = self._callback
        ago_ms = self._means.distributor.clock.now_ms() - callback.requested_ms
        names = self._means.names_of(callback.queue)
        key = await self._say(callback_words.who(names, callback.number, ago_ms, self.language))
        return key != callback_words.REFUSE

    async def dial(self) -> CallbackOutcome:
        """Ring the customer and let them talk; returns when that is over, the agent still on the line unless it is he
        who hung up. Raises AgiOver in that case, or if Asterisk is gone."""
        callback, means = self._callback, self._means
        ring_s = -(-callback.rules.ring_ms // 1000)
        await self._session.exec(
            "Dial", f"PJSIP/{callback.number}@{means.line()},{ring_s},gf({means.shown()})b({RECORDED})"
        )
        status, _, cause = (await self._session.get_full_variable("${DIALSTATUS},${HANGUPCAUSE}")).partition(",")
        failed = CallbackOutcome.REFUSED if cause == REJECTED else CallbackOutcome.UNREACHABLE
        return DIAL_STATUS.get(status, failed)

    async def say_failed(self, outcome: CallbackOutcome) -> None:
        """Tell him why he does not speak with the customer."""
        await self._say([callback_words.failed(outcome, self.language)])

    async def say_not_needed(self) -> None:
        """Tell him that somebody was quicker."""
        await self._say([callback_words.not_needed(self.language)])

    async def hang_up(self) -> None:
        """Let him go."""
        with suppress(AgiOver):
            await self._session.hangup()

    async def _say(self, prompts: Sequence[Prompt]) -> str | None:
        try:
            for prompt in prompts:
                if key := await self._session.stream_file(self._means.sound_of(prompt), callback_words.KEYS):
                    return key
        except AgiCommandFailed as error:  # a sound is missing; the call-back itself need not fail for that
            log.warning("callback-not-announced", error_id=error.id, detail=str(error))
        return None
