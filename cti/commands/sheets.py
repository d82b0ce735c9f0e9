"""What several commands have in common: sheets of recording/inputs taken in from CSV files and given out again. The
service need not run.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from cti.centre import Centre
from cti.commands.database import with_store
from cti.commands.errors import BadInput, Exit
from cti.settings import Settings
from cti.versions.start import current_centre
from recording.inputs.sheet import header_of
from recording.inputs.sheets import SHEETS, Known, give_out, take_in

Command = Callable[[str, Callable[..., Exit]], argparse.ArgumentParser]


def import_sheet(settings: Settings, given: argparse.Namespace) -> Exit:
    """Take in a CSV file with a header line. Where a row does not fit nothing is taken, and every fault is told with
    its row and column; with --skip-bad the rows that fit are taken."""
    file = Path(given.file)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise BadInput(f"{file}: {why}; expected a CSV file in UTF-8") from None
    sheets = [SHEETS[name] for name in given.sheets]
    fitting = [kept for kept in sheets if kept.sheet.fits(header_of(text))]
    if not fitting and len(sheets) > 1:
        expected = "; or ".join(f"{kept.sheet.name}: {', '.join(kept.sheet.names)}" for kept in sheets)
        raise BadInput(f"{file}: row 1: expected one of these header lines: {expected}")
    kept = fitting[0] if fitting else sheets[0]
    known = known_of(current_centre(settings))
    reading = with_store(settings, lambda store: take_in(store, kept, text, known, skip_bad=given.skip_bad))
    for fault in reading.faults:
        print(f"{file}: {fault}; left out", file=sys.stderr)
    taken, left_out = len(reading.rows), len({fault.row for fault in reading.faults})
    print(f"{kept.sheet.name.capitalize()}: {taken} row{'' if taken == 1 else 's'} taken, {left_out} left out.")
    return Exit.DONE


def export_sheet(settings: Settings, given: argparse.Namespace) -> Exit:
    """Print all rows as CSV, in the form in which they can be taken in again."""
    sheet = getattr(given, "sheet", given.sheets[0])
    known = known_of(current_centre(settings))
    print(with_store(settings, lambda store: give_out(store, SHEETS[sheet], known)), end="")
    return Exit.DONE


def sheet_commands(command: Command, sheets: Sequence[str]) -> None:
    """Adds `import` and `export` for these sheets; with several, the header line says which one a file is."""
    importing = command("import", import_sheet)
    importing.add_argument("file", help="the CSV file, in UTF-8")
    importing.add_argument("--skip-bad", action="store_true", help="take the rows that fit even where others do not")
    importing.set_defaults(sheets=sheets)
    exporting = command("export", export_sheet)
    exporting.set_defaults(sheets=sheets)
    if len(sheets) > 1:
        exporting.add_argument("sheet", choices=sheets)


def known_of(centre: Centre) -> Known:
    """What rows are held against."""
    return Known(queues=frozenset(centre.queues), languages=frozenset(centre.languages), zone=centre.time_zone)
