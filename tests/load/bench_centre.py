"""A centre for measuring, and the same agents as members of app_queue: both sides on one Asterisk, one after the other.

It runs the sides; what is measured and how is decided by each benchmark.
"""

import asyncio
import json
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from cti.accounts import provide_credentials
from cti.asterisk.installation import find_installation
from cti.asterisk.process import AsteriskProcess
from cti.settings import HOME
from ivr.music import provide_music
from tests.integration.asterisk_fixture import free_settings
from tests.integration.centre_fixture import RunningCentre

OURS = "4000"
APP_QUEUE = "4900"
QUEUE = "bench"

APP_QUEUE_EXTENSION = f"""
; The other side of the benchmarks: the same recording, the same answer, then app_queue at its best settings.
[lines](+)
exten => {APP_QUEUE},1,MixMonitor(${{RECORDINGS}}/${{UNIQUEID}}.raw,D)
 same => n,Answer()
 same => n,Queue({QUEUE})
 same => n,Hangup()
"""


@asynccontextmanager
async def bench_centre(agents: int) -> AsyncIterator[RunningCentre]:
    """A running centre with so many agents, 1001 and up, nobody signed in."""
    state = Path(tempfile.mkdtemp(prefix="callcenter-"))
    dialplans = state / "dialplans"
    shutil.copytree(Path(__file__).parent / "dialplans", dialplans)
    shipped = (HOME / "dialplans/extensions.conf").read_text("utf-8")
    (dialplans / "extensions.conf").write_text(shipped + APP_QUEUE_EXTENSION)
    (state / "accounts.json").write_text(json.dumps({"agents": [_account(1001 + n) for n in range(agents)]}))
    provide_music(state / "sounds/music/default")
    centre = RunningCentre(free_settings(state).model_copy(update={"dialplans": dialplans}), provide_credentials(state))
    try:
        await centre.start()
        yield centre
    finally:
        await centre.stop()
        shutil.rmtree(state)


async def sign_in_ours(centre: RunningCentre) -> None:
    """All agents signed in with us, at their own phones."""
    for account in centre.credentials.agents:
        await centre.sign_in(account.agent)


async def hand_over_to_app_queue(centre: RunningCentre) -> None:
    """All agents signed out with us, and their phones members of app_queue."""
    for account in centre.credentials.agents:
        await centre.post(f"/api/agents/{account.agent}/sign-out")
    asterisk = AsteriskProcess(centre.settings, find_installation(centre.settings))
    for account in centre.credentials.agents:
        await asterisk.command(f"queue add member PJSIP/{account.phone} to {QUEUE}")


async def silence(centre: RunningCentre) -> None:
    """Return when no channel is left from what was measured before."""
    asterisk = AsteriskProcess(centre.settings, find_installation(centre.settings))
    while "0 active channels" not in await asterisk.command("core show channels count"):  # noqa: ASYNC110 - no event
        await asyncio.sleep(0.2)


async def asterisk_version(centre: RunningCentre) -> str:
    """As Asterisk itself names it."""
    return (
        await AsteriskProcess(centre.settings, find_installation(centre.settings)).command("core show version")
    ).split()[1]


def _account(number: int) -> dict[str, object]:
    return {
        "agent": str(number),
        "name": f"Agent {number}",
        "phone": str(number),
        "sip_password": secrets.token_hex(8),
        "pin": "123456",
        "skills": {"bench": 1},
    }
