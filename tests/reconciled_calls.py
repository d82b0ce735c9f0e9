"""Records and Asterisk's rows of many calls, made of few real ones, for whoever holds the two against each other. Of
the records only names, channels and times are each call's own.
"""

from dataclasses import replace
from datetime import timedelta
from functools import cache

from recording.reconcile.rows import CdrRow, read_cdr, with_linkedids
from recording.record import CallRecord
from tests.ledgers import real_call

STORIES = (
    "answered_caller_hangs_up",
    "answered_agent_hangs_up",
    "served_by_ivr",
    "abandoned_waiting",
    "missed_then_answered",
    "transferred_to_queue",
    "answered_with_hold",
)


@cache
def story(name: str) -> tuple[CallRecord, tuple[CdrRow, ...]]:
    """The record of a real call, and Asterisk's rows of it."""
    real = real_call(name)
    rows = [one for one in read_cdr(real.cdr.decode().splitlines()) if isinstance(one, CdrRow)]
    return real.record(), tuple(with_linkedids(rows))


def call(name: str, number: int, later: timedelta) -> tuple[CallRecord, list[CdrRow]]:
    """The one of that number: so much later than the real one, with channels of its own."""
    record, rows = story(name)
    tail = f"{number:07}"
    legs = tuple(
        leg.model_copy(
            update={
                "channel": leg.channel + tail,
                "uniqueid": leg.uniqueid + tail,
                "started_at": leg.started_at + later,
                "answered_at": leg.answered_at and leg.answered_at + later,
                "ended_at": leg.ended_at + later,
            }
        )
        for leg in record.legs
    )
    ours = {
        "id": f"{number:032}",
        "linkedid": record.linkedid + tail,
        "legs": legs,
        "started_at": record.started_at + later,
        "ended_at": record.ended_at + later,
    }
    by_us = later // timedelta(microseconds=1)
    theirs = [
        replace(
            row,
            linkedid=row.linkedid + tail,
            uniqueid=row.uniqueid + tail,
            channel=row.channel + tail,
            peer=row.peer and row.peer + tail,
            start_us=row.start_us + by_us,
            answer_us=row.answer_us and row.answer_us + by_us,
            end_us=row.end_us + by_us,
        )
        for row in rows
    ]
    return record.model_copy(update=ours), theirs


def line_of(row: CdrRow) -> str:
    """As it stands in `calls.csv`."""
    instants = (f"{(us or 0) / 1_000_000:.6f}" for us in (row.start_us, row.answer_us, row.end_us))
    named = (row.disposition, row.extension, row.context, row.channel, row.peer, row.application)
    return ",".join(f'"{field}"' for field in (row.linkedid, row.uniqueid, *instants, *named)) + "\n"
