"""The people of a soak: callers of every kind, agents who answer, hold, send on, refuse and miss, and customers who are
called back. They go on whatever is killed meanwhile, as people do: who was made not ready says that he is ready, who is
served by nobody gives up after all his patience. What became of each is judged when all is over (tests.load.soak).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from random import Random

import aiohttp

from cti.simulation.call import Call, Moment
from cti.simulation.errors import CallOver, RegistrationRefused
from cti.simulation.telephones import Telephone, Telephones
from tests.integration.centre_fixture import RunningCentre

PATIENCE_S = 120.0
GOODBYE_S = 10.0
SHIFT_S = 60.0
"""Callers' telephones are new ones after so long: those of calls that are over go with them."""

NURSE_S = 1.0
FATES = {"answer": 0.92, "refuse": 0.04, "miss": 0.04}
DURING = {"talk": 0.65, "hold": 0.2, "to a queue": 0.15}
DIALLED = {"menu": ["4000"], "agent": ["4001", "4002"], "leaves": ["4002"], "voicemail": ["4021"]}
STORIES = ("menu", "agent", "agent", "leaves", "voicemail")
CUSTOMERS = tuple(f"1390000000{number}" for number in range(4))


@dataclass
class Caller:
    """One caller. `patient` is False once he has hung up because nobody served him."""

    number: str
    story: str
    call: Call
    dialled_s: float
    left_s: float = 0.0
    patient: bool = True
    content: bool = False
    """Whether he had what he called for before the call ended; of who wants an agent, agents' phones tell it."""


