"""The call record: what remains of a call, as the API shows it and SQL keeps it. Shape only; recording.fold fills it.

Times are aware UTC, durations integer milliseconds. A conversation is caller and agent in one bridge, hearing each
other.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from acd.masking import ChannelName, Personal
from acd.states import CallbackOutcome, CallOutcome, DequeueReason, EndedBy, OfferOutcome, ParkingOutcome, TransferKind

ASTERISK_LOST = "asterisk_lost"
"""The reason of a call whose end Asterisk, killed, did not write."""


UNKNOWN_NUMBER, CALL_LIMIT, LINES_BUSY = "unknown_number", "call_limit", "lines_busy"
"""Reasons of blocked calls; any other is "refused"."""


class Direction(StrEnum):
    """Where a call came from."""

    INBOUND = "inbound"  # from a carrier line
    INTERNAL = "internal"  # from an agent's phone
    OUTBOUND = "outbound"  # from us: a customer is called back


class LegKind(StrEnum):
    """Whose channel a leg is."""

    CALLER = "caller"
    AGENT = "agent"
    OTHER = "other"


class AudioFormat(StrEnum):
    """How a recording is stored; the value is its file's ending."""

    WAV = "wav"
    FLAC = "flac"
    OPUS = "opus"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PathStep(_Value):
    """A node of the flow the caller reached; `choice` is his last answer there, if the node is a menu he answered."""

    node: str
    kind: str
    at: datetime
    choice: str | None = None


class QueueVisit(_Value):
    """A stay in one queue, from first entry to leaving it for good; missed offers and our absences do not end it."""

    queue: str
    entered_at: datetime
    left_at: datetime
    wait_ms: int
    reason: DequeueReason
    priority: int = 0
    skills: Mapping[str, int] = {}
    data: Mapping[str, Personal] = {}


class Offer(_Value):
    """One agent's phone rang for this call. `reconstructed`: not offered by the router but by the fallback queue."""

    queue: str
    agent: str
    at: datetime
    ring_ms: int
    outcome: OfferOutcome
    decision: Mapping[str, Any] = {}
    reconstructed: bool = False


class Conversation(_Value):
    """Caller and agent connected; `hold_ms` of it the caller was on hold."""

    agent: str
    started_at: datetime
    ended_at: datetime
    hold_ms: int


class WrapUp(_Value):
    """After-call work of `agent` for this call, which came to him from `queue`, empty for none."""

    agent: str
    queue: str
    started_at: datetime
    ended_at: datetime
    wrap_up_ms: int


class Transfer(_Value):
    """`agent` sent the caller on, to `queue` or to one agent by his number; `to` is who spoke with the caller next.

    `consult` is the id of the call in which `agent` asked for it before. `reconstructed`: the ledger alone tells of it.
    """

    kind: TransferKind
    at: datetime
    agent: str
    queue: str | None = None
    to: str | None = None
    consult: str | None = None
    reconstructed: bool = False


class Parking(_Value):
    """`agent` parked the caller at `space`, or wanted to when none was free (null). `outcome` is how he left it, null
    where the router did not live to tell; `to` is who fetched him, null for nobody."""

    space: str | None
    agent: str
    started_at: datetime
    ended_at: datetime
    outcome: ParkingOutcome | None = None
    to: str | None = None


class Mute(_Value):
    """The caller heard nothing of `agent`, because `by` ("agent:1001", "api:crm") had him muted here. What he mutes at
    his telephone is not known."""

    agent: str
    by: str
    started_at: datetime
    ended_at: datetime


class Survey(_Value):
    """The caller was asked for a mark about his conversation with `agent` of `queue` (null where there was none).
    `score` is the key he pressed, 1 to 9, null where he did not answer."""

    survey: str
    node: str
    asked_at: datetime
    score: int | None = None
    queue: str | None = None
    agent: str | None = None


class Hearing(_Value):
    """An agent has listened to a message, to its end if `whole`."""

    agent: str
    at: datetime
    heard_ms: int
    whole: bool


class Message(_Value):
    """A message that the caller has left for a queue. `callback` is the id of the call-back that brings it to an agent,
    `outcome` what became of that, null while it is open; `file` is relative to the folder of recordings, and is there
    until a day after the end."""

    callback: str
    queue: str
    left_at: datetime
    duration_ms: int
    file: str
    heard: tuple[Hearing, ...] = ()
    outcome: CallbackOutcome | None = None
    ended_at: datetime | None = None


class SegmentKind(StrEnum):
    """What a caller meets at one time."""

    RINGING = "ringing"  # nobody has answered him yet: we, a colleague who is rung out of no queue, a number outside
    PREPARING = "preparing"  # of a call of ours: its agent is rung, and told whom he is about to speak with
    IVR = "ivr"  # the flow speaks with him
    WAITING = "waiting"  # in a queue, also while an agent's phone rings for him
    PARKED = "parked"  # at a space, until somebody fetches him
    FALLBACK = "fallback"  # in the plain queue of last resort, the router being away
    TALKING = "talking"  # with one agent
    CONFERENCE = "conference"  # with several at once
    HOLD = "hold"  # every agent he talks with holds him
    OUTSIDE = "outside"  # talking with whom a queue or his flow has called for him
    MESSAGE = "message"  # asked for a message, and speaking it
    SURVEY = "survey"


