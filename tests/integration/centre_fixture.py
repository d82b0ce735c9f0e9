"""The `centre` fixture: a whole call centre for one test, started as `callcenter run` does, watched by WebSocket."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from asyncinotify import Inotify, Mask

from cti.accounts import Credentials, load_credentials, provide_credentials
from cti.asterisk.installation import find_installation
from cti.asterisk.process import AsteriskProcess
from cti.centre import load_centre
from cti.incumbency import daemon_of
from cti.settings import Settings
from cti.simulation.telephones import Telephones
from recording.series import Series
from tests.integration.asterisk_fixture import free_settings
from tests.integration.examples import keeping_examples
from tests.integration.reconciled import reconciled
from tests.integration.recorded_whole import recorded_whole
from tests.integration.warm import WarmInstance, begin
from tests.made_tables import lend_tables
from tests.shared_prompts import lend, provide

WAIT_S = 60.0
"""Longer than anything here takes: a test that waits as long has failed."""

JOURNAL_READ = 1_000_000
"""So many bytes of the journal's end hold all that a daemon has told in its first moments."""


class RunningCentre:
    """One instance: its API, everything its live stream has said, and its processes."""

    def __init__(
        self,
        settings: Settings,
        credentials: Credentials,
        command: Sequence[str] = ("-m", "cti.commands", "run"),
        *,
        warm: bool = False,
    ) -> None:
        """`warm`: the command begins where it is loaded already (tests/integration/warm.py)."""
        self.settings = settings
        self.credentials = credentials
        self.command = command
        self.warm = warm
        self.log = settings.state / "test.log"
        self.messages: list[dict[str, Any]] = []
        self.silent = False
        """Whether there were phones that send no audio, and so nothing that could be recorded all the time."""
        self._news = asyncio.Event()
        self._session = aiohttp.ClientSession(
            f"http://{settings.local}:{settings.http_port}",
            headers={"Authorization": f"Bearer {credentials.token}"},
        )
        self._process: asyncio.subprocess.Process | WarmInstance | None = None
        self._follower: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the supervisor, again after its end, and return when calls can be taken and are followed live."""
        environment = {**os.environ, **self.settings.environment()}
        with self.log.open("ab") as log:
            if self.warm:
                self._process = await begin(environment, log)
            else:
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, *self.command),
                    env=environment,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
        await self.healthy()
        if self._follower is None:
            self._follower = asyncio.create_task(self._follow())
        await self.seen(lambda message: "snapshot" in message)

    async def stop(self) -> None:
        """Stop as Ctrl-C does, and leave nothing behind; again: nothing."""
        if self._session.closed:
            return
        if self._follower is not None:
            self._follower.cancel()
            await asyncio.gather(self._follower, return_exceptions=True)
        await self._session.close()
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
            async with asyncio.timeout(WAIT_S):
                await self._process.wait()
        if self._process is not None and self._process.returncode == -signal.SIGKILL:
            await self._end_orphans()

    @property
    def daemon(self) -> int:
        """The daemon's process."""
        return int((self.settings.state / "daemon.pid").read_text())

    @property
    def asterisk(self) -> int:
        """Asterisk's process."""
        return int((self.settings.state / "asterisk/run/asterisk.pid").read_text())

    def kill_daemon(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Kill the daemon; its supervisor starts it again."""
        os.kill(self.daemon, how)

    @contextlib.asynccontextmanager
    async def without_daemon(self) -> AsyncIterator[None]:
        """The daemon is killed with -9, and nobody starts it again before the block ends; then calls can be taken, and
        what the live stream said before is forgotten."""
        assert self._process is not None
        daemon = self.daemon
        self._process.send_signal(signal.SIGSTOP)
        os.kill(daemon, signal.SIGKILL)
        try:
            yield
        finally:
            self.messages.clear()
            self._process.send_signal(signal.SIGCONT)
        await self.seen(lambda message: "snapshot" in message)

    async def kill_supervisor(self) -> None:
        """Kill the supervisor with -9; Asterisk and the daemon go on without it."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def healthy(self) -> None:
        """Wait until calls can be taken."""
        async with asyncio.timeout(WAIT_S):
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with self._session.get("/api/health") as answer:
                        if answer.status == 200:
                            return
                if self._process is not None and self._process.returncode is not None:
                    raise AssertionError(f"callcenter run ended:\n{self.log.read_text('utf-8')}")
                await asyncio.sleep(0.05)  # a port that does not listen yet sends no event

    async def part_is(self, part: str, *, ok: bool) -> None:
        """Wait until this part of the service is told to be well, or not, whichever others are."""
        async with asyncio.timeout(WAIT_S):
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    if (await self.ask("GET", "/api/health"))[1]["parts"][part]["ok"] is ok:
                        return
                await asyncio.sleep(0.05)  # what changes there sends no event

    async def get(self, path: str) -> Any:
        """What the API answers; raises aiohttp.ClientResponseError."""
        async with self._session.get(path, raise_for_status=True) as answer:
            return await answer.json()

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """Status and answer of the API, whichever they are."""
        async with self._session.request(method, path, **options) as answer:
            return answer.status, await answer.json()

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """As `get`, for what changes something."""
        async with self._session.post(path, json=body or {}, raise_for_status=True) as answer:
            return await answer.json()

    async def audio(self, call: str, headers: Mapping[str, str] | None = None) -> bytes:
        """The recording of a call, whole, as WAV; with these headers, another's token perhaps."""
        path = f"/api/calls/{call}/recording?format=wav"
        async with self._session.get(path, headers=headers, raise_for_status=True) as answer:
            return await answer.read()

    async def message(self, callback: str) -> bytes:
        """The message that this call-back brings, as WAV."""
        async with self._session.get(f"/api/callbacks/{callback}/message", raise_for_status=True) as answer:
            return await answer.read()

    async def hears_own(self, evaluation: str, number: int, headers: Mapping[str, str]) -> bytes:
        """The recording of an agent's own evaluation, whole, as WAV, with his token."""
        path = f"/api/quality/own/{evaluation}/recordings/{number}?format=wav"
        async with self._session.get(path, headers=headers, raise_for_status=True) as answer:
            return await answer.read()

    async def sign_in(self, agent: str) -> None:
        """Sign the agent in at his own phone, by API."""
        await self.post(f"/api/agents/{agent}/sign-in", {"phone": agent})

    async def seen(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first live message that is wanted, past or to come."""
        try:
            async with asyncio.timeout(WAIT_S):
                at = 0
                while True:
                    while at < len(self.messages):
                        if wanted(self.messages[at]):
                            return self.messages[at]
                        at += 1
                    await self._more(at)
        except TimeoutError:
            heard = [message.get("fact") or next(iter(message)) for message in self.messages]
            raise AssertionError(f"not seen; heard: {heard}\n{self.log.read_text('utf-8')[-4000:]}") from None

    async def fact(self, name: str, **fields: Any) -> dict[str, Any]:
        """The first fact of that name with those fields, past or to come."""
        return await self.seen(
            lambda message: (
                message.get("fact") == name and all(message.get(field) == value for field, value in fields.items())
            )
        )

    async def shows(self, path: str, wanted: Callable[[Any], bool]) -> Any:
        """The first answer of the API that is wanted: asked again after each live message."""
        answer = None
        try:
            async with asyncio.timeout(WAIT_S):
                while True:
                    count = len(self.messages)
                    with contextlib.suppress(aiohttp.ClientError):  # no daemon now; when there is, it sends a snapshot
                        if wanted(answer := await self.get(path)):
                            return answer
                    await self._more(count)
        except TimeoutError:
            raise AssertionError(f"{path} is not as wanted: {answer}\n{self.log.read_text('utf-8')[-4000:]}") from None

    async def says(self, text: str) -> None:
        """Wait until the text stands in the log of the supervisor and the daemon."""
        with Inotify() as inotify:
            inotify.add_watch(self.log, Mask.MODIFY)
            async with asyncio.timeout(WAIT_S):
                while text not in self.log.read_text("utf-8"):
                    await inotify.get()

    async def console(self, command: str) -> str:
        """What Asterisk's console answers."""
        return await AsteriskProcess(self.settings, find_installation(self.settings)).command(command)

    async def asterisk_says(self, command: str, text: str) -> None:
        """Wait until this stands in the answer of Asterisk's console."""
        async with asyncio.timeout(WAIT_S):
            while text not in await self.console(command):  # noqa: ASYNC110
                await asyncio.sleep(0.05)  # as in `part_is`

    async def agent_state(self, agent: str, state: str) -> dict[str, Any]:
        """Wait until the agent has come to that state."""
        return await self.fact("AgentStateChanged", agent=agent, after=state)

    async def record(self, caller: str, *, recorded: bool = True) -> dict[str, Any]:
        """The record of the call of that caller, with its recording where it has one."""
        message = await self.seen(
            lambda message: (
                message.get("record", {}).get("caller") == caller
                and (not recorded or bool(message["record"]["recordings"]))
            )
        )
        record: dict[str, Any] = message["record"]
        return record

    def phones(
        self,
        *,
        customers: Sequence[str] = (),
        audio: bool = False,
        ring_ms: int | None = None,
        talk_ms: int | None = None,
    ) -> Telephones:
        """All agents' phones, and the carrier's line, over which these customers are reached."""
        self.silent = self.silent or not audio
        accounts = {account.phone: account.sip_password for account in self.credentials.phones}
        return Telephones(
            self.settings.state / "phones",
            sip_port=self.settings.sip_port,
            accounts=accounts,
            customers=customers,
            audio=audio,
            ring_ms=ring_ms,
            talk_ms=talk_ms,
        )

    async def _end_orphans(self) -> None:
        """What a supervisor left that a test killed for good."""
        if (daemon := daemon_of(self.settings.state)) is not None:
            os.kill(daemon, signal.SIGKILL)
        await AsteriskProcess(self.settings, find_installation(self.settings)).stop()

    async def _more(self, count: int) -> None:
        """Wait until more than `count` messages have come."""
        while len(self.messages) <= count:
            self._news.clear()
            await self._news.wait()

    async def _follow(self) -> None:
        """Follow the live stream, again after each restart of the daemon: with what that has told before it was heard,
        and no fact twice."""
        daemon, untold = None, list[dict[str, Any]]()
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with self._session.ws_connect("/api/live") as socket:
                    async for message in socket:
                        said = message.json()
                        if "snapshot" in said:
                            untold = self._told_by_the_next() if daemon not in {None, self.daemon} else []
                            daemon = self.daemon
                            self.messages += untold
                        if said not in untold:
                            self.messages.append(said)
                        self._news.set()
            await asyncio.sleep(0.05)  # as in `healthy`

    def _told_by_the_next(self) -> list[dict[str, Any]]:
        """All facts since the last start of a daemon: what it finds as it takes over it tells at once."""
        told: list[dict[str, Any]] = []
        for line in Series(self.settings.journal).last_lines(JOURNAL_READ):
            with contextlib.suppress(ValueError):  # the first line may be cut
                fact = json.loads(line)
                if fact["fact"] == "DaemonStarted":
                    told.clear()
                told.append(fact)
        return told


@pytest.fixture(scope="session")
def prompts() -> Path:
    """A folder with every prompt of the shipped centre, spoken once."""
    return provide(load_centre(Path(__file__).parents[2] / "dialplans"))


@contextlib.asynccontextmanager
async def served(settings: Settings, *, written: bool = True) -> AsyncIterator[RunningCentre]:
    """The centre of these settings, from its start until it was stopped in order; then what it leaves must agree with
    what Asterisk wrote, and of no talk the recording may be missing, unless Asterisk could not write (`written`). Its
    state folder goes with it."""
    running = RunningCentre(settings, load_credentials(settings.state), warm=True)
    try:
        async with keeping_examples(settings, running.credentials):
            await running.start()
            yield running
        await running.stop()
        if written:
            await reconciled(settings)
        if written and not running.silent:
            await recorded_whole(settings)
    finally:
        await running.stop()
        shutil.rmtree(settings.state)


@pytest_asyncio.fixture
async def centre(music: Path, prompts: Path) -> AsyncIterator[RunningCentre]:
    """A whole centre with the shipped dialplans, nobody signed in."""
    async with served(shipped(music, prompts)) as running:
        yield running


def shipped(music: Path, prompts: Path) -> Settings:
    """Of a centre with the shipped dialplans, in a state folder that was made for it."""
    state = Path(tempfile.mkdtemp(prefix="callcenter-"))
    settings = free_settings(state)
    provide_credentials(state)
    shutil.copytree(music, state / "sounds/music/default", dirs_exist_ok=True)
    lend(state, prompts)
    lend_tables(settings.database_file)
    return settings