class People:
    """Everybody, on one centre, until `over` is set. `callers` and `sent_on` are what there is to judge."""

    def __init__(self, centre: RunningCentre, phones: Telephones, dice: Random) -> None:
        self.callers: list[Caller] = []
        self.sent_on: set[Call] = set()
        """Agents' sides of calls that ended because the agent sent his caller on."""
        self.callbacks: list[str] = []
        self.over = asyncio.Event()
        self._centre = centre
        self._phones = phones
        self._dice = dice
        self._numbers = count(10_000_000)

    @asynccontextmanager
    async def at_work(self, between_s: float) -> AsyncIterator[None]:
        """Inside, everybody comes and goes, callers `between_s` apart; behind it all callers have left."""
        agents = [asyncio.create_task(self._agent(self._phones[one.phone])) for one in self._centre.credentials.agents]
        others = [
            *(self._customer(self._phones[number]) for number in CUSTOMERS),
            self._nurse(),
            self._asks_for_calls(),
        ]
        tasks = [*agents, *map(asyncio.create_task, others)]
        calling = asyncio.create_task(self._callers(between_s))
        try:
            yield
            self.over.set()
            await calling
        finally:
            for task in (calling, *tasks):
                task.cancel()
            ends = await asyncio.gather(calling, *tasks, return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException) and not isinstance(end, asyncio.CancelledError):
                raise AssertionError("one of the people of the soak has failed") from end

    def served(self) -> Mapping[str, list[Call]]:
        """The agents' sides of answered calls, by the caller's number."""
        found: dict[str, list[Call]] = {}
        for account in self._centre.credentials.agents:
            for leg in self._phones[account.phone].calls:
                if leg.incoming and Moment.ANSWERED in leg.at_us:
                    found.setdefault(leg.caller, []).append(leg)
        return found

    # Callers

    async def _callers(self, between_s: float) -> None:
        """Each shift its own telephones; a shift ends when its last caller has left, and the next begins before."""
        async with asyncio.TaskGroup() as shifts:
            for number in count():
                if self.over.is_set():
                    return
                shifts.create_task(self._shift(number, between_s))
                await self._pause(SHIFT_S)

    async def _shift(self, number: int, between_s: float) -> None:
        ends_s = time.monotonic() + SHIFT_S
        settings = self._centre.settings
        line = Telephones(settings.state / f"callers-{number}", sip_port=settings.sip_port)
        async with line, asyncio.TaskGroup() as calls:
            while not self.over.is_set() and time.monotonic() < ends_s:
                calls.create_task(self._caller(line, self._dice.choice(STORIES)))
                await self._pause(self._dice.expovariate(1 / between_s))

    async def _caller(self, line: Telephones, story: str) -> None:
        number = str(next(self._numbers))
        call = await line.dial(self._dice.choice(DIALLED[story]), number=number)
        caller = Caller(number, story, call, time.time())
        self.callers.append(caller)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._lives(caller)
        except TimeoutError:
            caller.patient = False
        except CallOver:
            pass
        with suppress(TimeoutError, CallOver):  # an Asterisk that is not there answers nothing
            async with asyncio.timeout(GOODBYE_S):
                await call.hang_up()
        caller.left_s = time.time()

    async def _lives(self, caller: Caller) -> None:
        """Until he has had what he called for; raises CallOver where the call ends before."""
        call = caller.call
        match caller.story:
            case "menu":
                await call.answered()
                await self._a_while(1, 3)
                await call.press("2")
                await self._a_while(1, 6)
                caller.content = True
            case "leaves":
                await self._a_while(0.2, 4)
                caller.content = True
            case "voicemail":  # if nobody has answered by then
                await call.answered()
                await self._a_while(2, 5)
                await call.press("1")
                await call.ended()
            case _:
                await call.ended()

    async def _asks_for_calls(self) -> None:
        while True:
            await self._a_while(5, 25)
            with suppress(aiohttp.ClientError, TimeoutError):
                body = {"number": self._dice.choice(CUSTOMERS), "queue": self._dice.choice(["sales", "support"])}
                self.callbacks.append(str((await self._centre.post("/api/callbacks", body))["id"]))

    async def _customer(self, phone: Telephone) -> None:
        while True:
            call = await phone.next_call()
            with suppress(CallOver, TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    await self._a_while(0.2, 1)
                    await call.answer()
                    await self._a_while(2, 6)
                    await call.hang_up()

    # Agents

    async def _agent(self, phone: Telephone) -> None:
        while True:
            leg = await phone.next_call()
            with suppress(CallOver, TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    await self._takes(leg)
            with suppress(CallOver, TimeoutError):
                async with asyncio.timeout(GOODBYE_S):
                    await leg.hang_up()

    async def _takes(self, leg: Call) -> None:
        match self._one_of(FATES):
            case "refuse":
                await leg.refuse(busy=True)
                return
            case "miss":
                await leg.ended()
                return
        await self._a_while(0.1, 1)
        await leg.answer()
        if leg.caller in CUSTOMERS:
            await asyncio.sleep(1)
            await leg.press("1")
            await leg.ended()
            return
        await self._a_while(1, 4)
        match self._one_of(DURING):
            case "hold":
                await leg.hold()
                await self._a_while(0.5, 3)
                await leg.retrieve()
                await self._a_while(0.5, 2)
            case "to a queue":
                self.sent_on.add(leg)
                await leg.transfer(self._dice.choice(["7001", "7002"]))

    async def _nurse(self) -> None:
        """Who is not ready, for whatever reason, says that he is; who lost his phone with Asterisk signs in again."""
        while True:
            await asyncio.sleep(NURSE_S)
            with suppress(aiohttp.ClientError, TimeoutError, RegistrationRefused):
                for agent in (await self._centre.get("/api/agents"))["agents"]:
                    number = agent["number"]
                    if agent["state"] == "signed_out":
                        await self._centre.sign_in(number)
                    elif agent["state"] == "unreachable":
                        async with asyncio.timeout(GOODBYE_S):
                            await self._phones[number].register()
                    elif agent["state"] == "not_ready":
                        await self._centre.post(f"/api/agents/{number}/ready")

    async def _a_while(self, least_s: float, most_s: float) -> None:
        await asyncio.sleep(self._dice.uniform(least_s, most_s))

    def _one_of(self, chances: Mapping[str, float]) -> str:
        [chosen] = self._dice.choices(list(chances), list(chances.values()))
        return chosen

    async def _pause(self, seconds: float) -> None:
        """So long, or until all is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.over.wait()
