"""The call centre as the web sees it: the ports through which the API reads and steers, put together by the daemon."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from acd.closures import Closures
from acd.distributor import Distributor
from cti.access import Access
from cti.administration import Administration
from cti.alarms.standing import Alarms
from cti.callbacks.desk import CallbackDesk
from cti.centre import Centre
from cti.http.live import LiveHub
from cti.keeping_port import Keeping
from cti.people import People
from cti.quality_draws import QualityDraws
from cti.quality_losses import QualityLosses
from cti.quality_notices import QualityNotices
from cti.reconciliation import Reconciler
from cti.recording_pauses import CallPauses
from cti.reporting import Reports
from cti.versions.folder import Folder
from ivr.closure_sounds import ClosureSounds
from ivr.destinations import Destination
from ivr.prompts.studio import Studio
from recording.directory import Directory
from recording.store import Store


class Mutes(Protocol):
    """Mutes the agent of a conversation, or lets him be heard again (cti/muting.py)."""

    async def __call__(self, linkedid: str, *, muted: bool, by: str) -> None:
        """Raises NotInConversation and AmiError."""


class Part(BaseModel):
    """One part of the service: whether it works, and in words how it is."""

    model_config = ConfigDict(frozen=True)

    ok: bool
    detail: str = ""
    vital: bool = Field(True, description="Without it no call can be taken.")
    lag_s: float | None = Field(None, description="How far it is behind, where that can be said.")
    waiting: int | None = Field(
        None, description="How many lines or recordings wait for it, where they can be counted."
    )
    alarm: str = Field(
        "", description="The alarm that stands while it does not work (docs/alarms.md), if it names one."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What `cti.http.app.make_app` needs.

    `send_on` sends the caller of a linkedid on (cti/sending.py), `confer` puts a colleague beside him
    (cti/conference.py), `dial` rings an agent who calls a number outside (cti/dialling.py). `health` asks each part
    (asterisk, ami, ledger, journal, database); `started` is set once calls can be routed, when the first snapshot of
    Asterisk has been taken.
    `pauses` are those of recordings that people ask for. `recordings` is the folder that `Recording.file` counts from,
    `keeping` the process that has those that lie elsewhere, `folder` the one in which administrators edit.
    `reports` are the processes that make what takes long, `figures` is one that answers with figures alone: who watches
    those does not wait for a month's report.
    `mask_numbers`: numbers are whole for who was given that permission alone (cti/http/masks.py).
    `schedules_changed` wakes who sends reports by mail.
    """

    distributor: Distributor
    administration: Administration
    store: Store
    people: People
    directory: Directory
    live: LiveHub
    callbacks: CallbackDesk
    closures: Closures
    alarms: Alarms
    studio: Studio
    closure_sounds: ClosureSounds
    send_on: Callable[[str, Destination], Awaitable[None]]
    confer: Callable[[str], Awaitable[str]]
    dial: Callable[[str, str], Awaitable[None]]
    mute: Mutes
    health: Callable[[], Awaitable[Mapping[str, Part]]]
    pauses: CallPauses
    reconciler: Reconciler
    recordings: Path
    keeping: Keeping
    reports: Reports
    figures: Reports
    access: Access
    folder: Folder
    draws: QualityDraws
    losses: QualityLosses
    notices: QualityNotices
    mask_numbers: bool = False
    started: asyncio.Event = field(default_factory=asyncio.Event)
    schedules_changed: asyncio.Event = field(default_factory=asyncio.Event)

    def now_ms(self) -> int:
        """Milliseconds since the epoch, on the daemon's clock."""
        return self.distributor.clock.now_ms()

    @property
    def centre(self) -> Centre:
        """The centre as its files describe it now."""
        return self.administration.centre
