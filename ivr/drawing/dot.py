"""The language of graphviz's `dot`, as far as our pictures need it: quoted names, labels of lines, long texts cut.

Source: https://graphviz.org/doc/info/lang.html and https://graphviz.org/doc/info/shapes.html#html.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

Attributes = Mapping[str, str]
"""Of a node, an edge or a graph. A value that begins with < is a label in graphviz's own HTML."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a label. `small` lines are what a node says or does, `bold` ones its name."""

    text: str
    bold: bool = False
    small: bool = False


def statement(subject: str, attributes: Attributes) -> str:
    """A node, an edge or a graph's own attributes, as a line of dot."""
    given = ", ".join(f"{name}={_value(value)}" for name, value in attributes.items())
    return f"{subject} [{given}];" if given else f"{subject};"


def quoted(text: str) -> str:
    """A name or value, whatever is in it."""
    clean = printable(text).replace('"', '\\"')
    return f'"{clean}"'


def label(lines: Sequence[Line], ground: str = "") -> str:
    """A label of these lines, the first on top; on a ground of its own, if one is given."""
    colour = f' bgcolor="{ground}"' if ground else ""
    rows = "".join(f"<tr><td>{_line(line)}</td></tr>" for line in lines)
    return f'<<table border="0" cellborder="0" cellspacing="0" cellpadding="1"{colour}>{rows}</table>>'


def printable(text: str) -> str:
    """The text without characters that XML does not have, or that a reader does not see. A backslash means something to
    graphviz everywhere, and not everywhere the same: what is shown looks like one."""
    return "".join(sign if sign.isprintable() else " " for sign in text).replace("\\", "∖")


def wrapped(text: str, columns: int, most: int) -> list[str]:
    """The text in at most so many lines of about so many columns (a Chinese character takes two); the rest is …"""
    lines = [""]
    for word in _words(printable(text)):
        if _width(lines[-1]) + _width(word.rstrip()) > columns and lines[-1]:
            lines.append("")
        lines[-1] += word
    lines = [line.strip() for line in lines if line.strip()]
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1] + " …"]


def _words(text: str) -> Iterator[str]:
    """What may begin a line: Latin words with the space behind them, Chinese characters with the marks behind them."""
    word = ""
    for sign in text:
        breaks = word.endswith(" ") or (_wide(sign) and sign.isalnum()) or (word and _wide(word[-1]) and sign.isalnum())
        if word and breaks and sign != " ":
            yield word
            word = ""
        word += sign
        if len(word) >= 40:
            yield word
            word = ""
    if word:
        yield word


def _wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


def _width(text: str) -> int:
    return sum(2 if _wide(sign) else 1 for sign in text)


def _line(line: Line) -> str:
    text = escape(printable(line.text)) or " "
    if line.small:
        text = f'<font point-size="9">{text}</font>'
    return f"<b>{text}</b>" if line.bold else text


def _value(value: str) -> str:
    return value if value.startswith("<") and value.endswith(">") else quoted(value)
