"""One Asterisk, as the daemon holds it: listens to its events, carries out what only AMI can do, tells it the facts.

What events mean is in cti/link.py, what must be asked after a break in cti/snapshot.py.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping

import structlog

from acd.distributor import Distributor
from acd.facts import AgentEdited, AgentStateChanged, Fact, LinkChanged
from acd.offers import Offer
from cti.ami.client import AmiClient
from cti.ami.errors import AmiError, AmiHeaderRefused
from cti.ami.message import Message
from cti.board import Board
from cti.colleagues import Colleagues
from cti.fallback import Action, Fallback
from cti.link import Leg, Link
from cti.publisher import Publisher
from cti.snapshot import Snapshot

log = structlog.get_logger()


class Switch:
    """The link to the Asterisk `node`. `ready` is set once its state is known and the router agrees with it, `lost`
    while that is not so."""

    def __init__(
        self,
        node: str,
        host: str,
        port: int,
        username: str,
        secret: str,
        distributor: Distributor,
        board: Board,
        *,
        on_joined: Callable[[str], None],
    ) -> None:
        """`board` is what a monitor that comes late is told of the calls under way; `on_joined` is told the call of an
        agent who asks somebody, when he puts his caller into it before anybody has answered."""
        self._node = node
        self._distributor = distributor
        self._link = Link(
            distributor,
            on_stray=self._hang_up,
            on_unknown=self._adopt,
            on_request=self._tell_floor,
            on_joined=on_joined,
            on_reload=self._read_again,
        )
        self._fallback = Fallback(distributor.seats)
        self.client = AmiClient(
            host, port, username, secret, on_event=self._link.on_event, on_up=self._up, on_down=self._down
        )
        self._colleagues = Colleagues()
        self._snapshot = Snapshot(self.client, distributor, self._link, self._fallback, self._colleagues)
        self._link.on_fallen = self._fetch_back
        self._leaving = False
        self._publisher = Publisher(self.client, distributor, board)
        self._adopting: set[asyncio.Task[None]] = set()
        self.ready = asyncio.Event()
        self.lost = asyncio.Event()
        self.lost.set()
        distributor.on_fact += [self._on_fact, self._publisher.on_fact]
        distributor.on_withdrawn.append(self._withdraw)

    @property
    def channels(self) -> Mapping[str, str]:
        """Every channel of this Asterisk: its uniqueid, and the linkedid of its call."""
        return self._link.channels

    def known_channels(self) -> Mapping[str, str] | None:
        """The channels; None while its state is not known."""
        return self.channels if self.ready.is_set() else None

    def listen_to_callbacks(self, listener: Callable[[Message], None]) -> None:
        """`listener` is told how the agents' channels of call-backs fare (Link.on_callback)."""
        self._link.on_callback = listener

    def listen_to_ends(self, listener: Callable[[str], None]) -> None:
        """`listener` is told the unique id of each channel that has ended, besides those before it."""
        self._link.on_gone.append(listener)

    def channel_at(self, linkedid: str, phone: str) -> str:
        """The channel of this phone in that call; empty for none."""
        return self._link.channel_at(linkedid, phone)

    def took(self, channel: str, uniqueid: str, linkedid: str) -> None:
        """This line of an agent, which he had opened himself, is in that caller's call now."""
        self._link.took(Leg(channel, uniqueid, linkedid))

    async def run(self) -> None:
        """Hold the link until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.client.run())
            group.create_task(self._publisher.run())

    def leave(self) -> None:
        """We end: who comes to a plain queue from now on waits there for the next daemon."""
        self._leaving = True

    def keep_members(self) -> None:
        """Make every agent's memberships of the plain queues what the roster and the queues say now."""
        for agent in self._distributor.router.roster:
            self._keep_up(agent.number)

    async def _up(self) -> None:
        await self._snapshot.take()
        roster = self._distributor.router.roster
        self._post(self._fallback.strangers(agent.number for agent in roster))
        self._post(self._colleagues.strangers(agent.number for agent in roster))
        self.keep_members()
        self._distributor.state(LinkChanged(at_ms=self._distributor.clock.now_ms(), node=self._node, up=True))
        self.lost.clear()
        self.ready.set()
        self._publisher.open()

    def _down(self, _: AmiError) -> None:
        if self.ready.is_set():
            self.ready.clear()
            self.lost.set()
            self._publisher.close()
            self._distributor.state(LinkChanged(at_ms=self._distributor.clock.now_ms(), node=self._node, up=False))

    def _on_fact(self, fact: Fact) -> None:
        if isinstance(fact, AgentStateChanged | AgentEdited):
            # Left for the next turn of the loop: the task that rings the agent's phone goes first.
            asyncio.get_running_loop().call_soon(self._keep_up, fact.agent)

    def _keep_up(self, number: str) -> None:
        """Let Asterisk know what the agent does: where we are away, and where his colleagues send callers."""
        router = self._distributor.router
        agent = router.roster.agent(number)
        self._post([*self._fallback.update(agent, router.queues), *self._colleagues.update(agent)])

    def _read_again(self) -> None:
        """The extensions that Asterisk had from us are gone with the dialplan that it has read again."""
        self._colleagues.found(())
        for agent in self._distributor.router.roster:
            self._post(self._colleagues.update(agent))

    def _tell_floor(self) -> None:
        self._publisher.ask()

    def _fetch_back(self, entry: Message) -> None:
        """A caller has come to a plain queue though we are here: we were not yet when he called, or his session has
        failed. There nobody would tell him anything, overflow him, or serve him after the last agent has gone. Queues
        of somebody else's are none of our business."""
        if self._leaving or entry.get("Queue") not in self._distributor.router.queues:
            return
        if actions := self._snapshot.way_back(entry):
            log.warning("fallen-to-plain-queue", uniqueid=entry.get("Uniqueid"), queue=entry.get("Queue"))
            self._post(actions)

    def _withdraw(self, offer: Offer) -> None:
        if (leg := self._link.leg_of_offer(offer)) is not None:
            self._hang_up(leg)

    def _hang_up(self, leg: Leg) -> None:
        self._post([Action("Hangup", {"Channel": leg.channel, "Cause": "16"})])

    def _adopt(self, leg: Leg) -> None:
        task = asyncio.create_task(self._snapshot.adopt(leg))
        self._adopting.add(task)
        task.add_done_callback(self._adopted)

    def _adopted(self, task: asyncio.Task[None]) -> None:
        self._adopting.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("not-adopted", error_id=getattr(error, "id", "unexpected"), detail=str(error))

    def _post(self, actions: Iterable[Action]) -> None:
        """Without a link nothing is sent: the snapshot after the next login makes good for it."""
        for action in actions:
            if self.client.up:
                try:
                    self.client.post(action.name, action.headers)
                except AmiHeaderRefused as error:
                    log.error("action-not-sent", error_id=error.id, action=action.name, detail=str(error))
