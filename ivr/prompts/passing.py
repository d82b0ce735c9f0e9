"""A folder of sounds that were made for one call and hold what its caller was told: nobody else may read it, and what
is in it goes after a day, or sooner where it grows too large.

Its names say nothing: each is the hash of what is said under a key that is never written down.
"""

import hashlib
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from ivr.prompts import audio

KEPT_S = 86_400
MOST_BYTES = 256 * 1024 * 1024


class PassingSounds:
    """The folder."""

    def __init__(
        self,
        folder: Path,
        *,
        kept_s: float = KEPT_S,
        most_bytes: int = MOST_BYTES,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._kept_s = kept_s
        self._most_bytes = most_bytes
        self._now_s = now_s
        self._key = secrets.token_bytes(32)

    def name(self, *said: str) -> Path:
        """The sound of what is said, whether or not it is there."""
        return self._folder / hashlib.blake2b("\0".join(said).encode(), key=self._key, digest_size=16).hexdigest()

    def write(self, name: Path, samples: audio.Samples) -> None:
        """Write a sound. Raises OSError."""
        self.provide()
        audio.write(name, samples)

    def provide(self) -> Path:
        """The folder, there and nobody else's. Raises OSError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        return self._folder

    def tidy(self) -> int:
        """Remove what is too old, then the oldest of what is too much; returns how many files went."""
        aged = sorted(self._aged())
        room, gone = self._most_bytes - sum(size for _, size, _ in aged), 0
        for written_s, size, file in aged:
            if written_s > self._now_s() - self._kept_s and room >= 0:
                break
            if file.is_dir():
                shutil.rmtree(file, ignore_errors=True)  # of a making that was killed
            else:
                file.unlink(missing_ok=True)
            room += size
            gone += 1
        return gone

    def _aged(self) -> Iterator[tuple[float, int, Path]]:
        for file in self._folder.iterdir() if self._folder.is_dir() else ():
            with suppress(FileNotFoundError):  # written whole just now, under another name
                status = file.stat()
                yield status.st_mtime, status.st_size, file
