"""After a restart of ours: every call-back that was open, from the journal, and from Asterisk's ledger whether a
customer who was being rung has answered meanwhile. Neither needs the database (docs/decisions/0005).
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from acd.callback_book import CallbackBook
from acd.callback_history import TOLD_BY, history
from acd.callback_rules import CallbackRules, MessageRules
from acd.callbacks import MARK, is_callback, requested_ms
from acd.facts import Fact
from recording.facts import facts_among
from recording.ledger import RowError, RowType, parse_row
from recording.series import Series

_MARKS = (b'"fact":"Callback', MARK.encode())


def restore_callbacks(
    book: CallbackBook,
    lines: Iterable[bytes],
    rules_of: Callable[[str], CallbackRules | None],
    message_rules_of: Callable[[str], MessageRules],
    *,
    now_ms: int,
) -> None:
    """Fill the book with what the journal's lines that still hold say (recording.standing); nothing enters a queue
    before Asterisk is there."""
    book.restore(history(told(lines), rules_of, message_rules_of), now_ms=now_ms)


def told(lines: Iterable[bytes]) -> Iterator[Fact]:
    """The facts among a journal's lines that a history is made of; a line that is no fact is passed over."""
    for fact in facts_among(lines, _MARKS):
        if isinstance(fact, TOLD_BY):
            yield fact


async def was_answered(ledger: Path, linkedid: str) -> bool:
    """Whether the customer of this stay has answered. A call-back's first channel is the agent's: any other's answer is
    the customer's."""
    return await asyncio.to_thread(_was_answered, ledger, linkedid)


def _was_answered(ledger: Path, linkedid: str) -> bool:
    if not is_callback(linkedid):
        return False
    series, wanted = Series(ledger), f'"{linkedid}"'.encode()
    requested_ns = requested_ms(linkedid) * 1_000_000
    while True:
        files = series.files()
        with suppress(FileNotFoundError):
            for path in reversed(files):
                if path.stat().st_mtime_ns < requested_ns:
                    break
                with path.open("rb") as lines:
                    if any(wanted in line and _answers(line, linkedid) for line in lines):
                        return True
        if series.files() == files:  # else one was moved aside meanwhile, and may have been passed over
            return False


def _answers(line: bytes, linkedid: str) -> bool:
    try:
        row = parse_row(line.decode("utf-8", "backslashreplace").rstrip("\n"))
    except RowError:
        return False
    return row.linkedid == linkedid != row.uniqueid and row.type == RowType.ANSWER
