"""What half-hour sums and a few minutes of the log tell of spans, held against the whole life of an agent."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from acd.states import AgentState
from recording.figures.measuring import (
    Cuts,
    HalfHour,
    Step,
    at_work_ms,
    came,
    following,
    is_signed_in,
    settled_ms,
    works,
)
from recording.figures.states import WORK, Change, Stretch, at_work, of_states, stretches
from recording.inputs.spans import Span, meet, total_ms

pytestmark = pytest.mark.unit

ZONE = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 10, 24, 22, tzinfo=UTC)  # clocks go back in this night
AT = BEGIN + timedelta(minutes=7)
READY, TALKING, WRAP_UP, OUT = AgentState.READY, AgentState.TALKING, AgentState.WRAP_UP, AgentState.SIGNED_OUT


def _life(chance: random.Random) -> list[Change]:
    at, changes = BEGIN + timedelta(milliseconds=chance.randint(0, 7_200_000)), []
    while at < BEGIN + timedelta(hours=8):
        changes.append(Change(at, chance.choice([*AgentState])))
        at += timedelta(milliseconds=chance.randint(1, chance.choice((9_000, 400_000, 5_000_000))))
    return changes


@pytest.mark.parametrize("seed", range(40))
def test_sums_and_the_log_where_they_leave_it_open_tell_what_the_whole_log_tells(seed: int) -> None:
    chance = random.Random(seed)
    changes = _life(chance)
    lasting = stretches(changes)
    work = at_work(lasting, ZONE)
    sums = {
        half_hour: HalfHour(times.signed_in_ms, work.get(half_hour, [0] * len(WORK)))
        for half_hour, times in of_states(lasting, ZONE).items()
    }
    last, cuts = changes[-1].at, Cuts(ZONE)
    for _ in range(30):
        start = BEGIN + timedelta(minutes=chance.randint(0, 500))
        span = Span(start, start + timedelta(minutes=chance.randint(1, chance.choice((4, 40, 400)))))
        told_ms, doubts = at_work_ms(cuts.of(span), sums)
        told_ms += sum(settled_ms(one, _within(changes, one.piece), last, works) for one in doubts)
        assert told_ms == total_ms(meet([span], [_span(one) for one in lasting if works(one.state)]))
        there = came(cuts.of(span), sums)
        if not isinstance(there, bool):
            there = any(settled_ms(one, _within(changes, one.piece), last, is_signed_in) for one in there)
        assert there == bool(meet([span], [_span(one) for one in lasting if is_signed_in(one.state)]))


def _span(lasting: Stretch) -> Span:
    return Span(lasting.start, lasting.end)


def _within(changes: list[Change], piece: Span) -> list[Change]:
    return [one for one in changes if piece.start <= one.at < piece.end]


def test_entries_of_one_millisecond_stand_as_each_follows_from_the_other() -> None:
    first = Step(AT, OUT, READY)
    together = [Step(AT + timedelta(seconds=1), TALKING, WRAP_UP), Step(AT + timedelta(seconds=1), READY, TALKING)]
    assert following([first, *together]) == [
        Change(AT, READY),
        Change(together[0].at, TALKING),
        Change(together[0].at, WRAP_UP),
    ]


def test_entries_of_one_millisecond_that_do_not_say_their_order_are_left_to_who_reads_more() -> None:
    together = [Step(AT, READY, TALKING), Step(AT, TALKING, READY)]
    assert following(together) is None, "nothing before them is known"
    assert following([Step(BEGIN, OUT, READY), Step(AT, READY, TALKING), Step(AT, READY, OUT)]) is None


def test_a_half_hour_of_which_nothing_is_kept_was_spent_elsewhere() -> None:
    pieces = Cuts(ZONE).of(Span(AT, AT + timedelta(hours=1)))
    assert at_work_ms(pieces, {}) == (0, [])
    assert came(pieces, {}) is False
