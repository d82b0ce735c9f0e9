"""Recordings that stay where they were made, each with its manifest beside it. (Other places: recording/keeping.)"""

import asyncio
import os
from pathlib import Path

from recording.manifest import Manifest, manifest_name


class Beside:
    """`recording.manifest.TakesRecordings` for the folder of recordings itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def take(self, manifest: Manifest, path: Path) -> str:
        """It lies there already. Raises OSError."""
        await self.describe(manifest)
        return ""

    async def describe(self, manifest: Manifest) -> None:
        """Writes the manifest, whole or not at all. Raises OSError."""
        await asyncio.to_thread(_write, self._folder / manifest_name(manifest.file), manifest)


def _write(file: Path, manifest: Manifest) -> None:
    unfinished = file.with_name(f"{file.name}.part")
    try:
        with unfinished.open("w", encoding="utf-8") as sink:
            sink.write(manifest.model_dump_json(indent=2) + "\n")
            sink.flush()
            os.fsync(sink.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
