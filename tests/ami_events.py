"""AMI messages as a test writes them down, and the events of a call's life as Asterisk 22 sends them."""

from cti.ami.message import Message


def event(name: str, **headers: str) -> Message:
    """The event `name` with these headers."""
    return Message("\r\n".join([f"Event: {name}", *(f"{header}: {value}" for header, value in headers.items())]))


def new_channel(channel: str, uniqueid: str, linkedid: str = "") -> Message:
    """A channel begins; `linkedid` is that of another if it is a leg of that one's call."""
    return event("Newchannel", Channel=channel, Uniqueid=uniqueid, Linkedid=linkedid or uniqueid)


def dial_begin(phone: str, linkedid: str) -> Message:
    """The phone begins to ring for the call, by the leg `<phone>-leg`."""
    return event("DialBegin", DestChannel=f"PJSIP/{phone}-01", DestUniqueid=f"{phone}-leg", DestLinkedid=linkedid)


def dial_end(phone: str, linkedid: str, status: str = "ANSWER", *, of: str = "") -> Message:
    """And how that ended; `of` is the call of the channel that rang it, if that is another's by now."""
    return event(
        "DialEnd",
        DestChannel=f"PJSIP/{phone}-01",
        DestUniqueid=f"{phone}-leg",
        DestLinkedid=linkedid,
        Linkedid=of or linkedid,
        DialStatus=status,
    )


def of_leg(name: str, phone: str) -> Message:
    """Hangup, Hold or Unhold of the phone's leg."""
    return event(name, Uniqueid=f"{phone}-leg")


def device(phone: str, state: str) -> Message:
    """What Asterisk says of a phone."""
    return event("DeviceStateChange", Device=f"PJSIP/{phone}", State=state)
