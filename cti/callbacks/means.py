"""What the call-backs of one Asterisk work with."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from acd.callbacks import VoiceMessage
from acd.distributor import Distributor
from cti.ami.codec import Headers
from cti.ami.message import Message
from ivr.flow.steps import Prompt


class Ami(Protocol):
    """The link to Asterisk (cti.ami.client.AmiClient): `action` raises AmiError, `post` is for an open link only."""

    @property
    def up(self) -> bool:
        """Whether actions can be sent now."""

    async def action(
        self, name: str, headers: Headers | None = None, variables: Mapping[str, str] | None = None
    ) -> Message:
        """Send an action and return Asterisk's response."""

    def post(self, name: str, headers: Headers | None = None) -> None:
        """Send an action without waiting for its answer."""


class MessageAway(Exception):
    """A message cannot be had now: its store or the data base is away, or there is no room."""

    id = "message-away"


class Sound(Protocol):
    """A message that lies ready to be played, until it is put away."""

    path: Path

    async def heard_by(self, agent: str) -> None:
        """The agent is about to hear it: written down. Raises MessageAway, and then he must not hear it."""

    def put_away(self) -> None:
        """Nobody hears it now."""


class MessageAudio(Protocol):
    """The audio of messages (cti/callbacks/audio.py)."""

    async def fetch(self, message: VoiceMessage) -> Sound | None:
        """The message, ready to be played; None where it is there no more. Raises MessageAway."""

    def tidy(self) -> None:
        """Put away what a daemon before us could not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """`channels` are those there are now (uniqueid to linkedid). `line` is the carrier's endpoint over which customers
    are dialled, `shown` the number they see. `was_answered` asks Asterisk's ledger whether the customer of a stay
    (linkedid) has answered: for what no event could tell. `names_of` gives a queue's spoken names by language,
    `sound_of` finds a prompt's sound. `audio` is that of messages.
    """

    client: Ami
    distributor: Distributor
    channels: Callable[[], Mapping[str, str]]
    line: Callable[[], str]
    shown: Callable[[], str]
    sound_of: Callable[[Prompt], str]
    was_answered: Callable[[str], Awaitable[bool]]
    names_of: Callable[[str], Mapping[str, str]]
    audio: MessageAudio
