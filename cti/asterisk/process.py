"""The process of the private Asterisk: started in a session of its own so that it outlives us, found again, stopped."""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import structlog

from cti.asterisk.installation import Installation
from cti.precedence import voices_first
from cti.processes import allow_open_files, command_line, ended
from cti.settings import Settings

log = structlog.get_logger()

BOOT_S = 30.0
STOP_S = 10.0


class AsteriskFailed(Exception):
    """Asterisk did not come up, or did not understand us."""

    id = "asterisk-failed"


class AsteriskProcess:
    """The one Asterisk of a state folder. `adopted` says that it ran before us."""

    def __init__(self, settings: Settings, installation: Installation) -> None:
        self._folder = settings.state / "asterisk"
        self._ledger = settings.ledger
        self._first = settings.high_priority
        self._command = (*installation.command, "-C", str(self._folder / "etc/asterisk.conf"))
        self._child: subprocess.Popen[bytes] | None = None
        self.pid = self._running()

    def _running(self) -> int | None:
        """The pid in the pid file, if that process is an Asterisk with our configuration and not a later namesake."""
        try:
            pid = int((self._folder / "run/asterisk.pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if self._command[-1] in command_line(pid) else None

    async def start(self) -> None:
        """Start Asterisk and return when it takes calls; raises AsteriskFailed with its own last words."""
        await asyncio.sleep(rest_of_second(self._ledger, time.time()))
        self._child = self._spawn()
        self.pid = self._child.pid
        died = asyncio.ensure_future(self.wait())
        booted = asyncio.ensure_future(self._booted())
        done, _ = await asyncio.wait((died, booted), timeout=BOOT_S, return_when=asyncio.FIRST_COMPLETED)
        for task in (died, booted):
            task.cancel()
        await asyncio.gather(died, booted, return_exceptions=True)
        if booted not in done:
            await self.stop()
            raise AsteriskFailed(f"Asterisk did not come up. Its last words ({self._folder}/log): {self._last_words()}")
        self.favour()
        log.info("asterisk-started", pid=self.pid)

    def favour(self) -> None:
        """Let it run before everything else, if that is set."""
        if self._first and self.pid is not None:
            voices_first(self.pid)

    def _spawn(self) -> subprocess.Popen[bytes]:
        allow_open_files()
        (self._folder / "log/console").unlink(missing_ok=True)
        # Appended, so that who cuts it short (recording.rotation) has the next line at its beginning.
        with open(self._folder / "log/console", "ab") as console:
            return subprocess.Popen(
                [*self._command, "-f"],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                start_new_session=True,
            )

    async def _booted(self) -> None:
        while True:
            with contextlib.suppress(AsteriskFailed):  # until its socket is there
                if "fully booted" in await self.command("core waitfullybooted"):
                    return
            await asyncio.sleep(0.05)

    async def command(self, text: str) -> str:
        """What Asterisk answers on its console; raises AsteriskFailed."""
        remote = await asyncio.create_subprocess_exec(
            *self._command, "-rx", text, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        try:
            answer, _ = await remote.communicate()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                remote.kill()
            await remote.wait()
            raise
        if remote.returncode:
            raise AsteriskFailed(f"console command {text!r}: {answer.decode(errors='replace').strip()}")
        return answer.decode(errors="replace")

    async def wait(self) -> None:
        """Return when the process has ended, whoever started it."""
        if self.pid is None:
            return
        await ended(self.pid)
        if self._child is not None:
            self._child.wait()
        self.pid = self._child = None

    async def stop(self) -> None:
        """End all calls and the process."""
        if self.pid is None:
            return
        pid = self.pid
        with contextlib.suppress(AsteriskFailed, TimeoutError):
            async with asyncio.timeout(STOP_S):
                await self.command("core stop now")
                await self.wait()
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            await self.wait()
        log.info("asterisk-stopped", pid=pid)

    def _last_words(self) -> str:
        words: list[str] = []
        for name in ("log/console", "log/messages"):
            with contextlib.suppress(OSError):
                text = (self._folder / name).read_text("utf-8", errors="replace")
                words += [line for line in text.splitlines() if "ERROR" in line or name == "log/console"][-5:]
        return "\n".join(words) or "none"


def rest_of_second(ledger: Path, now_s: float) -> float:
    """How long, in seconds, Asterisk must not be started: it names calls by the second and by a number that begins at 0
    with each start, so within the second of a predecessor's call it would give that call's name again."""
    try:
        written_s = ledger.stat().st_mtime
    except OSError:
        return 0.0
    return 1 - now_s % 1 if int(written_s) == int(now_s) else 0.0
