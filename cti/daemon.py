"""The composition root: makes the parts of the daemon, joins them, and runs them until it is told to stop.

If one part dies the daemon ends, and whoever started it starts it again: half a daemon would be worse than none.
The file is long because every part is named here, and joined with the others, once.
"""

import asyncio
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from acd.clock import Clock
from acd.closures import Closures
from acd.distributor import Distributor
from acd.facts import DaemonStarted
from cti.access import Access
from cti.accounts import AccountsError, load_credentials
from cti.administration import Administration
from cti.alarms.standing import Alarms
from cti.alarms.watch import AlarmWatch
from cti.ami.errors import AmiError
from cti.asterisk.configuration import render_plan
from cti.asterisk.refresh import refresh
from cti.calendar_port import CalendarPort
from cti.callbacks.make import make_desk, restore_desk
from cti.callers import Callers
from cti.centre import Centre
from cti.children import fork_children
from cti.conference import Conference
from cti.dialling import DeskDialling
from cti.estimates import estimates_of, recall
from cti.figure_rules import RuleKeeping
from cti.floor import Floor
from cti.health import Health
from cti.http.app import make_app
from cti.http.live import LiveHub
from cti.incumbency import serving_alone
from cti.keeping import KeepingProcess
from cti.logs import write_logs
from cti.look_ups import LookUps
from cti.mail_rounds import mail_rounds
from cti.memory import settle_down
from cti.muting import Muting
from cti.outcome_keys import OutcomeKeys
from cti.outside import may_dial, outside_of, seat_outside
from cti.parking_port import ParkingPort
from cti.pause_codes import PauseCodes
from cti.people import People
from cti.preparation import plan_of
from cti.processes import allow_open_files, favour_the_loop
from cti.quality_draws import make_draws
from cti.queues_file import Queue
from cti.reconciliation import Reconciler
from cti.recorder import RecorderProcess
from cti.recording_pauses import CallPauses
from cti.recording_switch import MixMonitors
from cti.reporting import Reports
from cti.restoration import restore
from cti.routing import router_of
from cti.sending import Sending
from cti.service_hours import ServiceHours
from cti.settings import Settings, SettingsError, load_settings
from cti.sounds import Sounds
from cti.switch import Switch
from cti.versions.errors import VersionError
from cti.versions.start import folder_of, load_of, serving, start, versions_of
from ivr.agi.errors import AgiCannotListen
from ivr.agi.server import AgiServer, Handler
from ivr.announcements import WORDS, Announcement
from ivr.closing import Closing
from ivr.closure_sounds import ClosureSounds
from ivr.consults import Consults
from ivr.desk import Desk
from ivr.destinations import Destinations
from ivr.dialling import Dialling
from ivr.documents import DocumentError
from ivr.fetching import Fetching
from ivr.flow.model import Flow
from ivr.flow.steps import Prompt
from ivr.journeys import Journeys
from ivr.prompt_recording import PromptRecording
from ivr.prompts import PromptError
from ivr.published import Entrance, Published
from ivr.reception import Reception
from ivr.star_codes import StarCodes
from ivr.tones import provide_beep
from recording.access import AccessTokens
from recording.database import DatabaseError
from recording.directory import Directory
from recording.journal import Journal
from recording.standing import standing
from recording.store import Agent, Store

if TYPE_CHECKING:
    from cti.facts_stream import FactsStream

log = structlog.get_logger()

GRACE_S = 0.2
"""How long callers' sessions may end by themselves when we stop; then the dialplan takes them over."""

UNUSABLE = (SettingsError, DocumentError, VersionError, AccountsError, DatabaseError, PromptError, AgiCannotListen)
"""What starting again does not cure."""


