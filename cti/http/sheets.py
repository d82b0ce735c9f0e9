"""What people enter in spreadsheets, over HTTP: outcome codes, schedules, costs, staff and scores as CSV, taken in and
given out. What a sheet is, and what fits in it, is decided in recording/inputs.
"""

from aiohttp import web
from pydantic import Field

from cti.access import Role
from cti.floor import Floor
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import ApiError, reaching_records
from cti.http.views import View
from recording.inputs.costs import SecondCurrency
from recording.inputs.outcomes import KeysTaken
from recording.inputs.sheets import SHEETS, Kept, Known, SheetUnfit, give_out, take_in

CSV = "text/csv"
LARGEST = 4 * 1024 * 1024


class UnknownSheet(ApiError):
    """There is no sheet of that name."""

    id = "unknown-sheet"
    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no sheet {name!r}; expected one of: {', '.join(SHEETS)}")


class UnfitSheet(ApiError):
    """Something in the sheet does not fit; the message has a line for each fault, with its row and column."""

    status = 422

    def __init__(self, error: SheetUnfit | KeysTaken | SecondCurrency) -> None:
        super().__init__(str(error), "csv")
        self.id = error.id


class SheetGiven(Given):
    """A sheet that is to be taken in."""

    csv: str = Field(max_length=LARGEST, description="The text of the file, with its header line.")
    skip_bad: bool = Field(False, description="Keep the rows that fit even where others do not.")


class FaultView(View):
    """What did not fit, and was left out."""

    row: int = Field(description="As a spreadsheet counts: the header is row 1.")
    column: str = Field(description="Empty where it is the whole row.")
    expected: str


class SheetTaken(View):
    """What became of a sheet."""

    rows: int = Field(description="The rows that were kept.")
    faults: list[FaultView]


async def fetch_sheet(asked: Asked[Nothing, Nothing]) -> web.Response:
    """All rows of a sheet as CSV: outcomes, and the others of docs/inputs.md."""
    kept = _kept(asked.path["sheet"])
    with reaching_records():
        text = await give_out(asked.floor.store, kept, known(asked.floor))
    name = f"{asked.path['sheet']}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(text=text, content_type=CSV, charset="utf-8", headers=headers)


async def put_sheet(asked: Asked[Nothing, SheetGiven]) -> SheetTaken:
    """Take a sheet in: its rows are added, or replace those of the same key. Where one does not fit nothing is kept,
    and every fault is told, unless `skip_bad` is given."""
    kept = _kept(asked.path["sheet"])
    try:
        with reaching_records():
            reading = await take_in(
                asked.floor.store, kept, asked.body.csv, known(asked.floor), skip_bad=asked.body.skip_bad
            )
    except (SheetUnfit, KeysTaken, SecondCurrency) as error:
        raise UnfitSheet(error) from None
    faults = [FaultView(row=one.row, column=one.column, expected=one.expected) for one in reading.faults]
    return SheetTaken(rows=len(reading.rows), faults=faults)


def known(floor: Floor) -> Known:
    """What rows are held against."""
    centre = floor.centre
    return Known(queues=frozenset(centre.queues), languages=frozenset(centre.languages), zone=centre.time_zone)


def _kept(name: str) -> Kept:
    if (kept := SHEETS.get(name)) is None:
        raise UnknownSheet(name)
    return kept


ENDPOINTS = (
    Endpoint("GET", "/api/sheets/{sheet}", fetch_sheet, Nothing, Nothing, media=CSV, errors=(404,)),
    Endpoint(
        "PUT",
        "/api/sheets/{sheet}",
        put_sheet,
        Nothing,
        SheetGiven,
        SheetTaken,
        errors=(404,),
        role=Role.ADMINISTRATOR,
        body_at_most=LARGEST + 4096,
    ),
)
