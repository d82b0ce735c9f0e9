"""Of whom a figure speaks: the whole centre, a queue, a team, an agent."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class ScopeKind(StrEnum):
    """What a scope is."""

    CENTRE = "centre"
    QUEUE = "queue"
    TEAM = "team"  # the agents whose attribute "team" is this
    AGENT = "agent"


class ScopeError(ValueError):
    """A text that names no scope."""

    id = "figures-scope-invalid"


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """`name` is the queue's, the team's or the agent's number; empty for the centre."""

    kind: ScopeKind = ScopeKind.CENTRE
    name: str = ""

    def __post_init__(self) -> None:
        if (self.kind is ScopeKind.CENTRE) != (self.name == ""):
            raise ScopeError(f"scope {self}: expected centre alone, or queue, team or agent with a name")

    def __hash__(self) -> int:
        return hash(self.name)  # that of an enum's member takes longer; of two kinds few have the same name

    @classmethod
    def parse(cls, text: str) -> Self:
        """ "centre", "queue:sales", "team:north", "agent:1001". Raises ScopeError."""
        kind, _, name = text.partition(":")
        if kind not in set(ScopeKind):
            raise ScopeError(f"scope {text!r}; expected centre, queue:<name>, team:<name> or agent:<number>")
        return cls(ScopeKind(kind), name)

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind.value


CENTRE = Scope()
