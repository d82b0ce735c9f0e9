"""Deadlines by key: what falls due, when, and in which order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.timers import Timers

pytestmark = pytest.mark.unit


def test_without_a_deadline_nothing_is_ever_due() -> None:
    timers: Timers[str] = Timers()
    assert timers.next_due_ms is None
    assert timers.pop_due(10**15) == []


def test_a_deadline_is_due_at_its_millisecond_and_not_before() -> None:
    timers: Timers[str] = Timers()
    timers.set("wrap-up", 100)
    assert timers.pop_due(99) == []
    assert timers.pop_due(100) == ["wrap-up"]
    assert timers.pop_due(100) == []


def test_setting_a_key_again_moves_its_deadline_either_way() -> None:
    timers: Timers[str] = Timers()
    timers.set("later", 100)
    timers.set("later", 300)
    timers.set("sooner", 200)
    timers.set("sooner", 50)
    assert timers.next_due_ms == 50
    assert timers.pop_due(250) == ["sooner"]
    assert timers.next_due_ms == 300


def test_a_cancelled_key_does_not_fall_due() -> None:
    timers: Timers[str] = Timers()
    timers.set("wait", 100)
    timers.cancel("wait")
    timers.cancel("never set")
    assert timers.next_due_ms is None
    assert timers.pop_due(200) == []


def test_a_key_set_again_to_the_same_time_falls_due_once() -> None:
    timers: Timers[str] = Timers()
    timers.set("phone", 100)
    timers.set("phone", 100)
    assert timers.pop_due(100) == ["phone"]


def test_keys_of_one_millisecond_fall_due_in_the_order_they_were_set() -> None:
    timers: Timers[str] = Timers()
    for key in ("b", "a", "c"):
        timers.set(key, 100)
    assert timers.pop_due(100) == ["b", "a", "c"]


operations = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from("abc"), st.integers(0, 20)),
        st.tuples(st.just("cancel"), st.sampled_from("abc"), st.just(0)),
        st.tuples(st.just("pop"), st.just(""), st.integers(0, 20)),
    )
)


@given(operations)
def test_any_history_leaves_what_a_plain_dictionary_would_hold(history: list[tuple[str, str, int]]) -> None:
    timers: Timers[str] = Timers()
    held: dict[str, int] = {}
    for verb, key, ms in history:
        if verb == "set":
            timers.set(key, ms)
            held[key] = ms
        elif verb == "cancel":
            timers.cancel(key)
            held.pop(key, None)
        else:
            due = timers.pop_due(ms)
            expected = {each: due_ms for each, due_ms in held.items() if due_ms <= ms}
            assert sorted(due) == sorted(expected)
            assert [held.pop(each) for each in due] == sorted(expected.values())
        assert timers.next_due_ms == min(held.values(), default=None)
