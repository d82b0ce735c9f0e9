"""What is asked of an agent: skills at levels, attributes, his number. A requirement says who meets it, and why one
does not; how it is written is told in acd.requirement_syntax.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol
from weakref import WeakValueDictionary

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


@dataclass(frozen=True, eq=False)
class Requirement:
    """One requirement, made by the functions below; there is one object for each text, in its one canonical form."""

    tree: Tree
    text: str

    @cached_property
    def met_by(self) -> Test:
        """Whether an agent meets it; compiled, for it may be asked of every agent."""
        return _test(self.tree)

    def why_not(self, profile: Profile) -> str:
        """The first thing the agent lacks, in words; empty where he meets the requirement."""
        return _why_not(self.tree, profile)

    @cached_property
    def skills(self) -> frozenset[str]:
        """The names of the skills it looks at."""
        return frozenset(leaf.skill for leaf in leaves(self.tree) if isinstance(leaf, Level))

    @cached_property
    def attributes(self) -> frozenset[str]:
        """The names of the attributes it looks at, `agent` not among them."""
        return frozenset(leaf.name for leaf in leaves(self.tree) if isinstance(leaf, Attribute)) - {AGENT}

    @cached_property
    def agents(self) -> frozenset[str]:
        """The agents it names."""
        named_here = (leaf for leaf in leaves(self.tree) if isinstance(leaf, Attribute) and leaf.name == AGENT)
        return frozenset(agent for leaf in named_here for agent in leaf.values)

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[Callable[[str], "Requirement"], tuple[str]]:
        return parse, (self.text,)  # a copy is the same one


_ALL: WeakValueDictionary[str, Requirement] = WeakValueDictionary()


def _requirement(tree: Tree) -> Requirement:
    text = str(tree)
    if (known := _ALL.get(text)) is None:
        known = _ALL[text] = Requirement(tree, text)
    return known


ANY = _requirement(ANYONE)
"""Met by everyone; its text is "any"."""


def parse(text: str) -> Requirement:
    """The requirement of a text. Raises RequirementError."""
    return _requirement(read(text))


def from_levels(levels: Mapping[str, int]) -> Requirement:
    """Every skill at its level (1 to 10) or above."""
    if not levels:
        return ANY
    return _requirement(join(All, (Level(skill, ">=", level) for skill, level in levels.items())))


def named(agent: str) -> Requirement:
    """That agent and nobody else."""
    return _requirement(Attribute(AGENT, (agent,)))


def both(first: Requirement, second: Requirement) -> Requirement:
    """What meets the two of them."""
    if first is ANY or second is ANY:
        return first if second is ANY else second
    return _requirement(join(All, (first.tree, second.tree)))


def either(first: Requirement, second: Requirement) -> Requirement:
    """What meets one of them at least."""
    return _requirement(join(Either, (first.tree, second.tree)))
