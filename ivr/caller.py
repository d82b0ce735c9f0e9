"""Who is calling, as the dialplan hands him over."""

import re
from dataclasses import dataclass

from ivr.agi.session import AgiSession

QUOTED_PAIR = re.compile(r"\\(.)")
"""Asterisk leaves the escapes of RFC 3261 §25.1 in the name that a SIP caller gives himself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One caller; after an absence of ours also where he stood."""

    linkedid: str
    channel: str
    number: str
    name: str
    dialled: str
    node: str = ""
    entered_ms: int | None = None
    language: str = ""

    @classmethod
    def of(cls, session: AgiSession) -> "Caller":
        """Reads the session's environment: `AGI(…/call,linkedid,dialled,node,entered,language)`."""
        environment = session.environment
        linkedid, dialled, node, entered, language = (*environment.arguments, "", "", "", "", "")[:5]
        return cls(
            linkedid=linkedid or environment.uniqueid,
            channel=environment.channel,
            number=environment.callerid,
            name=QUOTED_PAIR.sub(r"\1", environment.calleridname),
            dialled=dialled or environment.extension,
            node=node,
            entered_ms=int(entered) if entered.isdecimal() else None,
            language=language,
        )
