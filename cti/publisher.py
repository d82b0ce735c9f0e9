"""What any AMI client can follow: every fact as a UserEvent in the order in which it happened, and a picture of the
floor for who comes late. What the events say is in cti/user_events.py and cti/picture.py.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from itertools import islice

import structlog

from acd.distributor import Distributor
from acd.facts import CentrePublished, Fact
from cti.ami.client import AmiClient
from cti.ami.errors import AmiError, AmiHeaderRefused
from cti.board import Board
from cti.picture import rows
from cti.user_events import SEQUENCE, user_event

log = structlog.get_logger()

KEPT = 2_000
"""Facts kept while there is no link; of more the oldest are lost to monitors, whom the picture then sets right."""

ROWS_AT_ONCE = 50
"""Rows of a picture that may be under way together: Asterisk serves our actions in turn, and a phone that must stop
ringing stands behind them."""

PICTURE_EVERY_S = 1.0
"""Pictures are told one at a time, and this long apart: whoever asks meanwhile is served by the next."""


class Publisher:
    """Publishes through `client` while the link is open. `on_fact` is for the distributor."""

    def __init__(self, client: AmiClient, distributor: Distributor, board: Board) -> None:
        self._client = client
        self._distributor = distributor
        self._board = board
        self._open = False
        self._sequence = 0
        self._facts: deque[tuple[int, Fact]] = deque(maxlen=KEPT)
        self._asked = asyncio.Event()

    def open(self) -> None:
        """Asterisk listens, and the router agrees with it: what was kept is told, then a picture, unasked."""
        self._open = True
        self._flush()
        self.ask()

    def close(self) -> None:
        """The link is lost."""
        self._open = False

    def on_fact(self, fact: Fact) -> None:
        """Publish it. That is left for the next turn of the loop: the task that rings the agent's phone goes first."""
        if not self._facts:
            asyncio.get_running_loop().call_soon(self._flush)
        self._facts.append((self._next(), fact))
        if isinstance(fact, CentrePublished):
            self.ask()  # there may be queues that no fact has told of

    def ask(self) -> None:
        """A monitor wants a picture."""
        self._asked.set()

    async def run(self) -> None:
        """Tell pictures as they are asked for, until cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                await self._tell_picture()
            except AmiError as error:  # the link broke: when it is back a picture is told anyway
                log.info("picture-not-told", error_id=error.id)
            await asyncio.sleep(PICTURE_EVERY_S)

    async def _tell_picture(self) -> None:
        told = rows(self._distributor.router, self._board, self._distributor.clock.now_ms)
        while self._open:
            self._flush()  # a row is newer than every fact before it
            if not (some := [row.headers for row in islice(told, ROWS_AT_ONCE)]):
                return
            for headers in some[:-1]:
                self._post(self._next(), headers)
            await self._client.action("UserEvent", self._numbered(self._next(), some[-1]))

    def _flush(self) -> None:
        while self._open and self._client.up and self._facts:
            number, fact = self._facts.popleft()
            self._post(number, user_event(fact))

    def _post(self, number: int, headers: Mapping[str, str]) -> None:
        try:
            self._client.post("UserEvent", self._numbered(number, headers))
        except AmiHeaderRefused as error:
            log.error("event-not-told", error_id=error.id, user_event=headers["UserEvent"], detail=str(error))

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence

    def _numbered(self, number: int, headers: Mapping[str, str]) -> dict[str, str]:
        return {**headers, SEQUENCE: str(number)}
