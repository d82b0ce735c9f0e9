"""The `asterisk` fixture: a real Asterisk of its own for one test, configured as `callcenter run` does it."""

import random
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from cti.accounts import Credentials, provide_credentials
from cti.asterisk.configuration import FallbackQueue, Plan, render
from cti.asterisk.installation import Installation, find_installation
from cti.asterisk.process import AsteriskProcess
from cti.recording_settings import RecordingSettings
from cti.settings import PortRange, Settings, load_settings
from cti.simulation.ports import binds, free_ports
from ivr.music import provide_music
from tests.shares import share

LOOPBACK = "127.0.0.1"
RTP_PORTS = 200

PLAN = Plan(
    numbers={"4000": "support", "4001": "sales", "4002": "support"},
    queues=(FallbackQueue("sales", ring_s=20, wrap_up_s=10), FallbackQueue("support", ring_s=20, wrap_up_s=15)),
)


@dataclass(frozen=True)
class RunningAsterisk:
    """One booted Asterisk, and what is needed to speak with it."""

    settings: Settings
    credentials: Credentials
    installation: Installation
    process: AsteriskProcess

    @property
    def folder(self) -> Path:
        """Where Asterisk writes."""
        return self.settings.state / "asterisk"

    async def console(self, command: str) -> str:
        """What Asterisk's console answers."""
        return await self.process.command(command)

    def ledger(self) -> str:
        """The CEL ledger so far."""
        return (self.folder / "log/cel-custom/ledger.csv").read_text("utf-8")


PLAIN = RecordingSettings(format="wav")
"""Spares a busy machine the encoder's process; tests of what recordings are stored as ask for it."""


def free_settings(state: Path, rtp_ports: int = RTP_PORTS) -> Settings:
    """Settings of an instance that is in nobody's way; which Asterisk runs is taken from the environment."""
    ports = free_ports(4, LOOPBACK)
    first = free_range(rtp_ports)
    return load_settings().model_copy(
        update={
            "state": state,
            **dict(zip(("sip_port", "ami_port", "agi_port", "http_port"), ports, strict=True)),
            "rtp_ports": PortRange(first=first, last=first + rtp_ports - 1),
            "agi_standby": "",
            "database": "",
            "recordings": PLAIN,
        }
    )


def free_range(count: int) -> int:
    """The first of so many UDP ports in a row that nobody uses on loopback just now."""
    ours = share(range(20000, 32000, 2))  # below the ports that the kernel gives to clients
    while True:
        first = random.choice(ours[: -count // 2])
        if all(binds(LOOPBACK, port, socket.SOCK_DGRAM) for port in range(first, first + count)):
            return first


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the hold music, composed once."""
    return provide_music(tmp_path_factory.mktemp("music")).parent


@pytest_asyncio.fixture
async def asterisk(music: Path) -> AsyncIterator[RunningAsterisk]:
    """As `running_asterisk`, for one test."""
    async with running_asterisk(music) as running:
        yield running


@asynccontextmanager
async def running_asterisk(music: Path) -> AsyncIterator[RunningAsterisk]:
    """A booted Asterisk without a daemon, with music, the two demonstration queues, and no member signed in."""
    # Not tmp_path: its length would leave no room for the name of a UNIX socket.
    state = Path(tempfile.mkdtemp(prefix="callcenter-"))
    settings = free_settings(state)
    installation = find_installation(settings)
    credentials = provide_credentials(state)
    render(settings, installation, credentials, PLAN)
    shutil.copytree(music, state / "sounds/music/default", dirs_exist_ok=True)
    process = AsteriskProcess(settings, installation)
    try:
        await process.start()
        yield RunningAsterisk(settings, credentials, installation, process)
    finally:
        await process.stop()
        shutil.rmtree(state)
