"""The journal as a past period needs it: how things stood when it began, and everything from then on.

Reading begins with the file in which the period begins, and with what held when that was begun (recording.standing); of
the time before only the few lines are kept that still hold at the period's beginning, and no other is parsed: they are
passed over at about 3 s a gigabyte, and take no memory.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path

from acd.facts import AgentDefined, AgentStateChanged, Fact, SurgeDeclared
from recording.facts import FactError, parse_fact
from recording.series import Series
from recording.standing import since

_HEAD = re.compile(rb'\{"fact":"(\w+)","at_ms":(\d+)(?:,"(?:agent|queue)":("[^"]*"))?')
"""How the journal begins each of its lines (acd.facts.to_json)."""

_LASTING = frozenset(kind.__name__.encode() for kind in (AgentDefined, AgentStateChanged, SurgeDeclared))
"""Facts that hold until the next of the same kind of the same agent or queue."""

_LOOKED_THROUGH = 100
"""Lines at the beginning of a file among which one at least says its time."""


class Past:
    """The facts of a journal from a moment on, in the order in which they were written, those first that held then.

    Iterate once, and stop when you have enough. `unreadable` counts the lines passed over: torn by a full disk, or of
    another version.
    """

    def __init__(self, journal: Path, from_ms: int) -> None:
        """Nothing is read yet; a journal that is not there raises OSError when iterated."""
        self.unreadable = 0
        self._series = Series(journal)
        self._from_ms = from_ms

    @property
    def gone_until_ms(self) -> int | None:
        """If files have been removed that may have told of the time from that moment on: when the oldest that is kept
        begins, in milliseconds since the epoch. None where nothing is missing. Raises OSError."""
        numbered = self._series.aside()
        if not numbered or numbered[0][0] == 1:
            return None
        begun_ms = _begun_ms(numbered[0][1])
        return begun_ms if begun_ms is not None and begun_ms > self._from_ms else None

    def __iter__(self) -> Iterator[Fact]:
        held: dict[tuple[bytes, bytes], bytes] = {}
        for line in self._lines():
            head = _HEAD.match(line)
            if head is not None and int(head[2]) < self._from_ms:
                if head[1] in _LASTING:
                    key = head[1], head[3]
                    held.pop(key, None)  # so that they stay in the order of time
                    held[key] = line
                continue
            if held:
                yield from self._facts(held.values())
                held.clear()
            yield from self._facts((line,))
        yield from self._facts(held.values())

    def _lines(self) -> Iterator[bytes]:
        numbered = [*self._series.aside(), (self._series.number, self._series.path)]
        begun = ((number, _begun_ms(path)) for number, path in reversed(numbered))
        first = next((number for number, at_ms in begun if at_ms is not None and at_ms <= self._from_ms), 1)
        held, files = since(self._series, first)
        sources = [*([held] if held else ()), *(files or [self._series.path])]
        return chain.from_iterable(map(_read, sources))

    def _facts(self, lines: Iterable[bytes]) -> Iterator[Fact]:
        for line in lines:
            body = line.decode("utf-8", "backslashreplace").strip()
            try:
                if body:
                    yield parse_fact(body)
            except FactError:
                self.unreadable += 1


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as lines:
        yield from lines


def _begun_ms(path: Path) -> int | None:
    """When its first fact was stated; None where its first lines do not say it, or it is not there."""
    with suppress(FileNotFoundError):
        heads = (_HEAD.match(line) for line in islice(_read(path), _LOOKED_THROUGH))
        return next((int(head[2]) for head in heads if head is not None), None)
    return None
