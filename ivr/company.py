"""Keeps a waiting caller company: music, and in their time announcements of his place and wait; his key leaves.

All of it gives way to news (an offer above all) within one command of AGI: whoever calls `keep` does so inside
`session.interrupted_by`. Between two commands, about a millisecond, Asterisk hears no key.
"""

from collections.abc import Callable

import structlog

from acd.facts import CallerTold
from acd.targets import TargetKind
from ivr import waiting_words
from ivr.agi.errors import AgiCommandFailed
from ivr.agi.session import AgiSession
from ivr.announce import Announce, Schedule
from ivr.desk import Desk
from ivr.flow.steps import Prompt

log = structlog.get_logger()

FOR_EVER = -1


class Company:
    """One caller's company in one queue. `leave` is called with where his key leads; False: he must stay after all."""

    def __init__(
        self,
        desk: Desk,
        session: AgiSession,
        linkedid: str,
        queue: str,
        *,
        music: str,
        language: str,
        leave: Callable[[TargetKind], bool],
    ) -> None:
        self._desk = desk
        self._session = session
        self._linkedid = linkedid
        self._queue = queue
        self._music = music
        self._language = language
        self._leave = leave
        self._announce: Announce = desk.care_of(queue).announce
        self._schedule = Schedule(self._announce, self._now_ms())

    async def keep(self) -> None:
        """Until he leaves, or nothing more will be said: then the music goes on by itself."""
        await self._session.set_music(on=True, music_class=self._music)
        while self._announce.leave or self._schedule.due_ms is not None:
            key = await self._listen()
            if key is None:
                if not (prompts := self._prompts()):
                    continue  # the music goes on as if nothing had been due
                key = await self._tell(prompts)
            if key is not None:
                if self._leave(self._announce.leave[key]):
                    return
                await self._say(waiting_words.no_callback(self._language))
            await self._session.set_music(on=True, music_class=self._music)

    async def _listen(self) -> str | None:
        """Music until the next announcement is due, or the key to leave that he pressed."""
        while True:
            left_ms = FOR_EVER
            if self._schedule.due_ms is not None and (left_ms := self._schedule.due_ms - self._now_ms()) <= 0:
                return None
            key = await self._session.wait_for_digit(left_ms)
            if key in self._announce.leave:
                return key

    async def _tell(self, prompts: list[Prompt]) -> str | None:
        """The announcement, to its end or the key to leave that he pressed."""
        for prompt in prompts:
            if (key := await self._say(prompt)) is not None:
                return key
        return None

    def _prompts(self) -> list[Prompt]:
        """The announcement that is due."""
        announce, language = self._announce, self._language
        message = self._schedule.take(self._now_ms())
        prompts: list[Prompt] = []
        position = self._position()
        estimate = self._desk.estimate(self._queue, position) if announce.estimate and position else None
        if announce.position and position:
            prompts.append(waiting_words.place(position, language))
        if estimate is not None:
            prompts.extend(waiting_words.wait(estimate.median_ms, estimate.most_ms, language))
        if prompts:
            self._desk.distributor.state(
                CallerTold(
                    at_ms=self._now_ms(),
                    linkedid=self._linkedid,
                    queue=self._queue,
                    position=position if announce.position else 0,
                    median_ms=estimate.median_ms if estimate else 0,
                    most_ms=estimate.most_ms if estimate else 0,
                )
            )
        if language in message:
            prompts.append(Prompt(message[language], language))
        prompts.extend(waiting_words.way_out(key, to, language) for key, to in announce.leave.items())
        return prompts

    def _position(self) -> int:
        """1 is next; 0 where he does not stand in the queue any more, which he is about to hear."""
        router = self._desk.distributor.router
        call = router.calls.get(self._linkedid)
        return router.queue(call.queue).position(call) if call is not None else 0

    async def _say(self, prompt: Prompt) -> str | None:
        """The key to leave that ended it. A prompt that cannot be played is passed over: he came for an agent."""
        try:
            return await self._session.stream_file(self._desk.sound_of(prompt), "".join(self._announce.leave))
        except AgiCommandFailed as error:
            log.warning("announcement-failed", error_id=error.id, detail=str(error), queue=self._queue)
            return None

    def _now_ms(self) -> int:
        return self._desk.distributor.clock.now_ms()
