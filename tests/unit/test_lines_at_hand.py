"""Lines kept in memory: each once, in the order they came, never too many."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.at_hand import LinesAtHand
from recording.entries import Entry
from tests.ledgers import NAMES, real_call

pytestmark = pytest.mark.unit

ENTRIES = [one for name in NAMES[:6] for batch in real_call(name).batches() for one in batch.entries]
CALLS = sorted({one.linkedid for one in ENTRIES} - {""})


@given(st.lists(st.sampled_from(ENTRIES)), st.sets(st.sampled_from(CALLS)))
def test_of_a_call_every_line_is_there_once_in_the_order_it_came_until_it_is_forgotten(
    entries: list[Entry], forgotten: set[str]
) -> None:
    at_hand = LinesAtHand()
    at_hand.add(entries)
    at_hand.forget(forgotten)
    for call in CALLS:
        own = [] if call in forgotten else [one for one in entries if one.linkedid == call]
        assert at_hand.of(call) == list({one.digest: one.event for one in own}.values())


@given(st.lists(st.lists(st.sampled_from(ENTRIES))), st.integers(0, 60))
def test_never_too_many_are_kept_and_a_call_goes_whole(pieces: list[list[Entry]], most: int) -> None:
    at_hand = LinesAtHand(most)
    for piece in pieces:
        before = {call: list(at_hand.of(call)) for call in CALLS}
        at_hand.add(piece)
        assert sum(len(at_hand.of(call)) for call in CALLS) <= most
        for call in CALLS:
            assert at_hand.of(call) in ([], _with(before[call], piece, call))


def _with(before: Sequence[object], piece: list[Entry], call: str) -> list[object]:
    fresh = {one.digest: one.event for one in piece if one.linkedid == call}
    return [*before, *(event for event in fresh.values() if event not in before)]


def test_the_call_of_which_longest_nothing_came_goes_first() -> None:
    first, second = (real_call(name).batches()[1].entries for name in ("served_by_ivr", "abandoned_waiting"))
    at_hand = LinesAtHand(most=len(first) + len(second) - 1)
    for piece in (first[:-1], second[:-1], first[-1:], second[-1:]):
        at_hand.add(piece)
    assert at_hand.of(first[0].linkedid) == []
    assert at_hand.of(second[0].linkedid) == [one.event for one in second]
