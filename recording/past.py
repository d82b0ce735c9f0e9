"""The journal as a past period needs it: how things stood when it began, and everything from then on.

The file is read once from its beginning, line by line; of the time before only the few lines are kept that still hold
at the period's beginning, and no other is parsed: it is passed over at about 3 s a gigabyte, and takes no memory.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from acd.facts import AgentDefined, AgentStateChanged, Fact, SurgeDeclared
from recording.facts import FactError, parse_fact

_HEAD = re.compile(rb'\{"fact":"(\w+)","at_ms":(\d+)(?:,"(?:agent|queue)":("[^"]*"))?')
"""How the journal begins each of its lines (acd.facts.to_json)."""

_LASTING = frozenset(kind.__name__.encode() for kind in (AgentDefined, AgentStateChanged, SurgeDeclared))
"""Facts that hold until the next of the same kind of the same agent or queue."""


class Past:
    """The facts of a journal from a moment on, in the order in which they were written, those first that held then.

    Iterate once, and stop when you have enough. `unreadable` counts the lines passed over: torn by a full disk, or of
    another version.
    """

    def __init__(self, journal: Path, from_ms: int) -> None:
        """Nothing is read yet; a file that is not there raises OSError when iterated."""
        self.unreadable = 0
        self._journal = journal
        self._from_ms = from_ms

    def __iter__(self) -> Iterator[Fact]:
        held: dict[tuple[bytes, bytes], bytes] = {}
        with self._journal.open("rb") as lines:
            for line in lines:
                head = _HEAD.match(line)
                if head is not None and int(head[2]) < self._from_ms:
                    if head[1] in _LASTING:
                        key = head[1], head[3]
                        held.pop(key, None)  # so that they stay in the order of time
                        held[key] = line
                    continue
                if held:
                    yield from self._facts(*held.values())
                    held.clear()
                yield from self._facts(line)
        yield from self._facts(*held.values())

    def _facts(self, *lines: bytes) -> Iterator[Fact]:
        for line in lines:
            body = line.decode("utf-8", "backslashreplace").strip()
            try:
                if body:
                    yield parse_fact(body)
            except FactError:
                self.unreadable += 1
