"""A report for the terminal, and for the plain part of a mail. Chinese characters take two columns."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from shlex import quote

from wcwidth import wcswidth

from recording.reports import showing
from recording.reports.document import ReportDocument, Section
from recording.reports.paper import Paper
from recording.reports.tables import Cell, Table, shows_nothing, tables_of
from recording.reports.words import say

COMMANDS = {"/api/calls": "report calls", "/api/figures/addends": "report addends"}
"""What lists in the terminal what the API lists at a path."""


def text_of(document: ReportDocument, *, calls: bool = False) -> str:
    """The whole report; ends with a line break. `calls`: below each section the commands that list the calls behind
    its numbers."""
    return "\n".join(line.rstrip() for line in _lines(document, calls=calls)) + "\n"


def text_of_paper(paper: Paper, url: str = "") -> str:
    """What is told in words; ends with a line break. `url`: where the API is reached; then what a cell opens is told as
    an address."""
    lines = [_printable(f"{paper.centre} · {paper.title} · {paper.when}")]
    for block in paper.blocks:
        lines += ["", _printable(block.title), *([_printable(block.note)] if block.note else [])]
        lines += [f"  {line}".rstrip() for line in (text_table(block.table, url) if block.table else ())]
    lines += ["", f"{say('made', paper.language)} {paper.made_at:%Y-%m-%d %H:%M %Z}"]
    return "\n".join(lines) + "\n"


def text_table(table: Table, url: str = "") -> Iterator[str]:
    """The lines of a table, numbers to the right; `url` as in text_of_paper."""
    rows = [tuple(map(_printable, table.header))]
    rows += [tuple(_printable(_opening(cell, url)) for cell in row) for row in table.rows]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, table.right, strict=True)
        yield "  ".join(_filled(text, width, right=right) for text, width, right in cells).rstrip()


def _opening(cell: Cell, url: str) -> str:
    """Its text; the address of what it opens, where that is one thing and can be told."""
    paths = [path for path, query in cell.behind.items() if not query]
    return f"{url}{paths[0]}" if url and paths else cell.text


def headline(document: ReportDocument) -> Iterator[str]:
    """What report this is, in one or two lines."""
    language = document.language
    when = showing.span(document.span, language)
    yield _printable(f"{document.centre} · {document.title} · {showing.subject(document.subject, language)} · {when}")
    if document.compared is not None:
        before = document.compared
        day = showing.span(before, language)
        yield f"({say('compared', language, when=day)})"


def _lines(document: ReportDocument, *, calls: bool) -> Iterator[str]:
    yield from headline(document)
    for section in document.sections:
        yield ""
        yield _printable(section.title)
        if section.note:
            yield _printable(section.note)
        tables = tables_of(section, document)
        for table in tables:
            if table.caption and len(tables) > 1:
                yield f"  {_printable(table.caption)}:"
            yield from (f"  {line}" for line in text_table(table))
        if shows_nothing(section, tables):
            yield f"  {say('empty', document.language)}"
        if calls:
            yield from (f"  {line}" for line in _behind(section, document))
    yield ""
    yield f"{say('formulas', document.language)} {document.catalogue}, {document.made_at:%Y-%m-%d %H:%M %Z}"


def _behind(section: Section, document: ReportDocument) -> Iterator[str]:
    """Of each number the commands that list what it was made from."""
    for number in section.numbers:
        if number.value is None:
            continue
        at = "" if number.span == document.span else f"{showing.time_of(number.span, document.span)} "
        whose = "" if number.subject == document.subject else f"{number.subject.title} "
        for path, query in number.behind.items():
            yield _printable(f"{at}{whose}{number.title}: callcenter {_command(path, query)}")


def _command(path: str, query: Mapping[str, str]) -> str:
    if path in COMMANDS:
        words = " ".join(f"--{name.replace('_', '-')} {quote(value)}" for name, value in query.items())
        return f"{COMMANDS[path]} {words}"
    since, until = (f"{datetime.fromisoformat(query[end]):%Y-%m-%dT%H:%M}" for end in ("since", "until"))
    kind, _, name = query["scope"].partition(":")
    return f"quality counted {since}..{until}" + (f" --{kind} {quote(name)}" if name else "")


def _filled(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _printable(text: str) -> str:
    """Characters that would move the cursor are shown as a question mark."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _width(text: str) -> int:
    return max(wcswidth(text), 0)
