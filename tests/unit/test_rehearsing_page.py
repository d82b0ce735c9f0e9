"""The page on rehearsals shows what the commands do with the flows as they are shipped."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from cti.conversations import converse
from tests.rehearsing_page import CENTRE, PAGE, PICTURE, rewritten

pytestmark = pytest.mark.unit


def test_the_examples_are_what_the_command_prints() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert "The call ends: " in page
    assert rewritten(page) == page, "run: python -m tests.rehearsing_page"


def test_the_picture_is_of_the_hotline_as_it_is() -> None:
    """Its layout differs from one graphviz to another; what is in it does not."""
    titles = {title.text for title in ElementTree.parse(PICTURE).iter("{http://www.w3.org/2000/svg}title")}
    nodes = {f"hotline/{name}" for name in CENTRE.flows["hotline"].nodes}
    drawn = {title for title in titles if title and title.startswith("hotline/") and "->" not in title}
    assert drawn == nodes, "run: python -m tests.rehearsing_page"


def test_the_conversation_on_the_page_goes_as_it_says(tmp_path: Path) -> None:
    file = tmp_path / "page.yaml"
    file.write_text(PAGE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    (outcome,) = converse(CENTRE, [file])
    assert [str(problem) for problem in outcome.problems] == []
