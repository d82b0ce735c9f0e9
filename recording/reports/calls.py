"""Calls as columns and rows, for spreadsheets and programs: of each record what lists and figures go by. The whole
record is had by the id.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from acd.masking import Mask
from recording.record import CallRecord
from recording.reports.columns import Column, Datum, Export, Kind

COLUMNS = (
    Column("id", Kind.TEXT, "the call's id, by which /api/calls/{id} gives the whole record"),
    Column("direction", Kind.TEXT, "inbound, internal or outbound"),
    Column("started_at", Kind.INSTANT, "when it came, in the centre's zone"),
    Column("answered_at", Kind.INSTANT, "when the line was answered, by the IVR as a rule"),
    Column("connected_at", Kind.INSTANT, "when the caller first spoke with an agent"),
    Column("ended_at", Kind.INSTANT, "when it ended"),
    Column("caller", Kind.TEXT, "the caller's number; masked where that was asked for"),
    Column("caller_name", Kind.TEXT, "what the line said he is called; empty where numbers are masked"),
    Column("dialled", Kind.TEXT, "the number he dialled"),
    Column("queue", Kind.TEXT, "the last queue he stood in"),
    Column("agent", Kind.TEXT, "the agent who spoke with him first"),
    Column("outcome", Kind.TEXT, "what became of the call"),
    Column("ended_by", Kind.TEXT, "who ended it"),
    Column("reason", Kind.TEXT, "why it ended"),
    Column("outcome_code", Kind.TEXT, "as what the agent closed it"),
    Column("resolved", Kind.TRUTH, "whether that means resolved; empty where it was not closed"),
    Column("wait_ms", Kind.COUNT, "how long he waited", "ms"),
    Column("talk_ms", Kind.COUNT, "how long he spoke with agents, hold not counted", "ms"),
    Column("hold_ms", Kind.COUNT, "how long he was held", "ms"),
    Column("wrap_up_ms", Kind.COUNT, "how long agents worked after it", "ms"),
    Column("transfers", Kind.COUNT, "how often he was sent on"),
    Column("survey_score", Kind.COUNT, "his last mark, empty where he gave none"),
    Column("recordings", Kind.COUNT, "how many recordings there are"),
    Column("reconstructed", Kind.TRUTH, "whether some of it is told by Asterisk's ledger alone"),
)


def calls_of(records: Iterable[CallRecord], zone: ZoneInfo, *, mask: bool = False) -> Export:
    """The calls, one a row, in their order. `mask`: without numbers and names of callers."""
    return Export("Calls", COLUMNS, _rows(records, zone, mask), zone.key, {"masked": str(mask).lower()})


def _rows(records: Iterable[CallRecord], zone: ZoneInfo, mask: bool) -> Iterator[Sequence[Datum]]:
    def local(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment.astimezone(zone)

    def number(text: str) -> str:
        return everybodys.text(text) if mask else text

    everybodys = Mask()
    for call in records:
        scores = [survey.score for survey in call.surveys if survey.score is not None]
        outbound = call.direction == "outbound"  # then `dialled` is the customer's number, too
        yield (
            *(call.id, call.direction.value),
            *(local(call.started_at), local(call.answered_at), local(call.connected_at), local(call.ended_at)),
            *(number(call.caller), "" if mask else call.caller_name),
            *(number(call.dialled) if outbound else call.dialled, call.queue, call.agent),
            *(call.outcome.value, call.ended_by.value, call.reason, call.outcome_code, call.resolved),
            *(call.wait_ms, call.talk_ms, call.hold_ms, call.wrap_up_ms),
            *(len(call.transfers), scores[-1] if scores else None, len(call.recordings), call.reconstructed),
        )
