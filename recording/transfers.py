"""How an agent sent his caller on: what the router tells of it, and, where it was absent, what Asterisk's ledger does.
It decides nothing about who spoke with whom.
"""

from collections.abc import Iterable, Mapping, Sequence

from acd.facts import CallTransferred
from acd.states import TransferKind
from recording.channels import Channel, asked_colleague
from recording.identity import call_id
from recording.instants import utc
from recording.ledger import LedgerRow, RowType
from recording.record import Conversation, Transfer

_SAME_US = 5_000_000
"""Within this, the router and the ledger tell of the same transfer: nobody sends two callers on in so short a time."""


def transfers(
    rows: Iterable[LedgerRow],
    told: Sequence[CallTransferred],
    agent_at: Mapping[str, str],
    every: Sequence[Channel],
    conversations: Sequence[Conversation],
) -> tuple[Transfer, ...]:
    """All transfers of the call in order of time. `agent_at` maps a phone to the agent who sat there, `every` are the
    channels of the call.
    """
    agents = {one.uniqueid: agent_at.get(one.endpoint, one.endpoint) for one in every}
    found = [_told(fact) for fact in told]
    for row in rows:
        if row.type not in (RowType.BLIND_TRANSFER, RowType.ATTENDED_TRANSFER):
            continue
        by = agents.get(row.uniqueid, "")
        if not any(fact.agent == by and abs(fact.at_ms * 1000 - row.at_us) < _SAME_US for fact in told):
            # To whom, the conversation after it tells.
            kind = TransferKind.ANNOUNCED if asked_colleague(row) else TransferKind.BLIND
            found.append(Transfer(kind=kind, at=utc(row.at_us), agent=by, reconstructed=True))
    found.sort(key=lambda one: one.at)
    return tuple(one if one.to else one.model_copy(update={"to": _next(one, conversations)}) for one in found)


def _told(fact: CallTransferred) -> Transfer:
    return Transfer(
        kind=fact.kind,
        at=utc(fact.at_ms * 1000),
        agent=fact.agent,
        queue=fact.queue or None,
        to=fact.to or None,
        consult=call_id(fact.consult) if fact.consult else None,
    )


def _next(transfer: Transfer, conversations: Sequence[Conversation]) -> str | None:
    """Who spoke with the caller next."""
    return next(
        (one.agent for one in conversations if one.ended_at > transfer.at and one.agent != transfer.agent), None
    )
