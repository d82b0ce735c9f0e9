"""What is asked of an agent, as text, as a test and as a reason."""

import pickle
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd.requirement_trees import Attribute, Level
from acd.requirements import ANY, Requirement, RequirementError, both, either, from_levels, named, parse

pytestmark = pytest.mark.unit


@dataclass(frozen=True)
class Someone:
    number: str = "1001"
    skills: Mapping[str, int] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)


ANNA = Someone("1001", {"sales": 2, "support": 5}, {"language": "en", "team": "night"})


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("sales", "sales >= 1"),
        ("sales>=3", "sales >= 3"),
        ("((sales))", "sales >= 1"),
        ("not sales", "sales < 1"),
        ("NOT (sales >= 3 And team = night)", "sales < 3 or team != night"),
        ("not not (sales or support)", "sales >= 1 or support >= 1"),
        ("a and (b and c) and a", "a >= 1 and b >= 1 and c >= 1"),
        ("a or b and c", "a >= 1 or b >= 1 and c >= 1"),
        ("(a or b) and c", "(a >= 1 or b >= 1) and c >= 1"),
        ("language in ( cmn,'en' , \"cmn\")", "language in (cmn, en)"),
        ("not team not in (day, night)", "team in (day, night)"),
        ("team = 'night'", "team = night"),
        ('team = "4"', 'team = "4"'),
        ("team = 'and'", 'team = "and"'),
        ("team = ''", 'team = ""'),
        (r'team = "the \"first\" \\"', r'team = "the \"first\" \\"'),
        ("agent = 0010", "agent = 0010"),
        ('agent != "1001"', "agent != 1001"),
        ("班组 = 夜班", "班组 = 夜班"),
        ("sales = 03", "sales = 3"),
        ("any", "any"),
    ],
)
def test_a_text_has_one_canonical_form(text: str, canonical: str) -> None:
    assert parse(text).text == canonical
    assert parse(canonical).text == canonical
    assert parse(text) == parse(canonical)
    assert hash(parse(text)) == hash(parse(canonical))


@pytest.mark.parametrize(
    ("text", "column", "wrong", "expected"),
    [
        ("", 1, "the text ends here", "the name of a skill"),
        ("sales >= ", 10, "the text ends here", "a level from 0 to 10"),
        ("sales >= three", 10, "three does not fit here", "a level from 0 to 10"),
        ("sales >= 11", 10, "11 does not fit here", "an attribute's number in quotes"),
        ("sales and", 10, "the text ends here", "the name of a skill"),
        ("sales support", 7, "support does not fit here", "and, or, or the end"),
        ("(sales or support", 18, "the text ends here", "and, or, or )"),
        ("sales)", 6, ") does not fit here", "and, or, or the end"),
        ("language in cmn", 13, "cmn does not fit here", "( and a list of values"),
        ("language in (cmn en)", 18, "en does not fit here", ", or )"),
        ("language in ()", 14, ") does not fit here", "a word, or a text in quotes"),
        ("sales in (3, 4)", 11, "3 does not fit here", "the number in quotes"),
        ("language = 'cmn", 12, "a quoted text has no end", "a word, or a text in quotes"),
        ("sales not 3", 11, "3 does not fit here", "in"),
        ("agent", 6, "the text ends here", "= or in, and the number of an agent"),
        ("agent > 1001", 9, "1001 does not fit here", "= or in before it"),
        ("3 >= sales", 1, "3 does not fit here", "the name of a skill"),
        ("any and sales", 5, "and does not fit here", "the end"),
        ("sales & support", 7, "& does not fit here", "and, or, or the end"),
        ("not " * 101 + "sales", 401, "nested too deep", "at most 100 levels"),
        ("(" * 5000, 101, "nested too deep", "at most 100 levels"),
    ],
)
def test_a_fault_is_told_with_its_place_and_what_was_expected(
    text: str, column: int, wrong: str, expected: str
) -> None:
    with pytest.raises(RequirementError) as caught:
        parse(text)
    assert (caught.value.id, caught.value.column, caught.value.wrong) == ("requirement-invalid", column, wrong)
    assert expected in caught.value.expected
    assert f"column {column}" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "why_not"),
    [
        ("any", ""),
        ("sales", ""),
        ("sales >= 3", "sales 2 below 3"),
        ("sales > 2", "sales 2 not above 2"),
        ("sales <= 1", "sales 2 above 1"),
        ("sales < 2", "sales 2 not below 2"),
        ("sales = 3", "sales 2, not 3"),
        ("sales != 2", "sales 2"),
        ("french", "french 0 below 1"),
        ("french = 0", ""),
        ("support and sales >= 3 and french", "sales 2 below 3"),
        ("language = cmn", "language is en, not cmn"),
        ("language in (cmn, yue)", "language is en, not cmn or yue"),
        ("team != night", "team is night"),
        ("site = north", "site is not set, not north"),
        ("site != north", ""),
        ("agent in (1002, 1003)", "agent is 1001, not 1002 or 1003"),
        ("agent != 1001", "agent is 1001"),
        ("sales >= 3 or language = cmn", "sales 2 below 3 and language is en, not cmn"),
        ("sales >= 3 or language = en", ""),
    ],
)
def test_why_an_agent_is_left_out_is_said_in_words(text: str, why_not: str) -> None:
    assert parse(text).why_not(ANNA) == why_not
    assert parse(text).met_by(ANNA) is (why_not == "")


