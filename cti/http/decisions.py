"""Why a call went the way it went, over HTTP; for a call that is over and for one under way."""

from pydantic import Field

from cti.board import Board
from cti.http.endpoints import Asked, Endpoint, Nothing
from cti.http.errors import UnknownCall, reaching_records
from cti.http.views import View
from recording.explanation import Explained, explain, explain_record
from recording.identity import call_id


class CallDecisions(View):
    """What was decided about a call, in order."""

    id: str
    linkedid: str
    under_way: bool
    forgotten: bool = Field(
        default=False,
        description="The call's lines are kept no longer (ledger_days): of its decisions the offers remain.",
    )
    decisions: tuple[Explained, ...]


async def explain_call(asked: Asked[Nothing, Nothing]) -> CallDecisions:
    """Everything that was decided about a call, in order and in sentences: queues, steps, offers, overflow.

    An offer comes with its decision record: the step, what was asked for, the strategy, the call's place in the order,
    and each candidate with what excluded him. A call under way is told as far as the journal has been read, a second
    ago or less.
    """
    name, store = asked.path["id"], asked.floor.store
    with reaching_records():
        if (record := await store.call(name)) is not None:
            facts = await store.facts(record.linkedid)
            forgotten = not facts and not await store.has_lines(record.linkedid)
            told = explain_record(record.offers) if forgotten else explain(facts, record.offers)
            return CallDecisions(
                id=name, linkedid=record.linkedid, under_way=False, forgotten=forgotten, decisions=told
            )
        if (linkedid := _under_way(asked.floor.live.board, name)) is not None:
            told = explain(await store.facts(linkedid))
            return CallDecisions(id=name, linkedid=linkedid, under_way=True, decisions=told)
    raise UnknownCall(name)


def _under_way(board: Board, name: str) -> str | None:
    return next((linkedid for linkedid in board.calls if call_id(linkedid) == name), None)


ENDPOINTS = (
    Endpoint("GET", "/api/calls/{id}/decisions", explain_call, Nothing, Nothing, CallDecisions, errors=(404,)),
)
