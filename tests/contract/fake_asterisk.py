"""An Asterisk with the channels, phones and plain queues a test gives it, as the daemon's switch sees it over AMI."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from acd.distributor import Distributor
from cti.board import Board
from cti.switch import Switch
from tests.contract.ami_owner import soon
from tests.contract.fake_ami import Action, FakeAmi, Peer

Rows = list[Sequence[str]]


class FakeAsterisk(FakeAmi):
    """Lists are answered from what is here; whom it is to take out of a plain queue, user events and extensions are
    kept in order; all else waits in the peer."""

    def __init__(self) -> None:
        super().__init__()
        self.channels: Rows = []
        self.devices: Rows = [_device("1001", "NOT_INUSE"), _device("1002", "NOT_INUSE")]
        self.queues: Rows = []
        self.extensions: Rows = []
        self.extended: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self.variables: dict[tuple[str, str], str] = {}
        self.withdrawn: asyncio.Queue[str] = asyncio.Queue()
        self.keyed: asyncio.Queue[str] = asyncio.Queue()
        self.user_events: asyncio.Queue[Action] = asyncio.Queue()
        self.rules |= {
            "CoreShowChannels": lambda peer, action: _list(peer, action, "CoreShowChannels", self.channels),
            "DeviceStateList": lambda peer, action: _list(peer, action, "DeviceStateList", self.devices),
            "QueueStatus": lambda peer, action: _list(peer, action, "QueueStatus", self.queues),
            "ShowDialPlan": lambda peer, action: _list(peer, action, "ShowDialPlan", self.extensions),
            "DialplanExtensionAdd": self._extend,
            "DialplanExtensionRemove": self._extend,
            "Getvar": self._getvar,
            "QueueWithdrawCaller": self._withdraw,
            "PlayDTMF": self._key,
            "UserEvent": self._user_event,
        }

    def caller(self, linkedid: str) -> None:
        """A caller's channel, in the plain queue or with us."""
        self.channels.append(_channel("PJSIP/line-01", linkedid, linkedid, ""))

    def leg(self, phone: str, linkedid: str, *, talking: bool) -> None:
        """A phone's channel of that caller's call."""
        self.channels.append(_channel(f"PJSIP/{phone}-01", f"{phone}-leg", linkedid, "bridge" if talking else ""))

    def called_back(self, phone: str, linkedid: str, *, talking: bool) -> None:
        """A phone's channel of a call-back, which is the first of its call."""
        self.channels.append(_channel(f"PJSIP/{phone}-01", linkedid, linkedid, "bridge" if talking else ""))

    def phone(self, phone: str, state: str) -> None:
        """From now on this is what the phone's device state is."""
        self.devices = [row for row in self.devices if row[1] != f"Device: PJSIP/{phone}"] + [_device(phone, state)]

    def member(self, agent: str, *, queue: str = "sales", paused: bool = False) -> None:
        """A member of the plain queue."""
        headers = (f"Queue: {queue}", f"Location: PJSIP/{agent}", f"Name: {agent}", f"Paused: {int(paused)}")
        self.queues.append(("Event: QueueMember", *headers))

    def waits(self, channel: str) -> None:
        """A caller in the plain queue."""
        self.queues.append(("Event: QueueEntry", "Queue: sales", f"Channel: {channel}", f"Uniqueid: {channel}"))

    def falls(self, peer: Peer, channel: str, *, queue: str = "sales") -> None:
        """A caller comes to the plain queue now."""
        peer.send("Event: QueueCallerJoin", f"Queue: {queue}", f"Channel: {channel}", f"Uniqueid: {channel}")

    async def told(self, name: str) -> Action:
        """The next user event of that name; those before it are passed over."""
        while (event := await soon(self.user_events.get())).get("UserEvent") != name:
            pass
        return event

    def extension(self, number: str) -> None:
        """An agent's extension that a daemon before us has left."""
        self.extensions.append(("Event: ListDialplan", "Context: colleagues", f"Extension: {number}"))

    def _extend(self, peer: Peer, action: Action) -> None:
        self.extended.put_nowait((action.name.removeprefix("DialplanExtension"), action.get("Extension")))
        peer.answer(action, "Message: Done")

    def _getvar(self, peer: Peer, action: Action) -> None:
        found = self.variables.get((action.get("Channel"), action.get("Variable")))
        if found is None:
            peer.answer(action, "Message: No such channel", response="Error")
        else:
            peer.answer(action, f"Variable: {action.get('Variable')}", f"Value: {found}")

    def _user_event(self, peer: Peer, action: Action) -> None:
        self.user_events.put_nowait(action)
        peer.answer(action, "Message: Event Sent")

    def _withdraw(self, peer: Peer, action: Action) -> None:
        self.withdrawn.put_nowait(action.get("Caller"))
        if action.get("Caller").startswith("gone"):
            peer.answer(action, "Message: Unable to request withdraw from queue: No such caller", response="Error")
        else:
            peer.answer(action, "Message: Withdraw requested successfully")

    def _key(self, peer: Peer, action: Action) -> None:
        self.keyed.put_nowait(action.get("Channel"))
        peer.answer(action, "Message: DTMF successfully queued")


def _list(peer: Peer, action: Action, name: str, rows: Rows) -> None:
    peer.answer(action, "EventList: start")
    for kind, *headers in rows:
        peer.send(kind, f"ActionID: {action.id}", *headers)
    peer.send(f"Event: {name}Complete", f"ActionID: {action.id}", "EventList: Complete")


def _channel(name: str, uniqueid: str, linkedid: str, bridge: str) -> Sequence[str]:
    headers = (f"Channel: {name}", f"Uniqueid: {uniqueid}", f"Linkedid: {linkedid}", f"BridgeId: {bridge}")
    return ("Event: CoreShowChannel", *headers)


def _device(phone: str, state: str) -> Sequence[str]:
    return ("Event: DeviceStateChange", f"Device: PJSIP/{phone}", f"State: {state}")


@asynccontextmanager
async def switched(asterisk: FakeAsterisk, distributor: Distributor) -> AsyncIterator[tuple[Switch, Peer]]:
    """A switch that holds its link to this Asterisk and has looked at it; the distributor's timer is stopped after."""
    async with asterisk:
        board = Board()
        distributor.on_fact.append(board.on_fact)
        switch = Switch(
            "node1", "127.0.0.1", asterisk.port, "callcenter", "secret", distributor, board, on_joined=lambda _: None
        )
        task = asyncio.create_task(switch.run())
        try:
            peer = await asterisk.peer()
            await soon(switch.ready.wait())
            yield switch, peer
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            distributor.close()


async def relinked(asterisk: FakeAsterisk, switch: Switch, peer: Peer) -> Peer:
    """Cut the link and wait until the switch has looked again."""
    peer.cut()
    await soon(switch.lost.wait())
    again = await asterisk.peer()
    await soon(switch.ready.wait())
    return again
