"""What is known of a caller before he enters a queue. Who knows it, and from where, is not decided here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCaller:
    """A caller somebody knows: the points of priority he has, the agent he is to reach first (empty: any), whether he
    is a VIP, his name in the directory (empty: he is in none, but rang lately), the case of his that is open, and the
    language he speaks (both empty where that is not known)."""

    priority: int = 0
    agent: str = ""
    vip: bool = False
    name: str = ""
    open_case: str = ""
    language: str = ""


Known = Callable[[str], Awaitable[KnownCaller | None]]
"""Who calls, by the call's linkedid; None: nobody known, or not known in time. It never takes long and never raises."""


async def nobody(_: str) -> KnownCaller | None:
    """A centre that knows nobody."""
    return None
