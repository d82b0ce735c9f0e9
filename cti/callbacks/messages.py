"""Messages on their way from the folder where they are spoken (ivr/messages.py) into the book of call-backs, those of a
daemon or an Asterisk that died meanwhile included; and out of the folder when they are needed no longer.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import structlog

from acd.callbacks import VoiceMessage, Wish
from acd.facts import Fact, LinkChanged, VoicemailLeft
from cti.callbacks.desk import CallbackDesk
from cti.callbacks.means import Means
from ivr.messages import Messages, Note

log = structlog.get_logger()


class MessageRoom:
    """`messages` is what the reception is given. What nobody speaks any more is looked for whenever Asterisk is there
    anew, and whenever a channel is gone (`gone`)."""

    def __init__(self, folder: Path, desk: CallbackDesk, means: Means) -> None:
        """`folder` is within that of the recordings."""
        self.messages = Messages(folder, self._deliver)
        self._desk = desk
        self._means = means
        means.distributor.on_fact.append(self._on_fact)

    def gone(self, channel: str) -> None:
        """This channel (its unique id) has ended."""
        self._recover(partial(self.messages.gone, channel))

    def _on_fact(self, fact: Fact) -> None:
        if isinstance(fact, LinkChanged) and fact.up:
            # Told in the next turn of the loop: what follows from a fact comes after it with every listener.
            asyncio.get_running_loop().call_soon(
                lambda: self._recover(partial(self.messages.recover, self._means.channels()))
            )

    def _recover(self, recover: Callable[[], int]) -> None:
        try:
            found = recover()
        except OSError as error:  # a disk in trouble: the notes stay for the next time
            log.error("messages-not-recovered", error_id="messages-not-recovered", detail=error.strerror)
            return
        if found:
            log.info("messages-recovered", count=found)

    def _deliver(self, note: Note, file: str, length_ms: int) -> None:
        distributor = self._means.distributor
        wish = Wish(
            priority=note.priority,
            skills=note.skills,
            requires=note.requires,
            data=note.data,
            language=note.language,
        )
        message = VoiceMessage(file, length_ms)
        if self._desk.has(message):
            return
        distributor.state(
            VoicemailLeft(
                at_ms=distributor.clock.now_ms(),
                linkedid=note.linkedid,
                queue=note.queue,
                language=note.language,
                duration_ms=length_ms,
                file=file,
            )
        )
        with self._desk.tell() as (book, now_ms):
            book.leave_message(
                message,
                note.number,
                note.queue,
                wish,
                origin=note.linkedid,
                entered_ms=note.entered_ms,
                now_ms=now_ms,
            )
