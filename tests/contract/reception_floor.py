"""A floor for the reception's tests: a real router with one agent who is ready, and callers on a fake channel."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from acd.clock import Clock
from acd.distributor import Distributor
from acd.facts import Fact
from acd.queues import QueueSettings
from acd.router import Router
from acd.states import AgentState
from ivr.desk import Desk
from ivr.flow.model import Flow
from ivr.flow.position import Position, Standing
from ivr.flow.steps import Prompt
from ivr.published import Entrance, Published
from ivr.reception import Reception
from tests.contract.fake_agi import FakeAsterisk, calling, serving

AGENT = "1001"
CALL = "node1-1700000000.7"


def words(prompt: Prompt) -> str:
    """The sound of a prompt is named by its words."""
    return prompt.text


class Floor:
    """A router with these queues and one agent who is ready, and all its facts. Its time is real, unless a clock is
    given."""

    def __init__(self, *queues: QueueSettings, clock: Clock | None = None) -> None:
        self.facts: list[Fact] = []
        self._news = asyncio.Event()
        self.distributor = Distributor(Router(), clock or Clock())
        self.distributor.on_fact.append(self._take)
        with self.distributor.command() as (router, now_ms):
            for queue in queues:
                router.define_queue(queue, now_ms=now_ms)
        self.sign_in(AGENT)

    def _take(self, fact: Fact) -> None:
        self.facts.append(fact)
        self._news.set()

    def named(self, kind: type[Fact]) -> list[Any]:
        """The facts of that kind so far."""
        return [fact for fact in self.facts if isinstance(fact, kind)]

    async def stated(self, kind: type[Fact]) -> Any:
        """The first fact of that kind, past or to come."""
        while not self.named(kind):
            self._news.clear()
            await self._news.wait()
        return self.named(kind)[0]

    def facts_of(self, linkedid: str) -> list[Fact]:
        """All facts of one call."""
        return [fact for fact in self.facts if getattr(fact, "linkedid", "") == linkedid]

    def sign_in(self, agent: str) -> None:
        """Another agent is ready."""
        with self.distributor.command() as (router, now_ms):
            router.roster.define(agent, agent, {})
            router.phone_changed(agent, reachable=True, engaged=False, now_ms=now_ms)
            router.sign_in(agent, agent, cause="api", now_ms=now_ms)

    def sign_out(self) -> None:
        """The first agent leaves."""
        with self.distributor.command() as (router, now_ms):
            router.sign_out(AGENT, cause="api", now_ms=now_ms)

    @property
    def state(self) -> AgentState:
        """What the agent does."""
        return self.distributor.router.roster.agent(AGENT).state

    def is_empty(self) -> bool:
        """No call waits, and none is in conversation."""
        router = self.distributor.router
        return not router.calls and not router.conversations.by_call


def published(flow: Flow) -> Published:
    """4000 leads to the flow."""

    def entrance(dialled: str) -> Entrance:
        return Entrance({flow.flow: flow}, {"4000": flow.flow}[dialled], 1)

    async def flows(version: int) -> Mapping[str, Flow] | None:
        return {1: {flow.flow: flow}}.get(version)

    return Published(entrance, flows)


def position_at(flow: Flow, node: str, language: str) -> str:
    """What stands on the channel of a caller who was at that node."""
    return Position(language, (Standing(flow.flow, node, {}, ()),), {}, 1).to_json()


@asynccontextmanager
async def called(
    desk: Desk, flow: Flow, *arguments: str, position: str = "", **environment: str
) -> AsyncIterator[FakeAsterisk]:
    """A caller whom the reception serves; 4000 leads to the flow. `position` is what stands on his channel."""
    async with (
        asyncio.timeout(60),
        serving(Reception(desk, published(flow))) as server,
        calling(server.port, "call", arguments, **environment) as asterisk,
    ):
        if position:
            asterisk.variables["CALLCENTER_POSITION"] = position
        yield asterisk
    desk.distributor.close()


def hangs_up(asterisk: FakeAsterisk, reply: str) -> Callable[[list[str]], str]:
    """The caller hangs up during the command, which is answered so."""

    def answer(_: list[str]) -> str:
        asterisk.hang_up()
        return reply

    return answer


def dial(asterisk: FakeAsterisk, *endings: tuple[str, str]) -> Callable[[list[str]], str]:
    """Each ringing in turn ends with this DIALSTATUS and hang-up cause."""
    left = iter(endings)

    def answer(_: list[str]) -> str:
        asterisk.variables["DIALSTATUS"], asterisk.variables["HANGUPCAUSE"] = next(left)
        return "200 result=0"

    return answer
