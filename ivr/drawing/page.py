"""What all our pictures have in common: letters, colours of lines, and where calls come in."""

from collections.abc import Iterator

from ivr.drawing.dot import Line, label, quoted, statement
from ivr.drawing.looks import GROUND, INK, LINE

FONT = "sans-serif"


def opening(name: str, rankdir: str) -> Iterator[str]:
    """The first lines of a picture, which is yet to be closed. Top to bottom (TB) or left to right (LR)."""
    yield f"digraph {quoted(name)} {{"
    yield "  " + statement(
        "graph", {"rankdir": rankdir, "bgcolor": "transparent", "fontname": FONT, "fontcolor": LINE, "compound": "true"}
    )
    box = {"style": "rounded,filled", "margin": "0.15,0.08"}
    yield "  " + statement("node", {"fontname": FONT, "fontsize": "11", "fontcolor": INK, **box})
    edge = {"color": LINE, "arrowsize": "0.7"}
    yield "  " + statement("edge", {"fontname": FONT, "fontsize": "9", "fontcolor": INK, **edge})


def framed(name: str, inside: Iterator[str]) -> Iterator[str]:
    """A part of a picture in a frame with its name."""
    yield f"  subgraph {quoted(f'cluster_{name}')} {{"
    title = label([Line(name, bold=True), Line("flow", small=True)])
    yield "    " + statement(
        "graph", {"label": title, "fontsize": "11", "style": "rounded", "color": LINE, "labeljust": "l"}
    )
    for line in inside:
        yield "  " + line
    yield "  }"


def entrance(number: str) -> str:
    """A number that callers dial."""
    attributes = {"label": label([Line(number, bold=True)]), "shape": "cds", "fillcolor": GROUND, "color": LINE}
    return statement(identity("number", number), attributes)


def identity(*parts: str) -> str:
    """The name of a node in the picture."""
    return quoted("/".join(parts))
