"""Who comes first on a machine that is full."""

import os
import subprocess
import sys
import threading

import pytest
from structlog.testing import capture_logs

from cti.precedence import ROUTING, VOICES, routing_first, voices_first

pytestmark = pytest.mark.unit

Asked = list[tuple[int, int, int]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the kernel was asked for; it grants it."""
    granted: dict[int, int] = {}
    asked: Asked = []

    def grant(thread: int, policy: int, param: os.sched_param) -> None:
        granted[thread] = policy & ~os.SCHED_RESET_ON_FORK
        asked.append((thread, policy, param.sched_priority))

    monkeypatch.setattr(os, "sched_setscheduler", grant)
    monkeypatch.setattr(os, "sched_getscheduler", lambda thread: granted.get(thread, os.SCHED_OTHER))
    return asked


def test_every_thread_that_carries_voices_comes_first(asked: Asked) -> None:
    going = threading.Event()
    another = threading.Thread(target=going.wait)
    another.start()
    try:
        voices_first(os.getpid())
    finally:
        going.set()
        another.join()
    assert {(os.getpid(), os.SCHED_RR, VOICES), (another.native_id, os.SCHED_RR, VOICES)} <= set(asked)


def test_a_thread_that_ends_meanwhile_does_not_keep_the_others_back(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = 2**22 + 1  # more than Linux counts to
    known = os.sched_getscheduler

    def scheduler(thread: int) -> int:
        if thread == ended:
            raise ProcessLookupError
        return known(thread)

    monkeypatch.setattr(os, "sched_getscheduler", scheduler)
    monkeypatch.setattr("cti.precedence._threads", lambda pid: [ended, 7])
    voices_first(7)
    assert asked == [(7, os.SCHED_RR, VOICES)]


def test_the_loop_comes_after_the_voices_and_what_it_begins_does_not_come_first(asked: Asked) -> None:
    routing_first()
    assert asked == [(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, ROUTING)]
    assert 0 < ROUTING < VOICES


def test_a_process_that_has_ended_is_left_alone(asked: Asked) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    voices_first(ended.pid)
    assert asked == []


def test_where_it_is_not_permitted_everything_runs_on_and_it_is_told_what_would_permit_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(thread: int, policy: int, param: os.sched_param) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    with capture_logs() as told:
        voices_first(os.getpid())
        routing_first()
    assert [(one["error_id"], one["who"], one["why"]) for one in told] == [
        ("not-first", "asterisk", "Operation not permitted"),
        ("not-first", "daemon", "Operation not permitted"),
    ]
    assert all("RLIMIT_RTPRIO" in one["expected"] for one in told)
