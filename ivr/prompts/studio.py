"""Puts recordings in the place of synthesised texts, and takes them out again, one by one, while calls go on: the next
that is said is said the new way. Who may is decided before.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from acd.distributor import Distributor
from acd.facts import PromptReplaced
from ivr.flow.steps import Prompt
from ivr.prompts.catalogue import Catalogue, Entry
from ivr.prompts.errors import UnknownPrompt
from ivr.prompts.library import Prompts
from ivr.prompts.replacements import Replacement

PHONE, UPLOAD, RESTORED = "phone", "upload", "restored"


async def _nothing(prompt: Prompt) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """What it works with. `after` follows up wherever else the prompt's sound is used."""

    distributor: Distributor
    prompts: Prompts
    catalogue: Catalogue
    folder: Path
    """Where a recording lies until it is kept."""
    after: Callable[[Prompt], Awaitable[None]] = _nothing

    def entry(self, number: int) -> Entry:
        """The text of that number. Raises UnknownPrompt."""
        if (entry := self.catalogue.entry(number)) is None:
            raise UnknownPrompt(number)
        return entry

    async def replace(self, number: int, recording: Path, *, by: str, how: str) -> Replacement:
        """From now on the recording is what is heard. Raises PromptError, and then nothing has changed."""
        entry = self.entry(number)
        replacement = await self.prompts.replacements.put(entry.prompt, recording, by, how, self._now_ms())
        await self._tell(entry, by, how)
        return replacement

    async def replace_with(self, number: int, content: bytes, *, by: str) -> Replacement:
        """The same with a recording that was sent."""
        with self.draft() as folder:
            file = Path(folder) / "upload.wav"
            await asyncio.to_thread(file.write_bytes, content)
            return await self.replace(number, file, by=by, how=UPLOAD)

    async def restore(self, number: int, *, by: str) -> bool:
        """The voice speaks the text again; False: it did already. Raises PromptError."""
        entry = self.entry(number)
        if not self.prompts.replacements.drop(entry.prompt):
            return False
        await self.prompts.make([entry.prompt])
        await self._tell(entry, by, RESTORED)
        return True

    def draft(self) -> AbstractContextManager[str]:
        """A folder for a recording that is not kept yet; it goes with all that is in it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return TemporaryDirectory(dir=self.folder, prefix=".draft-")

    async def _tell(self, entry: Entry, by: str, how: str) -> None:
        prompt = entry.prompt
        self.distributor.state(
            PromptReplaced(
                at_ms=self._now_ms(), prompt=entry.number, language=prompt.language, text=prompt.text, by=by, how=how
            )
        )
        await self.after(prompt)

    def _now_ms(self) -> int:
        return self.distributor.clock.now_ms()
