"""The centre as the current version of its files describes it, and how a running service takes another: all of it, or
none.

What must be there before a call can meet it (sounds, Asterisk's plain queues) is prepared first; then the version holds
on the disk, and then here, within one turn of the loop. Calls in progress go on in the flow they began in.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import structlog

from acd.calendars import Calendar
from acd.distributor import Distributor
from acd.facts import CentrePublished
from cti.centre import Centre, load_centre
from cti.queues_file import Queue, settings_of
from cti.versions.files import Files, require_fit
from cti.versions.manifest import Manifest, Order
from cti.versions.reading import Library, Load, read_centre, require_conversations
from cti.versions.store import Press, Versions
from ivr.flow.model import Flow

log = structlog.get_logger()

Prepare = Callable[[Centre, Mapping[str, Queue]], Awaitable[None]]
"""Makes ready what a centre needs. The queues are all that Asterisk must serve, also those taken out of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a publication changed, by name. `retired` are queues no longer in the file: calls in progress may still come
    to them, so they stay until the daemon starts anew."""

    version: Manifest
    queues_added: Sequence[str]
    queues_changed: Sequence[str]
    queues_retired: Sequence[str]
    flows_changed: Sequence[str]


class Administration:
    """The centre now. `prepare` are run one after another for each version before it holds, `on_change` after."""

    def __init__(
        self,
        versions: Versions,
        version: Manifest,
        centre: Centre,
        distributor: Distributor,
        load: Load = load_centre,
    ) -> None:
        """`load` reads the centre in a folder as this instance may have it."""
        self.versions = versions
        self.version = version
        self.centre = centre
        self.load = load
        self.prepare: list[Prepare] = []
        self.on_change: list[Callable[[Centre], None]] = []
        self.prepare_older: list[Callable[[Centre], Awaitable[None]]] = []
        """What is made ready for callers who are still in an older version, before the first of them goes on."""
        self._library = Library(versions, load)
        self._distributor = distributor
        self._ready = {version.number}
        self._retired: dict[str, Queue] = {}
        self._retired_calendars: dict[str, Calendar] = {}
        self._turn = asyncio.Lock()

    def today(self) -> date:
        """The day that the centre's calendar shows."""
        return self.centre.today()

    @property
    def queues(self) -> Mapping[str, Queue]:
        """All that may still serve a call, also those that are no longer in the files."""
        return {**self.centre.queues, **self._retired}

    def queue(self, name: str) -> Queue:
        """What the files say of a queue, or last said of it. Raises KeyError."""
        return self.centre.queues.get(name) or self._retired[name]

    def calendar(self, name: str) -> Calendar | None:
        """The calendar as the files have it, or last had it; None if they never had it while this daemon runs."""
        return self.centre.calendars.get(name) or self._retired_calendars.get(name)

    async def flows(self, number: int) -> Mapping[str, Flow]:
        """The flows of a version, for a caller who began in it. Its queues and calendars serve him, also those that
        newer files no longer have. Raises UnknownVersion, VersionsDamaged, DocumentError where such flows are taken no
        more, and what the preparations raise.
        """
        if number == self.version.number:
            return self.centre.flows
        older = await self._library.centre(number)
        if number not in self._ready:
            for prepare in self.prepare_older:
                await prepare(older)
            self._ready.add(number)
        self._retired_calendars = {**older.calendars, **self._retired_calendars}
        if missing := {name: queue for name, queue in older.queues.items() if not self._serves(name)}:
            self._retired |= missing
            with self._distributor.command() as (router, now_ms):
                for name, queue in missing.items():
                    router.define_queue(settings_of(name, queue), now_ms=now_ms)
        return older.flows

    async def publish(self, files: Files, order: Order) -> Edit:
        """Make these files the version that holds.

        Raises Superseded, NothingToPublish, PublicationUnderWay, VersionsDamaged, OSError, DocumentError with all
        that is wrong in the files, ConversationsFailed, and what the preparations raise. Then nothing has changed.
        """
        async with self._turn:
            require_fit(files)
            press = await asyncio.to_thread(self.versions.begin)
            try:
                return await self._publish(press, files, order)
            finally:
                await asyncio.to_thread(press.close)

    async def roll_back(self, to: int, *, base: int, by: str, why: str) -> Edit:
        """Publish the files of an older version again, as a new version. Raises as `publish`, and UnknownVersion."""
        files = await asyncio.to_thread(self.versions.files, to)
        return await self.publish(files, Order(base=base, by=by, why=why, restores=to, tested=False))

    async def prepare_again(self) -> None:
        """Make ready what the centre that holds needs. Raises what the preparations raise."""
        async with self._turn:
            await self._prepare(self.centre, self._retired)

    async def _publish(self, press: Press, files: Files, order: Order) -> Edit:
        self.versions.require_base(order.base)
        await asyncio.to_thread(self.versions.require_new, files)
        at = datetime.fromtimestamp(self._distributor.clock.now_ms() / 1000, UTC)
        version = await asyncio.to_thread(press.stage, files, at, order)
        folder = self.versions.folder(version.number)
        centre = await asyncio.to_thread(read_centre, folder, self.load)
        if order.tested:
            await asyncio.to_thread(require_conversations, centre, folder)
        try:
            await self._prepare(centre, self._retired_by(centre))
            await asyncio.to_thread(press.commit)
        except Exception:
            await self._take_back()
            raise
        return self._hold(version, centre)

    def _hold(self, version: Manifest, centre: Centre) -> Edit:
        """From here on the version is the one that callers meet."""
        before = self.centre
        self._ready.add(version.number)
        self._retired_calendars |= before.calendars
        self.version, self.centre, self._retired = version, centre, self._retired_by(centre)
        self._define(before, centre)
        for on_change in self.on_change:
            try:
                on_change(centre)
            except Exception as error:  # the version holds; what cannot follow it must not stop the rest
                log.exception("change-not-followed", error_id=getattr(error, "id", "internal-error"))
        self._distributor.state(
            CentrePublished(
                at_ms=self._distributor.clock.now_ms(),
                version=version.number,
                by=version.by,
                why=version.why,
                restores=version.restores or 0,
            )
        )
        log.info("centre-published", version=version.number, restores=version.restores)
        return _edit(version, before, centre, self._retired)

    async def _prepare(self, centre: Centre, retired: Mapping[str, Queue]) -> None:
        for prepare in self.prepare:
            await prepare(centre, {**centre.queues, **retired})

    async def _take_back(self) -> None:
        """After a preparation that failed half way: what was made ready is that of the version that holds again."""
        try:
            await self._prepare(self.centre, self._retired)
        except Exception as error:
            error_id = getattr(error, "id", "internal-error")
            log.warning("publication-not-taken-back", error_id=error_id, detail=str(error))

    def _retired_by(self, centre: Centre) -> dict[str, Queue]:
        """The queues that no caller is sent to anew once this centre holds."""
        known = {**self._retired, **self.centre.queues}
        return {name: queue for name, queue in known.items() if name not in centre.queues}

    def _serves(self, queue: str) -> bool:
        return queue in self.centre.queues or queue in self._retired

    def _define(self, before: Centre, after: Centre) -> None:
        with self._distributor.command() as (router, now_ms):
            for name, queue in after.queues.items():
                if before.queues.get(name) != queue:
                    router.define_queue(settings_of(name, queue), now_ms=now_ms)
            router.define_reasons(after.allowed_ms())
            router.parking.define(after.parking.numbers if after.parking else ())


def _edit(version: Manifest, before: Centre, after: Centre, retired: Mapping[str, Queue]) -> Edit:
    old, new = before.queues, after.queues
    return Edit(
        version=version,
        queues_added=[name for name in new if name not in old],
        queues_changed=[name for name in new if name in old and old[name] != new[name]],
        queues_retired=list(retired),
        flows_changed=[
            name for name in {**before.flows, **after.flows} if before.flows.get(name) != after.flows.get(name)
        ],
    )
