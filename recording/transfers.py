"""How an agent sent his caller on: what the router tells of it, and, where it was absent, what Asterisk's ledger does.
It decides nothing about who spoke with whom.
"""

from collections.abc import Iterable, Sequence

from acd.facts import CallTransferred
from acd.states import TransferKind
from recording.account import Account
from recording.channels import Channel, asked_colleague
from recording.identity import call_id
from recording.instants import at_us, utc
from recording.ledger import LedgerRow, RowType
from recording.record import Conversation, Transfer

_SAME_US = 5_000_000
"""Within this, the router and the ledger tell of the same transfer, unless the agent has come to the caller anew."""


def transfers(
    rows: Iterable[LedgerRow],
    story: Account,
    every: Sequence[Channel],
    conversations: Sequence[Conversation],
) -> tuple[Transfer, ...]:
    """All transfers of the call in order of time; `every` are its channels. A caller who is parked is sent to nobody,
    though for Asterisk that is a transfer as well.
    """
    agents = {one.uniqueid: story.agent_at.get(one.endpoint, one.endpoint) for one in every}
    found = [_told(fact) for fact in story.transfers]
    told = [(fact.agent, fact.at_ms * 1000) for fact in story.transfers]
    told += [(one.agent, at_us(one.started_at)) for one in story.parkings]

    def is_told(row: LedgerRow, by: str) -> bool:
        came_us = [at_us(one.started_at) for one in conversations if one.agent == by]
        return any(
            agent == by
            and abs(then_us - row.at_us) < _SAME_US
            and not any(row.at_us < one <= then_us for one in came_us)
            for agent, then_us in told
        )

    for row in rows:
        if row.type not in (RowType.BLIND_TRANSFER, RowType.ATTENDED_TRANSFER):
            continue
        by = agents.get(row.uniqueid, "")
        if not is_told(row, by):
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
    """Who spoke with the caller next; that may be the sender himself, to whom the queue has brought him back."""
    return next(
        (
            one.agent
            for one in conversations
            if one.ended_at > transfer.at and (one.agent != transfer.agent or one.started_at >= transfer.at)
        ),
        None,
    )
