"""Closures: declared anew and lifted, and which of them holds for a calendar."""

import pytest

from acd.closures import EVERY, Closures
from acd.errors import NotClosed
from acd.facts import ClosureDeclared, ClosureLifted, Fact

pytestmark = pytest.mark.unit


def test_a_calendars_own_closure_goes_before_that_of_all_and_each_is_lifted_by_itself() -> None:
    facts: list[Fact] = []
    changed: list[set[str]] = []
    closures = Closures(facts.append)
    closures.on_change.append(lambda: changed.append(set(closures.on)))
    assert closures.of("office") is closures.of(None) is None
    closures.declare(EVERY, by="Wang", why="storm", now_ms=1)
    closures.declare("office", by="Li", why="fire", announcement="closure-2", now_ms=2)
    own, every, none = closures.of("office"), closures.of("other"), closures.of(None)
    assert own is not None
    assert every is not None
    assert every is none
    assert (own.announcement, every.why) == ("closure-2", "storm")
    closures.lift("office", by="Li", now_ms=3)
    assert closures.of("office") is every
    with pytest.raises(NotClosed, match=r"no closure of 'office' is on; expected one of: \*"):
        closures.lift("office", by="Li", now_ms=4)
    assert changed == [{EVERY}, {EVERY, "office"}, {EVERY}]
    assert [type(fact) for fact in facts] == [ClosureDeclared, ClosureDeclared, ClosureLifted]


def test_who_says_anew_why_it_is_shut_does_not_shut_it_later() -> None:
    closures = Closures(lambda fact: None)
    closures.declare(EVERY, by="Wang", why="storm", now_ms=1)
    closures.declare(EVERY, by="Li", why="flood", announcement="closure-5", now_ms=5)
    assert closures.on[EVERY] == ClosureDeclared(
        at_ms=5, calendar=EVERY, by="Li", why="flood", since_ms=1, announcement="closure-5"
    )
