"""`callcenter callers …`: the directory of callers who are known, in the data base; the service need not run."""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from cti.centre import Centre
from cti.commands.arguments import subcommands
from cti.commands.database import with_store
from cti.commands.errors import BadInput, CommandError, Exit
from cti.commands.tables import table
from cti.settings import Settings
from cti.versions.start import current_centre
from recording.directory import Directory, DirectoryEntry
from recording.numbers import canonical
from recording.store import Store

COLUMNS = tuple(DirectoryEntry.model_fields)
PAGE = 1_000


class CallerUnknown(CommandError):
    """No caller of that number is in the directory."""

    id = "unknown-caller"


def list_callers(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show the callers who are known, by number."""

    async def read(store: Store) -> list[DirectoryEntry]:
        found: list[DirectoryEntry] = []
        while page := await Directory(store).page(PAGE, found[-1].number if found else ""):
            found += page
        return found

    entries = with_store(settings, read)
    rows = (
        (one.number, one.name, str(one.priority), one.agent or "-", one.note, one.open_case or "-", one.language or "-")
        for one in entries
    )
    print(table([column.upper().replace("_", " ") for column in COLUMNS], rows))
    return Exit.DONE


def set_caller(settings: Settings, given: argparse.Namespace) -> Exit:
    """Add a caller, or change what is given of one who is known. It holds for his next call."""
    centre = current_centre(settings)
    number = _number(given.number, centre)
    if given.language:
        _require_language(given.language, centre)
    changes = {name: value for name in COLUMNS[1:] if (value := getattr(given, name)) is not None}

    async def save(store: Store) -> None:
        known = await Directory(store).find(number) or DirectoryEntry(number=number)
        entry = known.model_copy(update=changes)
        await _require_agents(store, [entry])
        await Directory(store).save([entry])

    with_store(settings, save)
    print(f"Caller {number} is known.")
    return Exit.DONE


def remove_caller(settings: Settings, given: argparse.Namespace) -> Exit:
    """Take a caller out of the directory."""
    number = _number(given.number, current_centre(settings))
    if not with_store(settings, lambda store: Directory(store).remove(number)):
        raise CallerUnknown(f"no caller {number} is in the directory")
    print(f"Caller {number} is no longer known.")
    return Exit.DONE


def import_callers(settings: Settings, given: argparse.Namespace) -> Exit:
    """Take in a CSV file with a header line: number, and any of name, priority, agent, note, open_case, language. All
    of it, or nothing."""
    entries = list(_read(Path(given.file), current_centre(settings)))

    async def save(store: Store) -> None:
        await _require_agents(store, entries)
        await Directory(store).save(entries)

    with_store(settings, save)
    print(f"{len(entries)} callers are known.")
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter callers`; nothing means `list`."""
    parser.set_defaults(run=list_callers)
    command = subcommands(parser)
    command("list", list_callers)
    setting = command("set", set_caller)
    setting.add_argument("number", help="his number, however it is written")
    setting.add_argument("--name")
    setting.add_argument(
        "--priority", type=_points, metavar="POINTS", help="of his calls, 0 to 100; more than 0: a VIP"
    )
    setting.add_argument("--agent", metavar="NUMBER", help='whom he is to reach first; "" for anybody')
    setting.add_argument("--note")
    setting.add_argument("--open-case", metavar="CASE", help='the case of his that is open; "" for none')
    setting.add_argument("--language", help='the language he speaks; "" where it is not known')
    command("remove", remove_caller).add_argument("number", help="his number, however it is written")
    command("import", import_callers).add_argument("file", help="the CSV file, in UTF-8")


def _read(file: Path, centre: Centre) -> Iterator[DirectoryEntry]:
    """Raises BadInput with every line that does not fit."""
    wrong: list[str] = []
    lines: dict[str, int] = {}
    entries: list[DirectoryEntry] = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = csv.DictReader(text, strict=True)
            unknown = [name for name in rows.fieldnames or () if name not in COLUMNS]
            if unknown or "number" not in (rows.fieldnames or ()):
                raise BadInput(f"{file}:1: expected a header line with number, and any of {', '.join(COLUMNS[1:])}")
            for row in rows:
                try:
                    entry = _entry(row, centre)
                except BadInput as error:
                    wrong.append(f"{file}:{rows.line_num}: {error}")
                    continue
                if (first := lines.setdefault(entry.number, rows.line_num)) != rows.line_num:
                    wrong.append(f"{file}:{rows.line_num}: this number stands in line {first} already")
                entries.append(entry)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise BadInput(f"{file}: {why}; expected a CSV file in UTF-8") from None
    if wrong:
        raise BadInput("\n".join(wrong))
    yield from entries


def _entry(row: dict[str, str | None], centre: Centre) -> DirectoryEntry:
    if None in row or None in row.values():
        raise BadInput("expected as many values as the header line has names")
    given = {name: str(value).strip() for name, value in row.items()}
    try:
        entry = DirectoryEntry.model_validate({**given, "priority": given.get("priority") or 0})
    except ValidationError:
        raise BadInput(f"priority {given['priority']!r}; expected a whole number from 0 to 100") from None
    if entry.language:
        _require_language(entry.language, centre)
    return entry.model_copy(update={"number": _number(given["number"], centre)})


def _require_language(language: str, centre: Centre) -> None:
    if language not in centre.languages:
        raise BadInput(f"language {language!r}; expected one of: {', '.join(centre.languages)}, or nothing")


def _number(text: str, centre: Centre) -> str:
    number = canonical(text, centre.country_code)
    if not 2 <= len(number) <= 17:
        raise BadInput(f"number {text!r}; expected a telephone number of 2 to 16 figures")
    return number


async def _require_agents(store: Store, entries: list[DirectoryEntry]) -> None:
    known = {agent.number for agent in await store.agents()}
    if unknown := sorted({entry.agent for entry in entries if entry.agent} - known):
        raise BadInput(f"there is no agent {', '.join(unknown)}; expected numbers of agents in the data base")


def _points(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 100):
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected points from 0 to 100")
    return int(text)