class Daemon:
    """All parts of one daemon, joined. `serve` runs it."""

    def __init__(self, settings: Settings) -> None:
        """Raises DocumentError, VersionError, AccountsError, OSError for files that cannot be used."""
        self.settings = settings
        credentials = load_credentials(settings.state)
        started = start(settings)
        clock = Clock()
        self.distributor = Distributor(router_of(started.centre, clock.now_ms()), clock, started.centre.seats)
        self.administration = Administration(
            versions_of(settings), started.version, started.centre, self.distributor, load_of(settings)
        )
        self.journal = Journal(settings.journal)
        self.store = Store(settings.database_url)
        self.people = People.with_staff(self.store, self._define, self.administration.today)
        self.estimates = estimates_of(self.distributor)
        self.live = LiveHub(self.distributor, self.estimates)
        self.hours = ServiceHours(self.distributor)
        self.closures = Closures(self.distributor.state)
        self.alarms = Alarms(self.distributor.state)
        self.closure_sounds = ClosureSounds(settings.state / "sounds/closures")
        self.sounds = Sounds(settings, self.distributor, self.closure_sounds.sound)
        self.prompts = self.sounds.ready
        self.sounds.after.append(self._replaced)
        self.directory = Directory(self.store)
        self.callers = Callers(self.directory, self.distributor, lambda: self.administration.centre)
        self.distributor.on_fact.append(self.callers.on_fact)
        self.look_ups = LookUps(settings.look_ups.rules.allowed, settings.look_ups.secrets)
        self.journeys = Journeys(self.distributor)
        self.parking = ParkingPort(lambda: self.administration.centre, self.prompts.sound)
        self.destinations = Destinations(
            self.distributor,
            lambda: self.administration.centre.extensions,
            lambda: set(self.administration.centre.numbers),
            self.parking.numbers,
        )
        self.consults = Consults(self.distributor, self.destinations, self.journeys, self.parking.space_sound)
        self.switch = Switch(
            settings.node,
            settings.control,
            settings.ami_port,
            "callcenter",
            credentials.ami.callcenter,
            self.distributor,
            self.live.board,
            on_joined=self.consults.joined,
        )
        self.callbacks, self.messages = make_desk(
            settings, lambda: self.administration.centre, self.distributor, self.switch, self.prompts
        )
        self.administration.prepare += [self.sounds.make, self._refresh_asterisk]
        self.administration.prepare_older.append(self.sounds.make)
        self.administration.on_change.append(self._take_edit)
        self.draws = make_draws(settings, self.store, self.administration)
        self.rules = RuleKeeping(self.store, self.administration)
        self.keeping = KeepingProcess(settings, self.live.on_record)
        self.recorder = RecorderProcess(settings, self._channels, self._on_record)
        self.stream = _stream(settings.redis)
        self.health = Health(
            self.switch,
            self.recorder,
            self.keeping,
            self.journal,
            self.store,
            self.stream,
            lambda: self.administration.centre,
        )
        self.accounts = credentials.agents
        self._asterisk_behind = False
        self.monitors = MixMonitors(self.switch.client)
        self.pauses = CallPauses(
            self.monitors, self.distributor, lambda: self.switch.channels, limit_s=settings.recordings.pause_s
        )
        self.dialling = Dialling(
            self.distributor,
            lambda: may_dial(self.administration.centre),
            lambda: outside_of(self.administration.centre),
            self.destinations,
            self.switch.took,
        )
        self.floor = Floor(
            distributor=self.distributor,
            administration=self.administration,
            store=self.store,
            people=self.people,
            directory=self.directory,
            live=self.live,
            callbacks=self.callbacks,
            closures=self.closures,
            alarms=self.alarms,
            closure_sounds=self.closure_sounds,
            studio=self.sounds.studio,
            send_on=Sending(self.switch.client, self.distributor, self.journeys),
            confer=Conference(self.switch.client, self.distributor),
            mute=Muting(self.switch.client, self.distributor, self.switch.channel_at),
            dial=DeskDialling(self.switch.client, self.distributor, self.dialling),
            health=self.health.parts,
            pauses=self.pauses,
            reconciler=Reconciler(settings),
            recordings=settings.recordings_folder,
            keeping=self.keeping,
            reports=Reports(settings),
            figures=Reports(settings, at_most=1),
            access=Access(credentials.token, AccessTokens(self.store)),
            folder=folder_of(settings),
            mask_numbers=settings.mask_numbers,
            draws=self.draws,
        )
        self.alarm_watch = AlarmWatch(self.floor, self.alarms)
        self.mails = mail_rounds(settings.mail, self.floor)
        scripts: dict[str, Handler] = {
            "call": self._reception(),
            "callback": self.callbacks,
            "consult": self.consults,
            "star": self._star_codes(),
        }
        self.agi = AgiServer(settings.control, settings.agi_port, scripts)

    async def serve(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set. Raises what the first part to die raises."""
        runner = await self._open_web()
        try:
            await self._prepare()
            settle_down()
            await self.agi.start()
            parts = [self.switch.run(), self.recorder.run(), self.keeping.run(), self.sounds.run(), self.rules.run()]
            parts += [self._become_ready(), self.draws.run(), self.mails.run(), self.alarm_watch.run()]
            parts += [self.stream.run()] if self.stream else []
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(part) for part in parts]
                await stop.wait()
                self.distributor.close()
                self.callbacks.close()
                self.pauses.close()
                self.hours.define({})
                await self.agi.stop(GRACE_S)
                for task in tasks:
                    task.cancel()
        finally:
            await self.agi.stop()
            await self.sounds.utterances.close()
            await runner.cleanup()
            await self.look_ups.close()
            await self.floor.reports.close()
            await self.floor.figures.close()
            self.journal.close()
            await self.store.close()

    async def _prepare(self) -> None:
        """What must be there before the first call: tables, people, prompts, and who was signed in."""
        await self.store.migrate()
        await self.rules.write()
        await self.sounds.make(self.administration.centre)
        self.sounds.hold(self.administration.centre)
        self.distributor.on_fact.insert(0, self.journal.append)
        if self.stream is not None:
            self.distributor.on_fact.append(self.stream.put)
        now_ms = self.distributor.clock.now_ms()
        self.distributor.state(DaemonStarted(at_ms=now_ms, node=self.settings.node, version=version("callcenter")))
        await self.people.enrol(self.accounts)
        recall(self.estimates, self.journal.path)
        held = standing(self.journal.path)
        restore(self.distributor, self.closures, held)
        self.closures.on_change.append(self._keep_hours)
        self._keep_hours()
        self.alarms.restore(held)
        self.pauses.restore(held)
        restore_desk(self.callbacks, held, self.administration.centre)

    async def _open_web(self) -> web.AppRunner:
        runner = web.AppRunner(make_app(self.floor), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, self.settings.listen, self.settings.http_port).start()
        return runner

    async def _become_ready(self) -> None:
        """After each (re)connect the recorder looks for what Asterisk has ended unheard, and those who ask for whom
        they have been given."""
        while True:
            await self.switch.ready.wait()
            self.floor.started.set()
            await self._settle_asterisk()
            self.recorder.settle()
            self.consults.look()
            self.pauses.look()
            await self.switch.lost.wait()

    def _on_record(self, record: str) -> None:
        self.live.on_record(record)
        self.keeping.look()

    def _define(self, person: Agent) -> None:
        with self.distributor.command() as (router, now_ms):
            router.define_agent(person.number, person.name, person.skills, person.attributes, now_ms=now_ms)

    async def _replaced(self, prompt: Prompt) -> None:
        """Asterisk itself plays one prompt, by its file's name."""
        if prompt.text in WORDS[Announcement.OUTSIDE_ASK].values():
            try:
                await self.administration.prepare_again()
            except (AmiError, OSError) as error:
                log.warning("prompt-not-told-to-asterisk", error_id=getattr(error, "id", "io"), detail=str(error))

    async def _refresh_asterisk(self, centre: Centre, queues: Mapping[str, Queue]) -> None:
        credentials = load_credentials(self.settings.state)
        plan = plan_of(replace(centre, queues=queues))
        self._asterisk_behind = True
        await refresh(self.settings, plan, credentials, self.switch.client.action)
        self._asterisk_behind = False

    async def _settle_asterisk(self) -> None:
        """Asterisk may have read a version that never came to hold: whoever published it was killed half way, or could
        not take it back; and it has not read what was published while no daemon ran."""
        plan = plan_of(replace(self.administration.centre, queues=self.administration.queues))
        if render_plan(self.settings, plan):
            self._asterisk_behind = True
        if not self._asterisk_behind:
            return
        try:
            await self.administration.prepare_again()
        except (AmiError, PromptError, OSError) as error:
            log.warning("asterisk-not-settled", error_id=getattr(error, "id", "os-error"), detail=str(error))

    def _take_edit(self, centre: Centre) -> None:
        self.sounds.hold(centre)
        self._keep_hours()
        self.distributor.seats = centre.seats
        self.switch.keep_members()
        self.callbacks.revise()

    def _keep_hours(self) -> None:
        self.hours.define(self.administration.centre.service_hours(self.closures))

    def _channels(self) -> Mapping[str, str] | None:
        return self.switch.channels if self.switch.ready.is_set() else None

    def _reception(self) -> Reception:
        desk = Desk(
            distributor=self.distributor,
            sound_of=self.prompts.sound,
            sounds=self.sounds.utterances,
            care_of=lambda queue: self.administration.queue(queue).care,
            estimate=self.estimates.estimate,
            known=self.callers.known,
            who=self.callers.who,
            look_ups=self.look_ups,
            outside=lambda: outside_of(self.administration.centre),
            parking=self.parking.settings,
            callbacks=self.callbacks,
            messages=self.messages,
            find=self.destinations,
            journeys=self.journeys,
            recording=self.monitors,
            beep=provide_beep(self.settings.state / "sounds/tones"),
            calendar=CalendarPort(
                self.administration, self.closures, self.distributor.clock.now_ms, self.closure_sounds.has
            ),
            announced=self.closure_sounds.sound,
            today=self.administration.today,
        )
        return Reception(desk, Published(self._entrance, self._flows_of))

    def _entrance(self, dialled: str) -> Entrance:
        centre = self.administration.centre
        number = centre.numbers[dialled]
        return Entrance(centre.flows, number.flow, self.administration.version.number, number.fallback)

    async def _flows_of(self, version: int) -> Mapping[str, Flow] | None:
        """The flows in which a caller began; None where they cannot be had, so that he goes on in those of now."""
        try:
            return await self.administration.flows(version)
        except (VersionError, DocumentError, PromptError, OSError) as error:
            log.error("version-unusable", error_id=getattr(error, "id", "os-error"), version=version, detail=str(error))
            return None

    def _star_codes(self) -> StarCodes:
        return StarCodes(
            self.distributor,
            self.people.authenticate,
            self._outside_of,
            self.prompts.sound,
            lambda: self.administration.centre.custom,
            Closing(
                distributor=self.distributor,
                closures=self.closures,
                sounds=self.closure_sounds,
                administrators=lambda: self.administration.centre.administrators,
                sound_of=self.prompts.sound,
                beep=provide_beep(self.settings.state / "sounds/tones"),
            ),
            PromptRecording(
                studio=self.sounds.studio,
                administrators=lambda: self.administration.centre.administrators,
                beep=provide_beep(self.settings.state / "sounds/tones"),
            ),
            OutcomeKeys(self.store, self.distributor),
            PauseCodes(self.pauses),
            Fetching(self.distributor, self.switch.took),
            self.dialling,
        )

    async def _outside_of(self, number: str) -> str:
        person = await self.people.find(number)
        return seat_outside(self.administration.centre, number, person.outside if person else "")


def _stream(address: str) -> "FactsStream | None":
    """Only who has a Redis needs its library."""
    if not address:
        return None
    stream: FactsStream = import_module("cti.facts_stream").FactsStream(address)
    return stream


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with serving(settings), serving_alone(settings.state):
        await Daemon(settings).serve(stop)


def main() -> int:
    """The daemon's life: 0 when it was told to stop, 2 for files or settings it cannot use."""
    write_logs()
    allow_open_files()
    try:
        settings = load_settings()
        fork_children("cti.recorder_main", "cti.keeping_main")
        favour_the_loop()
        asyncio.run(_run(settings))
    except UNUSABLE as error:
        log.error("not-started", error_id=error.id, detail=str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
