"""A centre for measuring, and the same agents' phones as members of app_queue: both sides on one Asterisk.

What is measured and how is decided by each benchmark.
"""

import asyncio
import json
import secrets
import shutil
import tempfile
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cti.accounts import provide_credentials
from cti.asterisk.installation import find_installation
from cti.asterisk.process import AsteriskProcess
from cti.centre import load_centre
from cti.settings import HOME
from ivr.announcements import all_prompts
from ivr.music import provide_music
from ivr.prompts import Prompts
from tests.integration.asterisk_fixture import free_settings
from tests.integration.centre_fixture import RunningCentre
from tests.load.bench import FOLDER, note_agreement

PROMPTS = FOLDER / "prompts"
"""Spoken once for all benchmarks: that takes longer than the rest of a start."""

SPARE_PORTS = 200
"""A port is not free again in the moment its call ends."""

QUIET_NUMBER = "4002"
"""As 4001, but without recording: thousands of them cost Asterisk next to nothing."""

EXTENSIONS = """
; Our side without recording.
[lines](+)
exten => 4002,1,Set(CALLCENTER_DIALLED=4001)
 same => n,Goto(callcenter,s,reception)
; The other side of the menus' benchmark: the same prompts, asked by Asterisk itself (MENU_1 … are set there).
exten => 4903,1,MixMonitor(${RECORDINGS}/${UNIQUEID}.raw,D)
 same => n,Answer()
 same => n(main),Read(KEY,${MENU_1},1,,1,20)
 same => n,Read(KEY,${MENU_2},1,,1,20)
 same => n,Read(KEY,${MENU_3},1,,1,20)
 same => n,Read(KEY,${MENU_4},8,,1,20)
 same => n,Goto(main)
; The other side of the benchmarks: the same recording, the same answer, then app_queue.
exten => _490[012],1,MixMonitor(${RECORDINGS}/${UNIQUEID}.raw,D)
 same => n,Answer()
 same => n,Queue(${IF($["${EXTEN}" = "4900"]?bench:bench-${EXTEN})})
 same => n,Hangup()
"""

QUEUES = """
; app_queue as it is if nothing is said, but for two things that it cannot be measured without: by default it rings all
; agents for each caller (ringall), and those too who are in a call.
[bench-4901]
autofill = no
musicclass = default
strategy = rrmemory
ringinuse = no

; As our fallback queues are, with all agents in it for good.
[bench-4902](fallback)
autofill = yes
musicclass = default
"""
"""`autofill = no` is the default as well; it stands here because our queues.conf says otherwise in [general]."""


@dataclass(frozen=True)
class Side:
    """One of those who are compared: the number callers dial, and how an agent comes and goes."""

    name: str
    dialled: str
    join: Callable[[RunningCentre, str], Awaitable[Any]]
    leave: Callable[[RunningCentre, str], Awaitable[Any]]


async def console(centre: RunningCentre, command: str) -> str:
    """What Asterisk's console answers."""
    return await AsteriskProcess(centre.settings, find_installation(centre.settings)).command(command)


def _app_queue(name: str, dialled: str, queue: str) -> Side:
    return Side(
        name,
        dialled,
        join=lambda centre, agent: console(centre, f"queue add member PJSIP/{agent} to {queue}"),
        leave=lambda centre, agent: console(centre, f"queue remove member PJSIP/{agent} from {queue}"),
    )


OURS = Side(
    "ours",
    "4000",
    join=lambda centre, agent: centre.sign_in(agent),
    leave=lambda centre, agent: centre.post(f"/api/agents/{agent}/sign-out"),
)
APP_QUEUE = _app_queue("app_queue", "4900", "bench")
"""At its best settings, those of our fallback queues: retry=0, autofill=yes, ringinuse=no, strategy=rrmemory."""

APP_QUEUE_DEFAULT = _app_queue("app_queue_default", "4901", "bench-4901")
"""autofill=no and retry=5 above all: one caller after the other, each looks again for an agent after five seconds."""

MANNED_APP_QUEUE_NUMBER = "4902"
"""app_queue at its best settings, where all agents are members for good."""


@asynccontextmanager
async def bench_centre(agents: int, channels: int, database: str = "") -> AsyncIterator[RunningCentre]:
    """A running centre with so many agents, 1001 and up, nobody signed in, and ports for so many channels at once;
    on SQLite unless told otherwise."""
    state = Path(tempfile.mkdtemp(prefix="callcenter-"))
    dialplans = state / "dialplans"
    shutil.copytree(Path(__file__).parent / "dialplans", dialplans)
    shipped = (HOME / "dialplans/extensions.conf").read_text("utf-8")
    (dialplans / "extensions.conf").write_text(shipped + EXTENSIONS)
    (state / "accounts.json").write_text(json.dumps({"agents": [_account(1001 + n) for n in range(agents)]}))
    provide_music(state / "sounds/music/default")
    _provide_silence(state / "sounds/music/quiet")
    await Prompts(PROMPTS).make([*load_centre(dialplans).prompts(), *all_prompts()])
    shutil.copytree(PROMPTS, state / "sounds/prompts")
    settings = free_settings(state, rtp_ports=2 * channels + SPARE_PORTS).model_copy(
        update={"dialplans": dialplans, "database": database}
    )
    centre = RunningCentre(settings, provide_credentials(state))
    try:
        await centre.start()
        with (state / "asterisk/etc/queues.conf").open("a") as queues:
            queues.write(QUEUES)
            queues.writelines(f"member => PJSIP/{account.phone}\n" for account in centre.credentials.agents)
        await console(centre, "queue reload all")
        yield centre
        await centre.stop()
        await note_agreement(settings)
    finally:
        await centre.stop()
        shutil.rmtree(state)


@asynccontextmanager
async def agents_of(centre: RunningCentre, side: Side, apart_s: float) -> AsyncIterator[None]:
    """All agents at work on one side, come one after the other `apart_s` apart: people do not begin in step."""
    for account in centre.credentials.agents:
        await side.join(centre, account.agent)
        await asyncio.sleep(apart_s)
    yield
    for account in centre.credentials.agents:
        await side.leave(centre, account.agent)


async def silence(centre: RunningCentre) -> None:
    """Return when no channel is left from what was measured before."""
    while "0 active channels" not in await console(centre, "core show channels count"):  # noqa: ASYNC110
        await asyncio.sleep(0.2)


async def asterisk_version(centre: RunningCentre) -> str:
    """As Asterisk itself names it."""
    return (await console(centre, "core show version")).split()[1]


def _provide_silence(folder: Path) -> None:
    """A music without a single sample: Asterisk begins it, finds nothing to send, and leaves it at that."""
    folder.mkdir(parents=True)
    with wave.open(str(folder / "silence.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)


def _account(number: int) -> dict[str, object]:
    return {
        "agent": str(number),
        "name": f"Agent {number}",
        "phone": str(number),
        "sip_password": secrets.token_hex(8),
        "pin": "123456",
        "skills": {"bench": 1},
    }
