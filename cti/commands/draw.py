"""`callcenter dialplan draw`: the flows of the files as a picture; no service need run."""

import argparse
import asyncio
import sys
from pathlib import Path

from cti.commands.arguments import of_version
from cti.commands.errors import BadInput, Exit
from cti.drawing import draw
from cti.settings import Settings
from cti.versions.start import folder_at, load_of


def draw_flows(settings: Settings, given: argparse.Namespace) -> Exit:
    """Draw flows as a picture.

    A flow, or the one behind a number, with every node and way; or all numbers, flows and queues. SVG, by graphviz.
    """
    centre = load_of(settings)(folder_at(settings, given.version))
    picture = asyncio.run(draw(centre, given.flow, given.language))
    if given.out is None:
        sys.stdout.write(picture)
        return Exit.DONE
    try:
        given.out.write_text(picture, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{given.out}: {error.strerror}; expected a file that can be written") from error
    print(f"Drawn: {given.out}")
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter dialplan draw`."""
    parser.add_argument(
        "flow", nargs="?", default="", help="a flow, or a number of the centre (default: all, in brief)"
    )
    parser.add_argument("--language", default="", help="of the texts in it (default: the flow's first)")
    of_version(parser)
    parser.add_argument("--out", type=Path, metavar="FILE.svg", help="where to (default: the standard output)")
