"""A judgement written in a file, for who judges without a browser: the form by a score sheet, and the filled form."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from ivr.documents import Name, Part, read_document
from recording.quality.scoring import allowed
from recording.quality.sheets import LONGEST_COMMENT, LONGEST_RECORDING_MS, Judgement, Mark, ScoreSheet, TimeMark, said

Comment = Annotated[str, Field(max_length=LONGEST_COMMENT)]


BLANK = "_"
"""What a form has in the place of a mark: left there, the item was forgotten, and is not taken for one that does not
apply."""


def _value_alone(value: Any) -> Any:
    return value if isinstance(value, dict) else {"value": value}


def _filled(value: Any) -> Any:
    if value == BLANK:
        raise PydanticCustomError("mark_missing", "Input should be a mark in the place of the blank")
    return value


class MarkPart(Part):
    """A mark, null where the item does not apply, and what is to be said of it. In a file the mark alone will do."""

    value: Annotated[int | None, BeforeValidator(_filled)]
    comment: Comment = ""


class TimeMarkPart(Part):
    """A place in a recording of the call, milliseconds after its beginning, and what is to be said of it."""

    at_ms: Annotated[int, Field(ge=0, le=LONGEST_RECORDING_MS)]
    comment: Comment
    item: str = ""
    recording: Annotated[int, Field(ge=1)] = 1


class JudgementFile(Part):
    """What is said of a call: a mark for each item, what happened for each fatal error, places in the recording."""

    marks: dict[Name, Annotated[MarkPart, BeforeValidator(_value_alone)]]
    fatal: dict[Name, Comment] = Field(default_factory=dict)
    time_marks: Annotated[tuple[TimeMarkPart, ...], Field(strict=False)] = ()
    comment: Comment = ""


def read_judgement(file: Path) -> Judgement:
    """The judgement in this file. Raises DocumentError with everything that is wrong in its form."""
    written = read_document(file, JudgementFile).value
    return Judgement(
        marks={name: Mark(value=mark.value, comment=mark.comment) for name, mark in written.marks.items()},
        fatal=written.fatal,
        time_marks=tuple(TimeMark(**mark.model_dump()) for mark in written.time_marks),
        comment=written.comment,
    )


def form(sheet: ScoreSheet, language: str) -> Iterator[str]:
    """A file to be filled in, line by line."""
    yield f"# {said(sheet.title, language, sheet.name)}"
    yield "marks:"
    for section in sheet.sections:
        yield f"  # {said(section.title, language, section.name)}"
        for item in section.items:
            below = f"; below {item.comment_below} with a comment" if item.comment_below else ""
            yield f"  # {said(item.title, language, item.name)}: {allowed(item)}{below}"
            yield f"  {item.name}: {{value: {BLANK}, comment: ''}}"
    yield "fatal: {}"
    for error in sheet.fatal:
        yield f"  # {error.name}: what happened   ({said(error.title, language, error.name)}: at most {error.cap})"
    yield "time_marks: []"
    yield "  # - {at_ms: 83000, item: greeting, comment: what is heard there}"
    yield "comment: ''"
