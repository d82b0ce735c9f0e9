"""What is asked of an agent: skills at levels, attributes, his number. A requirement says who meets it, and why one
does not; how it is written is told in acd.requirement_syntax.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from acd.requirement_syntax import RequirementError, read
from acd.requirement_trees import AGENT, ANYONE, COMPARE, All, Attribute, Either, Level, Tree, join, leaves

__all__ = ["ANY", "Profile", "Requirement", "RequirementError", "both", "either", "from_levels", "named", "parse"]


class Profile(Protocol):
    """What a requirement looks at: an agent's number, his level in each skill he has, his attributes."""

    @property
    def number(self) -> str: ...
    @property
    def skills(self) -> Mapping[str, int]: ...
    @property
    def attributes(self) -> Mapping[str, str]: ...


Test = Callable[[Profile], bool]


def _test(tree: Tree) -> Test:
    match tree:
        case All((first, second)):
            one, two = _test(first), _test(second)
            return lambda profile: one(profile) and two(profile)
        case All(parts):
            tests = tuple(map(_test, parts))
            return lambda profile: all(test(profile) for test in tests)
        case Either(parts):
            tests = tuple(map(_test, parts))
            return lambda profile: any(test(profile) for test in tests)
        case leaf:
            return _comparison(leaf)


def _comparison(leaf: Level | Attribute) -> Test:
    match leaf:
        case Level(skill, ">=", level):  # nearly every comparison there is
            return lambda profile: profile.skills.get(skill, 0) >= level
        case Level(skill, operator, level):
            compare = COMPARE[operator]
            return lambda profile: compare(profile.skills.get(skill, 0), level)
        case Attribute(name, values, among):
            wanted = frozenset(values)
            if name == AGENT:
                return lambda profile: (profile.number in wanted) is among
            return lambda profile: (profile.attributes.get(name) in wanted) is among


_FAILED = {
    ">=": "{} {} below {}",
    ">": "{} {} not above {}",
    "<=": "{} {} above {}",
    "<": "{} {} not below {}",
    "=": "{} {}, not {}",
    "!=": "{} {}",
}


def _why_not(tree: Tree, profile: Profile) -> str:
    match tree:
        case All(parts):
            return next((why for part in parts if (why := _why_not(part, profile))), "")
        case Either(parts):
            lacking = [_why_not(part, profile) for part in parts]
            return " and ".join(lacking) if all(lacking) else ""
        case Level(skill, operator, level):
            has = profile.skills.get(skill, 0)
            return "" if COMPARE[operator](has, level) else _FAILED[operator].format(skill, has, level)
        case Attribute(name, values, among):
            value = profile.number if name == AGENT else profile.attributes.get(name)
            if (value in values) is among:
                return ""
            shown = "not set" if value is None else value
            return f"{name} is {shown}, not {' or '.join(values)}" if among else f"{name} is {shown}"


@dataclass(frozen=True, slots=True, eq=False)
class Requirement:
    """One requirement. Two of the same text are equal; the text is in its one canonical form."""

    tree: Tree
    text: str = field(init=False)
    met_by: Test = field(init=False, repr=False)
    """Whether an agent meets it: compiled once, for it is asked of every agent."""
    skills: frozenset[str] = field(init=False, repr=False)
    """The names of the skills it looks at."""
    attributes: frozenset[str] = field(init=False, repr=False)
    """The names of the attributes it looks at, `agent` not among them."""
    agents: frozenset[str] = field(init=False, repr=False)
    """The agents it names."""
    _hash: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        compared = list(leaves(self.tree))
        levels = [leaf for leaf in compared if isinstance(leaf, Level)]
        attributes = [leaf for leaf in compared if isinstance(leaf, Attribute)]
        text = str(self.tree)
        for name, value in (
            ("text", text),
            ("met_by", _test(self.tree)),
            ("skills", frozenset(leaf.skill for leaf in levels)),
            ("attributes", frozenset(leaf.name for leaf in attributes if leaf.name != AGENT)),
            ("agents", frozenset(value for leaf in attributes if leaf.name == AGENT for value in leaf.values)),
            ("_hash", hash(text)),
        ):
            object.__setattr__(self, name, value)

    def why_not(self, profile: Profile) -> str:
        """The first thing the agent lacks, in words; empty where he meets the requirement."""
        return _why_not(self.tree, profile)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Requirement) and self.text == other.text)

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        return self.text


ANY = Requirement(ANYONE)
"""Met by everyone; its text is "any"."""


def parse(text: str) -> Requirement:
    """The requirement of a text. Raises RequirementError."""
    return Requirement(read(text))


def from_levels(levels: Mapping[str, int]) -> Requirement:
    """Every skill at its level (1 to 10) or above."""
    return Requirement(join(All, (Level(skill, ">=", level) for skill, level in levels.items())))


def named(agent: str) -> Requirement:
    """That agent and nobody else."""
    return Requirement(Attribute(AGENT, (agent,)))


def both(first: Requirement, second: Requirement) -> Requirement:
    """What meets the two of them."""
    return Requirement(join(All, (first.tree, second.tree)))


def either(first: Requirement, second: Requirement) -> Requirement:
    """What meets one of them at least."""
    return Requirement(join(Either, (first.tree, second.tree)))
