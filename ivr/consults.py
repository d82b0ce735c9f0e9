"""An agent asks a queue or a colleague from his phone, as a rule with a caller on hold whom he means to send there.

He waits and is served as a caller is. If he joins his caller to this call before anybody has answered, Asterisk puts
the caller's channel in the place of the agent's, in the midst of this session: then the session ends, and the dialplan
takes the caller on as one who was sent on (ivr/transfers.py). Asterisk may tell that a moment before it does it. Once
somebody has answered, Asterisk brings the two together by itself, and cti/link.py hears of it.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from acd.agents import Agent
from acd.distributor import Distributor, Place
from acd.errors import ParkingFull, RoutingError
from acd.facts import CallArrived, CallEnded
from acd.states import DequeueReason, EndedBy
from acd.targets import Target, TargetKind
from ivr import variables
from ivr.agi.errors import AgiHungUp, AgiInterrupted
from ivr.agi.session import AgiSession
from ivr.connecting import connect
from ivr.destinations import Destination, Find
from ivr.journeys import Journey, Journeys

log = structlog.get_logger()

RING_MS = 20_000
"""How long a colleague's phone rings."""

MUSIC = "default"
LOOK: tuple[()] = ()
"""News for a session: no offers, but its channel may be another's now."""

BUSY_MS = 3_000
"""How long who asks in vain hears so."""

_WHO = "${CHANNEL(uniqueid)},${CHANNEL(linkedid)}"

_PAUSES_S = tuple(0.005 * 2**number for number in range(9))
"""Between two looks for a caller who is said to come: 2.6 s together. He came after 8 ms where this was first seen."""


@dataclass(slots=True)
class _Asking:
    """One agent who asks now. `place` is where he waits in a queue, `joined` is done once he has put his caller into
    his place."""

    place: Place | None = None
    joined: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Consults:
    """Serves agents who ask; `await consults(session)` is one of them."""

    def __init__(
        self,
        distributor: Distributor,
        find: Find,
        journeys: Journeys,
        space_sound: Callable[[str, Agent | None], str] | None = None,
    ) -> None:
        """`space_sound` is the sound by which an agent is told a parking space."""
        self._space_sound = space_sound
        self._distributor = distributor
        self._find = find
        self._journeys = journeys
        self._asking: dict[str, _Asking] = {}

    async def __call__(self, session: AgiSession) -> None:
        """Serve the agent of this session: `AGI(…/consult,linkedid,extension,phone)`."""
        linkedid, extension, phone = (*session.environment.arguments, "", "", "")[:3]
        with structlog.contextvars.bound_contextvars(linkedid=linkedid):
            asking = self._asking[linkedid] = _Asking()
            consult = _Consult(session, linkedid, self._distributor, self._journeys, asking, self._space_sound)
            try:
                await consult.run(phone, extension, self._find(extension))
            finally:
                del self._asking[linkedid]

    def joined(self, linkedid: str) -> None:
        """The agent who asks in this call has put his caller in his place: nobody is rung for the agent any more."""
        self._journeys.joined(linkedid)
        asking = self._asking.get(linkedid)
        if asking is not None and not asking.joined.done():
            asking.joined.set_result(None)
        with self._distributor.command() as (router, now_ms):
            router.leave(linkedid, reason=DequeueReason.WITHDRAWN, talk_ends=False, now_ms=now_ms)
        if asking is not None and asking.place is not None:
            asking.place.put(LOOK)

    def look(self) -> None:
        """After a time in which Asterisk's events were not heard: let each session see who is on its channel."""
        for asking in self._asking.values():
            if asking.place is not None:
                asking.place.put(LOOK)


