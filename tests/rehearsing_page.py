"""The examples in docs/rehearsing-flows.md, as the command prints them, and the picture beside the page;
`python -m tests.rehearsing_page` writes both anew after a change of the shipped flows.
"""

import asyncio
import shlex
from collections.abc import Iterator
from pathlib import Path

from cti.centre import load_centre
from cti.commands import make_parser
from cti.commands.show import request_of
from cti.drawing import draw
from cti.rehearsal import rehearse_request

HOUSE = Path(__file__).parents[1]
PAGE = HOUSE / "docs" / "rehearsing-flows.md"
PICTURE = HOUSE / "docs" / "hotline.svg"
CENTRE = load_centre(HOUSE / "dialplans")

PROMPT = "    $ callcenter "


def rewritten(text: str) -> str:
    """The page with what its commands print today."""
    return "\n".join(_lines(text.splitlines())) + "\n"


def _lines(lines: list[str]) -> Iterator[str]:
    printing = False
    for line in lines:
        printing = printing and line.startswith("    ")
        if not printing:
            yield line
        if line.startswith(PROMPT):
            printing = True
            yield from (f"    {printed}" for printed in shown(line.removeprefix(PROMPT)))


def shown(command: str) -> Iterator[str]:
    """What a rehearsal by this command prints."""
    given = make_parser().parse_args(shlex.split(command))
    return rehearse_request(CENTRE, request_of(CENTRE, given)).lines()


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    PICTURE.write_text(asyncio.run(draw(CENTRE, "hotline", "en")), encoding="utf-8")
