"""The elements of a SIPp scenario as XML: wait, say, go on elsewhere. Knows nothing of telephones."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

FIRST_RETRANSMISSION_MS = 500  # T1 of RFC 3261
WHOLE = "[^ ].*"


def receive(
    request: str,
    *,
    to: str | None = None,
    optional: bool = True,
    actions: str = "",
    within_ms: int | None = None,
    late: str = "",
) -> str:
    """Wait for a request, do the `actions`, go to the label `to`.

    Waits in a row wait together: all but the last are `optional`. A limit stands on the first and counts for all: after
    `within_ms` the script goes to the label `late`.
    """
    limit = "" if within_ms is None else f' timeout="{max(1, within_ms)}" ontimeout={_quoted(late)}'
    return _wait(f"request={_quoted(request)}{limit}", to, optional, actions)


def receive_answer(
    status: int, *, to: str | None = None, optional: bool = True, actions: str = "", challenge: bool = False
) -> str:
    """Wait for an answer to our last request; `challenge` keeps its nonce for the next [authentication]."""
    return _wait(f'response="{status}"' + (' auth="true"' if challenge else ""), to, optional, actions)


def take(headers: Mapping[str, str]) -> str:
    """An action: put each header's value into the variable named."""
    return "".join(_match(variable, header, WHOLE) for variable, header in headers.items())


def take_user(variable: str, header: str) -> str:
    """An action: put the user part of the header's SIP address into the variable."""
    return _match(f"{variable}_address,{variable}", header, "sip:([^@;>]*)@")


def look_up(variable: str, *, file: str, key: str) -> str:
    """An action: put the number of the line whose first field is `key` into the variable."""
    return f"<lookup assign_to={_quoted(variable)} file={_quoted(file)} key={_quoted(key)}/>"


def assign(variable: str, value: str) -> str:
    """An action: put a text, its [keywords] replaced, into the variable."""
    return f"<assignstr assign_to={_quoted(variable)} value={_quoted(value)}/>"


def do(actions: str) -> str:
    return f"<nop><action>{actions}</action></nop>"


def say(message: str, *, to: str | None = None, until_answered: bool = False) -> str:
    """Send a message, then go to the label `to`; over UDP it is sent again and again where it is to be answered."""
    again = f' retrans="{FIRST_RETRANSMISSION_MS}"' if until_answered else ""
    way = f" next={_quoted(to)}" if to else ""
    return f"<send{again}{way}><![CDATA[\n{message}\n]]></send>"


def label(name: str) -> str:
    return f"<label id={_quoted(name)}/>"


def _wait(condition: str, to: str | None, optional: bool, actions: str) -> str:
    way = (' optional="true"' if optional else "") + (f" next={_quoted(to)}" if to else "")
    return f"<recv {condition}{way}>" + (f"<action>{actions}</action>" if actions else "") + "</recv>"


def _match(variables: str, header: str, pattern: str) -> str:
    place = f'search_in="hdr" header={_quoted(header)}'
    return f"<ereg regexp={_quoted(pattern)} {place} assign_to={_quoted(variables)}/>"


def _quoted(value: str) -> str:
    """SIPp's reader of XML knows no single quotes around a value."""
    return '"' + escape(value, {'"': "&quot;"}) + '"'
