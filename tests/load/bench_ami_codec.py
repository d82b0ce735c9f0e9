"""How many AMI events a second one core takes from bytes to the owner's handler, ours beside panoramisk.

Both sides get the same bytes in the same pieces in the same run, by turns, through the method asyncio calls with them.
The handler reads of every event what a call centre's would: its name, its channel and its linkedid.
"""

import asyncio
import gc
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

from panoramisk.ami_protocol import AMIProtocol

from cti.ami.connection import Connection
from cti.ami.message import Message
from tests.load.bench import write

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
PIECE = 65_536  # bytes a read
EVENTS = 20_000
ROUNDS = 7

# The channel snapshot that heads most events, as Asterisk 22.10 writes it, and what these events add to it.
SNAPSHOT = (
    "Channel: PJSIP/line-000001f4", "ChannelState: 6", "ChannelStateDesc: Up", "CallerIDNum: 4000",
    "CallerIDName: Demonstration", "ConnectedLineNum: <unknown>", "ConnectedLineName: <unknown>", "Language: en",
    "AccountCode: ", "Context: callcenter", "Exten: s", "Priority: 3", "Uniqueid: node1-1700000000.500",
    "Linkedid: node1-1700000000.500",
)  # fmt: skip
AGENT = tuple(line.replace("line-000001f4", "1001-000001f5").replace(".500", ".501") for line in SNAPSHOT)
BRIDGE = (
    "BridgeUniqueid: 3f0c7d3a-6d9e-4c58-a0a6-3a2f5f8f8a10", "BridgeType: basic", "BridgeTechnology: simple_bridge",
    "BridgeCreator: <unknown>", "BridgeName: <unknown>", "BridgeNumChannels: 2", "BridgeVideoSourceMode: none",
)  # fmt: skip


def event(name: str, privilege: str, *lines: str) -> bytes:
    return "\r\n".join((f"Event: {name}", f"Privilege: {privilege},all", *lines, "", "")).encode()


ONE_EVENT = event("Newstate", "call", *SNAPSHOT[:10], SNAPSHOT[-1])
ONE_CALL = b"".join((
    event("Newchannel", "call", *SNAPSHOT),
    event("Newexten", "dialplan", *SNAPSHOT, "Extension: s", "Application: AGI", "AppData: agi://127.0.0.1/call"),
    event("Newstate", "call", *SNAPSHOT),
    event("UserEvent", "user", *SNAPSHOT, "UserEvent: CallQueued", "Queue: sales", "Waiting: 3"),
    event("Newchannel", "call", *AGENT),
    event("DialBegin", "call", *SNAPSHOT, *(f"Dest{line}" for line in AGENT), "DialString: 1001"),
    event("DeviceStateChange", "call", "Device: PJSIP/1001", "State: RINGING"),
    event("DialEnd", "call", *SNAPSHOT, *(f"Dest{line}" for line in AGENT), "DialStatus: ANSWER"),
    event("BridgeEnter", "call", *BRIDGE, *SNAPSHOT),
    event("BridgeEnter", "call", *BRIDGE, *AGENT),
    event("DeviceStateChange", "call", "Device: PJSIP/1001", "State: INUSE"),
    event("BridgeLeave", "call", *BRIDGE, *AGENT),
    event("BridgeLeave", "call", *BRIDGE, *SNAPSHOT),
    event("Hangup", "call", *AGENT, "Cause: 16", "Cause-txt: Normal Clearing"),
    event("DeviceStateChange", "call", "Device: PJSIP/1001", "State: NOT_INUSE"),
    event("Hangup", "call", *SNAPSHOT, "Cause: 16", "Cause-txt: Normal Clearing"),
))  # fmt: skip
STREAMS = {"event_of_13_headers": ONE_EVENT, "events_of_a_call": ONE_CALL}


class Handler:
    """Reads and counts; the count shows that both sides dispatched every event."""

    def __init__(self) -> None:
        self.events = 0

    def ours(self, message: Message) -> None:
        self.events += 1
        _ = message.event, message.get("Channel"), message.get("Linkedid")

    def dispatch(self, message: Any) -> None:
        """panoramisk's name for it."""
        self.events += 1
        _ = message["event"], message.get("channel"), message.get("linkedid")


def our_side(handler: Handler) -> Callable[[bytes], None]:
    return Connection(handler.ours, heartbeat_s=3_600, answer_s=3_600).data_received


def their_side(handler: Handler) -> Callable[[bytes], None]:
    protocol = AMIProtocol()
    protocol.connection_made(None)
    protocol.factory = handler
    receive: Callable[[bytes], None] = protocol.data_received
    return receive


def events_per_s(side: Callable[[Handler], Callable[[bytes], None]], pieces: list[bytes], expected: int) -> float:
    handler = Handler()
    receive = side(handler)
    receive(BANNER)
    gc.collect()
    begun = perf_counter()
    for piece in pieces:
        receive(piece)
    took_s = perf_counter() - begun
    if handler.events != expected:
        raise AssertionError(f"{side.__name__} dispatched {handler.events} of {expected} events")
    return expected / took_s


async def main() -> None:
    ours: dict[str, int] = {}
    theirs: dict[str, int] = {}
    raw: dict[str, dict[str, list[int]]] = {}
    print(f"{'events/s on one core':<24}{'ours':>12}{'panoramisk':>12}{'ratio':>8}{'bytes/event':>13}")
    for name, sample in STREAMS.items():
        in_sample = sample.count(b"\r\n\r\n")
        copies = EVENTS // in_sample
        data = sample * copies
        pieces = [data[begin : begin + PIECE] for begin in range(0, len(data), PIECE)]
        figures: dict[str, list[int]] = {"ours": [], "theirs": []}
        for _ in range(ROUNDS):
            figures["ours"].append(round(events_per_s(our_side, pieces, in_sample * copies)))
            figures["theirs"].append(round(events_per_s(their_side, pieces, in_sample * copies)))
        raw[name] = figures
        ours[name], theirs[name] = round(median(figures["ours"])), round(median(figures["theirs"]))
        ratio = ours[name] / theirs[name]
        print(f"{name:<24}{ours[name]:>12,}{theirs[name]:>12,}{ratio:>8.1f}{len(sample) // in_sample:>13}")
    path = write(
        "ami_codec", ours, theirs, libraries=["panoramisk"], unit="events/s", wanted=150_000, rounds=ROUNDS, raw=raw
    )
    print(f"written to {path.relative_to(path.parents[2])}")


if __name__ == "__main__":
    asyncio.run(main())
