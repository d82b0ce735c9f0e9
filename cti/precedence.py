"""Who comes first on a machine that is full: Asterisk, which carries the voices, then the daemon's loop, which decides
where they go. Both run as soon as they have something to do, whatever else computes (SCHED_RR, sched(7)), as Asterisk
alone does with `-p`; everything else has what they leave, which is nearly all. Why: docs/decisions/0035. Linux only.
"""

import os
from contextlib import suppress
from pathlib import Path

import structlog

log = structlog.get_logger()

VOICES = 10
"""Asterisk's real-time priority; the one it gives itself with `-p`."""

ROUTING = 5
"""The daemon's loop: a decision may wait for a voice, never a voice for a decision."""


def voices_first(pid: int) -> None:
    """All threads of this Asterisk, and those it will begin. Where we may not, it runs as everything does."""
    try:
        while plain := [thread for thread in _threads(pid) if _is_plain(thread)]:
            for thread in plain:
                with suppress(ProcessLookupError):
                    os.sched_setscheduler(thread, os.SCHED_RR, os.sched_param(VOICES))
    except OSError as error:
        _tell("asterisk", error)


def routing_first() -> None:
    """This thread, but none that it begins, nor any process: what computes beside the loop gives way as before. Where
    we may not, it runs as everything does."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(ROUTING))
    except OSError as error:
        _tell("daemon", error)


def _threads(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(thread.name) for thread in Path(f"/proc/{pid}/task").iterdir()]
    return []


def _is_plain(thread: int) -> bool:
    """Whether it is there, and does not come first."""
    with suppress(ProcessLookupError):
        return os.sched_getscheduler(thread) != os.SCHED_RR
    return False


def _tell(who: str, error: OSError) -> None:
    log.warning(
        "not-first",
        error_id="not-first",
        who=who,
        why=str(error.strerror),
        expected=f"CAP_SYS_NICE, or a limit of real-time priority (RLIMIT_RTPRIO) of {VOICES}; or high_priority = off",
    )
