"""One caller in a queue: held with music until he has talked with an agent, or must leave without."""

from acd.distributor import Distributor, Place
from acd.states import DequeueReason
from acd.targets import Target, TargetKind
from ivr import variables
from ivr.agi.errors import AgiHungUp
from ivr.agi.session import AgiSession
from ivr.connecting import connect
from ivr.flow.steps import Enqueue


class Stay:
    """One stay, from entry to leaving. `run` it once. `node` is the flow's node that sent him here."""

    def __init__(
        self,
        session: AgiSession,
        linkedid: str,
        distributor: Distributor,
        step: Enqueue,
        *,
        node: str,
        language: str,
        entered_ms: int,
    ) -> None:
        self._session = session
        self._linkedid = linkedid
        self._distributor = distributor
        self._step = step
        self._node = node
        self._language = language
        self._entered_ms = entered_ms

    async def run(self) -> DequeueReason:
        """Hold the caller in the queue until he has talked with an agent, or must leave without."""
        music = self._step.music or self._distributor.router.queue(self._step.queue).settings.music
        with self._distributor.place(self._linkedid) as place:
            try:
                await self._enter()
                reason = await self._wait(place, music)
            except AgiHungUp:
                place.hung_up = True
                raise
        await self._session.exec("MSet", f"{variables.QUEUE}=,{variables.NODE}=")
        return reason

    async def _wait(self, place: Place, music: str) -> DequeueReason:
        while True:
            if place.empty:
                await self._session.set_music(on=True, music_class=music)
            match await self._session.while_up(place.next()):
                case tuple(offers):
                    if await connect(self._session, self._distributor, offers, music):
                        return DequeueReason.ANSWERED
                case Target(kind) if kind is not TargetKind.QUEUE:
                    return DequeueReason.TIMED_OUT

    async def _enter(self) -> None:
        # The place in the queue is written on the channel first: if we die now, the dialplan knows it.
        step = self._step
        point_ms = self._distributor.router.queue(step.queue).settings.point_ms
        await self._session.exec(
            "MSet",
            f"{variables.QUEUE}={step.queue},{variables.ENTERED}={self._entered_ms},"
            f"{variables.DUE}={self._entered_ms - step.priority * point_ms},{variables.NODE}={self._node},"
            f"{variables.LANGUAGE}={self._language},DIALSTATUS=",
        )
        with self._distributor.command() as (router, now_ms):
            router.enter(
                self._linkedid,
                step.queue,
                priority=step.priority,
                skills=step.skills,
                requires=step.requires,
                data=step.data,
                entered_ms=self._entered_ms,
                preferred=step.preferred,
                now_ms=now_ms,
            )
