"""The order in which processes of tests are dealt them."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dealing import LONGEST, dealt

pytestmark = pytest.mark.unit

Test = tuple[str, str, int]


def _dealt(tests: list[Test], hands: int) -> list[Test]:
    return dealt(tests, hands, kind=lambda test: test[0], module=lambda test: test[1])


KINDS = st.sampled_from(["unit", "contract", "integration"])
MODULES = st.sampled_from(["test_a", *LONGEST])


@given(st.lists(st.tuples(KINDS, MODULES, st.integers()), max_size=60), st.integers(1, 8))
def test_whatever_there_is_each_test_is_dealt_once(tests: list[Test], hands: int) -> None:
    assert Counter(_dealt(tests, hands)) == Counter(tests)


def test_two_of_three_processes_begin_on_real_parts_with_the_longest_and_all_end_with_pure_ones() -> None:
    tests = [("contract", "test_a", at) for at in range(20)]
    tests += [("integration", module, at) for at, module in enumerate(["test_a"] * 6 + [LONGEST[1], LONGEST[0]])]
    tests += [("unit", "test_a", at) for at in range(71)]
    order = _dealt(tests, 3)
    parts = [order[at : at + 33] for at in range(0, 99, 33)]
    assert [part[0][0] for part in parts] == ["integration", "integration", "contract"]
    assert [part[0][1] for part in parts[:2]] == [LONGEST[0], LONGEST[1]]
    assert {part[-1][0] for part in parts} == {"unit"}
    assert [test for test in order if test[0] == "contract"] == tests[:20]


def test_one_process_has_them_as_they_are() -> None:
    tests = [("unit", "test_a", 0), ("integration", "test_a", 1)]
    assert _dealt(tests, 1) == tests
