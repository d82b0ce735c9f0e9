"""Everything is going on at once, for tests that then break something: one caller talks, one rings, two wait, one is in
the menu.
"""

from contextlib import suppress
from typing import Any

from cti.simulation.errors import CallOver
from cti.simulation.telephones import Call, Telephones
from tests.integration.centre_fixture import RunningCentre
from tests.integration.line import soon


class FiveCallers:
    """The callers are 100 (talking with 1001), 200 (ringing at 1003), 300 and then 400 (waiting for support), 500."""

    talking: Call
    talk: Call
    """1001's side of the call of 100."""
    ringing: Call
    ring: Call
    """1003's side of the call of 200."""
    first: Call
    second: Call
    choosing: Call

    def __init__(self, centre: RunningCentre, phones: Telephones) -> None:
        self._centre = centre
        self._phones = phones

    @property
    def everybody(self) -> tuple[Call, ...]:
        """All callers, and the two phones."""
        return self.talking, self.talk, self.ringing, self.ring, self.first, self.second, self.choosing

    async def come(self) -> None:
        """Everybody is where the class says."""
        await self._phones.register()
        await self._centre.sign_in("1001")
        self.talking = await self.dial("4001", "100")
        self.talk = await self.rings("1001")
        await self.talk.answer()
        await self.sees("1001", "talking")
        waiting = []
        for number in ("200", "300", "400"):
            waiting.append(await self.dial("4002", number))
            await self.fact("CallQueued", number)
        self.ringing, self.first, self.second = waiting
        self.choosing = await self.dial("4000", "500")
        await self.fact("NodeEntered", "500")
        await self._centre.sign_in("1003")  # at last, so that his phone rings while the test goes on
        self.ring = await self.rings("1003")

    async def dial(self, dialled: str, number: str) -> Call:
        """A caller whose call has been answered, by the menu or the plain queue."""
        call = await self._phones.dial(dialled, number=number)
        await soon(call.answered())
        return call

    async def rings(self, phone: str) -> Call:
        """The next call that rings there."""
        return await soon(self._phones[phone].next_call())

    async def talks_and_hangs_up(self, phone: str) -> str:
        """The agent answers the next call, is seen to talk, and hangs up. Returns whose call it was. One that no longer
        rings he lets be: on a busy machine the time to answer ends before a test has come so far."""
        while True:
            call = await self.rings(phone)
            with suppress(CallOver):
                await call.answer()
                break
        await self.sees(phone, "talking")
        await call.hang_up()
        return call.caller

    async def fact(self, name: str, number: str) -> dict[str, Any]:
        """The first fact of that name of the call of that caller."""
        arrived = await self._centre.fact("CallArrived", caller=number)
        return await self._centre.fact(name, linkedid=arrived["linkedid"])

    async def comes_to(self, node: str, number: str) -> None:
        """Wait until that caller is at the node."""
        arrived = await self._centre.fact("CallArrived", caller=number)
        await self._centre.fact("NodeEntered", linkedid=arrived["linkedid"], node=node)

    async def sees(self, agent: str, state: str) -> None:
        """Wait until the API shows the agent in that state."""
        await self._centre.shows(f"/api/agents/{agent}", lambda answer: answer["state"] == state)

    async def waiting(self, queue: str, count: int) -> None:
        """Wait until so many wait in the queue."""
        await self._centre.shows(f"/api/queues/{queue}", lambda answer: answer["waiting"] == count)

    async def records(self, *numbers: str) -> dict[str, dict[str, Any]]:
        """The records of these callers, once there; there must be exactly one of each, and no other."""
        answer = await self._centre.shows("/api/calls", lambda answer: len(answer["calls"]) >= len(numbers))
        assert sorted(record["caller"] for record in answer["calls"]) == sorted(numbers)
        return {record["caller"]: record for record in answer["calls"]}
