"""A paper: what is told in words and tables rather than in figures, such as the bulletin of quality. As a report it is
one value, of which the page, the text and the mail are made.
"""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from recording.reports.document import Language
from recording.reports.tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a paper. No rows: `note` stands alone."""

    title: str
    note: str = ""
    table: Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The whole. `report` names what it is, `subject` of whom, empty for the centre; `when` is its time for people;
    `data` the value that it tells, which programs get."""

    report: str
    subject: str
    language: Language
    centre: str
    title: str
    when: str
    time_zone: str
    blocks: tuple[Block, ...]
    made_at: datetime
    data: BaseModel
