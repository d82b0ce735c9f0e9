"""How numbers outside are called, and which agents may call which, as administrators write it in centre.yaml."""

from collections.abc import Iterator
from typing import Annotated, TypeVar

from pydantic import Field

from acd.requirements import ANY
from acd.requirements import parse as parse_requirement
from cti.queues_file import Dialled, QueuesFile, Text
from ivr.asked import asked_problems
from ivr.dialling import MayDial
from ivr.documents import Document, Part, Problem
from ivr.flow.digit_patterns import PatternError
from ivr.flow.digit_patterns import parse as parse_pattern
from ivr.yaml_tree import Path

Kind = TypeVar("Kind", bound=Part)

Minutes = Annotated[float, Field(gt=0)]


class AgentsDial(Part):
    """The agents who may call numbers outside from their phones (`requires`, as in queues.yaml; all of them where
    nothing is said), the patterns of those numbers, for how long they ring, and the figure that may be dialled before
    them instead of the star code."""

    allow: Annotated[tuple[Text, ...], Field(strict=False, min_length=1)]
    requires: Text | None = None
    prefix: Annotated[int, Field(ge=0, le=9)] | None = None
    ring_s: Annotated[int, Field(ge=1, le=120)] = 45

    @property
    def rules(self) -> MayDial:
        """As those who carry it out have it."""
        requires = ANY if self.requires is None else parse_requirement(self.requires)
        return MayDial(requires=requires, allow=self.allow, ring_ms=self.ring_s * 1000)


class Outside(Part):
    """How numbers outside are called: over which carrier's line (carriers.conf), as whom (as the caller where nothing
    is said), and for how many seconds an agent's at least: a mobile is found, answered, and its owner has to confirm.

    Callers are connected with numbers that the files name, and with computed ones if they are like one of the patterns
    of `allow`; `at_once` of them in all, and each for `most_minutes`. `agents` says who of them may call whom."""

    line: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$")]
    caller_id: Dialled | None = None
    ring_s: Annotated[int, Field(ge=1, le=120)] = 40
    allow: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    at_once: Annotated[int, Field(ge=1, le=1000)] | None = None
    most_minutes: Minutes | None = None
    agents: AgentsDial | None = None


def outside_problems(document: Document[Kind], outside: Outside | None, queues: QueuesFile) -> Iterator[Problem]:
    """What is wrong with it in centre.yaml."""
    if outside is None:
        return
    allowed: list[tuple[Path, str]] = [
        (("outside", "allow", index), pattern) for index, pattern in enumerate(outside.allow)
    ]
    if outside.agents is not None:
        by_agents = enumerate(outside.agents.allow)
        allowed += [(("outside", "agents", "allow", index), pattern) for index, pattern in by_agents]
        if (requires := outside.agents.requires) is not None:
            where = ("outside", "agents", "requires")
            yield from asked_problems(document, where, requires, queues.skills, queues.attributes)
    for path, pattern in allowed:
        try:
            parse_pattern(pattern)
        except PatternError as error:
            wrong = f'"{pattern}" cannot be read at column {error.column}: {error.wrong}'
            yield document.problem(path, wrong, error.expected)
    if outside.allow and (outside.at_once is None or outside.most_minutes is None):
        wrong = "numbers that callers or programs choose are called without a limit"
        yield document.problem(("outside", "allow"), wrong, '"at_once" and "most_minutes"', key=True)
