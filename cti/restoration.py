"""After a restart of ours: seats every agent where the journal says he was, with the status he had chosen.

His phone and his call are Asterisk's to tell, and come with the first snapshot.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import structlog

from acd.distributor import Distributor
from acd.errors import RoutingError
from acd.facts import AgentStateChanged, from_json
from acd.states import AgentState, Status

log = structlog.get_logger()

_NAME = f'"{AgentStateChanged.__name__}"'.encode()


def last_changes(lines: Iterable[bytes]) -> Mapping[str, AgentStateChanged]:
    """Each agent's latest change of state in a journal's lines; a line that is no fact is passed over."""
    changes: dict[str, AgentStateChanged] = {}
    for line in lines:
        if _NAME not in line:
            continue
        try:
            fact = from_json(json.loads(line))
        except (ValueError, KeyError, TypeError):  # torn by a full disk, or of another version
            continue
        if isinstance(fact, AgentStateChanged):
            changes[fact.agent] = fact
    return changes


def restore_agents(distributor: Distributor, journal: Path) -> None:
    """Sign in again who was signed in; an agent who is there no more, or whose phone is taken, is left out."""
    if not journal.exists():
        return
    with journal.open("rb") as lines:
        changes = last_changes(lines)
    for change in changes.values():
        if change.status is Status.SIGNED_OUT:
            if change.after is not AgentState.SIGNED_OUT:
                _state_signed_out(distributor, change)
            continue
        try:
            with distributor.command() as (router, now_ms):
                ready = change.status is Status.READY
                router.sign_in(change.agent, change.phone, ready=ready, cause="restart", now_ms=now_ms)
                if change.reason and not ready:
                    router.set_not_ready(change.agent, change.reason, cause="restart", now_ms=now_ms)
        except RoutingError as error:
            log.warning("agent-not-restored", error_id=error.id, agent=change.agent, detail=str(error))


def _state_signed_out(distributor: Distributor, change: AgentStateChanged) -> None:
    """He signed out in a conversation that we did not see the end of: the log of states must not end in it."""
    distributor.state(
        AgentStateChanged(
            at_ms=distributor.clock.now_ms(),
            agent=change.agent,
            phone=change.phone,
            before=change.after,
            after=AgentState.SIGNED_OUT,
            status=Status.SIGNED_OUT,
            reason="",
            cause="restart",
        )
    )
