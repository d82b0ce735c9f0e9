"""The sounds of one instance: their folders, who speaks in them, and what is made before a version of the centre's
files holds. What is said is gathered in cti/said.py, how it is spoken is decided in ivr/prompts.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from acd.distributor import Distributor
from cti.centre import Centre
from cti.queues_file import Queue
from cti.recorded_files import recordings
from cti.said import places, ready_prompts, utterances
from cti.settings import Settings
from ivr.flow.steps import Prompt
from ivr.prompts import PassingSounds, Prompts, Replacements, Utterances
from ivr.prompts.catalogue import Catalogue
from ivr.prompts.studio import Studio

log = structlog.get_logger()

TIDY_EVERY_S = 900.0

TOLD_EVERY = 100
"""Prompts from one word on how far it is to the next."""


def ready_sounds(settings: Settings) -> Prompts:
    """What is made ahead."""
    folder = settings.state / "sounds"
    return Prompts(folder / "prompts", settings.speakers, Replacements(folder / "replacements"))


async def make_sounds(ready: Prompts, centre: Centre) -> None:
    """Makes ready what a centre says. Raises PromptError."""
    made = await ready.make(ready_prompts(centre), _tell)
    await ready.make_recorded(recordings(centre.flows.values(), centre.sounds))
    joined = await ready.join(utterances(centre))
    if made or joined:
        log.info("prompts-made", made=made, joined=joined)


class Sounds:
    """All of them. `announced` is the sound of an announcement recorded for a closure."""

    def __init__(self, settings: Settings, distributor: Distributor, announced: Callable[[str], str]) -> None:
        folder = settings.state / "sounds"
        self.ready = ready_sounds(settings)
        self.passing = PassingSounds(folder / "callers")
        self.utterances = Utterances(self.ready, self.passing, announced=announced, time_limit_s=settings.speech_s)
        self.catalogue = Catalogue(folder / "numbers.json")
        self.studio = Studio(
            distributor=distributor,
            prompts=self.ready,
            catalogue=self.catalogue,
            folder=folder / "replacements",
            after=self._after,
        )
        self.after: list[Callable[[Prompt], Awaitable[None]]] = []
        """What else is to be done where a prompt has come to sound otherwise."""
        self._centre: Centre | None = None

    async def make(self, centre: Centre, _: Mapping[str, Queue] | None = None) -> None:
        """Makes what the centre says that is not there yet. Raises PromptError."""
        await make_sounds(self.ready, centre)

    def hold(self, centre: Centre) -> None:
        """This is the centre whose texts are listed. Raises SoundsUnwritable."""
        self._centre = centre
        self.catalogue.revise(places(centre))

    async def run(self) -> None:
        """Keep the folders tidy, until cancelled."""
        while True:
            for tidy in (self.passing.tidy, self.ready.tidy):
                try:
                    await asyncio.to_thread(tidy)
                except OSError as error:
                    log.warning("sounds-not-tidied", error_id="sounds-not-tidied", detail=str(error))
            await asyncio.sleep(TIDY_EVERY_S)

    async def _after(self, prompt: Prompt) -> None:
        if self._centre is not None:
            await self.ready.join(utterances(self._centre))
        for after in self.after:
            await after(prompt)


def _tell(done: int, total: int) -> None:
    if total >= TOLD_EVERY and done % TOLD_EVERY == 0:
        log.info("prompts-being-made", done=done, total=total)
