"""Numbers masked: the rule, the facts and models it reaches, and that no field of that kind is forgotten."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from acd.facts import FACTS, AgentStateChanged, CallArrived, CallbackRequested, to_json
from acd.masked_facts import masked_json
from acd.masking import ChannelName, Mask, Personal, hiding, hidings, masked
from acd.states import AgentState, Status
from cti.http.app import ENDPOINTS
from cti.http.own_calls import OwnCall
from recording.directory import DirectoryEntry

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13800138000", "138****8000"),
        ("+8613800138000", "+861******8000"),
        ("008613800138000", "008********8000"),
        ("02155501234", "021****1234"),
        ("0215550123", "02****0123"),
        ("55501234", "****1234"),
        ("5550123", "****123"),
        ("138 0013 8000", "138 **** 8000"),
        ("+49-30-5550-1234", "+49-3*-****-1234"),
        ("555012", "555012"),
        ("4000", "4000"),
        ("10086", "10086"),
        ("", ""),
        ("anonymous", "anonymous"),
        ("13800138000@outside", "138****8000@outside"),
        ("ring her at 13800138000, not 4000", "ring her at 138****8000, not 4000"),
    ],
)
def test_of_a_number_four_figures_at_least_are_hidden_and_short_ones_are_nobodys(number: str, shown: str) -> None:
    assert Mask().text(number) == shown


def test_the_centres_own_numbers_are_no_secret() -> None:
    mask = Mask(own={"4006001234"})
    assert mask.text("4006001234") == "4006001234"
    assert mask.text("4006001235") == "40****1235"


def test_in_the_name_of_a_channel_the_number_rung_is_masked_and_what_tells_channels_apart_is_not() -> None:
    mask = Mask()
    assert (
        mask.channel("Local/13800138000*1001*en@outside-00000001;1") == "Local/138****8000*1001*en@outside-00000001;1"
    )
    assert mask.channel("PJSIP/line-00000012") == "PJSIP/line-00000012"
    assert mask.channel("") == ""


@given(st.from_regex(r"\+?[0-9]{7,16}", fullmatch=True))
def test_a_masked_number_is_as_long_hides_four_figures_and_is_not_masked_again(number: str) -> None:
    shown = Mask().text(number)
    assert len(shown) == len(number)
    assert shown.count("*") >= 4
    assert all(one in ("*", other) for one, other in zip(shown, number, strict=True))
    assert Mask().text(shown) == shown


def test_facts_are_told_whole_or_masked() -> None:
    arrived = CallArrived(
        at_ms=1,
        linkedid="node1-1800000000.12",
        channel="PJSIP/line-00000001",
        caller="13800138000",
        caller_name="Wang 13800138000",
        dialled="4006001234",
        flow="hotline",
    )
    assert to_json(arrived)["caller"] == "13800138000"
    masked = masked_json(arrived, Mask(own={"4006001234"}))
    assert (masked["caller"], masked["caller_name"]) == ("138****8000", "Wang 138****8000")
    assert (masked["dialled"], masked["linkedid"]) == ("4006001234", arrived.linkedid)
    asked = CallbackRequested(
        at_ms=1,
        linkedid="",
        callback="c1",
        number="13800138000",
        queue="sales",
        entered_ms=1_800_000_000_000,
        priority=0,
        skills={},
        data={"reach me at": "13900139000"},
        language="en",
        expires_ms=1,
        cause="api",
    )
    masked = masked_json(asked, Mask())
    assert (masked["number"], masked["data"]) == ("138****8000", {"reach me at": "139****9000"})
    assert masked["entered_ms"] == 1_800_000_000_000
    seated = AgentStateChanged(
        at_ms=1,
        agent="1001",
        phone="13800138000@outside",
        before=AgentState.SIGNED_OUT,
        after=AgentState.READY,
        status=Status.READY,
        reason="",
        cause="phone",
    )
    assert masked_json(seated, Mask())["phone"] == "138****8000@outside"


def test_models_are_written_whole_or_masked_and_kept_whole() -> None:
    entry = DirectoryEntry(number="+8613800138000", name="Wang Fang", note="her mother: 13900139000")
    assert entry.model_dump() == entry.model_dump(mode="json")
    assert entry.model_dump()["number"] == "+8613800138000"
    shown = masked(entry, Mask())
    assert (shown.number, shown.note, shown.name) == ("+861******8000", "her mother: 139****9000", "Wang Fang")


class Inner(BaseModel):
    """Marked in every way there is."""

    number: Personal
    maybe: Personal | None = None
    channel: ChannelName = ""
    data: Mapping[str, Personal] = {}


class Outer(BaseModel):
    """Holds models in every way there is."""

    one: Inner
    some: tuple[Inner, ...] = ()
    listed: list[Inner] = []
    named: dict[str, Inner] = {}
    ids: list[str] = []


def test_numbers_are_masked_however_deep_they_lie_and_the_model_itself_stays_whole() -> None:
    inner = Inner(
        number="13800138000", maybe="13900139000", channel="Local/13800138000@outside-00000001;1", data={"a": "5550123"}
    )
    outer = Outer(one=inner, some=(inner,), listed=[inner], named={"x": inner}, ids=["1800000000"])
    shown = masked(outer, Mask())
    for one in (shown.one, *shown.some, *shown.listed, *shown.named.values()):
        assert (one.number, one.maybe, one.data) == ("138****8000", "139****9000", {"a": "****123"})
        assert one.channel == "Local/138****8000@outside-00000001;1"
    assert (shown.ids, outer.one) == (["1800000000"], inner)
    assert inner.number == "13800138000"
    short = Outer(one=Inner(number="4000"))
    assert masked(short, Mask()) == short


SUSPECT = {"caller", "caller_name", "dialled", "outside", "phone", "data", "note", "notes", "matter"}
NUMBERS_OF_THEIR_OWN_KIND = {
    ("RehearsalView", "caller"): "made up by who rehearses",
    ("RehearsalView", "dialled"): "made up by who rehearses",
    ("Section", "note"): "of a score sheet",
    ("ShiftException", "note"): "of an agent's shift",
    ("AgentView", "number"): "an agent's",
    ("Profile", "number"): "an agent's",
    ("Profile", "phone"): "a phone of the house",
    ("FigureView", "number"): "counts figures",
    ("FigureKind", "number"): "counts figures",
    ("Manifest", "number"): "counts recordings",
    ("VersionView", "number"): "counts versions",
    ("PromptView", "number"): "counts prompts",
}
"""Fields that are named like somebody's number, and hold none."""


def models(kind: Any, seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """A model and all in it."""
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in seen:
        seen.add(kind)
        yield kind
        for part in kind.model_fields.values():
            yield from models(part.annotation, seen)
    for part in get_args(kind):
        yield from models(part, seen)


def test_no_answer_has_a_field_named_like_a_number_that_is_not_masked() -> None:
    seen: set[type[BaseModel]] = set()
    answers = [model for endpoint in ENDPOINTS for model in models(endpoint.answer, seen)]
    forgotten = {
        (model.__name__, name)
        for model in answers
        for name, field in model.model_fields.items()
        if (name in SUSPECT or name == "number") and "str" in str(field.annotation) and model is not OwnCall
        if name not in hidings(model)
    }
    assert forgotten - NUMBERS_OF_THEIR_OWN_KIND.keys() == set()


def test_no_fact_has_a_field_named_like_a_number_that_is_not_masked() -> None:
    forgotten = {
        (kind.__name__, part.name)
        for kind in FACTS.values()
        for part in fields(kind)
        if part.name in SUSPECT | {"number", "channel"} and hiding(part.type) is None
    }
    assert forgotten == set()
