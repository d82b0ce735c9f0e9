"""Runs graphviz's `dot`, which turns the text of a graph (ivr/drawing) into a picture. Knows nothing of flows."""

import asyncio
from asyncio.subprocess import PIPE
from typing import ClassVar

PROGRAM = "dot"


class DrawingError(Exception):
    """A picture could not be drawn."""

    id: ClassVar[str] = "drawing-failed"


class GraphvizMissing(DrawingError):
    """The program that draws is not installed."""

    id = "graphviz-missing"

    def __init__(self) -> None:
        super().__init__("drawing needs graphviz, which is not installed; install it with: apt-get install -y graphviz")


async def svg(text: str, time_limit_s: float = 30) -> str:
    """The picture of a graph in dot's language, as SVG. Raises DrawingError."""
    try:
        process = await asyncio.create_subprocess_exec(PROGRAM, "-Tsvg", stdin=PIPE, stdout=PIPE, stderr=PIPE)
    except FileNotFoundError as error:
        raise GraphvizMissing from error
    try:
        async with asyncio.timeout(time_limit_s):
            drawn, complaint = await process.communicate(text.encode())
    except TimeoutError as error:
        raise DrawingError(f"{PROGRAM} took longer than {time_limit_s:g} s") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        said = complaint.decode(errors="replace").strip() or f"exit code {process.returncode}"
        raise DrawingError(f"{PROGRAM} failed: {said}")
    return drawn.decode()
