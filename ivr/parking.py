"""A caller whom an agent has parked: he hears music until somebody fetches him, or until he goes back.

Which space he has, and when he goes back, is decided in acd/parking.py. Where he is parked stands on his channel, so a
daemon that comes up after ours parks him again; until then he waits in the plain queue that he came out of.
"""

from dataclasses import dataclass

from acd.distributor import Place
from acd.errors import ParkingFull
from acd.parking import Parked
from acd.targets import Target
from ivr import variables
from ivr.agi.errors import AgiHungUp
from ivr.agi.session import AgiSession
from ivr.connecting import connect
from ivr.desk import Desk

_BETWEEN = "-"


@dataclass(frozen=True, slots=True)
class ParkingOrder:
    """Park him: at the space `wish`, if it is free; `agent` wants it, and has had him since `since_ms` (None: now)."""

    agent: str
    wish: str = ""
    since_ms: int | None = None

    def __str__(self) -> str:
        return _BETWEEN.join((self.wish, self.agent, str(self.since_ms)))

    @classmethod
    def read(cls, text: str) -> "ParkingOrder | None":
        """The order of which `text` is `str()`; None if it is none."""
        space, agent, since = (*text.split(_BETWEEN), "", "", "")[:3]
        return cls(agent, space, int(since)) if since.isdecimal() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where he stands in the order of calls while he is parked, for the plain queue: his queue, his first entry into
    any, and his points of priority."""

    queue: str
    entered_ms: int
    priority: int


class ParkedStay:
    """One stay at a space. `run` it once."""

    def __init__(self, desk: Desk, session: AgiSession, linkedid: str, order: ParkingOrder, standing: Standing) -> None:
        self._desk = desk
        self._distributor = desk.distributor
        self._session = session
        self._linkedid = linkedid
        self._order = order
        self._standing = standing

    async def run(self) -> bool:
        """True after a talk with who fetched him; False: he is to go back, at once where no space is free."""
        with self._distributor.place(self._linkedid) as place:
            try:
                parked = self._park()
                await self._write(ParkingOrder(parked.agent, parked.space, parked.since_ms))
                fetched = await self._wait(place)
            except ParkingFull:
                return False
            except AgiHungUp:
                place.hung_up = True
                raise
        if fetched:
            await self._session.exec("MSet", f"{variables.PARKED}=,{variables.QUEUE}=")
        else:
            await self._session.set_variable(variables.PARKED, "")
        return fetched

    def _park(self) -> Parked:
        order, settings = self._order, self._desk.parking()
        with self._distributor.command() as (router, now_ms):
            return router.parking.park(
                self._linkedid,
                agent=order.agent,
                queue=self._standing.queue,
                wish=order.wish,
                since_ms=order.since_ms,
                until_ms=(order.since_ms or now_ms) + settings.back_ms,
                now_ms=now_ms,
            )

    async def _wait(self, place: Place) -> bool:
        """Until somebody has talked with him (True), or he goes back."""
        music = self._desk.parking().music
        while True:
            if place.empty:
                await self._session.set_music(on=True, music_class=music)
            match await self._session.while_up(place.next()):
                case Target():
                    return False
                case offers:
                    if await connect(self._session, self._distributor, offers, music):
                        return True

    async def _write(self, parked: ParkingOrder) -> None:
        """On his channel; with his place in the plain queue, which is his while we are away."""
        standing = self._standing
        point_ms = self._distributor.router.queue(standing.queue).settings.point_ms
        values = {
            variables.PARKED: str(parked),
            variables.BRIDGED: "",
            variables.QUEUE: standing.queue,
            variables.ENTERED: str(standing.entered_ms),
            variables.DUE: str(standing.entered_ms - standing.priority * point_ms),
            "DIALSTATUS": "",
        }
        await self._session.exec("MSet", ",".join(f"{name}={value}" for name, value in values.items()))
