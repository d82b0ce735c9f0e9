"""The texts of a centre with short numbers, by which people name them: once given, a number is that text's for good,
and that of no other, so that who records by phone from a printed list records what he reads.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ivr.flow.steps import Prompt
from ivr.prompts.errors import SoundsUnwritable
from ivr.prompts.replacements import key_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A text, its number, and the places where it is said."""

    number: int
    prompt: Prompt
    places: tuple[str, ...]


class Catalogue:
    """The texts in use, numbered in `file`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._numbers = _read(file)
        self._entries: dict[int, Entry] = {}

    def revise(self, places: Mapping[Prompt, tuple[str, ...]]) -> None:
        """These are the texts in use from now on. Raises SoundsUnwritable."""
        known = len(self._numbers)
        last = max(self._numbers.values(), default=0)
        for prompt in sorted(places, key=lambda one: (places[one], one.language, one.text)):
            if (key := key_of(prompt)) not in self._numbers:
                self._numbers[key] = last = last + 1
        if len(self._numbers) > known:
            self._keep()
        entries = (Entry(self._numbers[key_of(prompt)], prompt, where) for prompt, where in places.items())
        self._entries = {entry.number: entry for entry in sorted(entries, key=lambda entry: entry.number)}

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them, by number."""
        return tuple(self._entries.values())

    def entry(self, number: int) -> Entry | None:
        """The text of that number; None where it is not in use."""
        return self._entries.get(number)

    def _keep(self) -> None:
        unfinished = self._file.with_suffix(".new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(json.dumps(self._numbers), encoding="utf-8")
            unfinished.replace(self._file)
        except OSError as error:
            raise SoundsUnwritable(f"{self._file}: {error.strerror}") from error


def _read(file: Path) -> dict[str, int]:
    try:
        return {str(key): int(number) for key, number in json.loads(file.read_text("utf-8")).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        # to begin anew would give numbers a second time
        raise SoundsUnwritable(f"{file}: {error}; expected the numbers of prompts") from error
