"""The people who take calls: who is known, and whether a PIN is theirs. The database is the truth; what was read last
is kept, in memory and in a file, so that agents can sign in while the database is away, also where the daemon has been
started meanwhile.
"""

import asyncio
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from acd.errors import UnknownAgent
from cti.accounts import Account
from recording.database import is_away
from recording.inputs.staff import Staff
from recording.store import Agent, Store

log = structlog.get_logger()

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""argon2id with the least parameters OWASP recommends: someone waits at a phone for it, and three wrong PINs lock."""


ANSWER_S = 3.0
"""So long a person at a phone waits for the database before what is known is taken."""


class People:
    """All active agents. `define` tells the router of each who is new or different when they are read. `staff` knows
    who joins and leaves, `today` is the centre's day: who has left before it can do nothing here any more. `kept` is
    the file for the next daemon, which only its owner may read: it has the PINs' hashes."""

    def __init__(
        self,
        store: Store,
        define: Callable[[Agent], None],
        staff: Staff | None = None,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
        kept: Path | None = None,
    ) -> None:
        self._store = store
        self._define = define
        self._staff = staff
        self._today = today
        self._kept = kept
        self._known: dict[str, Agent] = {}

    @classmethod
    def with_staff(
        cls, store: Store, define: Callable[[Agent], None], today: Callable[[], date], kept: Path | None = None
    ) -> Self:
        """The agents of this store, and who of them joins and leaves by what is written there."""
        return cls(store, define, Staff(store), today, kept)

    async def load(self) -> None:
        """Read everyone anew; raises the database's errors while it is away."""
        if self._staff is not None:
            await self._staff.settle(self._today())
        had, self._known = self._known, {agent.number: agent for agent in await self._store.agents()}
        self._told(had)
        if self._kept is not None and (self._known != had or not self._kept.exists()):
            await asyncio.to_thread(_keep, self._kept, tuple(self._known.values()))

    def recall(self) -> bool:
        """Those of the last time, while the database is away; whether there are any."""
        try:
            rows = json.loads(self._kept.read_text("utf-8")) if self._kept is not None else []
            known = {row["number"]: Agent(**row) for row in rows}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return False
        had, self._known = self._known, known
        self._told(had)
        return bool(known)

    def _told(self, had: Mapping[str, Agent]) -> None:
        for agent in self._known.values():
            if had.get(agent.number) != agent:
                self._define(agent)

    async def find(self, number: str) -> Agent | None:
        """The agent of that number as the database has him now, or had him when it last answered."""
        try:
            async with asyncio.timeout(ANSWER_S):
                await self.load()
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("people-from-memory", error_id="database-unavailable", agent=number)
        return self._known.get(number)

    async def authenticate(self, number: str, pin: str) -> bool:
        """Whether the PIN is that of an active agent of that number."""
        agent = await self.find(number)
        return agent is not None and await pin_fits(agent.pin_hash, pin)

    async def edit(self, number: str, change: Callable[[Agent], Agent]) -> Agent:
        """Change an agent, in the database and for the router. Raises UnknownAgent, and the database's errors."""
        await self.load()
        if (agent := self._known.get(number)) is None:
            raise UnknownAgent(number)
        changed = change(agent)
        await self._store.save_agents([changed])
        await self.load()
        return changed

    async def enrol(self, accounts: Iterable[Account]) -> None:
        """Add the agents of `accounts.json` whom the database has never heard of; those it has stay as they are."""
        had = {agent.number for agent in await self._store.agents(active_only=False)}
        new = [
            Agent(
                number=account.agent,
                name=account.name,
                phone=account.phone,
                pin_hash=await hash_pin(account.pin),
                skills=account.skills,
            )
            for account in accounts
            if account.agent not in had
        ]
        if new:
            await self._store.save_agents(new)
            if self._staff is not None:
                await self._staff.joined([(agent.number, "") for agent in new], self._today())
        await self.load()


def _keep(file: Path, agents: Sequence[Agent]) -> None:
    """Whole or not at all. A disk that takes nothing costs only the next daemon its memory."""
    unfinished = file.with_name(f"{file.name}.part")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as sink:
            json.dump([asdict(agent) for agent in agents], sink, ensure_ascii=False)
            sink.flush()
            os.fsync(sink.fileno())
        os.replace(unfinished, file)
    except OSError as error:
        log.warning("people-not-kept", error_id="people-not-kept", why=str(error))


async def hash_pin(pin: str) -> str:
    """The PIN as it is kept."""
    return await asyncio.get_running_loop().run_in_executor(None, HASHER.hash, pin)


async def pin_fits(pin_hash: str, pin: str) -> bool:
    """Whether the PIN is the one that was hashed; calls go on meanwhile, the work is done in another thread."""
    return await asyncio.get_running_loop().run_in_executor(None, _verify, pin_hash, pin)


def _verify(pin_hash: str, pin: str) -> bool:
    try:
        return HASHER.verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False