class Segment(_Value):
    """A stretch of the call in which the caller met one thing. `queue` is the queue he waits in, `agents` are those he
    talks with, is held by, or is rung for him out of no queue; those who hold him in a conference are left out. Of a
    parked caller `space` is where, and `agents` is who parked him. Of the agents in `muted` he heard nothing: they
    were muted here."""

    kind: SegmentKind
    started_at: datetime
    ended_at: datetime
    queue: str | None = None
    agents: tuple[str, ...] = ()
    space: str | None = None
    muted: tuple[str, ...] = ()


class Closing(_Value):
    """The call was closed with an outcome code. `agent` is whose call it was, null where nobody spoke with the caller;
    `by` says who did it, as the causes of agent states do; `resolved` is what the code meant then."""

    at: datetime
    by: str
    agent: str | None
    code: str
    resolved: bool
    note: Personal = ""
    matter: Personal = ""


class Leg(_Value):
    """One channel of the call. `cause` is the hang-up cause of ITU-T Q.850, 0 where Asterisk gave none.

    `reconstructed`: Asterisk's ledger lacks its beginning or its end, and the router's word stands for them. Of a
    channel of which the ledger has nothing `channel` is without Asterisk's number, or empty, and `uniqueid` is empty.
    """

    channel: ChannelName
    uniqueid: str
    kind: LegKind
    number: Personal
    agent: str | None
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    cause: int
    reconstructed: bool = False


class Pause(_Value):
    """From `start_ms` to `end_ms` of the recording both sides are silence, because `who` ("flow", "agent:1001",
    "api:crm") asked for it; `why` is "secret" in a flow, else his words."""

    start_ms: int
    end_ms: int
    who: str
    why: Personal


ERASED = "erased"
"""The place of a recording that is gone."""


class Recording(_Value):
    """A stereo file, caller left, what he heard right. `file` is relative to the folder of recordings, or to the store
    named by `place`, empty for the folder. `bytes` and `sha256` are of the file, `pcm_sha256` of the samples in it
    (signed 16 bit, little-endian, left and right in turn), empty in what was recorded before these were kept; `rate`
    are samples a second.
    """

    file: str
    started_at: datetime
    duration_ms: int
    bytes: int
    sha256: str
    format: AudioFormat = AudioFormat.WAV
    channels: int = 2
    rate: int = 8000
    pcm_sha256: str = ""
    place: str = ""
    pauses: tuple[Pause, ...] = ()


class Missing(_Value):
    """Talk of which there is no recording; `cause` says why, as far as it is known: "asterisk_lost", "disk_full",
    "unknown"."""

    started_at: datetime
    ended_at: datetime
    cause: str


class CallRecord(_Value):
    """One call, however many channels and queues it crossed. Story by story: docs/call-record.md.

    `closings` is how agents closed it, in order; `outcome_code`, `resolved`, `matter`, `notes` are of the last.

    `answered_at` is when the caller's line was answered (by the IVR, as a rule), `connected_at` when he first spoke
    with an agent, `agent` the first who did. `queue` is the last queue visited, whose priority, skills and data follow.
    `segments` are what the caller met from `started_at` to `ended_at`, without gap or overlap. `talk_ms` is without
    `hold_ms`, the time in which all agents he was connected with held him; while he was parked (`parked_ms`) he was
    with nobody. `consult_of` is the id of the call on hold
    about which an agent asks in this one. `callback` is the id of the call-back that was asked for in this call, or
    that this call is an attempt of; of an attempt `origin` is the id of the call in which it was asked for, `caller`
    and `dialled` are the customer's number, and the wait counts from the place he kept. `reconstructed`: some of it is
    told by Asterisk's ledger alone, the router's own account being missing or cut short. `missing` is talk that no
    recording has, known once the audio has been looked at.
    """

    id: str
    linkedid: str
    direction: Direction
    caller: Personal
    caller_name: Personal
    dialled: Personal
    started_at: datetime
    answered_at: datetime | None
    connected_at: datetime | None
    ended_at: datetime
    outcome: CallOutcome
    ended_by: EndedBy
    reason: str
    queue: str | None
    priority: int | None
    skills: Mapping[str, int]
    data: Mapping[str, Personal]
    agent: str | None
    wait_ms: int
    talk_ms: int
    hold_ms: int
    parked_ms: int = 0
    wrap_up_ms: int
    wrap_ups: tuple[WrapUp, ...] = ()
    ivr_path: tuple[PathStep, ...]
    queues: tuple[QueueVisit, ...]
    offers: tuple[Offer, ...]
    conversations: tuple[Conversation, ...]
    transfers: tuple[Transfer, ...] = ()
    parkings: tuple[Parking, ...] = ()
    mutes: tuple[Mute, ...] = ()
    consult_of: str | None = None
    callback: str | None = None
    origin: str | None = None
    closings: tuple[Closing, ...] = ()
    outcome_code: str | None = None
    resolved: bool | None = None
    matter: Personal = ""
    notes: Personal = ""
    surveys: tuple[Survey, ...] = ()
    messages: tuple[Message, ...] = ()
    segments: tuple[Segment, ...] = ()
    legs: tuple[Leg, ...]
    recordings: tuple[Recording, ...]
    missing: tuple[Missing, ...] = ()
    reconstructed: bool
