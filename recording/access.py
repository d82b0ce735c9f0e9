"""The access tokens that were given out: whose each is, with what role, and whether it was taken back. Of a token only
a digest is kept. What a role may do is decided elsewhere.

Methods raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from recording.models import AccessToken
from recording.store import Store
from recording.transactions import insert_new


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenToken:
    """A token that was given out. `sha256` is the digest of the token itself, as 64 figures; `agent` the number of the
    agent whose own it is, empty for none; `permissions` what it may besides its role."""

    name: str
    role: str
    sha256: str
    created_at: datetime
    revoked_at: datetime | None = None
    agent: str = ""
    permissions: Sequence[str] = ()


class AccessTokens:
    """The tokens in this store. A name is given once, also after its token was taken back: what it did stays its."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, token: GivenToken) -> bool:
        """Keep a new token; False where its name is known."""
        row = {name: getattr(token, name) for name in GivenToken.__dataclass_fields__}
        row["permissions"] = list(token.permissions)
        async with self._store.transaction() as connection:
            if await connection.scalar(select(AccessToken.name).where(AccessToken.name == token.name)):
                return False
            await insert_new(connection, AccessToken, "name", [row])
            return True

    async def revoke(self, name: str, at: datetime) -> bool:
        """Take a token back; False where there is none of that name that holds."""
        held = (AccessToken.name == name) & AccessToken.revoked_at.is_(None)
        async with self._store.transaction() as connection:
            return bool((await connection.execute(update(AccessToken).where(held).values(revoked_at=at))).rowcount)

    async def all(self) -> list[GivenToken]:
        """Every token ever given, by name."""
        table = AccessToken.__table__
        async with self._store.engine.connect() as connection:
            rows = (await connection.execute(select(table).order_by(table.c.name))).mappings()
            return [GivenToken(**row) for row in rows]

    async def find(self, sha256: str) -> GivenToken | None:
        """The token of this digest, unless it was taken back."""
        table = AccessToken.__table__
        query = select(table).where(table.c.sha256 == sha256, table.c.revoked_at.is_(None))
        async with self._store.engine.connect() as connection:
            found = (await connection.execute(query)).mappings().first()
        return GivenToken(**found) if found else None
