"""The house as Python modules: which there are, in which room each stands, what it imports and says of itself."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HOUSE = Path(__file__).parent.parent
_DOCSTRING = re.compile(r'\s*r?"""(.+?)"""', re.DOTALL)
ROOMS = ("acd", "ivr", "recording", "cti", "tests")


@dataclass(frozen=True)
class Module:
    """One file of Python; `path` is relative to the house."""

    path: Path
    source: str

    @property
    def room(self) -> str:
        return self.path.parts[0]

    @property
    def lines(self) -> int:
        return len(self.source.splitlines())

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, str(self.path))

    @property
    def docstring(self) -> str:
        """As it is written, without looking at the rest of the module."""
        found = _DOCSTRING.match(self.source)
        return found[1] if found else ""

    @property
    def is_test(self) -> bool:
        return self.room == "tests" and self.path.name.startswith("test_")

    def imported_rooms(self) -> Iterator[tuple[int, str]]:
        """Each import from one of our rooms, other than its own, as (line, room), wherever in the module it stands."""
        for node in ast.walk(self.tree):
            match node:
                case ast.Import(names=names):
                    targets = [alias.name for alias in names]
                case ast.ImportFrom(module=name, level=0):
                    targets = [name or ""]
                case ast.ImportFrom(module=name, level=level):
                    targets = [".".join((*self.path.parent.parts[: 1 - level or None], name or ""))]
                case _:
                    continue
            for target in targets:
                room = target.partition(".")[0]
                if room in ROOMS and room != self.room:
                    yield node.lineno, room


def modules(*rooms: str) -> list[Module]:
    """All modules of these rooms."""
    files = (path for room in rooms for path in sorted((HOUSE / room).rglob("*.py")))
    return [Module(path.relative_to(HOUSE), path.read_text(encoding="utf-8")) for path in files]
