"""Reports as a page, read back by an XML parser that knows nothing of how it was written."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from recording.reports.document import Language, Layout, Unit
from recording.reports.rendering.page import page_of
from recording.reports.rendering.text import text_of
from tests.sample_report import sample_report

pytestmark = pytest.mark.unit

HTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", params=Language)
def page(request: pytest.FixtureRequest) -> str:
    return page_of(sample_report(request.param))


def elements(page: str, name: str) -> Iterator[ElementTree.Element]:
    return ElementTree.fromstring(page).iter(name)


def texts(page: str, name: str) -> list[str]:
    return ["".join(one.itertext()) for one in elements(page, f"{HTML}{name}")]


def test_nothing_is_fetched_and_no_script_runs(page: str) -> None:
    attributes = [(name, value) for one in ElementTree.fromstring(page).iter() for name, value in one.attrib.items()]
    links = {value for name, value in attributes if name.rpartition("}")[2] in ("href", "src", "srcset", "action")}
    assert all(value.startswith("#") for value in links)
    assert not [name for name, _ in attributes if name.startswith("on")]
    assert not list(elements(page, f"{HTML}script"))
    assert not re.findall(r"url\((?!#)|@import", page)
    assert "default-src 'none'" in page


def test_a_number_names_the_query_of_its_calls_and_links_to_it_where_the_api_has_an_address() -> None:
    query = "/api/calls?since=2026-11-20T00:00:00%2B08:00&queue=sales"
    alone, linked = page_of(sample_report()), page_of(sample_report(), "https://calls.example.org")
    for page in (alone, linked):
        assert [one.get("title") for one in elements(page, f"{HTML}td") if one.get("title")] == [query]
    assert not list(elements(alone, f"{HTML}a"))
    (link,) = elements(linked, f"{HTML}a")
    assert (link.get("href"), link.text) == (f"https://calls.example.org{query}", "76.3 %")


def test_names_are_escaped(page: str) -> None:
    assert "<b>Anna</b> & 'Co'\ufffd" in texts(page, "th")
    assert not list(elements(page, f"{HTML}b"))
    assert any("服务中心 <i>" in heading for heading in texts(page, "h1"))


def test_every_chart_has_words_and_a_table_beside_it(page: str) -> None:
    charts = list(elements(page, f"{SVG}svg"))
    assert len(charts) == 2
    assert all(chart.get("role") == "img" and chart.get("aria-label") for chart in charts)
    for section in elements(page, f"{HTML}section"):
        drawn = list(section.iter(f"{SVG}svg"))
        assert not drawn or list(section.iter(f"{HTML}table"))


def test_ids_are_unique_and_every_reference_leads_somewhere(page: str) -> None:
    ids = [one.get("id") for one in ElementTree.fromstring(page).iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:url\(#|href="#)([^")]+)', page)) <= set(ids)


def test_colours_of_charts_are_those_of_the_page(page: str) -> None:
    assert "var(--line1)" in page
    assert "var(--band)" in page
    drawn = "".join(ElementTree.tostring(chart, "unicode") for chart in elements(page, f"{SVG}svg"))
    used = set(re.findall(r"var\((--\w+)\)", drawn))
    style = next(elements(page, f"{HTML}style")).text or ""
    assert all(style.count(f"{name}:") == 3 for name in used)  # light, dark, print
    assert not re.findall(r"#[0-9a-f]{6}", drawn)


def test_the_language_is_said(page: str) -> None:
    language = ElementTree.fromstring(page).get("lang")
    assert language in ("en", "zh-Hans")
    assert ("Service level" if language == "en" else "服务水平") in texts(page, "th")


def test_what_one_looks_for_first_stands_at_the_top_with_its_target_and_how_it_moved() -> None:
    (cards,) = (one for one in elements(page_of(sample_report()), f"{HTML}ul"))
    told = [["".join(part.itertext()) for part in card] for card in cards]
    assert told == [
        ["Service level", "76.3 %", "target ≥ 80", "−5.3 points"],
        ["Handle time", "312.6 s", "target 180–600", "±0.0 s"],
    ]
    assert [card.get("data-good") for card in cards] == ["no", "yes"]


def test_a_chart_of_one_line_says_what_its_target_is_drawn_as() -> None:
    captions = texts(page_of(sample_report()), "figcaption")
    assert captions == ["Calls received before", "Service level (%) target before"]


def test_the_same_report_makes_the_same_page() -> None:
    assert page_of(sample_report()) == page_of(sample_report())


def test_a_page_without_sections_or_lines_is_a_page() -> None:
    report = sample_report()
    empty = tuple(one.model_copy(update={"numbers": ()}) for one in report.sections if one.layout is Layout.LINES)
    for sections in ((), empty):
        ElementTree.fromstring(page_of(report.model_copy(update={"sections": sections})))


def test_what_holds_on_paper_overrules_the_screen_so_that_no_table_is_cut_or_laid_over_another(page: str) -> None:
    style = page[page.index("<style>") : page.index("</style>")]
    paper = style.rpartition("@media print")[2]
    assert ".wide, details .wide { max-height: none; overflow: visible;" in paper
    for rule in ("max-height: 22rem", "position: sticky", ".dense table", ".cards {"):
        assert style.index(rule) < len(style) - len(paper)


def test_lines_on_which_nothing_was_say_so_and_are_no_header_alone() -> None:
    report = sample_report()
    lines = next(one for one in report.sections if one.layout is Layout.LINES)
    quiet = tuple(replace(one, value=None, before=None, low=None, high=None) for one in lines.numbers)
    section = lines.model_copy(update={"numbers": quiet, "note": "Before: a week earlier."})
    empty = report.model_copy(update={"sections": (section,)})
    assert "Before: a week earlier.</p>\n<p>Nothing to show.</p>" in page_of(empty)
    assert text_of(empty).count("Nothing to show.") == 1


def test_an_axis_of_calls_has_whole_numbers_only() -> None:
    report = sample_report()
    lines = next(one for one in report.sections if one.layout is Layout.LINES)
    few = tuple(replace(one, value=Decimal(number % 2)) for number, one in enumerate(lines.numbers))
    section = lines.model_copy(update={"numbers": tuple(one for one in few if one.unit is Unit.CALLS)})
    page = page_of(report.model_copy(update={"sections": (section,)}))
    labels = ["".join(one.itertext()) for one in elements(page, f"{SVG}text")]
    assert not [one for one in labels if "." in one]
