"""A program that is not ours, as one would write it with each of the common AMI libraries: it follows the router's
events on Asterisk's AMI and prints each as a line of JSON.

`python -m tests.integration.follower LIBRARY HOST PORT`, the password of the user `monitor` on the first line of its
input; it ends with its input. A process of its own, because two of the libraries leave threads and sockets behind.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

USER = "monitor"
READY = "ready"


def tell(headers: Mapping[str, Any]) -> None:
    """Print an event of the router's; others are passed over."""
    if str(headers.get("UserEvent", "")).startswith("Callcenter"):
        print(json.dumps({str(name): str(value) for name, value in headers.items()}), flush=True)


def follow_by_panoramisk(host: str, port: int, secret: str) -> None:
    """With panoramisk, on asyncio."""
    from panoramisk import Manager

    async def follow() -> None:
        manager = Manager(host=host, port=port, username=USER, secret=secret)
        manager.register_event("UserEvent", lambda _, event: tell(dict(event.items())))
        manager.on_login = lambda *_: print(READY, flush=True)
        await manager.connect()
        await asyncio.to_thread(sys.stdin.read)
        manager.close()

    asyncio.run(follow())


def follow_by_asterisk_ami(host: str, port: int, secret: str) -> None:
    """With asterisk-ami, on a thread of its own."""
    from asterisk.ami import AMIClient

    client = AMIClient(address=host, port=port, timeout=None)
    client.add_event_listener(lambda event, **_: tell(event.keys))
    assert not client.login(USER, secret).response.is_error()
    print(READY, flush=True)
    sys.stdin.read()


def follow_by_pyst2(host: str, port: int, secret: str) -> None:
    """With pyst2, on threads of its own."""
    from asterisk.manager import Manager

    manager = Manager()
    manager.register_event("UserEvent", lambda event, _: tell(event.headers))
    manager.connect(host, port)
    manager.login(USER, secret)
    print(READY, flush=True)
    sys.stdin.read()


FOLLOWERS: Mapping[str, Callable[[str, int, str], None]] = {
    "panoramisk": follow_by_panoramisk,
    "asterisk-ami": follow_by_asterisk_ami,
    "pyst2": follow_by_pyst2,
}

if __name__ == "__main__":
    library, host, port = sys.argv[1:]
    FOLLOWERS[library](host, int(port), sys.stdin.readline().strip())
    os._exit(0)  # whatever threads the library has
