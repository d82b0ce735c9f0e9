"""What every fact has; the facts themselves are in acd/facts.py and acd/floor_facts.py."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The base of all facts."""

    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFact(Fact):
    """A fact of one call."""

    linkedid: str
