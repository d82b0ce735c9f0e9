"""Callers at a steady rate and agents' phones that answer them, with sound on both sides: SIPp by itself.

What its telephones do stands in sipp/*.xml. (cti.simulation plays single calls move by move, and reads every message.)
"""

import asyncio
import csv
import re
import shutil
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cti.simulation.ports import free_port
from cti.simulation.tones import tone
from tests.integration.centre_fixture import RunningCentre

SCENARIOS = Path(__file__).parent / "sipp"
MEDIA_PORTS: Mapping[str, int] = {"agent": 34000, "caller": 44000, "registration": 54000}
"""Where each SIPp begins to look for free ones."""


@dataclass(frozen=True)
class Outcome:
    """What became of callers who came at one rate. `served_ms` is from the INVITE to the agent's BYE, of those who got
    there; `failed` did not, within their patience or because SIP failed."""

    calls: int
    failed: int
    retransmissions: int
    served_ms: tuple[float, ...]


class Traffic:
    """SIPp processes against one centre; `folder` is theirs."""

    def __init__(self, centre: RunningCentre, folder: Path, *, talk_ms: int, patience_ms: int) -> None:
        self._asterisk = f"{centre.settings.local}:{centre.settings.sip_port}"
        self._host = centre.settings.local
        self._accounts = {account.phone: account.sip_password for account in centre.credentials.agents}
        self._folder = folder
        self._values = {
            "asterisk": self._asterisk,
            "talk_ms": str(talk_ms),
            "patience_ms": str(patience_ms),
        }
        self._runs = 0

    @asynccontextmanager
    async def phones(self) -> AsyncIterator[None]:
        """All agents' phones, registered."""
        self._folder.mkdir()
        (self._folder / "voice.ul").write_bytes(tone(440))
        port = free_port(self._host)
        logins = (
            f"{number};[authentication username={number} password={password}]"
            for number, password in self._accounts.items()
        )
        (self._folder / "accounts.csv").write_text("\n".join(["SEQUENTIAL", *logins, ""]))
        # From the agents' own port, and before they are there: Asterisk rings a phone where its REGISTER came from.
        accounts = ("-inf", "accounts.csv", "-r", "100", "-m", str(len(self._accounts)))
        registration = await self._start("registration", port, *accounts)
        if await registration.wait() != 0:
            raise AssertionError("the phones could not be registered")
        agents = await self._start("agent", port)
        try:
            yield
        finally:
            if agents.returncode is None:
                agents.terminate()
            await agents.wait()

    async def callers(self, dialled: str, *, per_s: float, calls: int) -> Outcome:
        """So many callers, evenly apart; returns when the last has been served or has given up."""
        self._runs += 1
        folder = self._folder / str(self._runs)
        folder.mkdir()
        shutil.copy(self._folder / "voice.ul", folder)
        sipp = await self._start(
            "caller",
            free_port(self._host),
            *("-s", dialled, "-r", str(round(per_s * 1000)), "-rp", "1000000", "-m", str(calls), "-l", str(calls)),
            *("-trace_stat", "-stf", "stat.csv", "-fd", "1", "-trace_rtt", "-rtt_freq", "1"),
            folder=folder,
        )
        await sipp.wait()
        return _outcome(folder, calls)

    async def _start(self, scenario: str, port: int, *options: str, folder: Path | None = None) -> Process:
        folder = folder or self._folder
        text = (SCENARIOS / f"{scenario}.xml").read_text("utf-8")
        (folder / f"{scenario}.xml").write_text(re.sub(r"@([a-z_]+)@", lambda match: self._values[match[1]], text))
        with (folder / f"{scenario}.said").open("wb") as said:
            return await asyncio.create_subprocess_exec(
                *(
                    "sipp",
                    "-sf",
                    f"{scenario}.xml",
                    "-i",
                    self._host,
                    "-p",
                    str(port),
                    "-mp",
                    str(MEDIA_PORTS[scenario]),
                ),
                *("-nostdin", "-trace_err", "-error_file", f"{scenario}.log", "-timer_resol", "1", *options),
                self._asterisk,
                cwd=folder,
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=said,
            )


def _outcome(folder: Path, calls: int) -> Outcome:
    with (folder / "stat.csv").open() as file:
        *_, last = csv.DictReader(file, delimiter=";")
    [times] = folder.glob("*_rtt.csv")
    with times.open() as file:
        served_ms = tuple(float(row["response_time_ms"]) for row in csv.DictReader(file, delimiter=";"))
    return Outcome(calls, calls - int(last["SuccessfulCall(C)"]), int(last["Retransmissions(C)"]), served_ms)
