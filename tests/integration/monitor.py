"""A monitor as somebody else would write it, on asterisk-ami: from UserEvents alone it knows how many calls wait in
each queue and what each agent does. Nothing of ours is used here; docs/user-events.md says what it needs to know.

`python -m tests.integration.monitor HOST PORT`, the password of the user `monitor` on the first line of its input.
After each event it prints a line of JSON: the event, and what it knows then.
"""

import json
import os
import sys
import threading
from collections.abc import Mapping
from typing import Any

ANSWER_WITHIN_S = 5.0
WAITING = {"waiting", "ringing"}


class Monitor:
    """What is known; `whole` while it is all there is to know. Everything is told in the order of the stream."""

    def __init__(self) -> None:
        self.whole = threading.Event()
        self.queues: dict[str, int] = {}
        self.agents: dict[str, str] = {}
        self.calls: dict[str, str] = {}
        """Each waiting call's queue."""
        self._sequence = 0

    def hear(self, event: Mapping[str, str]) -> None:
        """Take note of one UserEvent; those of others are none of ours."""
        if not event["UserEvent"].startswith("Callcenter") or "Sequence" not in event:
            return
        sequence = int(event["Sequence"])
        if sequence != self._sequence + 1:  # something was missed, or the daemon is another
            self.whole.clear()
        self._sequence = sequence
        match event["UserEvent"].removeprefix("Callcenter"):
            case "SnapshotBegan":
                self.whole.clear()
                self.queues, self.agents, self.calls = {}, {}, {}
            case "SnapshotEnded":
                self.whole.set()
            case "QueueIs":
                self.queues[event["Queue"]] = int(event["Waiting"])
            case "AgentIs":
                self.agents[event["Agent"]] = event["State"]
            case "CallIs":
                if event["State"] in WAITING:
                    self.calls[event["Linkedid"]] = event["Queue"]
            case "AgentStateChanged":
                self.agents[event["Agent"]] = event["After"]
            case "CallQueued":
                self.queues[event["Queue"]] = int(event["Waiting"])
                self.calls[event["Linkedid"]] = event["Queue"]
            case "CallDequeued":
                self.queues[event["Queue"]] = int(event["Waiting"])
                self.calls.pop(event["Linkedid"], None)
        self.tell(event)

    def tell(self, event: Mapping[str, str]) -> None:
        """Print what is known after this event."""
        waiting = [*self.calls.values()]
        known = {
            "event": dict(event),
            "whole": self.whole.is_set(),
            "agents": self.agents,
            "queues": self.queues,
            "standing": {queue: waiting.count(queue) for queue in self.queues},
        }
        print(json.dumps(known), flush=True)


def main() -> None:
    """Log in, ask for a snapshot until one has come, and listen until the input ends."""
    from asterisk.ami import AMIClient, SimpleAction

    host, port = sys.argv[1:]
    monitor = Monitor()
    client = AMIClient(address=host, port=int(port), timeout=None)

    def hear(event: Any, **_: Any) -> None:
        monitor.hear(event.keys)

    client.add_event_listener(hear, white_list=["UserEvent"])
    assert not client.login("monitor", sys.stdin.readline().strip()).response.is_error()
    print("ready", flush=True)
    while not monitor.whole.is_set():
        client.send_action(SimpleAction("UserEvent", UserEvent="CallcenterSnapshotRequested"))
        monitor.whole.wait(ANSWER_WITHIN_S)
    sys.stdin.read()


if __name__ == "__main__":
    main()
    os._exit(0)  # the library's thread has no end
