"""The floor row by row, for a monitor that comes late."""

import pytest

from acd.facts import CallArrived, ClosureDeclared, ClosureLifted
from acd.router import Router
from cti.board import Board
from cti.picture import AgentIs, CallIs, ClosureIs, QueueIs, SnapshotBegan, SnapshotEnded, rows
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit


class Shown(Floor):
    """A floor with its board."""

    def __init__(self) -> None:
        super().__init__()
        self.board = Board()

    def settle(self) -> None:
        told = len(self.facts)
        super().settle()
        for fact in self.facts[told:]:
            self.board.on_fact(fact)

    def arrive(self, linkedid: str) -> None:
        self.board.on_fact(
            CallArrived(
                at_ms=self.now_ms, linkedid=linkedid, channel="c", caller="100", caller_name="Ma", dialled="4000",
                flow="hotline",
            )
        )  # fmt: skip


def test_a_picture_has_every_queue_every_agent_and_every_call_between_its_marks() -> None:
    floor = Shown()
    floor.seat("1001", sales=5)
    for linkedid in ("first", "second"):
        floor.arrive(linkedid)
        floor.enter(linkedid)
    began, *told, ended = rows(floor.router, floor.board, lambda: floor.now_ms)
    assert began == SnapshotBegan(at_ms=floor.now_ms, queues=3, agents=1, calls=2, closures=0)
    assert ended == SnapshotEnded(at_ms=floor.now_ms)
    assert [(row.queue, row.waiting) for row in told if isinstance(row, QueueIs)] == [
        ("sales", 2),
        ("support", 0),
        ("anybody", 0),
    ]
    assert [(row.agent, row.state, row.linkedid) for row in told if isinstance(row, AgentIs)] == [
        ("1001", "ringing", "first")
    ]
    calls = {row.linkedid: (row.state, row.agent) for row in told if isinstance(row, CallIs)}
    assert calls == {"first": ("ringing", "1001"), "second": ("waiting", "")}


def test_a_row_is_what_is_so_when_it_is_told() -> None:
    floor = Shown()
    floor.arrive("first")
    floor.enter("first")
    told = rows(floor.router, floor.board, lambda: floor.now_ms)
    assert next(told) == SnapshotBegan(at_ms=floor.now_ms, queues=3, agents=0, calls=1, closures=0)
    floor.leave("first")
    floor.board.calls.clear()
    assert [type(row) for row in told] == [QueueIs, QueueIs, QueueIs, SnapshotEnded]


def test_what_is_not_there_is_an_empty_header() -> None:
    floor = Shown()
    floor.arrive("first")
    call = next(row for row in rows(floor.router, floor.board, lambda: 7) if isinstance(row, CallIs))
    assert call.headers["UserEvent"] == "CallcenterCallIs"
    assert (call.headers["State"], call.headers["EnteredMs"], call.headers["AtMs"]) == ("ivr", "", "7")


def test_a_picture_has_the_closures_that_are_on() -> None:
    board = Board()
    for calendar in ("office", "*"):
        board.on_fact(ClosureDeclared(at_ms=5, calendar=calendar, by="Wang", why="fire", since_ms=3))
    board.on_fact(ClosureLifted(at_ms=6, calendar="office", by="Wang"))
    began, closure, _ = rows(Router(), board, lambda: 7)
    assert began == SnapshotBegan(at_ms=7, queues=0, agents=0, calls=0, closures=1)
    assert closure == ClosureIs(at_ms=7, calendar="*", since_ms=3, by="Wang", why="fire", announcement="")
