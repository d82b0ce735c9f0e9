"""What the reception works with: its ports to the rest of the house, put together by the daemon."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol

from acd.distributor import Distributor
from acd.estimates import Estimate
from acd.known_caller import Known, nobody
from ivr.announce import NOTHING, Announce
from ivr.destinations import Destination, Find
from ivr.flow.steps import CalendarIs, Piece, Prompt
from ivr.journeys import Journeys
from ivr.look_ups.asking import LookUps, NoLookUps
from ivr.messages import Messages
from ivr.recording_pause import Recording, Unheard


@dataclass(frozen=True, slots=True, kw_only=True)
class Voicemail:
    """How a message for a queue is taken. `greeting` by language, the house's own words where there is none; `review`:
    the caller is asked what to do with it."""

    greeting: Mapping[str, str] = field(default_factory=dict)
    most_ms: int = 180_000
    silence_s: int = 5
    review: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """What a queue does for those who wait in it, besides music, and for those who leave it."""

    announce: Announce = NOTHING
    voicemail: Voicemail = field(default_factory=Voicemail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """How outside numbers are called for callers: over which carrier's line (an endpoint of Asterisk), as whom (the
    caller himself where nothing is said), and for how long they ring; the patterns of numbers that flows may compute,
    how many such calls may be under way, and how long one may last (None: no limit)."""

    line: str
    caller_id: str = ""
    ring_ms: int = 60_000
    allow: tuple[str, ...] = ()
    at_once: int | None = None
    most_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkingSettings:
    """What parked callers hear, and after how long they go back."""

    music: str = "default"
    back_ms: int = 60_000


class Callbacks(Protocol):
    """Takes call-backs. acd/callback_book.py decides what becomes of them."""

    def request(
        self,
        linkedid: str,
        number: str,
        queue: str,
        *,
        entered_ms: int,
        priority: int,
        skills: Mapping[str, int],
        requires: str,
        data: Mapping[str, str],
        language: str,
    ) -> bool:
        """The caller of `linkedid` wants to be rung back at `number`, and keeps his place. False: that cannot be."""


class Sounds(Protocol):
    """Makes one sound of an utterance (ivr/prompts)."""

    async def sound(self, pieces: Sequence[Piece]) -> str:
        """The sound's name for Asterisk, its pieces joined without a gap; free text among them is spoken, or read by
        what is ready where that fails. Raises PromptError where it cannot be written."""


def _no_estimate(queue: str, position: int) -> Estimate | None:
    return None


def _no_line() -> Outside | None:
    return None


def _nowhere(text: str) -> Destination | None:
    return None


def _always_open(calendar: str, language: str) -> CalendarIs:
    return CalendarIs("open")


def _no_announcement(name: str) -> str:
    return name


def _today() -> date:
    return datetime.now(UTC).date()


def _plain_parking() -> ParkingSettings:
    return ParkingSettings()


def _no_care(queue: str) -> Care:
    return Care()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All ports. `sound_of` gives the sound file of a prompt, without its ending, `sounds` that of an utterance (where
    there is none, prompts are played one by one and nothing else is said); `care_of` what a queue does for its callers;
    `estimate` the wait at a position of a queue, where it is known; `known` who a caller is, as far as that is
    known already, `who` after a moment's wait; `look_ups` asks programs about him; `find` where an agent sends him, and
    `journeys` what he has been through before; `recording` pauses the recording of a call; `beep` is the sound before a
    message, and `messages` the folder where those lie (without it nobody can leave one); `calendar` says what a
    calendar says now, with words in a language, and `announced` is the sound of an announcement recorded for a
    closure; `today` is the day at the centre; `parking` how callers are parked."""

    distributor: Distributor
    sound_of: Callable[[Prompt], str]
    sounds: Sounds | None = None
    care_of: Callable[[str], Care] = _no_care
    estimate: Callable[[str, int], Estimate | None] = _no_estimate
    known: Known = nobody
    who: Known = nobody
    find: Find = _nowhere
    journeys: Journeys | None = None
    callbacks: Callbacks | None = None
    outside: Callable[[], Outside | None] = _no_line
    parking: Callable[[], ParkingSettings] = _plain_parking
    messages: Messages | None = None
    calendar: Callable[[str, str], CalendarIs] = _always_open
    announced: Callable[[str], str] = _no_announcement
    recording: Recording = field(default_factory=Unheard)
    look_ups: LookUps = field(default_factory=NoLookUps)
    today: Callable[[], date] = _today
    beep: str = "beep"
