"""Who may use the API, and as what. The owner's token lies in the state folder; every other has a name and a role and
can be taken back (`callcenter tokens`).
"""

import secrets
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest

import structlog

from recording.access import AccessTokens, GivenToken
from recording.database import is_away

log = structlog.get_logger()

OWNER = "owner"
REMEMBERED = 1_000
"""Tokens whose holders are remembered for the time the data base is away."""


class Role(StrEnum):
    """What a token may do; each role may also do all that those before it may."""

    AGENT = "agent"
    """See and do what is his own."""
    READER = "reader"
    """See."""
    FLOOR = "floor"
    """Steer agents, calls and queues."""
    ADMINISTRATOR = "administrator"
    """Change what the centre is: its flows, queues and calendars."""

    def includes(self, other: "Role") -> bool:
        """Whether who has this role may do what is for the other."""
        roles = list(Role)
        return roles.index(self) >= roles.index(other)


class Permission(StrEnum):
    """What is not given with a role, but to single tokens; administrators have every one."""

    LISTEN = "listen"
    """Hear recordings."""
    REVIEW = "review"
    """Judge calls by score sheets."""
    ERASE = "erase"
    """Delete recordings before their time, hold them beyond it, and let them go."""
    NUMBERS = "numbers"
    """See callers' numbers whole, and look for them, where the setting mask_numbers is on."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who bears a token. The owner may act for others, by their name; everybody else only for himself. `agent` is the
    number of the agent whose own token it is, empty for none."""

    name: str
    role: Role
    owner: bool = False
    agent: str = ""
    permissions: frozenset[str] = frozenset()

    def may(self, permission: Permission) -> bool:
        """Whether he has this permission."""
        return self.role is Role.ADMINISTRATOR or permission in self.permissions


@dataclass(frozen=True, slots=True)
class Access:
    """Finds the holders of tokens. `token` is the owner's."""

    token: str = field(repr=False)
    tokens: AccessTokens
    _known: OrderedDict[str, Holder] = field(default_factory=OrderedDict, repr=False)

    async def holder(self, token: str) -> Holder | None:
        """Who bears this token; None: nobody who may do anything. One that was taken back is refused from the next
        request on; while the data base is away, what it said last of a token holds.

        Raises SQLAlchemy's errors where the data base is away and was never asked for this token.
        """
        if compare_digest(token.encode(errors="replace"), self.token.encode()):
            return Holder(OWNER, Role.ADMINISTRATOR, owner=True)
        digest = digest_of(token)
        try:
            found = await self.tokens.find(digest)
        except Exception as error:
            if is_away(error) and (known := self._known.get(digest)) is not None:
                return known
            raise
        self._known.pop(digest, None)
        if found is None:
            return None
        holder = self._known[digest] = Holder(
            found.name, Role(found.role), agent=found.agent, permissions=frozenset(found.permissions)
        )
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return holder


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode(errors="replace")).hexdigest()


def new_token(
    name: str, role: Role, *, agent: str = "", permissions: Iterable[Permission] = ()
) -> tuple[str, GivenToken]:
    """A new token, and what is kept of it. `agent` is the number of the agent whose own it is."""
    token = secrets.token_urlsafe(32)
    return token, GivenToken(
        name=name,
        role=role,
        sha256=digest_of(token),
        created_at=datetime.now(UTC),
        agent=agent,
        permissions=sorted(permissions),
    )
