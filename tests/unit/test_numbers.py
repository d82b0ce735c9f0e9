"""Numbers written differently, and the same."""

import pytest

from recording.numbers import canonical, spellings

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("written", "one"),
    [
        ("+86 139 0000 0001", "+8613900000001"),
        ("008613900000001", "+8613900000001"),
        ("13900000001", "+8613900000001"),
        ("8613900000001", "+8613900000001"),
        ("86123456", "+8686123456"),
        ("013900000001", "+8613900000001"),
        ("021-5550 1234", "+862155501234"),
        ("+49 30 1234567", "+49301234567"),
        ("12345", "12345"),
        ("1001", "1001"),
        ("anonymous", ""),
        ("", ""),
    ],
)
def test_with_a_country_code_all_ways_to_write_a_number_are_one(written: str, one: str) -> None:
    assert canonical(written, "86") == one


@pytest.mark.parametrize(("written", "one"), [("139 0000 0001", "13900000001"), ("0049301234567", "+49301234567")])
def test_without_one_a_number_stays_as_it_was_dialled(written: str, one: str) -> None:
    assert canonical(written) == one


def test_a_number_is_known_by_every_way_to_write_it() -> None:
    written = {"13900000001", "013900000001", "+8613900000001", "8613900000001", "008613900000001"}
    for one in written:
        assert spellings(one, "86") >= written


def test_who_hides_his_number_has_no_spelling() -> None:
    assert spellings("anonymous", "86") == frozenset()
