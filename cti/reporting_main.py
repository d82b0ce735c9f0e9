"""A process that makes reports, exports and mails for the daemon that started it (cti/reporting.py), one after another:
neither their libraries nor their work take anything from routing. It ends with its standard input.

    in   {"report": {…}} an Order, {"figures": {…}} a FiguresOrder, {"series": {…}} a SeriesOrder, {"addends": {…}} an
         AddendsOrder, {"forecast": {…}} a ForecastOrder, {"bulletin": {…}} a BulletinOrder, {"explanation": {…}} an
         ExplanationOrder, {"calls": {…}} an export, {"mail": {…}} a mail, one a line
    out  {"media": …, "name": …} and then the thing: 4 bytes of length and as many of it (256 KiB at most), until a
         length of 0; or {"error": {"id": …, "message": …, "status": …, "field": …}}
"""

import asyncio
import json
import os
import sys
from typing import Any, BinaryIO

import structlog

from cti.logs import write_logs
from cti.memory import settle_down
from cti.processes import give_way
from cti.reporting_errors import told
from cti.reporting_work import PIECE, Work
from cti.settings import load_settings
from recording.store import Store

NICENESS = 10

log = structlog.get_logger()


async def serve(work: Work, orders: BinaryIO, answers: BinaryIO) -> None:
    """Answer each line of `orders`, until there are no more."""
    while line := await asyncio.to_thread(orders.readline):
        try:
            about, pieces = await work.answer(json.loads(line))
        except Exception as error:
            _say(answers, {"error": told(error)})
            continue
        _say(answers, about)
        for piece in pieces:  # should this fail, what was said so far cannot be taken back: the process ends
            for begin in range(0, len(piece), PIECE):  # small: the daemon's loop hands on one at a time
                part = piece[begin : begin + PIECE]
                answers.write(len(part).to_bytes(4, "big") + part)
        answers.write(bytes(4))
        answers.flush()


def _say(answers: BinaryIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message).encode() + b"\n")
    answers.flush()


def own_output() -> BinaryIO:
    """Standard output for us alone: whatever else prints, prints to standard error."""
    mine = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return mine


async def _run() -> None:
    settings = load_settings()
    store = Store(settings.database_url)
    try:
        with own_output() as answers:
            await serve(Work(settings, store), sys.stdin.buffer, answers)
    finally:
        await store.close()


if __name__ == "__main__":
    write_logs()
    give_way(NICENESS)
    settle_down()
    asyncio.run(_run())
