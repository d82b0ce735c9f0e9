"""Where in a JSON text a value stands: `$.a.b[0]['c d']`, the part of RFC 9535 that names exactly one place.

Names after a point, names in brackets and quotes, and indices (from the end where negative). What picks several values
(`*`, `..`, slices, filters) is refused.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from ivr.flow.evaluation import fitting
from ivr.flow.expression_trees import Value
from ivr.look_ups.failures import Failure, LookUpFailed

LONGEST = 500
"""Characters of a path."""
LONGEST_TEXT = 1_000
"""Characters of a text that a call takes over."""

_SEGMENT = re.compile(
    r"""[ \t]*(?: \.(?P<name>(?!\d)[\w]+)
              | \[[ \t]*(?: (?P<index>0|-?[1-9][0-9]{0,15})
                          | '(?P<single>(?:[^'\\]|\\.)*)' | "(?P<double>(?:[^"\\]|\\.)*)" )[ \t]*\] )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "/": "/", "\\": "\\", "'": "'", '"': '"'}
_SEVERAL = ("*", "..", "[*", "[?", "[:")


class JsonPathError(ValueError):
    """The text is no path to one value. `column` counts from 1 in the text."""

    id = "json-path-invalid"

    def __init__(self, column: int, wrong: str, expected: str) -> None:
        super().__init__(f"column {column}: {wrong} (expected {expected})")
        self.column, self.wrong, self.expected = column, wrong, expected


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A path that was read: names and indices, one after the other."""

    steps: tuple[str | int, ...]

    def value(self, document: object) -> Value:
        """The value at this place, a text in one line. Raises LookUpFailed: nothing is there, or no single value that a
        call can have."""
        for step in self.steps:
            match document, step:
                case dict(), str() if step in document:
                    document = document[step]
                case list(), int() if -len(document) <= step < len(document):
                    document = document[step]
                case _:
                    raise LookUpFailed(Failure.VALUE_MISSING)
        value = fitting(document)
        if (value is None and document is not None) or (isinstance(value, str) and len(value) > LONGEST_TEXT):
            raise LookUpFailed(Failure.VALUE_UNFIT)
        return "".join(sign if sign.isprintable() else " " for sign in value) if isinstance(value, str) else value


@lru_cache(maxsize=1024)
def parse_path(text: str) -> JsonPath:
    """The path of a text. Raises JsonPathError."""
    if len(text) > LONGEST:
        raise JsonPathError(LONGEST + 1, "the path is too long", f"at most {LONGEST} characters")
    if not text.startswith("$"):
        raise JsonPathError(1, "a path begins with $", "such as $.customer.name")
    steps: list[str | int] = []
    at = 1
    while at < len(text):
        if (found := _SEGMENT.match(text, at)) is None:
            raise _fault(text, at)
        steps.append(_step(found))
        at = found.end()
    return JsonPath(tuple(steps))


def _step(found: "re.Match[str]") -> str | int:
    if found["index"] is not None:
        return int(found["index"])
    if found["name"] is not None:
        return found["name"]
    kind = "single" if found["single"] is not None else "double"
    return _unescaped(found[kind], found.start(kind))


def _unescaped(quoted: str, start: int) -> str:
    def sign(found: "re.Match[str]") -> str:
        if found[1] is not None:
            return chr(int(found[1], 16))
        if found[2] not in _ESCAPED:
            wrong = f"\\{found[2]} stands for nothing"
            raise JsonPathError(start + found.start() + 1, wrong, "\\n, \\t, \\\\, a quote, or \\u and four figures")
        return _ESCAPED[found[2]]

    text = _ESCAPE.sub(sign, quoted)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # two \\u that are one character


def _fault(text: str, at: int) -> JsonPathError:
    rest = text[at:].lstrip(" \t")
    column = len(text) - len(rest) + 1
    if rest.startswith((".*", *_SEVERAL)):
        return JsonPathError(column, "this picks several values", "one: .name, ['name'] or [0]")
    shown = rest if len(rest) <= 20 else f"{rest[:20]}…"
    return JsonPathError(
        column, f"{shown} does not fit here" if rest else "the path ends here", ".name, ['name'] or [0]"
    )
