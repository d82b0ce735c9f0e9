"""Who joined and left, in the data base. Who has left keeps his account, closed.

Methods raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.agent_days import forget_agents, take_turn
from recording.inputs import cells
from recording.inputs.sheet import Column, Sheet
from recording.inputs.staffing import TEAM, StaffChanges, StaffEntry, StaffEvent, Staffing, moved
from recording.models import AccessToken, AgentAccount, StaffRecord
from recording.moment import remembered
from recording.store import Store
from recording.transactions import upsert


class Staff:
    """The staff in this store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def entries(self, agent: str | None = None) -> list[StaffEntry]:
        """All that was written, or of one agent, in order of time."""
        async with self._store.reading() as connection:
            return await _entries(connection, agent)

    async def staffing(self) -> Staffing:
        """Who belongs to the centre, over time."""
        async with self._store.reading() as connection:
            return await _staffing(connection)

    async def staff_changes(self, first: date, last: date, team: str | None = None) -> StaffChanges:
        """Who joined and left on these days, both included, and the mean of full-time people; of one team, None for
        all."""
        return (await self.staffing()).changes(first, last, team)

    async def save(self, entries: Iterable[StaffEntry]) -> None:
        """Add entries, or replace those of the same agent, day and event, and whatever else they stand for (staffing's
        `moved`); all or none."""
        given = list(entries)
        rows = [{**one.model_dump(), "event": one.event.value} for one in given]
        async with self._store.transaction() as connection:
            await take_turn(connection)
            await forget_agents(connection, {row["agent"] for row in rows})
            joined = select(StaffRecord.__table__).where(StaffRecord.event.in_((StaffEvent.JOINED, StaffEvent.LEFT)))
            known = [StaffEntry(**row) for row in (await connection.execute(joined)).mappings()]
            for one in moved(known, given):
                await connection.execute(delete(StaffRecord).where(_is(one.agent, one.day, one.event)))
            await upsert(connection, StaffRecord, "agent day event", rows)

    async def remove(self, agent: str, day: date, event: StaffEvent) -> bool:
        """Take an entry out; False where there is none. His account stays as it is."""
        async with self._store.transaction() as connection:
            await take_turn(connection)
            await forget_agents(connection, {agent})
            return bool((await connection.execute(delete(StaffRecord).where(_is(agent, day, event)))).rowcount)

    async def joined(self, agents: Sequence[tuple[str, str]], day: date) -> None:
        """These agents, with their teams, are new on this day, but for those of whom something is written."""
        known = {one.agent for one in await self.entries()}
        await self.save(
            StaffEntry(agent=agent, day=day, event=StaffEvent.JOINED, team=team)
            for agent, team in agents
            if agent not in known
        )

    async def changed_team(self, agent: str, team: str, day: date) -> None:
        """He is in this team from this day on, with the share that he has."""
        stint = (await self.staffing()).at(agent, day)
        event = StaffEvent.CHANGED
        if stint is not None and stint.first == day:  # what began today is corrected, not followed by another
            event = next(one.event for one in await self.entries(agent) if one.day == day)
        share = stint.share if stint else 100
        await self.save([StaffEntry(agent=agent, day=day, event=event, share=share, team=team)])

    async def settle(self, today: date) -> list[str]:
        """Bring accounts in line with what is written of this day: who is written in a team is in it; who has left has
        his account closed and his tokens taken back. The numbers of these."""
        staffing = await self.staffing()
        await self._put_into_teams(staffing, today)
        gone = staffing.gone(today)
        if not gone:
            return []
        closing = select(AgentAccount.number).where(AgentAccount.number.in_(sorted(gone)), AgentAccount.active)
        async with self._store.engine.connect() as connection:
            agents = sorted(await connection.scalars(closing))
        if agents:
            tokens = (AccessToken.agent.in_(agents)) & AccessToken.revoked_at.is_(None)
            async with self._store.transaction() as connection:
                await connection.execute(
                    update(AgentAccount).where(AgentAccount.number.in_(agents)).values(active=False)
                )
                await connection.execute(update(AccessToken).where(tokens).values(revoked_at=datetime.now(UTC)))
        return agents

    async def _put_into_teams(self, staffing: Staffing, today: date) -> None:
        written = {one.agent: one.team for one in staffing.within(today, today) if one.team}
        asking = select(AgentAccount.number, AgentAccount.attributes).where(AgentAccount.active)
        async with self._store.engine.connect() as connection:
            accounts = (await connection.execute(asking)).all()
        there = {one.number: one.attributes for one in accounts}
        wrong = {agent: team for agent, team in written.items() if there.get(agent, {TEAM: team}).get(TEAM) != team}
        if wrong:
            async with self._store.transaction() as connection:
                for agent, team in wrong.items():
                    account = update(AgentAccount).where(AgentAccount.number == agent)
                    await connection.execute(account.values(attributes={**there[agent], TEAM: team}))

    async def open_again(self, agents: Iterable[str]) -> None:
        """Open the accounts of those who have joined again."""
        numbers = sorted(agents)
        async with self._store.transaction() as connection:
            await connection.execute(update(AgentAccount).where(AgentAccount.number.in_(numbers)).values(active=True))


async def _entries(connection: AsyncConnection, agent: str | None = None) -> list[StaffEntry]:
    table = StaffRecord.__table__
    query = select(table).order_by(table.c.day, table.c.agent, table.c.event)
    if agent is not None:
        query = query.where(table.c.agent == agent)
    names = table.c.keys()
    return [StaffEntry(**dict(zip(names, row, strict=True))) for row in await connection.execute(query)]


@remembered
async def _staffing(connection: AsyncConnection) -> Staffing:
    return Staffing(await _entries(connection))


def _is(agent: str, day: date, event: StaffEvent) -> ColumnElement[bool]:
    return and_(StaffRecord.agent == agent, StaffRecord.day == day, StaffRecord.event == event.value)


def _share(text: str) -> int:
    if not 1 <= int(text) <= 100:
        raise ValueError(text)
    return int(text)


SHEET: Sheet[StaffEntry] = Sheet(
    name="staff",
    columns=(
        cells.agent_column(),
        cells.day_column(),
        Column(name="event", expected=f"one of {', '.join(StaffEvent)}", read=StaffEvent, write=str),
        Column(name="share", expected="1 to 100 percent of a full week", read=_share, otherwise="100"),
        cells.note_column("team", 64),
    ),
    make=StaffEntry,
    take=dict,
    key=lambda one: (one.agent, one.day, one.event),
)
