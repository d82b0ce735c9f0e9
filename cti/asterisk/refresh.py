"""Lets a running Asterisk read again what follows from the centre's files (plain queues, music, numbers), and which
phones there are.
"""

from collections.abc import Awaitable, Callable, Mapping

from cti.accounts import Credentials
from cti.ami.message import Message
from cti.asterisk.configuration import PHONES, PLANNED, Plan, render_phones, render_plan
from cti.settings import Settings

Action = Callable[[str, Mapping[str, str]], Awaitable[Message]]


async def refresh(settings: Settings, plan: Plan, credentials: Credentials, action: Action) -> None:
    """Write the files and have each module read its own. That is asked even where no file changed: an Asterisk that was
    not asked the last time (its link broke) makes good for it now, and one that has nothing to read does nothing.

    Raises OSError, and what `action` raises (cti.ami.client.AmiClient.action).
    """
    render_plan(settings, plan)
    render_phones(settings, credentials)
    for module in (*sorted(set(PLANNED.values())), PHONES):
        await action("Reload", {"Module": module})
