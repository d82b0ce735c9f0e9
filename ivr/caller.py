"""Who is calling, as the dialplan hands him over."""

import re
from dataclasses import dataclass
from datetime import date

from ivr.agi.session import AgiSession
from ivr.flow.expressions import Value

QUOTED_PAIR = re.compile(r"\\(.)")
"""Asterisk leaves the escapes of RFC 3261 §25.1 in the name that a SIP caller gives himself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One caller; after an absence of ours, and when an agent has sent him on, also where he stood.

    `transfer` is where the agent `sender` has sent him (ivr/variables.py), `consult` the call in which it was asked;
    `message` is one that he was speaking (ivr/messages.py), `parked` where he was parked (ivr/parking.py).
    """

    linkedid: str
    channel: str
    number: str
    name: str
    dialled: str
    placed: bool = False
    """His channel says where he stood in the flows (ivr/whereabouts.py)."""
    entered_ms: int | None = None
    language: str = ""
    queue: str = ""
    transfer: str = ""
    sender: str = ""
    consult: str = ""
    message: str = ""
    parked: str = ""

    def about(self, today: date) -> dict[str, Value]:
        """What is known of a call from its first moment, under the names that flows use."""
        return about(self.number, self.name, self.dialled, today)

    @classmethod
    def of(cls, session: AgiSession) -> "Caller":
        """Reads the session's environment: `AGI(…/call,linkedid,dialled,placed,entered,language,queue,transfer,sender,
        consult,message,parked)`; what is missing at the end is empty."""
        environment = session.environment
        arguments = [*environment.arguments, *[""] * 11]
        linkedid, dialled, placed, entered, language, queue, transfer, sender, consult, message, parked = arguments[:11]
        return cls(
            linkedid=linkedid or environment.uniqueid,
            channel=environment.channel,
            number=environment.callerid,
            name=QUOTED_PAIR.sub(r"\1", environment.calleridname),
            dialled=dialled or environment.extension,
            placed=placed != "",
            entered_ms=int(entered) if entered.isdecimal() else None,
            language=language,
            queue=queue,
            transfer=transfer,
            sender=sender,
            consult=consult,
            message=message,
            parked=parked,
        )


def about(number: str, name: str, dialled: str, today: date) -> dict[str, Value]:
    """The same of a call that is only rehearsed. `today` is the day at the centre."""
    known: dict[str, Value] = {"caller.number": number or None, "caller.name": name or None}
    return {**known, "call.dialled": dialled, "call.date": today.isoformat()}
