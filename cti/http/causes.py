"""Who made a change through the API, as the log of agent states is to name him. The access token says that he may; his
name is what the program tells us, and is taken as that.
"""

import re

from aiohttp import web

from cti.access import Holder
from cti.http.errors import Unfit

HEADER = "Callcenter-Cause"
API = "api"
COMMAND = "command:"
_FORM = re.compile(r"(?:api|command|desktop|wallboard)(?::[A-Za-z0-9._@-]{1,64})?")


def person_of(request: web.Request, holder: Holder) -> str:
    """Who asks, as what is kept for ever names him: the name of his token; a command, which bears the owner's, says
    who gave it, such as `command:root`. Raises Unfit."""
    cause = cause_of(request)
    return cause if holder.owner and cause.startswith(COMMAND) else holder.name


def cause_of(request: web.Request) -> str:
    """The cause a request names in its header, such as `desktop:1001` or `command:root`; `api` where it names none.

    Raises Unfit.
    """
    given = request.headers.get(HEADER, API)
    if not _FORM.fullmatch(given):
        raise Unfit(f"header {HEADER}: expected api, command, desktop or wallboard, perhaps with :name behind", HEADER)
    return given
