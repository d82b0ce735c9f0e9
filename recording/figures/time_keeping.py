"""Keeps the times of agents equal to what their log of states says, in the transaction that writes the log: the times
between the entries around the new ones are taken away, those with the new ones are added. Lines that come late, or
twice, so change nothing they should not. How a time is cut is decided in recording.figures.states.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from acd.facts import AgentDefined, AgentEdited, AgentStateChanged, Fact
from acd.states import AgentState
from recording.agent_days import forget_log
from recording.conflicts import inserting_new, upserting
from recording.figures.adding import adding
from recording.figures.counts import Times, names_of
from recording.figures.day_sums import add_to_days
from recording.figures.log_stretches import entries_of
from recording.figures.rule_book import rules_in_force
from recording.figures.states import WORK, Change, at_work, of_states, stretches
from recording.inputs.staffing import TEAM
from recording.instants import utc
from recording.many import insert_many
from recording.models import AgentLastState, AgentStateEntry, AgentStateHalfHour, AgentTeam
from recording.state_entries import StateEntry, in_order

_NAMES = names_of(Times)
_SUMS = (*_NAMES, *WORK)
_DIGEST = AgentStateEntry.__table__.c.digest
_AT_ONCE = 500  # names asked for at once
_Sums = dict[tuple[datetime, str], list[int]]


async def add_states(connection: AsyncConnection, new: Mapping[str, AgentStateChanged]) -> None:
    """The entries of the log by their digests, before they are written; those that it has are passed over."""
    known: set[str] = set()
    digests = list(new)
    for at in range(0, len(digests), _AT_ONCE):
        some = digests[at : at + _AT_ONCE]
        known.update(await connection.scalars(select(_DIGEST).where(_DIGEST.in_(some))))
    by_agent: dict[str, list[AgentStateChanged]] = defaultdict(list)
    for digest, fact in new.items():
        if digest not in known:
            by_agent[fact.agent].append(fact)
    if not by_agent:
        return
    zone = (await rules_in_force(connection)).zone
    table = AgentLastState.__table__
    query = select(table).where(table.c.agent.in_(sorted(by_agent))).with_for_update()
    last = {row.agent: Change(row.at, AgentState(row.state)) for row in await connection.execute(query)}
    sums: _Sums = defaultdict(lambda: [0] * len(_SUMS))
    rows: list[dict[str, Any]] = []
    first = {agent: min(fact.at_ms for fact in facts) for agent, facts in by_agent.items()}
    await forget_log(connection, {agent: utc(at_ms * 1000) for agent, at_ms in first.items()})
    for agent, facts in sorted(by_agent.items()):
        facts.sort(key=lambda fact: fact.at_ms)
        before = last.get(agent)
        if before is None or utc(facts[0].at_ms * 1000) > before.at:
            told = in_order(map(_entry, facts), before.state if before else None)
            changes = [*([before] if before else []), *(Change(one.at, one.after) for one in told)]
            _add(sums, agent, changes, zone, 1)
        else:
            changes = await _put_between(connection, agent, facts, zone, sums)
        rows.append({"agent": agent, "at": changes[-1].at, "state": changes[-1].state.value})
    await insert_many(connection, upserting(AgentLastState, "agent", tuple(rows[0]), connection.dialect.name), rows)
    times: list[dict[str, Any]] = [
        {"half_hour": half_hour, "agent": agent, **dict(zip(_SUMS, values, strict=True))}
        for (half_hour, agent), values in sorted(sums.items())
        if any(values)
    ]
    if times:
        statement = adding(AgentStateHalfHour, "half_hour agent", tuple(times[0]), connection.dialect.name)
        await insert_many(connection, statement, times)
        days = ((row["half_hour"], row["agent"], {name: row[name] for name in _NAMES}) for row in times)
        await add_to_days(connection, AgentStateHalfHour, days)


async def add_teams(connection: AsyncConnection, facts: Iterable[Fact]) -> None:
    """Who is in which team from when on, where that is new."""
    told = sorted(
        (utc(fact.at_ms * 1000), fact.agent, fact.attributes.get(TEAM, ""))
        for fact in facts
        if isinstance(fact, AgentDefined | AgentEdited)
    )
    if not told:
        return
    table = AgentTeam.__table__
    known: dict[str, dict[datetime, str]] = defaultdict(dict)
    agents = sorted({agent for _, agent, _ in told})
    for found in await connection.execute(select(table).where(table.c.agent.in_(agents))):
        known[found.agent][found.since] = found.team
    fresh: list[dict[str, Any]] = []
    for since, agent, team in told:
        his = known[agent]
        earlier = [one for one in his if one <= since]
        if not earlier or his[max(earlier)] != team:
            his[since] = team
            fresh.append({"agent": agent, "since": since, "team": team})
    if fresh:
        await connection.execute(inserting_new(AgentTeam, "agent since", connection.dialect.name), fresh)


async def _put_between(
    connection: AsyncConnection, agent: str, facts: Sequence[AgentStateChanged], zone: ZoneInfo, sums: _Sums
) -> list[Change]:
    """New entries among older ones: everything from the one before them on is added up anew. The agent's changes from
    there on."""
    kept = await entries_of(connection, agent, utc(facts[0].at_ms * 1000))
    added = [*kept, *map(_entry, facts)]
    _add(sums, agent, [Change(one.at, one.after) for one in in_order(kept)], zone, -1)
    changes = [Change(one.at, one.after) for one in in_order(sorted(added, key=lambda one: one.at))]
    _add(sums, agent, changes, zone, 1)
    return changes


def _add(sums: _Sums, agent: str, changes: Sequence[Change], zone: ZoneInfo, sign: int) -> None:
    lasting = stretches(changes)
    for half_hour, times in of_states(lasting, zone).items():
        row = sums[half_hour, agent]
        for at, name in enumerate(_NAMES):
            row[at] += sign * getattr(times, name)
    for half_hour, slots in at_work(lasting, zone).items():
        row = sums[half_hour, agent]
        for at, value in enumerate(slots, len(_NAMES)):
            row[at] += sign * value


def _entry(fact: AgentStateChanged) -> StateEntry:
    return StateEntry(
        at=utc(fact.at_ms * 1000),
        phone=fact.phone,
        before=fact.before,
        after=fact.after,
        status=fact.status,
        reason=fact.reason,
        cause=fact.cause,
        linkedid=fact.linkedid,
    )
