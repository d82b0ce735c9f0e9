"""A floor without Asterisk: real router, real store on SQLite, the demonstration centre, served on loopback."""

import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientWebSocketResponse
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from sqlalchemy import update

from acd.callback_book import CallbackBook
from acd.callback_rules import CallbackRules
from acd.clock import Clock
from acd.closures import Closures
from acd.distributor import Distributor, Place
from acd.facts import CallArrived, CallEnded
from acd.queues import QueueSettings
from acd.recording_facts import UNSEEN, Written
from acd.router import Router
from acd.states import EndedBy
from cti.access import Access
from cti.administration import Administration
from cti.alarms.standing import Alarms
from cti.ami.client import AmiClient
from cti.ami.errors import AmiLinkLost
from cti.callbacks.audio import KeptAudio
from cti.callbacks.desk import CallbackDesk
from cti.callbacks.means import Means, MessageAudio
from cti.estimates import estimates_of
from cti.floor import Floor, Part
from cti.http.app import make_app
from cti.http.live import BEHIND_AT_MOST, LiveHub
from cti.keeping_port import Keeping
from cti.people import People
from cti.quality_draws import DrawProcess, QualityDraws
from cti.quality_losses import make_losses
from cti.quality_notices import QualityNotices
from cti.reconciliation import Reconciler
from cti.recording_pauses import CallPauses
from cti.reporting import Reports
from cti.settings import Settings
from cti.sounds import Sounds
from cti.versions.start import folder_of, start, versions_of
from ivr.closure_sounds import ClosureSounds
from ivr.destinations import Destination
from recording.access import AccessTokens
from recording.directory import Directory
from recording.entries import Batch, Position, Source, entry
from recording.models import Call
from recording.quality.draws import Draws
from recording.record import CallRecord, Recording
from recording.store import Agent, Store
from tests.made_tables import lend_tables
from tests.near_keeping import near_keeping

TOKEN = "let-me-in"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
HOME = Path(__file__).parents[2]
LEDGERS = HOME / "tests" / "fixtures" / "ledgers"
REPORTS = (sys.executable, "-m", "tests.contract.report_process")
"""Makes reports of figures made by hand."""

ALL_WELL = {name: Part(ok=True) for name in ("asterisk", "ami", "ledger", "journal", "database")}

PEOPLE = (
    Agent(number="1001", name="Li Na", phone="1001", pin_hash="", skills={"sales": 8, "support": 5}),
    Agent(number="1002", name="Wang Wei", phone="1002", pin_hash="", skills={"sales": 6}),
    Agent(number="1003", name="Anna Berg", phone="2003", pin_hash="", skills={"support": 8}),
)


class Time:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.ns = 1_800_000_000_000_000_000

    def __call__(self) -> int:
        return self.ns

    def passes(self, seconds: int) -> None:
        """Let it be later."""
        self.ns += seconds * 1_000_000_000


class Monitors:
    """The recordings of all channels; `obeys` is whether Asterisk says that it does what it is told."""

    def __init__(self) -> None:
        self.obeys = True
        self.done: list[tuple[str, str]] = []

    async def pause(self, channel: str) -> bool:
        """Noted."""
        self.done.append(("pause", channel))
        return self.obeys

    async def resume(self, channel: str) -> bool:
        """Noted."""
        self.done.append(("resume", channel))
        return self.obeys

    def written(self, linkedid: str) -> Written:
        """Nobody knows."""
        return UNSEEN

    async def mark(self, channel: str, paused: bool) -> None:
        """Noted."""
        self.done.append(("mark" if paused else "unmark", channel))


