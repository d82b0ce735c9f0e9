"""The composition root: makes the parts of a daemon and joins them. Each is named here, once; how they are started,
kept running and ended is decided in cti/daemon.py.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from acd.clock import Clock
from acd.closures import Closures
from acd.distributor import Distributor
from cti.access import Access
from cti.accounts import load_credentials
from cti.administration import Administration
from cti.alarms.standing import Alarms
from cti.alarms.watch import AlarmWatch
from cti.asterisk_plan import AsteriskPlan
from cti.calendar_port import CalendarPort
from cti.callbacks.audio import KeptAudio
from cti.callbacks.make import make_desk
from cti.callers import Callers
from cti.centre import Centre
from cti.conference import Conference
from cti.dialling import DeskDialling
from cti.entrances import entrances
from cti.estimates import estimates_of
from cti.figure_rules import RuleKeeping
from cti.floor import Floor
from cti.health import Health
from cti.http.live import LiveHub
from cti.keeping import KeepingProcess
from cti.ledger_watch import LedgerWatch
from cti.look_ups import LookUps
from cti.mail_rounds import mail_rounds
from cti.muting import Muting
from cti.outcome_keys import OutcomeKeys
from cti.outside import may_dial, outside_of, stored_seat
from cti.parking_port import ParkingPort
from cti.pause_codes import PauseCodes
from cti.people import People
from cti.quality_losses import make_quality
from cti.reconciliation import Reconciler
from cti.recorder import RecorderProcess
from cti.recording_pauses import CallPauses
from cti.recording_switch import MixMonitors
from cti.reporting import Reports
from cti.routing import router_of
from cti.sending import Sending
from cti.service_hours import ServiceHours
from cti.settings import Settings
from cti.sounds import Sounds
from cti.switch import Switch
from cti.tables import Runs, Tables
from cti.versions.start import folder_of, load_of, start, versions_of
from ivr.agi.server import AgiServer, Handler
from ivr.closing import Closing
from ivr.closure_sounds import ClosureSounds
from ivr.consults import Consults
from ivr.desk import Desk
from ivr.destinations import Destinations
from ivr.dialling import Dialling
from ivr.fetching import Fetching
from ivr.journeys import Journeys
from ivr.prompt_recording import PromptRecording
from ivr.reception import Reception
from ivr.star_codes import StarCodes
from ivr.tones import provide_beep
from recording.access import AccessTokens
from recording.directory import Directory
from recording.journal import Journal
from recording.store import Agent, Store

if TYPE_CHECKING:
    from cti.facts_stream import FactsStream


class Parts:
    """All parts of one daemon, joined; none of them runs yet."""

    def __init__(self, settings: Settings) -> None:
        """Raises DocumentError, VersionError, AccountsError, OSError for files that cannot be used."""
        self.settings = settings
        credentials = load_credentials(settings.state)
        self.accounts = credentials.agents
        started = start(settings)
        clock = Clock()
        self.distributor = Distributor(router_of(started.centre, clock.now_ms()), clock, started.centre.seats)
        self.administration = Administration(
            versions_of(settings), started.version, started.centre, self.distributor, load_of(settings)
        )
        self.journal = Journal(settings.journal)
        self.store = Store(settings.database_url)
        self.people = People.with_staff(
            self.store, self._define, self.administration.today, settings.state / "people.json"
        )
        self.estimates = estimates_of(self.distributor)
        self.alarms = Alarms(self.distributor.state)
        self.live = LiveHub(self.distributor, self.estimates, self.alarms)
        self.hours = ServiceHours(self.distributor)
        self.closures = Closures(self.distributor.state)
        self.closure_sounds = ClosureSounds(settings.state / "sounds/closures")
        self.sounds = Sounds(settings, self.distributor, self.closure_sounds.sound)
        self.prompts = self.sounds.ready
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
        self.keeping = KeepingProcess(settings, self._on_place)
        self.callbacks, self.messages = make_desk(
            settings,
            lambda: self.administration.centre,
            self.distributor,
            self.switch,
            self.prompts,
            KeptAudio(self.store, self.keeping, settings.recordings_folder),
        )
        self.asterisk_plan = AsteriskPlan(settings, self.administration, self.switch.client.action)
        self.sounds.after.append(self.asterisk_plan.replaced)
        self.administration.prepare += [self.sounds.make, self.asterisk_plan.read]
        self.administration.prepare_older.append(self.sounds.make)
        self.administration.on_change.append(self._take_edit)
        self.draws, self.losses, self.notices = make_quality(
            settings, self.store, self.administration, self.distributor
        )
        self.rules = RuleKeeping(self.store, self.administration)
        self.tables = Tables(self.store, self.rules, self.people, self.accounts)
        self.recorder = RecorderProcess(settings, self.switch.known_channels, self._on_record)
        self.stream = _stream(settings.redis)
        self.ledger_watch = LedgerWatch(settings.ledger, self.switch.listen_to_ends, self.recorder.settle)
        self.health = Health(
            self.switch,
            self.recorder,
            self.ledger_watch,
            self.keeping,
            self.journal,
            self.store,
            self.tables,
            self.stream,
            lambda: self.administration.centre,
        )
        self.monitors = MixMonitors(self.switch.client, settings.recordings_folder)
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
            losses=self.losses,
            notices=self.notices,
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

    def running(self) -> Sequence[Runs]:
        """Those that have a life of their own, side by side."""
        quality: Sequence[Runs] = (self.draws, self.losses, self.notices)
        on_tables: Sequence[Runs] = (self.recorder, self.keeping, self.rules, *quality, self.mails)
        always = self.tables, self.switch, self.sounds, self.alarm_watch, self.ledger_watch
        return [*always, *map(self.tables.behind, on_tables), *([self.stream] if self.stream else [])]

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
        return Reception(desk, entrances(self.administration))

    def _star_codes(self) -> StarCodes:
        return StarCodes(
            self.distributor,
            self.people.authenticate,
            lambda agent: stored_seat(self.people, self.administration.centre, agent),
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

    def _take_edit(self, centre: Centre) -> None:
        self.sounds.hold(centre)
        self.keep_hours()
        self.distributor.seats = centre.seats
        self.switch.keep_members()
        self.callbacks.revise()

    def keep_hours(self) -> None:
        """The queues are open as the centre's hours and the closures have it now."""
        self.hours.define(self.administration.centre.service_hours(self.closures))

    def _on_place(self, record: str) -> None:
        self.live.on_record(record)
        self.losses.on_record(record)

    def _on_record(self, record: str) -> None:
        self.live.on_record(record)
        self.keeping.look()

    def _define(self, person: Agent) -> None:
        with self.distributor.command() as (router, now_ms):
            router.define_agent(person.number, person.name, person.skills, person.attributes, now_ms=now_ms)


def _stream(address: str) -> "FactsStream | None":
    """Only who has a Redis needs its library."""
    if not address:
        return None
    stream: FactsStream = import_module("cti.facts_stream").FactsStream(address)
    return stream
