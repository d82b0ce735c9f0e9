"""`callcenter run` on real parts: it comes up, keeps its parts alive, stops cleanly, and takes over what was left."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from cti.asterisk.installation import find_installation
from cti.asterisk.process import AsteriskProcess
from cti.incumbency import daemon_of
from cti.precedence import VOICES
from cti.processes import command_line, ended
from cti.settings import Settings
from cti.simulation.ports import free_port
from tests.integration.asterisk_fixture import free_settings
from tests.integration.line import soon
from tests.made_tables import lend_tables
from tests.shared_prompts import lend

pytestmark = pytest.mark.integration

RUN = "import sys; from cti.commands import main; sys.exit(main(['run']))"


class Instance:
    """One instance, run as a person runs it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.supervisors: list[asyncio.subprocess.Process] = []

    async def start(self, before: str = "", **overrides: str) -> asyncio.subprocess.Process:
        """Start the supervisor, perhaps with other variables, perhaps after other Python statements."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", before + RUN),
            env={**os.environ, **self.settings.environment(), **overrides},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self.supervisors.append(process)
        return process

    async def serve(self) -> asyncio.subprocess.Process:
        """Start the supervisor and wait for its banner's last line."""
        process = await self.start()
        await says(process, "State, recordings and logs")
        return process

    @property
    def asterisk(self) -> int:
        pid = AsteriskProcess(self.settings, find_installation(self.settings)).pid
        assert pid is not None
        return pid

    @property
    def daemon(self) -> int:
        return int((self.settings.state / "daemon.pid").read_text())

    async def end(self) -> None:
        """End whatever a test left. The daemon shares its supervisor's pipe, so that is read to its end at last."""
        for process in self.supervisors:
            if process.returncode is None:
                process.terminate()
                await soon(ended(process.pid))
        if (daemon := daemon_of(self.settings.state)) is not None:
            os.kill(daemon, signal.SIGKILL)
        await AsteriskProcess(self.settings, find_installation(self.settings)).stop()
        for process in self.supervisors:
            await soon(process.communicate())


def may_come_first() -> bool:
    """Whether this machine lets us run before everything else."""
    asks = f"import os; os.sched_setscheduler(0, os.SCHED_RR, os.sched_param({VOICES}))"
    return subprocess.run([sys.executable, "-c", asks], stderr=subprocess.DEVNULL, check=False).returncode == 0


def threads(pid: int) -> list[int]:
    """Of a process."""
    return [int(thread.name) for thread in Path(f"/proc/{pid}/task").iterdir()]


def children(pid: int) -> list[int]:
    """The processes that this one has begun, from whichever thread."""
    told = [Path(f"/proc/{pid}/task/{thread}/children").read_text() for thread in threads(pid)]
    return [int(child) for some in told for child in some.split()]


