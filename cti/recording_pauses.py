"""The pauses of recordings that people and programs ask for while an agent talks with a caller: who asked, why, and
that each comes to its end. (What a flow keeps out of a recording by itself is in ivr/recording_pause.py.)

A pause belongs to the conversation: it ends with it, or when it has lasted as long as one may. Ours dead meanwhile, the
recording stays silent until we are back: the journal tells of it.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from acd.distributor import Distributor
from acd.errors import NotInConversation, RoutingError
from acd.facts import CallReleased, Fact, RecordingPaused, RecordingResumed
from ivr.recording_pause import Recording
from recording.facts import facts_among
from recording.holding import FLOW

log = structlog.get_logger()

SYSTEM = "system"
AGAIN_S = 1.0
_NAMES = tuple(f'"{kind.__name__}"'.encode() for kind in (RecordingPaused, RecordingResumed))


class PauseNotConfirmed(Exception):
    """Asterisk has not said that it does what was asked."""

    id = "recording-not-switched"


class NotPaused(RoutingError):
    """The recording goes on already."""

    id = "recording-goes-on"

    def __init__(self, linkedid: str) -> None:
        super().__init__(f"the recording of {linkedid} goes on; expected one that is paused by an agent or a program")


@dataclass(frozen=True, slots=True)
class CallPause:
    """A pause under way: who asked for it ("agent:1001", "api:crm"), his words, since when and until when at most, in
    milliseconds since the epoch."""

    by: str
    why: str
    since_ms: int
    until_ms: int


class MarkedRecording(Recording, Protocol):
    """The recording of a channel, and a mark on it by which the dialplan knows that it is paused."""

    async def mark(self, channel: str, paused: bool) -> None:
        """Set the mark, or take it away."""


class CallPauses:
    """All pauses under way, by linkedid. `channels` maps every channel (uniqueid) to the linkedid of its call."""

    def __init__(
        self,
        recording: MarkedRecording,
        distributor: Distributor,
        channels: Callable[[], Mapping[str, str]],
        *,
        limit_s: float,
    ) -> None:
        self._recording = recording
        self._distributor = distributor
        self._channels = channels
        self._limit_ms = round(limit_s * 1000)
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self.under_way: dict[str, CallPause] = {}
        distributor.on_fact.append(self._on_fact)

    async def pause(self, linkedid: str, by: str, why: str) -> CallPause:
        """Let both sides be recorded as silence from now on; one that is paused already stays as it is.

        Raises NotInConversation, PauseNotConfirmed (then the recording goes on).
        """
        if linkedid not in self._distributor.router.conversations:
            raise NotInConversation(linkedid)
        if (already := self.under_way.get(linkedid)) is not None:
            return already
        now_ms = self._distributor.clock.now_ms()
        begun = self._begin(linkedid, CallPause(by, why, now_ms, now_ms + self._limit_ms))
        if not await self._switch(linkedid, paused=True):
            self._forget(linkedid)
            await self._switch(linkedid, paused=False)
            raise PauseNotConfirmed
        self._state(RecordingPaused, linkedid, by, why)
        if linkedid not in self._distributor.router.conversations:
            self._end_soon(linkedid, "released")  # it ended while Asterisk was asked
        return begun

    async def resume(self, linkedid: str, by: str, why: str) -> None:
        """Let the call be recorded again. Raises NotPaused, PauseNotConfirmed (then it is still paused)."""
        if linkedid not in self.under_way:
            raise NotPaused(linkedid)
        if not await self._switch(linkedid, paused=False):
            raise PauseNotConfirmed
        self._ended(linkedid, by, why)

    def restore(self, lines: Iterable[bytes]) -> None:
        """After a restart of ours: the pauses that nobody has ended go on, as long as they still may. `lines` are those
        of the journal that still hold (recording.standing)."""
        for linkedid, fact in open_pauses(lines).items():
            until_ms = fact.at_ms + self._limit_ms
            self._begin(linkedid, CallPause(fact.by, fact.why, fact.at_ms, until_ms))

    def look(self) -> None:
        """Asterisk's state is known (again): pauses of conversations that have ended meanwhile end."""
        for linkedid in set(self.under_way) - set(self._distributor.router.conversations):
            self._end_soon(linkedid, "released")

    def close(self) -> None:
        """No pause is ended by us any more."""
        for timer in self._timers.values():
            timer.cancel()
        for task in self._ending:
            task.cancel()

    def _on_fact(self, fact: Fact) -> None:
        if isinstance(fact, CallReleased) and fact.linkedid in self.under_way:
            self._end_soon(fact.linkedid, "released")

    def _begin(self, linkedid: str, begun: CallPause) -> CallPause:
        self.under_way[linkedid] = begun
        left_s = max(0, begun.until_ms - self._distributor.clock.now_ms()) / 1000
        self._timers[linkedid] = asyncio.get_running_loop().call_later(left_s, self._limit_reached, linkedid)
        return begun

    def _limit_reached(self, linkedid: str) -> None:
        log.error("recording-pause-too-long", error_id="recording-pause-too-long", linkedid=linkedid)
        self._end_soon(linkedid, "limit")

    def _end_soon(self, linkedid: str, why: str) -> None:
        task = asyncio.create_task(self._end(linkedid, self.under_way.get(linkedid), why))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end(self, linkedid: str, which: CallPause | None, why: str) -> None:
        """Until Asterisk has confirmed it, or has the call no more."""
        while which is not None and self.under_way.get(linkedid) is which:
            if await self._switch(linkedid, paused=False):
                self._ended(linkedid, SYSTEM, why)
                return
            log.error("recording-not-resumed", error_id="recording-not-resumed", linkedid=linkedid)
            await asyncio.sleep(AGAIN_S)

    async def _switch(self, linkedid: str, *, paused: bool) -> bool:
        """Every channel of the call: of a call-back it is the customer's that is recorded. A call that has none is not
        to be paused, and needs not be resumed."""
        switch = self._recording.pause if paused else self._recording.resume
        channels = [uniqueid for uniqueid, of in self._channels().items() if of == linkedid]
        done = bool(channels) or not paused
        for channel in channels:
            if paused:
                await self._recording.mark(channel, True)
            confirmed = await switch(channel)
            if confirmed and not paused:
                await self._recording.mark(channel, False)
            done = done and (confirmed or channel not in self._channels())
        return done

    def _ended(self, linkedid: str, by: str, why: str) -> None:
        if linkedid in self.under_way:
            self._forget(linkedid)
            self._state(RecordingResumed, linkedid, by, why)

    def _state(self, kind: type[RecordingPaused | RecordingResumed], linkedid: str, by: str, why: str) -> None:
        seen = self._recording.written(linkedid)
        self._distributor.state(
            kind(
                at_ms=self._distributor.clock.now_ms(),
                linkedid=linkedid,
                node="",
                why=why,
                by=by,
                written_at_ms=seen.at_ms,
                written_ms=seen.ms,
            )
        )

    def _forget(self, linkedid: str) -> None:
        self.under_way.pop(linkedid, None)
        if (timer := self._timers.pop(linkedid, None)) is not None:
            timer.cancel()


def open_pauses(lines: Iterable[bytes]) -> dict[str, RecordingPaused]:
    """The pauses that a journal tells the beginning of and not the end, by linkedid; not those of flows, which end
    otherwise. A line that is no fact is passed over."""
    found: dict[str, RecordingPaused] = {}
    for fact in facts_among(lines, _NAMES):
        match fact:
            case RecordingPaused() if fact.by != FLOW:
                found[fact.linkedid] = fact
            case RecordingResumed():
                found.pop(fact.linkedid, None)
            case _:
                pass
    return found
