"""Values of which one answer has thousands."""

import pytest

from recording.light import light

pytestmark = pytest.mark.unit


@light
class Reached:
    calls: int
    of: int = 2


def test_a_light_value_is_equal_to_another_of_the_same_fields_and_made_by_their_names() -> None:
    assert Reached(calls=1) == Reached(calls=1, of=2) != Reached(calls=2)
    with pytest.raises(TypeError, match="positional"):
        Reached(1)  # type: ignore[call-arg]


def test_mypy_refuses_to_change_one_and_no_field_can_be_added() -> None:
    value = Reached(calls=1)
    value.calls = 2  # type: ignore[misc]  # an error, should mypy ever allow it
    with pytest.raises(AttributeError):
        value.missed = 1  # type: ignore[attr-defined]