def parent(pid: int) -> int:
    """The process of which this one is a child."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


async def says(process: asyncio.subprocess.Process, text: str) -> str:
    """The first line from now on that holds the text, of the supervisor or of the daemon, which share a terminal."""
    assert process.stdout is not None
    lines = []
    async with asyncio.timeout(60):
        while line := (await process.stdout.readline()).decode():
            if text in line:
                return line
            lines.append(line)
    raise AssertionError(f"{text!r} not said, but:\n{''.join(lines)}")


@pytest_asyncio.fixture
async def instance(prompts: Path) -> AsyncIterator[Instance]:
    with tempfile.TemporaryDirectory(prefix="callcenter-") as folder:
        lend(Path(folder), prompts)
        instance = Instance(free_settings(Path(folder)))
        lend_tables(instance.settings.database_file)
        yield instance
        await instance.end()


async def test_it_tells_where_things_are_and_ctrl_c_leaves_nothing_behind(instance: Instance) -> None:
    instance.settings.database_file.unlink()  # as it is where nothing was before
    process = await instance.start()
    address = f"http://127.0.0.1:{instance.settings.http_port}/"
    await says(process, address)
    await says(process, (instance.settings.state / "token").read_text().strip())
    await says(process, "4000 (hotline)")
    await says(process, "State, recordings and logs")
    async with aiohttp.ClientSession() as session, session.get(f"{address}api/health") as answer:
        assert answer.status == 200
    asterisk, daemon = instance.asterisk, instance.daemon
    first = os.SCHED_RR if may_come_first() else os.SCHED_OTHER
    assert {os.sched_getscheduler(thread) for thread in threads(asterisk)} == {first}
    loop, *others = sorted(threads(daemon))  # the first is named as the process
    assert os.sched_getscheduler(loop) & ~os.SCHED_RESET_ON_FORK == first
    beside = [thread for pid in children(daemon) for thread in threads(pid)]
    assert beside
    assert {os.sched_getscheduler(thread) for thread in (*others, *beside)} == {os.SCHED_OTHER}
    process.send_signal(signal.SIGINT)
    assert await soon(process.wait()) == 0
    assert command_line(asterisk) == command_line(daemon) == []


async def test_a_daemon_that_is_killed_or_hangs_is_replaced_and_asterisk_does_not_notice(instance: Instance) -> None:
    process = await instance.start(before="from cti import pulse; pulse.HUNG = 4; ")
    await says(process, "State, recordings and logs")
    asterisk, daemon = instance.asterisk, instance.daemon
    for how, said in ((signal.SIGKILL, "daemon-ended"), (signal.SIGSTOP, "daemon-hangs")):
        os.kill(daemon, how)
        await says(process, said)
        await says(process, "ami link up")
        before, daemon = daemon, instance.daemon
        assert daemon != before
        assert command_line(before) == []
    assert instance.asterisk == asterisk


async def test_a_daemon_lives_on_without_its_nursery_and_comes_back_as_before(instance: Instance) -> None:
    process = await instance.serve()
    for _ in range(2):  # of the first nursery, and of one that was started in its place
        daemon = instance.daemon
        os.kill(parent(daemon), signal.SIGKILL)
        address = f"http://127.0.0.1:{instance.settings.http_port}/api/health"
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            assert (await answer.json())["status"]  # whether every part is up yet or not: it lives
        os.kill(daemon, signal.SIGKILL)
        await says(process, "nursery-lost")
        await says(process, "ami link up")
        assert instance.daemon != daemon
    process.terminate()
    daemon = instance.daemon
    assert await soon(process.wait()) == 0
    assert command_line(daemon) == []


async def test_a_killed_asterisk_is_replaced_and_the_daemon_finds_the_new_one(instance: Instance) -> None:
    process = await instance.serve()
    asterisk, daemon = instance.asterisk, instance.daemon
    os.kill(asterisk, signal.SIGKILL)
    await says(process, "ami link up")
    assert instance.asterisk != asterisk
    assert instance.daemon == daemon


async def test_after_a_killed_supervisor_the_next_run_takes_asterisk_over_and_replaces_the_daemon(
    instance: Instance,
) -> None:
    process = await instance.serve()
    asterisk, daemon = instance.asterisk, instance.daemon
    process.kill()
    await soon(ended(process.pid))
    assert command_line(asterisk)
    assert command_line(daemon)
    second = await instance.serve()
    assert instance.asterisk == asterisk
    assert command_line(daemon) == []
    second.terminate()
    assert await soon(second.wait()) == 0
    assert command_line(asterisk) == []


async def test_a_new_sip_port_after_a_killed_supervisor_restarts_asterisk(instance: Instance) -> None:
    process = await instance.serve()
    asterisk = instance.asterisk
    process.kill()
    await soon(ended(process.pid))
    second = await instance.start(CALLCENTER_SIP_PORT=str(free_port("127.0.0.1")))
    await says(second, "State, recordings and logs")
    assert instance.asterisk != asterisk


async def test_two_runs_cannot_share_a_state_folder(instance: Instance) -> None:
    await instance.serve()
    second = await instance.start()
    await says(second, "[already-running]")
    assert await soon(second.wait()) == 1


@pytest.mark.parametrize("name", ["sip_port", "ami_port", "agi_port", "http_port"])
async def test_a_taken_port_is_named(instance: Instance, name: str) -> None:
    port = getattr(instance.settings, name)
    with socket.create_server(("127.0.0.1", port)):
        process = await instance.start()
        await says(process, f"callcenter: CALLCENTER_{name.upper()}: 127.0.0.1:{port} is taken by another program")
        assert await soon(process.wait()) == 1


async def test_a_daemon_that_cannot_use_its_files_ends_the_run(instance: Instance) -> None:
    unusable = "from cti import supervisor; supervisor.DAEMON = 'tests.integration.unusable_daemon'; "
    process = await instance.start(unusable)
    await says(process, "[daemon-failed]")
    assert await soon(process.wait()) == 1
