"""Records held against Asterisk's own, as people and programs see the result; and the process of its own in which the
daemon has it done, so that no caller waits for it.
"""

import asyncio
import json
import os
import sys
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from acd.masking import ChannelName
from cti.settings import Settings
from cti.unreached import AWAY, TABLES_MISSING, Unreached
from recording.reconcile.comparison import Cause, Kind
from recording.reconcile.day import Day
from recording.reconcile.rows import DayGone

NICENESS = 10


class ReconciliationFailed(RuntimeError):
    """The comparison could not be made; the message is the command's own."""

    id = "reconciliation-failed"


class DayNotKept(ReconciliationFailed):
    """The files of that day have been removed: asked again, it is still gone."""

    id = DayGone.id


class RecordsUnreached(ReconciliationFailed):
    """The data base did not answer the process that compares, or has not our tables: `why`."""

    def __init__(self, why: Unreached) -> None:
        super().__init__(why.message)
        self.id, self.why = why.id, why


class DifferenceView(BaseModel):
    """One disagreement about a call. `ours` and `theirs` are instants, seconds, or names of channels; empty where that
    side knows nothing."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    cause: Cause
    linkedid: str
    call: str = Field(description="The call's id; empty where we have no record.")
    channel: ChannelName
    ours: ChannelName
    theirs: ChannelName


class ReconciliationView(BaseModel):
    """The records of the calls that began from `since` to `until` against Asterisk's own rows (CDR)."""

    model_config = ConfigDict(frozen=True)

    since: datetime
    until: datetime
    agrees: bool = Field(description="Nothing differs but what a killed Asterisk could not write (asterisk_lost).")
    records: int
    rows: dict[Kind, int] = Field(description="Asterisk's rows by what they are for us.")
    went_on_alone: int = Field(
        description="How often Asterisk stopped counting while a caller went on alone: to a menu, a survey, …"
    )
    unreadable: list[str] = Field(description="Lines of Asterisk's files that are no rows.")
    differences: list[DifferenceView]


def shown(day: Day) -> ReconciliationView:
    """The result for people and programs."""
    result = day.reconciliation
    return ReconciliationView(
        since=day.since,
        until=day.until,
        agrees=result.agrees,
        records=result.records,
        rows=dict(result.rows),
        went_on_alone=result.went_on_alone,
        unreadable=list(day.unreadable),
        differences=[DifferenceView.model_validate(one) for one in result.differences],
    )


class Reconciler:
    """Runs `callcenter reconcile` for the daemon, one at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turn = asyncio.Lock()

    async def day(self, day: date) -> ReconciliationView:
        """The result for this day of the centre. Raises DayNotKept, RecordsUnreached, ReconciliationFailed."""
        async with self._turn:
            process = await asyncio.create_subprocess_exec(
                *("nice", "-n", str(NICENESS)),
                *(sys.executable, "-m", "cti.commands", "reconcile", day.isoformat(), "--json"),
                env={**os.environ, **self._settings.environment()},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                said, complaint = await process.communicate()
            finally:
                if process.returncode is None:  # whoever asked has gone
                    process.kill()
                    await process.wait()
        try:
            return ReconciliationView.model_validate(json.loads(said))
        except ValueError as error:
            said_wrong = complaint.decode("utf-8", "replace").strip()
            for why in (AWAY, TABLES_MISSING):
                if said_wrong.endswith(f"[{why.id}]"):
                    raise RecordsUnreached(why) from error
            failed = DayNotKept if said_wrong.endswith(f"[{DayNotKept.id}]") else ReconciliationFailed
            raise failed(said_wrong or "no answer") from error
