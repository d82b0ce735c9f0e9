"""The flows that callers meet: those of the newest publication, and those in which earlier callers still are."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from ivr.flow.model import Flow


@dataclass(frozen=True, slots=True)
class Entrance:
    """What a dialled number leads to: a flow of one version of the files. `fallback` is the queue of its callers where
    nothing else says one."""

    flows: Mapping[str, Flow]
    flow: str
    version: int = 0
    fallback: str = ""


async def _forgotten(version: int) -> Mapping[str, Flow] | None:
    return None


@dataclass(frozen=True, slots=True)
class Published:
    """`entrance` finds what a number leads to now (KeyError: nowhere), `flows` the flows of an earlier version; None if
    they are no more."""

    entrance: Callable[[str], Entrance]
    flows: Callable[[int], Awaitable[Mapping[str, Flow] | None]] = field(default=_forgotten)
