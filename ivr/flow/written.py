"""Expressions and templates written in flow files: whether they can be read, and whether the names they look at are
known there.
"""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from ivr.documents import Document, Problem
from ivr.flow.expressions import ExpressionError, parse
from ivr.flow.templates import parse_template
from ivr.yaml_tree import Path

ProblemWith = Callable[[str, str], tuple[str, str] | None]
"""What is wrong with a format and its argument, and what was expected; None: nothing."""


def no_format(format_: str, _: str) -> tuple[str, str] | None:
    """For texts that are not spoken."""
    return f'"{format_}" says how to speak, and this is not spoken', "no | here"


def expression_problems(document: Document[Any], path: Path, text: str, names: Collection[str]) -> Iterator[Problem]:
    """What is wrong with the expression `text` that stands at `path`, where these names can be used."""
    try:
        expression = parse(text)
    except ExpressionError as error:
        yield _unreadable(document, path, text, error)
        return
    yield from _unknown(document, path, expression.names, names)


def template_problems(
    document: Document[Any], path: Path, text: str, names: Collection[str], problem_with: ProblemWith = no_format
) -> Iterator[Problem]:
    """What is wrong with the template `text` that stands at `path`, where these names can be used, and formats are
    judged by `problem_with`."""
    try:
        template = parse_template(text)
    except ExpressionError as error:
        yield _unreadable(document, path, text, error)
        return
    yield from _unknown(document, path, template.names, names)
    for slot in template.slots:
        if slot.format and (problem := problem_with(slot.format, slot.argument)) is not None:
            wrong, expected = problem
            yield document.problem(path, f"{wrong} (column {slot.column} of the text)", expected)


def _unreadable(document: Document[Any], path: Path, text: str, error: ExpressionError) -> Problem:
    shown = text if len(text) <= 60 else f"{text[:60]}…"
    return document.problem(path, f'"{shown}" cannot be read at column {error.column}: {error.wrong}', error.expected)


def _unknown(document: Document[Any], path: Path, used: Collection[str], known: Collection[str]) -> Iterator[Problem]:
    for name in sorted(used):
        if name not in known:
            yield document.unknown(path, "name", name, known)
