"""Schedules as sheets: a row for each shift of a pattern, each assignment, each exception."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from recording.inputs import cells
from recording.inputs.clock_times import parse_time, time_text
from recording.inputs.sheet import CellError, Column, Sheet
from recording.inputs.shifts import (
    NAME,
    Assignment,
    Break,
    ExceptionKind,
    Pattern,
    PatternShift,
    ShiftException,
    apart_from,
    overlap,
)

Model = TypeVar("Model", bound=BaseModel)

_BREAK = re.compile(r"([0-9:]+)-([0-9:]+)( paid)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternRow:
    """One shift of a pattern."""

    pattern: str
    title: str
    weeks: int
    shift: PatternShift


def _breaks(text: str) -> tuple[Break, ...]:
    found = []
    for one in (part.strip() for part in text.split(";") if part.strip()):
        if (match := _BREAK.fullmatch(one)) is None:
            raise ValueError(text)
        found.append(Break(start=parse_time(match[1]), end=parse_time(match[2]), paid=bool(match[3])))
    return tuple(found)


def _breaks_text(breaks: Sequence[Break]) -> str:
    return "; ".join(f"{time_text(one.start)}-{time_text(one.end)}{' paid' if one.paid else ''}" for one in breaks)


def _between(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    return read


def _weeks(name: str) -> Column:
    return Column(name=name, expected="a number from 1 to 52", read=_between(1, 52), otherwise="1")


def _time(name: str) -> Column:
    return Column(name=name, expected="a time such as 18:30", read=parse_time, write=time_text)


def _time_or_none(name: str) -> Column:
    return Column(
        name=name,
        expected="a time such as 18:30, or nothing",
        read=lambda text: parse_time(text) if text else None,
        write=lambda minute: "" if minute is None else time_text(minute),
        otherwise="",
    )


def _made(model: type[Model], **values: Any) -> Model:
    """The row, or a CellError in our own words or pydantic's."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if first["type"] != "value_error":
            raise CellError(".".join(map(str, first["loc"])), first["msg"]) from None
        column, _, expected = str(first["ctx"]["error"]).partition(": expected ")  # so these models say what is wrong
        raise CellError(column, expected) from None


def _pattern_row(pattern: str, title: str, weeks: int, **shift: Any) -> PatternRow:
    if shift["week"] > weeks:
        raise CellError("week", f"at most {weeks}, as many as the pattern has")
    return PatternRow(pattern=pattern, title=title, weeks=weeks, shift=_made(PatternShift, **shift))


def patterns_of(rows: Iterable[PatternRow]) -> list[Pattern]:
    """The patterns that the rows make up, in their order. Raises pydantic's ValidationError where they cannot."""
    together: dict[str, list[PatternRow]] = {}
    for row in rows:
        together.setdefault(row.pattern, []).append(row)
    return [
        Pattern(name=name, title=mine[0].title, weeks=mine[0].weeks, shifts=tuple(row.shift for row in mine))
        for name, mine in together.items()
    ]


def rows_of(patterns: Iterable[Pattern]) -> list[PatternRow]:
    """The inverse."""
    return [
        PatternRow(pattern=one.name, title=one.title, weeks=one.weeks, shift=shift)
        for one in patterns
        for shift in one.shifts
    ]


def fitting_together() -> Callable[[PatternRow], Iterable[tuple[str, str]]]:
    """A check for the rows of one sheet, in order: what belongs to the whole pattern is the same in all of them, and no
    shift begins before another is over."""
    before: dict[str, list[PatternRow]] = {}

    def check(row: PatternRow) -> Iterable[tuple[str, str]]:
        mine = before.setdefault(row.pattern, [])
        for name in ("title", "weeks"):
            if mine and getattr(mine[0], name) != getattr(row, name):
                yield name, "the same as in the first row of this pattern"
        for one in mine:
            if overlap(one.shift, row.shift, row.weeks):
                yield "start", apart_from(one.shift)
                break
        mine.append(row)

    return check


PATTERNS: Sheet[PatternRow] = Sheet(
    name="shift patterns",
    columns=(
        Column(name="pattern", expected="a name of letters, figures, spaces and _.-", read=cells.fitting(NAME)),
        cells.note_column("title", 80),
        _weeks("weeks"),
        _weeks("week"),
        Column(name="day", expected="a number from 1 (Monday) to 7", read=_between(1, 7)),
        _time("start"),
        _time("end"),
        Column(
            name="breaks",
            expected="breaks such as 12:00-12:30; 15:00-15:15 paid, or nothing",
            read=_breaks,
            write=_breaks_text,
            otherwise="",
        ),
    ),
    make=_pattern_row,
    take=lambda row: {"pattern": row.pattern, "title": row.title, "weeks": row.weeks, **dict(row.shift)},
    key=lambda row: (row.pattern, row.shift.week, row.shift.day, row.shift.start),
)

ASSIGNMENTS: Sheet[Assignment] = Sheet(
    name="shift assignments",
    columns=(
        cells.agent_column(),
        cells.day_column("since"),
        Column(name="pattern", expected="the name of a pattern, or nothing", read=cells.fitting(rf"({NAME})?")),
        _weeks("week"),
    ),
    make=lambda **values: _made(Assignment, **values),
    take=dict,
    key=lambda row: (row.agent, row.since),
)

EXCEPTIONS: Sheet[ShiftException] = Sheet(
    name="shift exceptions",
    columns=(
        cells.agent_column(),
        cells.day_column(),
        Column(name="kind", expected=f"one of {', '.join(ExceptionKind)}", read=ExceptionKind, write=str),
        _time_or_none("start"),
        _time_or_none("end"),
        Column(
            name="other",
            expected="the number of another agent for a swap, or nothing",
            read=cells.fitting(rf"({cells.AGENT})?"),
            otherwise="",
        ),
        cells.note_column(),
    ),
    make=lambda **values: _made(ShiftException, **values),
    take=dict,
    key=lambda row: (row.agent, row.day, row.kind, row.start),
)

EVER = (date(1970, 1, 1), date(9999, 12, 31))
"""Between these are all days that are written down."""
