"""Whether the parts of a flow fit together and fit the centre. Each rule adds problems, none stops the others."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

from ivr.asked import asked_problems
from ivr.documents import Document, DocumentError, Problem, read_document
from ivr.flow.asking import LanguageNode, MenuNode
from ivr.flow.graph import edges, endless_rounds, reachable, sayings
from ivr.flow.handing import HangupNode, QueueNode
from ivr.flow.model import Flow
from ivr.flow.parts import OPERATOR_KEY
from ivr.flow.words import Sayings
from ivr.yaml_tree import Path


@dataclass(frozen=True, slots=True)
class Names:
    """The names of the centre that a flow may use."""

    queues: Collection[str]
    skills: Collection[str]
    languages: Collection[str]
    attributes: Collection[str] = ()


def load_flow(file: FilePath, names: Names) -> Flow:
    """The flow in `file`, checked. Raises DocumentError with everything that is wrong with it."""
    document = read_document(file, Flow)
    problems = list(check_flow(document, names))
    if document.value.flow != file.stem:
        problems.append(
            document.problem(("flow",), f'"{document.value.flow}" is not the file\'s name', f'"{file.stem}"')
        )
    if problems:
        raise DocumentError(problems)
    return document.value


def check_flow(document: Document[Flow], names: Names) -> Iterator[Problem]:
    """All that is wrong with a flow which fits the model."""
    yield from _languages(document, names)
    yield from (lost := list(_targets(document)))
    yield from _operator(document)
    if not lost:  # else what follows from a misspelt name would be told too
        yield from _reach(document)
    yield from _rounds(document)
    yield from _silent_hangups(document)
    yield from _queues(document, names)


def _languages(document: Document[Flow], names: Names) -> Iterator[Problem]:
    flow = document.value
    for index, language in enumerate(flow.languages):
        if language not in names.languages:
            yield document.unknown(("languages", index), "language", language, names.languages)
        if language in flow.languages[:index]:
            yield document.problem(("languages", index), f'"{language}" stands here twice', "each language once")
    for name, node in flow.nodes.items():
        for key, speech in sayings(node).items():
            yield from _speech(document, ("nodes", name, key), speech)
        if isinstance(node, LanguageNode):
            for key, language in node.choices.items():
                if language not in flow.languages:
                    path = ("nodes", name, "choices", key)
                    yield document.unknown(path, "language", language, flow.languages)


def _speech(document: Document[Flow], path: Path, speech: Sayings) -> Iterator[Problem]:
    languages = document.value.languages
    for language in languages:
        if language not in speech:
            yield document.problem(
                path, f'"{path[-1]}" says nothing in "{language}"', "words in each language", key=True
            )
    for language in speech:
        if language not in languages:
            yield document.unknown((*path, language), "language", language, languages, key=True)


def _targets(document: Document[Flow]) -> Iterator[Problem]:
    flow = document.value
    if flow.start not in flow.nodes:
        yield document.unknown(("start",), "node", flow.start, flow.nodes)
    if flow.operator is not None and flow.operator not in flow.nodes:
        yield document.unknown(("operator",), "node", flow.operator, flow.nodes)
    for name, node in flow.nodes.items():
        for edge in edges(node):
            if edge.target not in flow.nodes:
                yield document.unknown(("nodes", name, *edge.at), "node", edge.target, flow.nodes)


def _operator(document: Document[Flow]) -> Iterator[Problem]:
    """C2: 0 leads to an agent everywhere."""
    flow = document.value
    if flow.operator is not None:
        return
    for name, node in flow.nodes.items():
        if isinstance(node, MenuNode) and OPERATOR_KEY not in node.choices:
            wrong = f'menu "{name}" has no way for key 0'
            yield document.problem(("nodes", name), wrong, '"operator" in the flow, or a choice 0', key=True)


def _reach(document: Document[Flow]) -> Iterator[Problem]:
    reached = reachable(document.value)
    for name in document.value.nodes:
        if name not in reached:
            yield document.problem(("nodes", name), f'no caller can come to node "{name}"', "a way to it", key=True)


def _rounds(document: Document[Flow]) -> Iterator[Problem]:
    for name, edge, way in endless_rounds(document.value):
        wrong = f"a caller who does nothing goes round for ever: {' → '.join(way)}"
        yield document.problem(("nodes", name, *edge.at), wrong, "a hang-up, or a key, on the way")


def _silent_hangups(document: Document[Flow]) -> Iterator[Problem]:
    """C2: a spoken reason before any hang-up."""
    flow = document.value
    silent = {name for name, node in flow.nodes.items() if isinstance(node, HangupNode) and not node.text}
    wrong = "the caller would be hung up on without a word"
    for name in (flow.start, flow.operator):
        if name in silent:
            yield document.problem(("nodes", name), wrong, '"text" here', key=True)
    for name, node in flow.nodes.items():
        for edge in edges(node):
            if edge.target in silent and not edge.words_before:
                yield document.problem(("nodes", name, *edge.at), wrong, f'"text" in "{edge.target}"')


def _queues(document: Document[Flow], names: Names) -> Iterator[Problem]:
    for name, node in document.value.nodes.items():
        if not isinstance(node, QueueNode):
            continue
        if node.queue not in names.queues:
            yield document.unknown(("nodes", name, "queue"), "queue", node.queue, names.queues)
        for skill in node.skills:
            if skill not in names.skills:
                yield document.unknown(("nodes", name, "skills", skill), "skill", skill, names.skills, key=True)
        if node.requires is not None:
            path = ("nodes", name, "requires")
            yield from asked_problems(document, path, node.requires, names.skills, names.attributes)