def test_requirements_are_put_together_without_repeating_themselves() -> None:
    sales, cmn = parse("sales"), parse("language = cmn")
    assert both(sales, ANY) == both(ANY, sales) == both(sales, sales) == sales
    assert either(sales, ANY) == either(ANY, sales) == ANY == from_levels({})
    assert either(sales, sales) == sales
    assert both(both(sales, cmn), sales).text == "sales >= 1 and language = cmn"
    assert both(either(sales, cmn), cmn).text == "(sales >= 1 or language = cmn) and language = cmn"
    assert from_levels({"sales": 3, "support": 1}) == parse("sales >= 3 and support")
    assert named("1001") == parse("agent = 1001")


def test_the_names_a_requirement_looks_at_can_be_held_against_what_is_known() -> None:
    requirement = parse("sales >= 3 and (language = cmn or team not in (night, day)) or agent in (1001, 1002) or vip")
    assert requirement.skills == {"sales", "vip"}
    assert requirement.attributes == {"language", "team"}
    assert requirement.agents == {"1001", "1002"}


_SKILLS = st.sampled_from(["sales", "support", "french"])
_VALUES = st.sampled_from(["cmn", "en", "1001", "1002", "4", "or", "Any", "", 'a "b" \\', "夜 班", "it's", "x.y-z"])
_COMPARISONS = st.one_of(
    st.builds(Level, _SKILLS, st.sampled_from([">=", ">", "<=", "<", "=", "!="]), st.integers(0, 10)),
    st.builds(
        Attribute,
        st.sampled_from(["language", "team", "agent"]),
        st.lists(_VALUES, min_size=1, max_size=3, unique=True).map(tuple),
        st.booleans(),
    ),
)


@st.composite
def _written(draw: st.DrawFn, depth: int = 4) -> tuple[str, object]:
    """A text as someone may write it, and what it says as nested tuples."""
    kind = draw(st.sampled_from(["and", "or", "not", "leaf"])) if depth else "leaf"
    if kind == "leaf":
        leaf = draw(_COMPARISONS)
        return str(leaf), leaf
    if kind == "not":
        text, meaning = draw(_written(depth - 1))
        return f"not ({text})", ("not", meaning)
    parts = draw(st.lists(_written(depth - 1), min_size=2, max_size=3))
    return f" {kind} ".join(f"({text})" for text, _ in parts), (kind, *(part[1] for part in parts))


_PROFILES = st.builds(
    Someone,
    st.sampled_from(["1001", "1002", "en"]),
    st.dictionaries(_SKILLS, st.integers(1, 10)),
    st.dictionaries(st.sampled_from(["language", "team"]), _VALUES),
)


def _meets(meaning: object, profile: Someone) -> bool:
    """The plain reading, part by part."""
    match meaning:
        case ("and", *parts):
            return all(_meets(part, profile) for part in parts)
        case ("or", *parts):
            return any(_meets(part, profile) for part in parts)
        case ("not", part):
            return not _meets(part, profile)
        case Level(skill, operator, level):
            python = {"=": "=="}.get(operator, operator)
            return bool(eval(f"{profile.skills.get(skill, 0)} {python} {level}"))
        case Attribute(name, values, among):
            value = profile.number if name == "agent" else profile.attributes.get(name)
            return (value in values) == among
    raise AssertionError(meaning)


@settings(deadline=None)
@given(_written(), st.lists(_PROFILES, min_size=1, max_size=10))
def test_a_text_means_what_its_parts_say(written: tuple[str, object], profiles: list[Someone]) -> None:
    text, meaning = written
    requirement = parse(text)
    again = parse(requirement.text)
    assert again == requirement
    assert again.text == requirement.text
    for profile in profiles:
        assert requirement.met_by(profile) is again.met_by(profile) is _meets(meaning, profile)
        assert (requirement.why_not(profile) == "") is requirement.met_by(profile)


@settings(deadline=None)
@given(_written(), _written(), _PROFILES)
def test_both_and_either_mean_and_and_or(
    first: tuple[str, object], second: tuple[str, object], profile: Someone
) -> None:
    one, two = parse(first[0]), parse(second[0])
    assert both(one, two).met_by(profile) is (one.met_by(profile) and two.met_by(profile))
    assert either(one, two).met_by(profile) is (one.met_by(profile) or two.met_by(profile))
    for joined in (both(one, two), either(one, two)):
        assert parse(joined.text) == joined


@settings(deadline=None)
@given(st.text(alphabet="abn odr t()=<>!,'\"\\3é\n", max_size=30))
def test_any_text_is_read_or_refused_with_a_place_in_it(text: str) -> None:
    found: Requirement | RequirementError
    try:
        found = parse(text)
    except RequirementError as error:
        found = error
    if isinstance(found, RequirementError):
        assert 1 <= found.column <= len(text) + 1
    else:
        assert parse(found.text) == found


def test_there_is_one_requirement_for_each_text_wherever_it_comes_from() -> None:
    sales = parse("sales >= 3 and language = cmn")
    assert parse("(sales>=3) and (language in ('cmn'))") is sales
    assert both(from_levels({"sales": 3}), parse("language = cmn")) is sales
    assert deepcopy(sales) is sales
    assert pickle.loads(pickle.dumps(sales)) is sales
    assert len({sales, parse(sales.text), ANY}) == 2
