"""docs/user-events.md agrees with the facts it documents, and its examples with the code."""

import pytest

from cti.user_events import SEQUENCE
from tests.user_events_page import PAGE, events, examples, headers, page

pytestmark = pytest.mark.unit

RECORD = "python -m tests.user_events_page --record"


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew with: python -m tests.user_events_page"


def test_the_page_has_a_section_for_every_event() -> None:
    headings = [line.removeprefix("## ") for line in page().splitlines() if line.startswith("## Callcenter")]
    assert headings == list(events())


def test_every_event_has_an_example_that_a_real_run_has_sent() -> None:
    assert [name for name in events() if name not in examples()] == [], f"let it happen in a story and run: {RECORD}"


@pytest.mark.parametrize("name", events())
def test_an_example_has_the_headers_that_the_code_gives_the_event(name: str) -> None:
    example = examples().get(name, {})
    assert list(example) == ["UserEvent", *headers(events()[name])], f"record it anew: {RECORD}"
    assert example[SEQUENCE].isdecimal()
