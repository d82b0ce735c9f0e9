"""The SIP messages our script says, with SIPp's [keywords] and the script's [$variables] in them.

They are written from variables taken when the call began, hardly ever from "the last message": that may be a command.
"""

ACCOUNTS = "accounts.csv"
"""The injection file: a line for each account, `user;[authentication username=… password=…];media port`."""

TAG = "tag=[pid]-[call_number]"
NO_BODY = "Content-Length: 0\n"
_SERVER = "[remote_ip]:[remote_port]"
_OURSELVES = "[local_ip]:[local_port]"
# SIPp's own [branch] counts places in the script, and a loop comes by the same place with a new request.
_VIA = f"Via: SIP/2.0/UDP {_OURSELVES};branch=z9hG4bK-[pid]-[call_number]-[cseq]\nMax-Forwards: 70"
_CONTACT = f"Contact: <sip:phone@{_OURSELVES}>"
_LAST = "[last_Via:]\n[last_From:]\n[last_Call-ID:]\n[last_CSeq:]"


def account(field: int) -> str:
    """A field of the account this call belongs to."""
    return f'[field{field} file="{ACCOUNTS}" line="[$account]"]'


def session(direction: str = "sendrecv") -> str:
    """The end of a message with a session description: G.711 µ-law and named telephone events."""
    return (
        f"{_CONTACT}\nContent-Type: application/sdp\nContent-Length: [len]\n\nv=0\no=phone 1 [cseq] IN IP4 [local_ip]\n"
        "s=-\nc=IN IP4 [local_ip]\nt=0 0\nm=audio [$media_port] RTP/AVP 0 101\na=rtpmap:0 PCMU/8000\n"
        f"a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16\na=ptime:20\na={direction}"
    )


def register(*, authorised: bool) -> str:
    address = f"<sip:[$user]@{_SERVER}>"
    login = f"{account(1)}\n" if authorised else ""
    return (
        f"REGISTER sip:{_SERVER} SIP/2.0\n{_VIA}\nFrom: {address};{TAG}\nTo: {address}\nCall-ID: [call_id]\n"
        f"CSeq: [cseq] REGISTER\nContact: <sip:[$user]@{_OURSELVES}>\nExpires: [$expires]\n{login}{NO_BODY}"
    )


def invite(*, authorised: bool) -> str:
    return _first("INVITE") + (f"{account(1)}\n" if authorised else "") + session()


def cancel() -> str:
    return _first("CANCEL") + NO_BODY


def acknowledge_refusal() -> str:
    """The ACK of a final answer other than 200 belongs to the INVITE: same branch (RFC 3261 §17.1.1.3)."""
    return (
        f"ACK sip:[$dialled]@{_SERVER} SIP/2.0\n[last_Via:]\nMax-Forwards: 70\nFrom: [$local]\n[last_To:]\n"
        f"Call-ID: [call_id]\nCSeq: [cseq] ACK\n{NO_BODY}"
    )


def in_dialog(method: str, rest: str = NO_BODY) -> str:
    """A request within the conversation, whichever side began it."""
    return (
        f"{method} sip:{_SERVER} SIP/2.0\n{_VIA}\nFrom: [$local]\nTo: [$remote]\nCall-ID: [call_id]\n"
        f"CSeq: [cseq] {method}\n{rest}"
    )


def key() -> str:
    """The INFO request of a key pressed."""
    signal = "Signal=[$digit]\nDuration=100"
    return in_dialog("INFO", f"Content-Type: application/dtmf-relay\nContent-Length: [len]\n\n{signal}")


def transfer() -> str:
    """The REFER request that sends the other side to somebody else (RFC 3515; with Replaces: RFC 3891)."""
    return in_dialog("REFER", f"{_CONTACT}\nRefer-To: [$refer_to]\nReferred-By: <sip:[$user]@{_SERVER}>\n{NO_BODY}")


def answer_invite(status: str, rest: str = NO_BODY) -> str:
    """An answer to the INVITE that rings or rang here."""
    return (
        f"SIP/2.0 {status}\nVia: [$via]\nFrom: [$remote]\nTo: [$local]\nCall-ID: [call_id]\nCSeq: [$invite]\n"
        f"{_CONTACT}\n{rest}"
    )


def agree(rest: str = NO_BODY) -> str:
    """200 to the request that came last in a conversation."""
    return f"SIP/2.0 200 OK\n{_LAST}\n[last_To:]\n{rest}"


def agree_outside() -> str:
    """200 to the request that came last, outside any conversation."""
    return f"SIP/2.0 200 OK\n{_LAST}\n[last_To:];{TAG}\n{NO_BODY}"


def agree_to_cancel() -> str:
    """200 to a CANCEL, under the tag the call rings with."""
    return f"SIP/2.0 200 OK\n{_LAST}\nTo: [$local]\n{NO_BODY}"


def _first(method: str) -> str:
    return (
        f"{method} sip:[$dialled]@{_SERVER} SIP/2.0\n{_VIA}\nFrom: [$local]\nTo: <sip:[$dialled]@{_SERVER}>\n"
        f"Call-ID: [call_id]\nCSeq: [cseq] {method}\n"
    )
