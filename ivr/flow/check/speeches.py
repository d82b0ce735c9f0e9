"""Whether a flow says everything in each of its languages, in words that can be spoken and files that are there."""

from collections.abc import Iterator

from ivr.documents import Document, Problem
from ivr.flow.asking import LanguageNode
from ivr.flow.check.names import Names
from ivr.flow.graph import sayings
from ivr.flow.model import Flow
from ivr.flow.words import Sayings
from ivr.yaml_tree import Path


def speech_problems(document: Document[Flow], names: Names) -> Iterator[Problem]:
    """Languages that are not known or not spoken everywhere, and recordings that do not exist."""
    flow = document.value
    for index, language in enumerate(flow.languages):
        if language not in names.languages:
            yield document.unknown(("languages", index), "language", language, names.languages)
        if language in flow.languages[:index]:
            yield document.problem(("languages", index), f'"{language}" stands here twice', "each language once")
    for name, node in flow.nodes.items():
        for key, said in sayings(node).items():
            yield from _in_each(document, ("nodes", name, key), said)
            yield from _recorded(document, ("nodes", name, key), said, names)
        if isinstance(node, LanguageNode):
            for key, language in node.choices.items():
                if language not in flow.languages:
                    yield document.unknown(("nodes", name, "choices", key), "language", language, flow.languages)


def _in_each(document: Document[Flow], path: Path, said: Sayings) -> Iterator[Problem]:
    languages = document.value.languages
    for language in languages:
        if language not in said:
            yield document.problem(
                path, f'"{path[-1]}" says nothing in "{language}"', "words in each language", key=True
            )
    for language in said:
        if language not in languages:
            yield document.unknown((*path, language), "language", language, languages, key=True)


def _recorded(document: Document[Flow], path: Path, said: Sayings, names: Names) -> Iterator[Problem]:
    for language, one in said.items():
        if one.file is not None and one.file not in (files := names.sounds.get(language, ())):
            yield document.unknown((*path, language, "file"), f"recording in {language}", one.file, files)
