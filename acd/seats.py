"""Where an agent sits: at a phone of the centre, or outside at a number that a carrier reaches (a mobile, a land line).

To the router both are phones, told apart by their names: `1001`, and `13800138000@outside`. Here is how Asterisk is
asked to ring each, and whose seat one of its channels is. An outside seat is rung through a Local channel into the
dialplan's context [outside], which asks for a key before it connects. So what Asterisk calls the answer of that channel
is the agent's own, never a voicemail's; and its name says who is meant, which the carrier's channel does not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from acd.agents import Agent
from acd.errors import NumberRefused

_OUTSIDE = "@outside"
_NUMBER = re.compile(r"\+?[0-9]{3,20}")
_AGENTS_SIDE, _DIALPLANS_SIDE = ";1", ";2"


def outside_seat(number: str) -> str:
    """The seat at an outside number: 3 to 20 figures, perhaps with a + before. Raises NumberRefused.

    This is the one door to the carrier's lines: nothing but figures gets through.
    """
    if not _NUMBER.fullmatch(number):
        raise NumberRefused
    return number + _OUTSIDE


def is_outside(phone: str) -> bool:
    """Whether this is a seat outside. It has no device state: it can be rung until a call to it fails."""
    return phone.endswith(_OUTSIDE)


def told(phone: str) -> str:
    """The seat in words. An outside number is an agent's own: it stands in no message and no log."""
    return "an outside number" if is_outside(phone) else f"phone {phone}"


@dataclass(frozen=True, slots=True)
class Seats:
    """How this centre rings its agents. `languages`: those it speaks, the one meant by default first."""

    languages: Sequence[str] = ("en",)
    outside_ring_ms: int = 0
    """A mobile is rung for so long at least: a carrier takes seconds to find it, and its owner has to hear us out."""

    def interface(self, agent: Agent, phone: str) -> str:
        """What Asterisk's Dial() and Queue() ring for this agent at this phone."""
        if is_outside(phone):
            return f"Local/{phone.removesuffix(_OUTSIDE)}*{agent.number}*{agent.speaks(self.languages)}{_OUTSIDE}/n"
        return f"PJSIP/{phone}"

    def ring_s(self, phone: str, ring_ms: int) -> int:
        """For how many seconds it rings where a queue says `ring_ms`, at least that long."""
        return -(-max(ring_ms, self.outside_ring_ms if is_outside(phone) else 0) // 1000)


@lru_cache(maxsize=4096)  # asked again and again of the channels of the calls under way, and of those just over
def phone_of_channel(channel: str) -> str:
    """The phone whose channel this is (`PJSIP/1001-0000002a`), as seen from the caller; empty if none."""
    device, _, instance = channel.rpartition("-")
    technology, _, name = device.partition("/")
    if technology == "PJSIP":
        return name
    if technology == "Local" and name.endswith(_OUTSIDE) and instance.endswith(_AGENTS_SIDE):
        return name.partition("*")[0] + _OUTSIDE
    return ""


@lru_cache(maxsize=4096)
def agent_of_channel(channel: str) -> str:
    """The agent whose outside seat this channel rings; empty for any other channel, which does not tell."""
    return channel.split("*")[1] if is_outside(phone_of_channel(channel)) else ""


def outside_channel(phone: str, agent: str) -> str:
    """A channel that rings the agent at this seat outside, as far as it can be named: without Asterisk's own number."""
    return f"Local/{phone.removesuffix(_OUTSIDE)}*{agent}{_OUTSIDE}-{_AGENTS_SIDE}"


def agents_side(channel: str) -> str:
    """The agent's side of an outside seat, given the side on which the dialplan dials the carrier; else empty."""
    side = channel.removesuffix(_DIALPLANS_SIDE) + _AGENTS_SIDE
    return side if channel.endswith(_DIALPLANS_SIDE) and phone_of_channel(side) else ""
