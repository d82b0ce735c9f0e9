"""Facts survive the journal: each becomes a JSON object, and the same fact again."""

import inspect
import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from acd import facts
from acd.facts import FACTS, CallFact, CallHeld, Fact, QualityFact, from_json, to_json

pytestmark = pytest.mark.unit

scalars = st.none() | st.booleans() | st.integers() | st.text()
objects: st.SearchStrategy[dict[str, object]] = st.dictionaries(
    st.text(), scalars | st.lists(scalars) | st.dictionaries(st.text(), scalars)
)


mappings: dict[str, st.SearchStrategy[dict[str, object]]] = {
    "skills": st.dictionaries(st.text(), st.integers(1, 10)),
    "data": st.dictionaries(st.text(), st.text()),
    "attributes": st.dictionaries(st.text(), st.text()),
    "decision": objects,
}


def any_fact() -> st.SearchStrategy[Fact]:
    return st.one_of(
        [
            st.builds(kind, **{part.name: mappings[part.name] for part in fields(kind) if part.name in mappings})
            for kind in FACTS.values()
        ]
    )


@given(any_fact())
def test_every_fact_is_the_same_after_a_journey_through_json(fact: Fact) -> None:
    assert from_json(json.loads(json.dumps(to_json(fact)))) == fact


def test_every_kind_of_fact_can_be_read_back() -> None:
    kinds = {
        kind
        for _, kind in inspect.getmembers(facts, inspect.isclass)
        if issubclass(kind, Fact) and kind not in (Fact, CallFact, QualityFact)
    }
    assert set(FACTS.values()) == kinds
    assert all(kind.__name__ == name for name, kind in FACTS.items())


def test_no_field_is_called_fact_for_that_is_where_the_name_stands() -> None:
    assert not [kind for kind in FACTS.values() if "fact" in {part.name for part in fields(kind)}]


def test_a_field_of_a_later_version_is_passed_over() -> None:
    fact = CallHeld(at_ms=1, linkedid="node1-1.1", agent="1001")
    assert from_json({**to_json(fact), "mood": "good"}) == fact


def test_a_fact_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError, match="CallForgotten"):
        from_json({"fact": "CallForgotten", "at_ms": 1})


def test_a_fact_that_does_not_fit_names_the_field() -> None:
    with pytest.raises(ValidationError, match="agent"):
        from_json({"fact": "CallHeld", "at_ms": 1, "linkedid": "node1-1.1"})


def test_a_fact_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        setattr(CallHeld(at_ms=1, linkedid="node1-1.1", agent="1001"), "agent", "1002")  # noqa: B010
