"""What Asterisk's channels and device states say of the phones: which can be rung, which are in a private call.

Pure bookkeeping over AMI events; it asks Asterisk nothing and tells the router only through its results.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from acd.seats import is_outside, phone_of_channel

UNREACHABLE_STATES = frozenset({"UNAVAILABLE", "INVALID", "UNKNOWN"})
"""Device states (Asterisk's `ast_devstate2str`) of a phone that cannot be rung."""

TECHNOLOGY = "PJSIP/"


def phone_of_device(device: str) -> str:
    """The phone behind a device (`PJSIP/1001`), empty for a device of another kind."""
    return device.removeprefix(TECHNOLOGY) if device.startswith(TECHNOLOGY) else ""


@dataclass(frozen=True, slots=True)
class PhoneState:
    """One phone, as the router wants to know it."""

    phone: str
    reachable: bool
    engaged: bool


class Phones:
    """All phones seen, and the private channels on them."""

    def __init__(self) -> None:
        self._reachable: dict[str, bool] = {}
        self._private: dict[str, set[str]] = {}
        self._phone_of_channel: dict[str, str] = {}

    def device_changed(self, device: str, state: str) -> PhoneState | None:
        """Take note of a device state; the phone's state if it is a phone."""
        if not (phone := phone_of_device(device)):
            return None
        self._reachable[phone] = state.upper() not in UNREACHABLE_STATES
        return self._state(phone)

    def private_began(self, channel: str, uniqueid: str) -> PhoneState | None:
        """A channel on a phone that is no offer of ours."""
        if not (phone := phone_of_channel(channel)):
            return None
        self._phone_of_channel[uniqueid] = phone
        self._private.setdefault(phone, set()).add(uniqueid)
        return self._state(phone)

    def ended(self, uniqueid: str) -> PhoneState | None:
        """A channel is gone; the phone's state if it was a private one."""
        if (phone := self._phone_of_channel.pop(uniqueid, None)) is None:
            return None
        self._private[phone].discard(uniqueid)
        return self._state(phone)

    def private_are(self, channels: Mapping[str, str]) -> list[PhoneState]:
        """After a snapshot: these channels by uniqueid are the private ones, and no others. The phones concerned."""
        before = set(self._phone_of_channel.values())
        self._private.clear()
        self._phone_of_channel = {
            uniqueid: phone for uniqueid, channel in channels.items() if (phone := phone_of_channel(channel))
        }
        for uniqueid, phone in self._phone_of_channel.items():
            self._private.setdefault(phone, set()).add(uniqueid)
        return [self._state(phone) for phone in sorted(before | self._private.keys())]

    def _state(self, phone: str) -> PhoneState:
        return PhoneState(phone, self._reachable.get(phone, is_outside(phone)), bool(self._private.get(phone)))
