"""Key figure 17: which calls settled their matter at the first contact."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.inputs.contacts import Contact, resolved_at_first_contact, same_matter

pytestmark = pytest.mark.unit

BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)


def contact(
    name: str, hours: float, *, caller: str = "+861", queue: str = "sales", matter: str = "", resolved: bool = True
) -> Contact:
    at = BEGIN + timedelta(hours=hours)
    return Contact(
        id=name,
        caller=caller,
        started_at=at,
        ended_at=at + timedelta(minutes=5),
        queue=queue,
        matter=matter,
        resolved=resolved,
    )


@pytest.mark.parametrize(
    ("later", "settled"),
    [
        ({}, False),  # a call-back of ours is a contact like any other
        ({"caller": "+862"}, True),
        ({"queue": "support"}, True),
        ({"queue": ""}, False),
        ({"matter": "order 8"}, True),
        ({"matter": " Order 7 ", "queue": "support"}, False),
        ({"hours": 7 * 24 + 0.1}, True),
        ({"hours": 7 * 24}, False),
        ({"hours": -1}, True),
    ],
)
def test_a_resolved_call_is_settled_unless_the_same_matter_follows_in_time(
    later: dict[str, object], settled: bool
) -> None:
    given = {"hours": 24, "resolved": False, **later}
    first = contact("first", 0, matter="order 7")
    assert ("first" in resolved_at_first_contact([contact("later", **given), first])) is settled  # type: ignore[arg-type]


def test_of_who_hides_his_number_nothing_follows() -> None:
    hidden = [contact(name, hours, caller="") for name, hours in (("a", 0), ("b", 1))]
    assert resolved_at_first_contact(hidden) == {"a", "b"}


def test_what_was_not_resolved_is_not_settled_though_nothing_follows() -> None:
    assert resolved_at_first_contact([contact("a", 0, resolved=False)]) == frozenset()


CONTACTS = st.lists(
    st.builds(
        lambda at, caller, queue, matter, resolved: (at, caller, queue, matter, resolved),
        st.integers(0, 500),
        st.sampled_from(["", "+861", "+862"]),
        st.sampled_from(["", "sales", "support"]),
        st.sampled_from(["", "x", "y"]),
        st.booleans(),
    ),
    max_size=12,
)


@given(CONTACTS, st.integers(1, 10))
def test_it_is_the_definition_read_plainly(rows: list[tuple[int, str, str, str, bool]], days: int) -> None:
    contacts = [
        contact(str(number), at, caller=caller, queue=queue, matter=matter, resolved=resolved)
        for number, (at, caller, queue, matter, resolved) in enumerate(rows)
    ]
    plain = {
        one.id
        for one in contacts
        if one.resolved
        and not any(
            other.caller == one.caller != ""
            and (one.started_at, int(one.id)) < (other.started_at, int(other.id))
            and other.started_at < one.ended_at + timedelta(days=days)
            and same_matter(one, other)
            for other in contacts
        )
    }
    assert resolved_at_first_contact(contacts, days) == plain
