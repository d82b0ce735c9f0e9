"""Simulated callers and agents on the running centre: real SIP, real audio, followed by the live stream.

It plays the people; what happens to their calls is the centre's doing, and is only watched.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from cti.accounts import load_credentials
from cti.commands.errors import CommandError, ServiceAway
from cti.settings import Settings
from cti.simulation.errors import CallOver
from cti.simulation.telephones import Call, Telephone, Telephones

FIRST_CALLER = 13_900_000_001
RING_MS = 1_500
TALK_S = 3.0
LISTENS_S = 1.0
"""How long a caller listens to a menu before he presses a key."""
ASKING = frozenset({"menu", "language", "survey"})
"""Nodes at which he presses one key."""
GIVES_UP_S = 60.0
"""A call of the rehearsal that is not over and recorded by then never will be."""

Message = Mapping[str, Any]


class NobodyToAnswer(CommandError):
    """Every agent is signed in: those are real people, the simulation leaves them alone."""

    id = "nobody-to-answer"


class CallUnfinished(CommandError):
    """A call did not come to its record in time."""

    id = "call-unfinished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What is played: so many callers, one after another into the menu, each pressing `keys`, one key a menu."""

    dialled: str
    count: int
    keys: str
    name: str


@dataclass(slots=True)
class Caller:
    """A simulated caller: what he has yet to press, and the record of his call once it is there."""

    call: Call
    keys: list[str]
    linkedid: str = ""
    record: asyncio.Future[Message] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Rehearsal:
    """One performance. `tell` is given a line for each thing that happens."""

    def __init__(self, settings: Settings, script: Script, tell: Callable[[str], None]) -> None:
        """Raises AccountsError where the state folder has no accounts."""
        self._settings = settings
        self._script = script
        self._tell = tell
        self._credentials = load_credentials(settings.state)
        self._callers: dict[str, Caller] = {}
        self._pressing: set[asyncio.Task[None]] = set()

    async def play(self) -> Sequence[Message]:
        """Play it; returns the call records in the order of the calls.

        Raises ServiceAway, NobodyToAnswer, CallUnfinished and the errors of cti.simulation.
        """
        async with AsyncExitStack() as stack:
            service = await stack.enter_async_context(self._service())
            socket = await stack.enter_async_context(service.ws_connect("/api/live", max_msg_size=0))
            agents = (await socket.receive_json())["snapshot"]["agents"]
            away = {agent["number"] for agent in agents if agent["state"] == "signed_out"}
            seats = [account for account in self._credentials.agents if account.agent in away]
            if not seats:
                raise NobodyToAnswer("all agents are signed in; expected at least one who is not, for the simulation")
            folder = stack.enter_context(tempfile.TemporaryDirectory(dir=self._settings.state, prefix="simulation-"))
            phones = await stack.enter_async_context(
                Telephones(
                    Path(folder),
                    sip_port=self._settings.sip_port,
                    accounts={account.phone: account.sip_password for account in seats},
                    ring_ms=RING_MS,
                    host=self._settings.local,
                )
            )
            await phones.register()
            for account in seats:
                stack.push_async_callback(self._post, service, account.agent, "sign-out")
                await self._post(service, account.agent, "sign-in", phone=account.phone)
            self._tell(f"Agents {', '.join(account.agent for account in seats)} have signed in at simulated phones.")
            talking = [asyncio.create_task(_talk(phones[account.phone])) for account in seats]
            follower = asyncio.create_task(self._follow(socket, service, {account.agent for account in seats}))
            stack.push_async_callback(_end, follower, *talking)
            return await self._call(phones, follower)

    async def _call(self, phones: Telephones, follower: asyncio.Task[None]) -> Sequence[Message]:
        for number in map(str, range(FIRST_CALLER, FIRST_CALLER + self._script.count)):
            call = await phones.dial(self._script.dialled, number=number, name=self._script.name)
            self._callers[number] = Caller(call, list(self._script.keys))
        records = asyncio.gather(*(caller.record for caller in self._callers.values()))
        patience_s = GIVES_UP_S + 10 * self._script.count
        await asyncio.wait((records, follower), timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
        if records.done():
            return await records
        records.cancel()
        if follower.done():
            raise ServiceAway("the live stream has ended; expected the service to run on")
        missing = sum(not caller.record.done() for caller in self._callers.values())
        raise CallUnfinished(f"{missing} of {self._script.count} calls have no record after {patience_s:.0f} s")

    async def _follow(
        self, socket: aiohttp.ClientWebSocketResponse, service: aiohttp.ClientSession, agents: set[str]
    ) -> None:
        async for message in socket:
            told: Message = message.json()
            match told:
                case {"record": {"caller": number, "recordings": [_, *_]} as record} if number in self._callers:
                    self._take_record(self._callers[number], record)
                case {"fact": "CallArrived", "caller": number, "linkedid": linkedid} if number in self._callers:
                    self._callers[number].linkedid = linkedid
                    self._tell(f"{number}  dialled {told['dialled']} and is in flow {told['flow']}")
                case {"fact": "AgentStateChanged", "agent": number, "after": "wrap_up"} if number in agents:
                    await self._post(service, number, "ready")
                case {"fact": fact, "linkedid": linkedid} if caller := self._caller_of(linkedid):
                    self._watch(caller, fact, told)

    def _watch(self, number: str, fact: str, told: Message) -> None:
        match fact:
            case "NodeEntered":
                self._tell(f"{number}  {told['kind']} {told['node']}")
                if told["kind"] in ASKING and (keys := self._callers[number].keys):
                    self._press(number, keys.pop(0))
            case "CallQueued":
                self._tell(f"{number}  waits in queue {told['queue']}")
            case "CallOffered":
                self._tell(f"{number}  rings agent {told['agent']}: {told['decision']['sentence']}")
            case "OfferEnded":
                self._tell(f"{number}  agent {told['agent']}: {told['outcome']} after {told['ring_ms']} ms")
            case "CallReleased":
                self._tell(f"{number}  talked {told['talk_ms']} ms with agent {told['agent']}")
            case "CallEnded":
                self._tell(f"{number}  ended by the {told['by']} ({told['reason']})")

    def _press(self, number: str, key: str) -> None:
        async def press() -> None:
            await asyncio.sleep(LISTENS_S)
            self._tell(f"{number}  presses {key}")
            await self._callers[number].call.press(key)

        task = asyncio.create_task(press())
        self._pressing.add(task)
        task.add_done_callback(self._pressing.discard)

    def _take_record(self, caller: Caller, record: Message) -> None:
        if record["linkedid"] == caller.linkedid and not caller.record.done():
            caller.record.set_result(record)

    def _caller_of(self, linkedid: str) -> str:
        return next((number for number, caller in self._callers.items() if caller.linkedid == linkedid), "")

    @asynccontextmanager
    async def _service(self) -> AsyncIterator[aiohttp.ClientSession]:
        address = f"http://{self._settings.local}:{self._settings.http_port}"
        headers = {"Authorization": f"Bearer {self._credentials.token}"}
        try:
            async with aiohttp.ClientSession(address, headers=headers) as service:
                yield service
        except aiohttp.ClientConnectorError as error:
            raise ServiceAway(f"no answer from {address} ({error}); expected `callcenter run` to run") from None

    async def _post(self, service: aiohttp.ClientSession, agent: str, verb: str, **body: str) -> None:
        async with service.post(f"/api/agents/{agent}/{verb}", json=body):
            pass  # a refusal shows in the stream: somebody else was faster, and has his reasons


async def _talk(telephone: Telephone) -> None:
    """The agent at this telephone talks a while with each caller and hangs up; the telephone answers by itself."""
    while True:
        call = await telephone.next_call()
        with suppress(CallOver):
            await call.answered()
            await asyncio.sleep(TALK_S)
            await call.hang_up()


async def _end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
