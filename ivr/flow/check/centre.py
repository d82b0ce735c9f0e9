"""Whether the names of the centre that a flow uses exist: queues, skills, attributes, calendars."""

from collections.abc import Iterator

from ivr.asked import asked_problems
from ivr.documents import Document, Problem
from ivr.flow.check.names import Names
from ivr.flow.deciding import HoursNode
from ivr.flow.handing import CallbackNode, QueueNode, VoicemailNode
from ivr.flow.model import Flow
from ivr.flow.parts import Agents
from ivr.yaml_tree import Path


def centre_problems(document: Document[Flow], names: Names) -> Iterator[Problem]:
    """Names that the centre does not have."""
    for name, node in document.value.nodes.items():
        here = ("nodes", name)
        if isinstance(node, QueueNode | CallbackNode | VoicemailNode) and node.queue not in names.queues:
            yield document.unknown((*here, "queue"), "queue", node.queue, names.queues)
        if isinstance(node, CallbackNode) and node.queue in names.queues and not _calls_back(node.queue, names):
            wrong = f'queue "{node.queue}" takes no call-backs'
            yield document.problem((*here, "queue"), wrong, '"callback" in that queue (queues.yaml)')
        if isinstance(node, Agents):
            yield from _agents(document, here, node, names)
        if isinstance(node, HoursNode) and node.calendar not in names.calendars:
            yield document.unknown((*here, "calendar"), "calendar", node.calendar, names.calendars)


def _calls_back(queue: str, names: Names) -> bool:
    return names.callbacks is None or queue in names.callbacks


def _agents(document: Document[Flow], here: Path, node: Agents, names: Names) -> Iterator[Problem]:
    for skill in node.skills:
        if skill not in names.skills:
            yield document.unknown((*here, "skills", skill), "skill", skill, names.skills, key=True)
    if node.requires is not None:
        yield from asked_problems(document, (*here, "requires"), node.requires, names.skills, names.attributes)
