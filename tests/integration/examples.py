"""Keeps an example of each UserEvent, as a real run sends it, for docs/user-events.md.

With KEEP_USER_EVENTS=1 in the environment every centre that a test runs is listened to. An example that is there
already stays as it is while its headers are those of the event heard, so that a run changes only what has changed.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cti.accounts import Credentials
from cti.ami.client import AmiClient
from cti.ami.message import Message
from cti.settings import Settings
from tests.user_events_page import EXAMPLES, examples

WANTED = "KEEP_USER_EVENTS"
ASTERISKS = {"Event", "Privilege", "SystemName", "ActionID"}
"""Headers that Asterisk adds to every event."""


@asynccontextmanager
async def keeping_examples(settings: Settings, credentials: Credentials) -> AsyncIterator[None]:
    """Listen while the block runs, if that is wanted; the centre may start and end inside."""
    if not os.environ.get(WANTED):
        yield
        return
    heard: dict[str, dict[str, str]] = {}

    def hear(message: Message) -> None:
        name = message.get("UserEvent")
        if message.event == "UserEvent" and "Sequence" in dict(message.headers):
            heard.setdefault(name, {header: value for header, value in message.headers if header not in ASTERISKS})

    async def nothing() -> None:
        pass

    client = AmiClient(
        settings.control,
        settings.ami_port,
        "monitor",
        credentials.ami.monitor,
        on_event=hear,
        on_up=nothing,
        on_down=lambda _: None,
    )
    listening = asyncio.create_task(client.run())
    try:
        yield
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        keep(heard)


def keep(heard: dict[str, dict[str, str]]) -> None:
    """Write the examples that are new, or whose headers are no longer those."""
    kept = dict(examples())
    for name, headers in heard.items():
        if kept.get(name, {}).keys() != headers.keys():
            kept[name] = headers
    EXAMPLES.write_text(json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
