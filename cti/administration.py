"""The centre as its files describe it now, and how the running service takes an edit of them: all of it, or none.

What must be there before a call can meet the edit (sounds, Asterisk's plain queues) is prepared first; only then is the
centre exchanged, within one turn of the loop. Calls in progress go on in the flow they began in.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from acd.calendars import Calendar
from acd.distributor import Distributor
from acd.facts import CentreReloaded
from cti.centre import Centre, load_centre
from cti.queues_file import Queue, settings_of
from ivr.look_ups.check import NOTHING_ALLOWED, Rules

log = structlog.get_logger()

Prepare = Callable[[Centre, Mapping[str, Queue]], Awaitable[None]]
"""Makes ready what a centre needs. The queues are all that Asterisk must serve, also those taken out of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What an edit changed, by name. `retired` are queues no longer in the file: calls in progress may still come to
    them, so they stay until the daemon starts anew."""

    version: str
    queues_added: Sequence[str]
    queues_changed: Sequence[str]
    queues_retired: Sequence[str]
    flows_changed: Sequence[str]


class Administration:
    """The centre now. `prepare` are run one after another for each edit before it holds, `on_change` after."""

    def __init__(
        self, folder: Path, centre: Centre, distributor: Distributor, look_ups: Rules = NOTHING_ALLOWED
    ) -> None:
        """`look_ups` are what programs its flows may ask."""
        self.centre = centre
        self.prepare: list[Prepare] = []
        self.on_change: list[Callable[[Centre], None]] = []
        self._folder = folder
        self._look_ups = look_ups
        self._distributor = distributor
        self._retired: dict[str, Queue] = {}
        self._retired_calendars: dict[str, Calendar] = {}
        self._turn = asyncio.Lock()

    def queue(self, name: str) -> Queue:
        """What the files say of a queue, or last said of it. Raises KeyError."""
        return self.centre.queues.get(name) or self._retired[name]

    def calendar(self, name: str) -> Calendar | None:
        """The calendar as the files have it, or last had it; None if they never had it while this daemon runs."""
        return self.centre.calendars.get(name) or self._retired_calendars.get(name)

    async def reload(self, by: str) -> Edit:
        """Take the files as they are now. Raises DocumentError with everything that is wrong in them, and what the
        preparations raise; then nothing has changed."""
        async with self._turn:
            centre = await asyncio.to_thread(load_centre, self._folder, look_ups=self._look_ups)
            before, retired = self.centre, self._retired | dict(self.centre.queues)
            retired = {name: queue for name, queue in retired.items() if name not in centre.queues}
            for prepare in self.prepare:
                await prepare(centre, {**centre.queues, **retired})
            self._retired_calendars |= before.calendars
            self.centre, self._retired = centre, retired
            self._define(before, centre)
            for on_change in self.on_change:
                on_change(centre)
            now_ms = self._distributor.clock.now_ms()
            self._distributor.state(CentreReloaded(at_ms=now_ms, version=centre.version, by=by))
            log.info("centre-reloaded", version=centre.version, by=by)
            return _edit(before, centre, retired)

    def _define(self, before: Centre, after: Centre) -> None:
        with self._distributor.command() as (router, now_ms):
            for name, queue in after.queues.items():
                if before.queues.get(name) != queue:
                    router.define_queue(settings_of(name, queue), now_ms=now_ms)
            router.define_reasons(after.allowed_ms())


def _edit(before: Centre, after: Centre, retired: Mapping[str, Queue]) -> Edit:
    old, new = before.queues, after.queues
    return Edit(
        version=after.version,
        queues_added=[name for name in new if name not in old],
        queues_changed=[name for name in new if name in old and old[name] != new[name]],
        queues_retired=list(retired),
        flows_changed=[
            name for name in {**before.flows, **after.flows} if before.flows.get(name) != after.flows.get(name)
        ],
    )
