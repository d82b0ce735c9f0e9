"""Keeps what Asterisk has read of the centre (plain queues, numbers, music, phones) equal to the version that holds.
Which files follow from a centre is decided in cti/asterisk/configuration.py.
"""

from collections.abc import Mapping
from dataclasses import replace

import structlog

from cti.accounts import load_credentials
from cti.administration import Administration
from cti.ami.errors import AmiError
from cti.asterisk.configuration import render_plan
from cti.asterisk.refresh import Action, refresh
from cti.centre import Centre
from cti.preparation import plan_of
from cti.queues_file import Queue
from cti.settings import Settings
from ivr.announcements import WORDS, Announcement
from ivr.flow.steps import Prompt
from ivr.prompts import PromptError

log = structlog.get_logger()


class AsteriskPlan:
    """What this Asterisk has read. `action` asks it something (cti.ami.client.AmiClient.action)."""

    def __init__(self, settings: Settings, administration: Administration, action: Action) -> None:
        self._settings = settings
        self._administration = administration
        self._action = action
        self._behind = False

    async def read(self, centre: Centre, queues: Mapping[str, Queue]) -> None:
        """Have it read this centre with these queues: a preparation of every version (cti.administration.Prepare).
        Raises AmiError, OSError."""
        credentials = load_credentials(self._settings.state)
        self._behind = True
        await refresh(self._settings, plan_of(replace(centre, queues=queues)), credentials, self._action)
        self._behind = False

    async def settle(self) -> None:
        """After each (re)connect. Asterisk may have read a version that never came to hold: whoever published it was
        killed half way, or could not take it back; and it has not read what was published while no daemon ran."""
        centre, queues = self._administration.centre, self._administration.queues
        if render_plan(self._settings, plan_of(replace(centre, queues=queues))):
            self._behind = True
        if self._behind:
            await self._read_again("asterisk-not-settled")

    async def replaced(self, prompt: Prompt) -> None:
        """A prompt has come to sound otherwise. One of them Asterisk plays itself, by its file's name."""
        if prompt.text in WORDS[Announcement.OUTSIDE_ASK].values():
            await self._read_again("prompt-not-told-to-asterisk")

    async def _read_again(self, otherwise: str) -> None:
        try:
            await self._administration.prepare_again()
        except (AmiError, PromptError, OSError) as error:
            log.warning(otherwise, error_id=getattr(error, "id", "os-error"), detail=str(error))
