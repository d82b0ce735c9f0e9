"""docs/reports.md shows what is printed."""

import pytest

from recording.reports.named import REPORTS
from recording.reports.order import Form
from tests.reports_page import PAGE, rewritten

pytestmark = pytest.mark.unit


def test_the_example_is_what_is_printed() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == rewritten(text), "write it anew with: python -m tests.reports_page"


def test_every_report_and_every_form_is_told() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in (*REPORTS, *(form for form in Form if form is not Form.TEXT)))
