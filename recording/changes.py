"""Which files in some folders have changed: all that have since the last question, in one answer of the kernel's. When
they are read is decided elsewhere.
"""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from asyncinotify import Event, Inotify, Mask


class Changes:
    """A context manager. What happens in the folders inside it, and is of a kind in `mask`, does not escape.

    Several changes that nobody has asked for yet cost the one who asks as much as one: a ledger grows by thirty lines a
    call, and who reads it four times a second needs to be told as often.
    """

    def __init__(self, folders: Iterable[Path], mask: Mask) -> None:
        """Makes the folders where they are missing. Raises OSError if they cannot be made or watched."""
        self._inotify = Inotify(sync_timeout=0)
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            self._inotify.add_watch(folder, mask)

    async def names(self) -> set[str]:
        """The names of the files that changed since the last call of this; waits for the first. "" is among them when
        the kernel lost some.
        """
        event: Event | None = await self._inotify.get()
        names: set[str] = set()
        while event is not None:
            names.add(str(event.name or ""))
            event = self._inotify.sync_get()
        return names

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inotify.close()
