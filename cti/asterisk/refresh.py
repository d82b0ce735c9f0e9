"""Lets a running Asterisk read again what follows from the centre's files: plain queues, music, numbers."""

from collections.abc import Awaitable, Callable, Mapping

from cti.ami.message import Message
from cti.asterisk.configuration import PLANNED, Plan, render_plan
from cti.settings import Settings

Action = Callable[[str, Mapping[str, str]], Awaitable[Message]]


async def refresh(settings: Settings, plan: Plan, action: Action) -> None:
    """Write the files and have each module read its own. That is asked even where no file changed: an Asterisk that was
    not asked the last time (its link broke) makes good for it now, and one that has nothing to read does nothing.

    Raises OSError, and what `action` raises (cti.ami.client.AmiClient.action).
    """
    render_plan(settings, plan)
    for module in sorted(set(PLANNED.values())):
        await action("Reload", {"Module": module})
