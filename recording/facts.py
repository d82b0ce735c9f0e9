"""What the router's journal says, line by line: the counterpart of recording.ledger for our own facts."""

import json
from collections.abc import Collection, Iterable, Iterator

from pydantic import ValidationError
from pydantic_core import from_json as parsed

from acd.facts import Fact, from_json
from recording.lines import Reading, RejectedLine, whole_lines


class FactError(ValueError):
    """A line of the journal that is no fact."""

    id = "journal-line-invalid"


def read_facts(data: bytes, *, final: bool = False) -> Reading[Fact]:
    """The whole lines at the beginning of `data` as facts; bad ones are rejected one by one, blank ones passed over.

    A half line at the end waits for more bytes, unless `final`.
    """
    facts: list[tuple[str, Fact]] = []
    rejected: list[RejectedLine] = []
    consumed = 0
    lines = data.splitlines(keepends=True) if final else whole_lines(data)
    for line in lines:
        consumed += len(line)
        body = line.decode("utf-8", "backslashreplace").strip()
        if not body:
            continue
        try:
            facts.append((body, parse_fact(body)))
        except FactError as error:
            rejected.append(RejectedLine(body=body, why=str(error)))
    return Reading(events=tuple(facts), rejected=tuple(rejected), consumed=consumed)


def facts_among(lines: Iterable[bytes], marks: Collection[bytes]) -> Iterator[Fact]:
    """The facts in those lines that have one of these marks in them, for who looks back on few among many; a line that
    is no fact, torn by a full disk or of another version, is passed over."""
    for line in lines:
        if not any(mark in line for mark in marks):
            continue
        try:
            fact = from_json(json.loads(line))
        except (ValueError, KeyError, TypeError):
            continue
        yield fact


def parse_fact(body: str) -> Fact:
    """One line of the journal. Raises FactError."""
    if "\0" in body:
        raise FactError("a zero byte; text was expected")
    try:
        value = parsed(body)
        if not isinstance(value, dict):
            raise FactError(f"{type(value).__name__}; a JSON object was expected")
        return from_json(value)
    except ValidationError as error:
        # Only places and rules are told: the values may hold a caller's number.
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise FactError(f"a fact that does not fit: {wrong}") from error
    except (KeyError, ValueError, RecursionError) as error:
        raise error if isinstance(error, FactError) else FactError(f"{error!r}; a known fact was expected") from error