@dataclass
class FakeFloor:
    """The floor, and how a test reaches it and makes things happen on it."""

    floor: Floor
    client: TestClient[Request, Application]
    parts: dict[str, Part]
    time: Time
    monitors: "Monitors"

    async def get(self, path: str, headers: Mapping[str, str] = BEARER) -> tuple[int, Any]:
        """Status and JSON of a GET."""
        async with self.client.get(path, headers=headers) as answer:
            return answer.status, await answer.json()

    async def post(self, path: str, body: object = None, headers: Mapping[str, str] = BEARER) -> tuple[int, Any]:
        """Status and JSON of a POST."""
        async with self.client.post(path, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def delete(self, path: str, headers: Mapping[str, str] = BEARER) -> tuple[int, Any]:
        """Status and JSON of a DELETE."""
        async with self.client.delete(path, headers=headers) as answer:
            return answer.status, await answer.json()

    async def patch(self, path: str, body: object, headers: Mapping[str, str] = BEARER) -> tuple[int, Any]:
        """Status and JSON of a PATCH."""
        async with self.client.patch(path, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def text(self, path: str) -> str:
        """Text of a GET."""
        async with self.client.get(path, headers=BEARER) as answer:
            return await answer.text()

    async def watch(self) -> ClientWebSocketResponse:
        """A WebSocket that has shown the token."""
        socket = await self.client.ws_connect("/api/live", max_msg_size=0)
        await socket.send_str(TOKEN)
        return socket

    def phone_registers(self, phone: str) -> None:
        """Asterisk can ring it from now on."""
        with self.floor.distributor.command() as (router, now_ms):
            router.phone_changed(phone, reachable=True, engaged=False, now_ms=now_ms)

    def sign_in(self, number: str) -> None:
        """The agent sits at a registered phone of his number and is ready."""
        self.phone_registers(number)
        with self.floor.distributor.command() as (router, now_ms):
            router.sign_in(number, number, cause="phone", now_ms=now_ms)

    def arrives(self, linkedid: str, caller_name: str = "", dialled: str = "4000") -> None:
        """A caller reaches the IVR."""
        self.floor.distributor.state(
            CallArrived(
                at_ms=self.floor.distributor.clock.now_ms(),
                linkedid=linkedid,
                channel="PJSIP/line-00000001",
                caller="02155501234",
                caller_name=caller_name,
                dialled=dialled,
                flow="hotline",
            )
        )

    def ends(self, linkedid: str) -> None:
        """The caller hangs up."""
        at_ms = self.floor.distributor.clock.now_ms()
        self.floor.distributor.state(CallEnded(at_ms=at_ms, linkedid=linkedid, by=EndedBy.CALLER, reason="hung_up"))

    @contextmanager
    def waits(self, linkedid: str, queue: str = "sales") -> Iterator[Place]:
        """A caller who has arrived stands in a queue."""
        with self.floor.distributor.place(linkedid) as place:
            with self.floor.distributor.command() as (router, now_ms):
                router.enter(linkedid, queue, now_ms=now_ms)
            yield place

    async def remember(self, ledger: str) -> CallRecord:
        """Store the call of a ledger kept as a fixture."""
        stored: list[CallRecord] = []
        for source, name in ((Source.JOURNAL, "facts.jsonl"), (Source.LEDGER, "ledger.csv")):
            lines = (LEDGERS / ledger / name).read_text("utf-8").splitlines()
            entries = [entry(source, line) for line in lines]
            batch = Batch(source=source, entries=entries, rejected=(), position=Position())
            stored += await self.floor.store.ingest(batch)
        return stored[-1]

    async def move_to_now(self, call: CallRecord) -> None:
        """As if the call had begun an hour ago."""
        shift = datetime.now(UTC) - timedelta(hours=1) - call.started_at
        talks = [
            one.model_copy(update={"started_at": one.started_at + shift, "ended_at": one.ended_at + shift})
            for one in call.conversations
        ]
        known = await self.floor.store.call(call.id)
        assert known is not None
        moved = known.model_copy(update={"started_at": call.started_at + shift, "conversations": tuple(talks)})
        async with self.floor.store.transaction() as connection:
            changes = {"started_at": moved.started_at, "document": moved.model_dump(mode="json")}
            await connection.execute(update(Call).where(Call.id == call.id).values(**changes))

    async def keep_recording(self, call: CallRecord, audio: bytes) -> None:
        """Store a recording of the call."""
        (self.floor.recordings / "a.wav").write_bytes(audio)
        kept = Recording(file="a.wav", started_at=call.started_at, duration_ms=1, bytes=len(audio), sha256="")
        await self.floor.store.add_recordings([(call.linkedid, kept)])


def _callbacks(distributor: Distributor, audio: MessageAudio) -> CallbackDesk:
    """Queue `sales` takes call-backs; Asterisk never comes, so none is ever dialled."""
    means = Means(
        client=AmiClient("127.0.0.1", 1, "", "", on_event=_nothing, on_up=_never, on_down=_nothing),
        distributor=distributor,
        channels=dict,
        line=lambda: "line",
        shown=lambda: "4000",
        sound_of=str,
        was_answered=_never_answered,
        names_of=lambda queue: {},
        audio=audio,
    )
    return CallbackDesk(CallbackBook("node1", {"sales": CallbackRules(prefixes=("0", "1"))}.get), means)


def _nothing(_: object) -> None:
    pass


async def _never() -> None:
    pass


async def _never_answered(_: str) -> bool:
    return False


@asynccontextmanager
async def open_floor(
    folder: Path,
    *,
    started: bool = True,
    behind_at_most: int = BEHIND_AT_MOST,
    dialplans: Path = HOME / "dialplans",
    keeping: Keeping | None = None,
) -> AsyncIterator[FakeFloor]:
    """A floor with the demonstration centre, or another, and three agents, all signed out."""
    time = Time()
    router = Router()
    distributor = Distributor(router, Clock(time, time))
    settings = Settings(state=folder, dialplans=dialplans)
    current = start(settings)
    centre = current.centre
    for name, queue in centre.queues.items():
        router.define_queue(QueueSettings(name=name, title=queue.title, skills=queue.skills), now_ms=0)
    lend_tables(folder / "callcenter.db")
    store = Store(f"sqlite:///{folder / 'callcenter.db'}")
    await store.save_agents(PEOPLE)
    people = People(store, lambda person: _define(distributor, person))
    await people.load()
    parts = dict(ALL_WELL)

    async def send_on(linkedid: str, destination: Destination) -> None:
        raise AmiLinkLost("there is no Asterisk here")

    async def confer(linkedid: str) -> str:
        raise AmiLinkLost("there is no Asterisk here")

    async def mute(linkedid: str, *, muted: bool, by: str) -> None:
        raise AmiLinkLost("there is no Asterisk here")

    async def dial(agent: str, number: str) -> None:
        raise AmiLinkLost("there is no Asterisk here")

    async def health() -> Mapping[str, Part]:
        return parts

    monitors = Monitors()
    keeping = keeping or near_keeping(store, folder)
    reports, figures = Reports(settings, REPORTS), Reports(settings, at_most=1)
    sounds = Sounds(settings, distributor, str)
    sounds.hold(centre)
    alarms = Alarms(distributor.state)
    notices = QualityNotices(store, distributor, settings.journal)
    floor = Floor(
        distributor=distributor,
        administration=Administration(versions_of(settings), current.version, centre, distributor),
        store=store,
        people=people,
        directory=Directory(store),
        live=LiveHub(distributor, estimates_of(distributor), alarms, behind_at_most=behind_at_most),
        callbacks=_callbacks(distributor, KeptAudio(store, keeping, folder)),
        closures=Closures(distributor.state),
        alarms=alarms,
        closure_sounds=ClosureSounds(folder / "closures"),
        studio=sounds.studio,
        send_on=send_on,
        confer=confer,
        dial=dial,
        mute=mute,
        health=health,
        pauses=CallPauses(monitors, distributor, lambda: {one: one for one in router.conversations}, limit_s=300),
        reconciler=Reconciler(settings),
        recordings=folder,
        keeping=keeping,
        reports=reports,
        figures=figures,
        access=Access(TOKEN, AccessTokens(store)),
        folder=folder_of(settings),
        draws=QualityDraws(DrawProcess(settings), Draws(store).due, lambda: centre, notices.tell),
        losses=make_losses(settings, store, notices.tell),
        notices=notices,
    )
    if started:
        floor.started.set()
    client = TestClient(TestServer(make_app(floor), host="127.0.0.1"))
    await client.start_server()
    try:
        yield FakeFloor(floor, client, parts, time, monitors)
    finally:
        await client.close()
        await reports.close()
        await figures.close()
        distributor.close()
        await store.close()


def _define(distributor: Distributor, person: Agent) -> None:
    with distributor.command() as (router, now_ms):
        router.define_agent(person.number, person.name, person.skills, person.attributes, now_ms=now_ms)
