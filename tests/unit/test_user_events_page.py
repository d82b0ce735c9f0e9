"""docs/user-events.md agrees with the facts it documents."""

import pytest

from acd.facts import FACTS
from cti.user_events import PREFIX
from tests.user_events_page import PAGE, page

pytestmark = pytest.mark.unit


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew with: python -m tests.user_events_page"


def test_the_page_has_a_section_for_every_fact() -> None:
    headings = {line for line in page().splitlines() if line.startswith("## ")}
    assert headings == {f"## {PREFIX}{name}" for name in FACTS}
