"""How an agent hears a message, and what he does with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.hearing import Act, Hearing

pytestmark = pytest.mark.unit

ENDS = (Act.CALL, Act.HEARD, Act.PUT_BACK)


def after(*keys: str | None) -> Hearing:
    """A hearing in which these keys were pressed, or nothing was."""
    hearing = Hearing()
    for key in keys:
        hearing.feed(key)
    return hearing


def test_he_hears_of_it_then_it_then_what_he_can_do_and_if_he_does_nothing_it_is_done() -> None:
    hearing = Hearing()
    acts = [hearing.act]
    while hearing.act not in ENDS:
        acts.append(hearing.feed(None))
    assert acts == [Act.ANNOUNCE, Act.PLAY, Act.ASK, Act.ASK, Act.ASK, Act.HEARD]


@pytest.mark.parametrize(
    ("key", "act"), [("1", Act.CALL), ("2", Act.PLAY), ("3", Act.HEARD), ("4", Act.NUMBER), ("#", Act.PUT_BACK)]
)
@pytest.mark.parametrize("before", [(), (None,), (None, None), (None, None, None)])
def test_a_key_counts_at_any_moment(before: tuple[None, ...], key: str, act: Act) -> None:
    assert after(*before, key).act is act


def test_who_hangs_up_before_the_end_puts_it_back_and_after_it_has_done_with_it() -> None:
    assert after().hung_up() is Act.PUT_BACK
    assert after(None).hung_up() is Act.PUT_BACK
    assert after(None, "4").hung_up() is Act.PUT_BACK
    assert after(None, None).hung_up() is Act.HEARD
    assert after(None, None, "2").hung_up() is Act.HEARD


def test_after_the_number_he_hears_the_message_or_what_he_can_do() -> None:
    assert after("4", None).act is Act.PLAY
    assert after(None, None, "4", None).act is Act.ASK


def test_a_call_back_that_cannot_be_is_refused_and_he_is_asked_again() -> None:
    hearing = after(None, None, "1")
    assert hearing.refused() is Act.CANNOT
    assert hearing.feed(None) is Act.ASK


@given(st.lists(st.sampled_from([*"0123456789*#", None])))
def test_whatever_he_presses_silence_comes_to_an_end_and_only_all_of_it_counts_as_heard(
    keys: list[str | None],
) -> None:
    hearing = Hearing()
    for key in keys:
        if hearing.act in ENDS:
            break
        hearing.feed(key)
    for _ in range(8):
        if hearing.act not in ENDS:
            hearing.feed(None)
    assert hearing.act in ENDS
    assert hearing.act is not Act.HEARD or hearing.whole or "3" in keys
