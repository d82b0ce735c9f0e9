"""What telephones and centre are made to do in a story, move by move, and what is noted of it: the parts of steps."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cti.simulation.call import Call
from cti.simulation.telephones import Telephones
from recording.identity import call_id
from tests.integration.centre_fixture import RunningCentre
from tests.load.stories.plan import AGENTS, Step
from tests.load.stories.telling import Telling

DIALLED = "4041"
SHOWN = {"waiting": "waiting", "talking": "talking", "conference": "talking", "hold": "holding", "parked": "parked"}
"""What the live picture calls what the record calls so."""


class Hands:
    """`legs` are the agents' sides of the call, `consult` is that on which one asks another."""

    def __init__(self, centre: RunningCentre, phones: Telephones, number: str) -> None:
        self.told = Telling()
        self.linkedid = ""
        self._centre = centre
        self._phones = phones
        self._number = number
        self._caller: Call
        self._consult: Call
        self._legs: dict[str, Call] = {}
        self._space = ""

        self.found: list[str] = []
        """What was wrong with the record of the call before a call-back."""

    async def begin(self) -> None:
        """All agents have a break, and nothing is left of the story before."""
        for agent in AGENTS:
            await self._sees(agent, "not_ready")
        self._centre.messages.clear()

    async def come_in(self, step: Step) -> None:
        self._caller = await self._phones.dial(DIALLED, number=self._number)
        self.linkedid = (await self._centre.fact("CallArrived", caller=self._number))["linkedid"]
        await self._centre.fact("NodeEntered", linkedid=self.linkedid, node="choose")
        await self._caller.answered()

    async def record(self) -> dict[str, Any]:
        """The caller's record when his call is over, every wrap-up is in it and his audio is kept."""
        await self._caller.ended()
        for agent in AGENTS:
            await self._sees(agent, "not_ready")
        wrapping_up = len(self.told.wrapping_up)
        recorded = bool(self.told.conversations) and not self.told.lost

        def whole(record: dict[str, Any]) -> bool:
            if recorded and not record["recordings"]:
                return False
            return bool(self.told.deaths) or self.told.lost or len(record["wrap_ups"]) >= wrapping_up

        path = f"/api/calls/{call_id(self.linkedid)}"
        await self._centre.shows("/api/calls", lambda shown: any(map(self._mine, shown["calls"])))
        record: dict[str, Any] = await self._centre.shows(path, whole)
        return record

    def _mine(self, record: dict[str, Any]) -> bool:
        return bool(record["linkedid"] == self.linkedid)

    async def _queued(self, queue: str) -> None:
        await self._centre.fact("CallQueued", linkedid=self.linkedid, queue=queue)
        self.told.queue = queue

    async def _ready(self, agent: str) -> None:
        await self._sees(agent, "not_ready")
        await self._centre.post(f"/api/agents/{agent}/ready")

    async def _break(self, agent: str) -> None:
        await self._centre.post(f"/api/agents/{agent}/not-ready", {"reason": "break"})

    async def _rings(self, agent: str) -> Call:
        await self._ready(agent)
        return await self._rung(agent)

    async def _customer(self) -> Call:
        """The call that rings at the caller's own phone now."""
        return await self._rung(self._number)

    async def _rung(self, agent: str) -> Call:
        """The call that rings there now: one that rang in another story may have been left."""
        while (call := await self._phones[agent].next_call()).over:
            pass
        return call

    async def _answers(self, agent: str, leg: Call) -> None:
        with self.told.becomes("talking", agent):
            await leg.answer()
            self._legs[agent] = leg
            await self._hear_each_other(agent)
        self._spoken(agent)
        await self._sees(agent, "talking")
        await self._break(agent)

    async def _takes(self, agent: str, code: str) -> None:
        await self._sees(agent, "not_ready")
        self._legs[agent] = self._phones[agent].dial(code)
        await self._hear_each_other(agent)
        await self._sees(agent, "talking")

    async def _picked_up(self, step: Step) -> None:
        self.told.offers.append((step.agent, "withdrawn"))
        self._spoken(step.other)
        await self._break(step.agent)

    def _fetched(self, agent: str) -> None:
        self._spoken(agent)
        self.told.parkings[-1] = (*self.told.parkings[-1][:1], "fetched", agent)

    def _spoken(self, agent: str, *, offered: bool = True) -> None:
        self.told.spoke_next(agent)
        if offered:
            self.told.offers.append((agent, "answered"))

    def _sent(self, kind: str, step: Step) -> None:
        self.told.queue = step.queue
        self.told.transfers.append((kind, step.agent, step.queue, ""))

    async def _asks(self, step: Step, extension: str) -> None:
        with self.told.becomes("hold", step.agent):
            await self._legs[step.agent].hold()
            await self._sees(step.agent, "holding")
        self.told.asked = step.queue
        self.told.consults += 1
        self._consult = self._phones[step.agent].dial(extension)

    async def _comes(self, agent: str, other: str) -> None:
        leg = await self._rung(other)
        await leg.answer()
        self._legs[other] = leg
        assert leg.audio
        await leg.audio.hears(self._tone(agent))
        await self._sees(other, "talking")
        await self._break(other)

    async def _back(self, agent: str) -> None:
        with self.told.becomes("talking", agent):
            await self._legs[agent].retrieve()
            await self._sees(agent, "talking")
        await self._hear_each_other(agent)

    def _tone(self, agent: str) -> int:
        audio = self._phones[agent].audio
        assert audio
        return audio.tone_hz

    async def _hear_each_other(self, agent: str, at_least: float = 0.5) -> None:
        leg = self._legs[agent]
        assert leg.audio
        assert self._caller.audio
        await asyncio.gather(
            self._caller.audio.hears(self._tone(agent), at_least),
            leg.audio.hears(self._caller.audio.tone_hz, at_least),
        )

    async def _die(self) -> None:
        self.told.deaths += 1
        self._centre.messages.clear()
        self._centre.kill_daemon()
        await self._centre.seen(lambda message: "snapshot" in message)

    async def _as_before(self) -> None:
        """The next daemon has the caller where he was."""
        kind = self.told.changes[-1].met[0]

        def there(message: dict[str, Any]) -> bool:
            calls = (message.get("snapshot") or message.get("update") or {}).get("calls", [])
            return any(self._mine(one) and one["state"] == SHOWN[kind] for one in calls)

        await self._centre.seen(there)

    @contextmanager
    def _waits_meanwhile(self) -> Iterator[None]:
        """Who is parked waits in the plain queue while the daemon is away, and is parked again."""
        kind, _, agents = self.told.changes[-1].met
        if kind != "parked":
            yield
            return
        with self.told.becomes("parked", *agents), self.told.becomes("waiting", queue=self.told.queue):
            yield

    async def _all_gone(self) -> None:
        await asyncio.gather(*(leg.ended() for leg in self._legs.values() if not leg.over))

    async def _post(self, path: str, body: dict[str, Any] | None = None) -> None:
        await self._centre.post(f"/api/calls/{call_id(self.linkedid)}/{path}", body)

    async def _sees(self, agent: str, *states: str) -> None:
        await self._centre.shows(f"/api/agents/{agent}", lambda shown: shown["state"] in states)
