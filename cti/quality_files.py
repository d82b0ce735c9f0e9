"""What `dialplans/quality/` may say: score sheets, one in each file of `sheets/`, named as the file is; the model, its
checks, and the values that reviewers work with.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field, ValidationError

from ivr.documents import Document, DocumentError, Name, Part, Problem, read_document
from ivr.flow.words import Words
from recording.quality.sheets import Fatal, Hears, Item, ItemKind, ScoreSheet, Section

FOLDER = "quality"
SHEETS = "quality/sheets"

Percent = Annotated[int, Field(ge=0, le=100)]


class ItemPart(Part):
    """One thing that is judged: yes or no, or on a scale from 0 to `most`. Its `weight` is its part of the whole beside
    the other items' weights; where it is `not_applicable` to a call, its weight falls to the others. A mark below
    `comment_below` must be given with a comment (where nothing is said, as the sheet has it)."""

    title: Words
    kind: Literal["yes_no", "scale"]
    weight: Annotated[int, Field(ge=1, le=1000)]
    most: Annotated[int, Field(ge=2, le=100)] | None = None
    not_applicable: bool = False
    comment_below: Annotated[int, Field(ge=0, le=100)] | None = None


class SectionPart(Part):
    """Items that belong together."""

    title: Words
    items: Annotated[dict[Name, ItemPart], Field(min_length=1)]


class FatalPart(Part):
    """An error after which the whole call is worth `cap` at most."""

    title: Words
    cap: Percent = 0


class SheetFile(Part):
    """A score sheet: the score from which a call is good enough, below what part of an item's best mark (percent) a
    comment is required, within how many days of the draw a call is to be judged and released (`review_days`), for how
    many days after that the agent may appeal, within how many days his appeal is decided, what he may hear of the call
    (`agent_hears`: his `own_part`, without what a colleague said with the caller before or after him, or the
    `whole_call`), and what is judged."""

    title: Words
    pass_mark: Percent = 80
    comment_below_percent: Percent = 50
    review_days: Annotated[int, Field(ge=0, le=366)] = 5
    appeal_days: Annotated[int, Field(ge=0, le=366)] = 7
    decision_days: Annotated[int, Field(ge=0, le=366)] = 5
    agent_hears: Literal["own_part", "whole_call"] = "own_part"
    sections: Annotated[dict[Name, SectionPart], Field(min_length=1)]
    fatal: dict[Name, FatalPart] = Field(default_factory=dict)


Value = TypeVar("Value")


def load_sheets(folder: Path) -> Mapping[str, ScoreSheet]:
    """The score sheets in the centre's folder, by name. Raises DocumentError with everything that is wrong in any of
    them. In which languages they speak is theirs to say: at least one."""
    problems: list[Problem] = []
    sheets: dict[str, ScoreSheet] = {}
    for file in sorted((folder / SHEETS).glob("*.yaml")):
        document = attempt(partial(read_document, file, SheetFile), problems)
        if document is not None:
            problems += (found := list(_problems(document, file.stem)))
            sheets |= {} if found else {file.stem: _sheet(file.stem, document.value)}
    if problems:
        raise DocumentError(problems)
    return sheets


def attempt(read: Callable[[], Value], problems: list[Problem]) -> Value | None:
    """What is read, or None and what is wrong with it among the problems."""
    try:
        return read()
    except DocumentError as error:
        problems.extend(error.problems)
        return None


def _problems(document: Document[SheetFile], name: str) -> Iterator[Problem]:
    try:
        _Named(name=name)
    except ValidationError:
        wrong = f'"{name}" is no name for a score sheet'
        yield document.problem((), wrong, "a file named with small letters, digits, - and _, a letter first")
    taken: dict[str, int] = {}
    for section, part in document.value.sections.items():
        for item, judged in part.items.items():
            path = ("sections", section, "items", item)
            yield from _item_problems(document, path, judged)
            yield from _taken_twice(document, path, item, taken)
    for fatal in document.value.fatal:
        yield from _taken_twice(document, ("fatal", fatal), fatal, taken)


def _item_problems(document: Document[SheetFile], path: tuple[str, ...], item: ItemPart) -> Iterator[Problem]:
    if item.kind == "scale" and item.most is None:
        yield document.problem(path, '"most" is missing', "the best mark of the scale", key=True)
    if item.kind == "yes_no" and item.most is not None:
        yield document.problem((*path, "most"), "yes and no have no scale", 'no "most", or kind: scale', key=True)
    most = _most(item)
    if item.comment_below is not None and item.comment_below > most:
        wrong = f"no mark is above {most}, so a comment would be required for the best"
        yield document.problem((*path, "comment_below"), wrong, f"a mark from 0 to {most}")


def _taken_twice(
    document: Document[SheetFile], path: tuple[str, ...], name: str, taken: dict[str, int]
) -> Iterator[Problem]:
    line = document.problem(path, "", key=True).line
    if name in taken:
        yield document.problem(path, f'"{name}" is used in line {taken[name]} already', "another name", key=True)
    taken.setdefault(name, line)


def _most(item: ItemPart) -> int:
    return item.most or 1


def _sheet(name: str, part: SheetFile) -> ScoreSheet:
    return ScoreSheet(
        name=name,
        title=part.title,
        pass_mark=part.pass_mark,
        review_days=part.review_days,
        appeal_days=part.appeal_days,
        decision_days=part.decision_days,
        agent_hears=Hears(part.agent_hears),
        sections=tuple(
            Section(
                name=section,
                title=within.title,
                items=tuple(_item(item, judged, part.comment_below_percent) for item, judged in within.items.items()),
            )
            for section, within in part.sections.items()
        ),
        fatal=tuple(Fatal(name=fatal, title=error.title, cap=error.cap) for fatal, error in part.fatal.items()),
    )


def _item(name: str, part: ItemPart, comment_below_percent: int) -> Item:
    most = _most(part)
    below = part.comment_below
    return Item(
        name=name,
        title=part.title,
        kind=ItemKind(part.kind),
        weight=part.weight,
        most=most,
        not_applicable=part.not_applicable,
        # marks are whole: one is below the part of the best exactly if it is below the next whole mark
        comment_below=-(-most * comment_below_percent // 100) if below is None else below,
    )


class _Named(Part):
    name: Name
