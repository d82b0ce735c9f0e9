"""The daemon's side of the recorder: starts its process, starts it again if it dies, tells it what channels there are.

What is written down meanwhile waits in the ledger and the journal, so a dead recorder costs nothing but time.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from cti.children import Child, keep_alive
from cti.settings import Settings
from recording.room import Space


class RecorderProcess:
    """`run()` for ever. `live` gives every channel there is (uniqueid, linkedid of its call), None while nobody knows;
    `on_record` gets each record that is new or has changed, as JSON text."""

    def __init__(
        self, settings: Settings, live: Callable[[], Mapping[str, str] | None], on_record: Callable[[str], None]
    ) -> None:
        self._settings = settings
        self._live = live
        self._on_record = on_record
        self._process: Child | None = None
        self._questions = 0
        self._told: int | None = None
        """The number of the last change of a record that we have heard of: one that ends before it has told all is
        followed by one that goes on from there."""
        self._database_takes = True
        self.unbalanced: tuple[str, ...] = ()
        """Queues that have lost calls between the journal and the records, as far as was looked last."""
        self.lines_waiting = self.files_waiting = 0
        """Lines of ledger and journal that the database has not yet, and raw recordings that are no audio yet, as the
        recorder has counted last."""
        self.room = Space.ENOUGH
        """Of the disk on which recordings are made, as the recorder has said last; `free_mb` is what was free then."""
        self.free_mb = 0

    @property
    def healthy(self) -> bool:
        """Whether calls are being written down."""
        return self._process is not None and self._database_takes

    def settle(self) -> None:
        """After each snapshot: answer what was asked meanwhile, and let the recorder see what happened unheard."""
        self._answer()
        self._say({"settle": True})

    async def run(self) -> None:
        """Keep the process alive until cancelled."""
        await keep_alive("recorder", self._settings, born=self._born, hear=self._hear, died=self._died)

    def _born(self, process: Child) -> None:
        self._process, self._questions, self.room = process, 0, Space.ENOUGH
        self._say({"told": self._told})
        if self._live() is not None:
            self.settle()

    def _died(self) -> None:
        self._process = None

    def _hear(self, line: str) -> None:
        if line.startswith('{"record":'):
            self._told = int(line.rstrip().rpartition(":")[2].removesuffix("}"))
            self._on_record(line.rstrip())
            return
        message = json.loads(line)
        if "told" in message:
            self._told = message["told"]
        elif "ask" in message:
            self._questions += 1
            self._answer()
        elif "unbalanced" in message:
            self.unbalanced = tuple(message["unbalanced"])
        elif "lines" in message:
            self.lines_waiting, self.files_waiting = message["lines"], message["files"]
        elif "room" in message:
            self.room = Space(message["room"])
            self.free_mb = message["free_mb"]
        else:
            self._database_takes = message["healthy"]

    def _answer(self) -> None:
        if (channels := self._live()) is not None:
            for _ in range(self._questions):
                self._say({"live": dict(channels)})
            self._questions = 0

    def _say(self, message: Mapping[str, Any]) -> None:
        if self._process is not None:
            self._process.say(json.dumps(message).encode() + b"\n")
