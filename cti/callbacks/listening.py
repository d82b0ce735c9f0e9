"""An agent who has picked up for a message: he hears for which queue it is and how old, then the message, and says by
key what is to be done. What follows upon which key is told in ivr/hearing.py.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

from acd.callbacks import Callback
from cti.callbacks.means import Means, MessageAway, Sound
from ivr import message_words
from ivr.agi.errors import AgiCommandFailed, AgiHungUp, AgiOver
from ivr.agi.session import AgiSession
from ivr.flow.steps import Prompt
from ivr.hearing import KEYS, Act, Hearing

log = structlog.get_logger()

ANSWER_MS = 10_000
"""How long he may think about what is to be done."""


class Listening:
    """One agent, one message. `run` it once; `sound` is None where there is none any more, `may_dial` is whether its
    caller can be called back just now."""

    def __init__(
        self,
        session: AgiSession,
        callback: Callback,
        sound: Sound | None,
        means: Means,
        language: str,
        may_dial: Callable[[], bool],
    ) -> None:
        self._session = session
        self._callback = callback
        self._sound = sound
        self._means = means
        self._language = language
        self._may_dial = may_dial
        self._hearing = Hearing()
        self._written_down = False
        self.heard_ms = 0

    @property
    def whole(self) -> bool:
        """Whether he has heard the message to its end."""
        return self._hearing.whole

    async def run(self) -> Act:
        """CALL, HEARD or PUT_BACK; whoever hangs up has said one of the last two by that. If Asterisk is gone, or the
        hearing cannot be written down, the message is put back."""
        hearing = self._hearing
        try:
            while hearing.act not in (Act.HEARD, Act.PUT_BACK):
                if hearing.act is Act.CALL:
                    if self._may_dial():
                        break
                    hearing.refused()
                hearing.feed(await self._do(hearing.act))
        except AgiHungUp:
            return hearing.hung_up()
        except MessageAway as error:
            log.error("message-not-played", error_id=error.id, detail=str(error), callback=self._callback.id)
            with suppress(AgiOver):
                await self._say([message_words.lost(self._language)])
            return Act.PUT_BACK
        except AgiOver:
            return Act.PUT_BACK
        return hearing.act

    async def _do(self, act: Act) -> str | None:
        """The key that ended it; None: it came to its end."""
        language = self._language
        match act:
            case Act.ANNOUNCE:
                ago_ms = self._now_ms() - self._callback.requested_ms
                names = self._means.names_of(self._callback.queue)
                return await self._say(message_words.announcement(names, ago_ms, language))
            case Act.PLAY:
                return await self._play()
            case Act.NUMBER:
                return await self._say(message_words.number(self._callback.number, language))
            case Act.CANNOT:
                return await self._say([message_words.cannot(language)])
            case _:
                key = await self._say(message_words.choice(language, callable=self._may_dial()))
                return key or await self._session.wait_for_digit(ANSWER_MS)

    async def _play(self) -> str | None:
        if self._sound is None:
            return await self._say([message_words.lost(self._language)])
        if not self._written_down:
            await self._sound.heard_by(self._callback.agent)
            self._written_down = True
        since_ms = self._now_ms()
        try:
            return await self._session.stream_file(str(self._sound.path.with_suffix("")), KEYS)
        except AgiCommandFailed as error:
            log.error("message-not-played", error_id=error.id, detail=str(error), callback=self._callback.id)
            return await self._say([message_words.lost(self._language)])
        finally:
            self.heard_ms += self._now_ms() - since_ms

    async def _say(self, prompts: Sequence[Prompt]) -> str | None:
        try:
            for prompt in prompts:
                if key := await self._session.stream_file(self._means.sound_of(prompt), KEYS):
                    return key
        except AgiCommandFailed as error:  # a sound is missing; the message itself need not fail for that
            log.warning("message-not-announced", error_id=error.id, detail=str(error))
        return None

    def _now_ms(self) -> int:
        return self._means.distributor.clock.now_ms()