class _Consult:
    def __init__(
        self,
        session: AgiSession,
        linkedid: str,
        distributor: Distributor,
        journeys: Journeys,
        asking: _Asking,
        space_sound: Callable[[str, Agent | None], str] | None,
    ) -> None:
        self._space_sound = space_sound
        self._session = session
        self._linkedid = linkedid
        self._distributor = distributor
        self._journeys = journeys
        self._asking = asking

    async def run(self, phone: str, extension: str, destination: Destination | None) -> None:
        router = self._distributor.router
        agent = router.roster.at_phone(phone)
        about = agent.linkedid if agent is not None and agent.linkedid in router.conversations else ""
        environment = self._session.environment
        self._distributor.state(
            CallArrived(
                at_ms=self._now_ms(),
                linkedid=self._linkedid,
                channel=environment.channel,
                caller=agent.number if agent is not None else phone,
                caller_name=agent.name if agent is not None else "",
                dialled=extension,
                flow="",
                consult_of=about,
            )
        )
        ended_by, reason = EndedBy.CALLER, "hung_up"
        try:
            ended_by, reason = await self._serve(destination, self._journeys.get(about), agent)
        except AgiHungUp:
            pass
        finally:
            with self._distributor.command() as (router, now_ms):
                router.leave(self._linkedid, talk_ends=False, now_ms=now_ms)
        self._distributor.state(CallEnded(at_ms=self._now_ms(), linkedid=self._linkedid, by=ended_by, reason=reason))

    async def _serve(
        self, destination: Destination | None, about: Journey | None, agent: Agent | None
    ) -> tuple[EndedBy, str]:
        if destination is None or destination.number:
            await self._session.exec("Hangup", "1")
            return EndedBy.SYSTEM, "no_such_number"
        await self._session.exec("Answer", ",i")
        if destination.parked:
            return await self._tell_space(destination.space, agent)
        if destination.queue:
            answered = await self._ask_queue(destination.queue, about)
        else:
            answered = await self._ask_colleague(destination.agent)
        if (caller := await self._caller_in_my_place()) is not None:
            if answered:  # nobody told us in time, and now he has talked all the same
                self._distributor.state(
                    CallEnded(at_ms=self._now_ms(), linkedid=caller, by=EndedBy.AGENT, reason="served")
                )
            return EndedBy.CALLER, "transferred"
        return await self._end(EndedBy.AGENT, "served") if answered else await self._refuse()

    async def _refuse(self) -> tuple[EndedBy, str]:
        """He hears that he asks in vain. His caller, if he puts him into this call all the same, is not hung up on."""
        await self._session.exec("Playtones", "busy")
        with suppress(AgiInterrupted), self._session.interrupted_by(self._asking.joined):
            await self._session.wait_for_digit(BUSY_MS)
        if await self._caller_in_my_place() is not None:
            return EndedBy.CALLER, "transferred"
        return await self._end(EndedBy.SYSTEM, "not_answered")

    async def _end(self, by: EndedBy, reason: str) -> tuple[EndedBy, str]:
        await self._session.set_variable(variables.DONE, "1")
        await self._session.hangup()
        return by, reason

    async def _tell_space(self, wish: str, agent: Agent | None) -> tuple[EndedBy, str]:
        """He hears at which space his caller would be, and joins him to this call or not; the dialplan goes on."""
        try:
            space = self._distributor.router.parking.free(wish)
        except ParkingFull:
            return await self._refuse()
        await self._session.set_variable(variables.EXTENSION, space)
        if self._space_sound is not None:
            await self._session.stream_file(self._space_sound(space, agent))
        await self._session.set_music(on=True, music_class=MUSIC)
        raise await self._session.hung_up()

    async def _ask_queue(self, queue: str, about: Journey | None) -> bool:
        """Wait there; True after a talk. A caller's priority, data and waiting count for the agent who asks for him."""
        queued = about.queued if about is not None else None
        music = self._distributor.router.queue(queue).settings.music
        with self._distributor.place(self._linkedid, talk_ends=False) as place:
            self._asking.place = place
            try:
                with self._distributor.command() as (router, now_ms):
                    router.enter(
                        self._linkedid,
                        queue,
                        priority=queued.priority if queued is not None else 0,
                        data=queued.data if queued is not None else {},
                        entered_ms=now_ms - (about.waited_ms if about is not None else 0),
                        queued_ms=now_ms,
                        now_ms=now_ms,
                    )
                return await self._wait(place, music)
            except AgiHungUp:
                place.hung_up = True
                raise
            finally:
                self._asking.place = None

    async def _wait(self, place: Place, music: str) -> bool:
        while True:
            if place.empty:
                await self._session.set_music(on=True, music_class=music)
            match await self._session.while_up(place.next()):
                case tuple(offers):
                    if await self._caller_in_my_place() is not None:
                        return False
                    if offers and await connect(self._session, self._distributor, offers, music, talk_ends=False):
                        return True
                    if not self._distributor.router.is_offered(self._linkedid):
                        return False  # taken out while a phone rang
                case Target(kind) if kind is not TargetKind.QUEUE:
                    return False

    async def _ask_colleague(self, agent: str) -> bool:
        """Ring him; True after a talk."""
        try:
            with self._distributor.command() as (router, now_ms):
                offer = router.consults.ask(self._linkedid, agent, ring_ms=RING_MS, now_ms=now_ms)
        except RoutingError as error:
            log.info("colleague-not-rung", error_id=error.id, agent=agent)
            return False
        return await connect(self._session, self._distributor, (offer,), MUSIC, talk_ends=False)

    async def _caller_in_my_place(self) -> str | None:
        """The linkedid of the caller on this channel, if it is no longer the agent who asked. He takes over the place
        in the queue in which the agent has waited for him. If we were told that he comes, he is waited for."""
        for pause_s in (*_PAUSES_S, 0.0):
            uniqueid, _, linkedid = (await self._session.get_full_variable(_WHO)).partition(",")
            if uniqueid != self._session.environment.uniqueid:
                break
            if not self._asking.joined.done():
                return None
            await asyncio.sleep(pause_s)
        else:
            return None
        mine, his = self._journeys.get(self._linkedid), self._journeys.get(linkedid)
        if his is not None and mine is not None and mine.queued is not None:
            his.place = mine.queued.entered_ms, mine.queued.at_ms
        return linkedid

    def _now_ms(self) -> int:
        return self._distributor.clock.now_ms()
