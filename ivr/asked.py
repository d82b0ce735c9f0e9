"""Requirements of agents written in files (`requires: sales >= 3 and team = night`): whether they can be read, and
whether the skills and attributes they name are known. What they mean is told in acd/requirements.py.
"""

from collections.abc import Collection, Iterator
from typing import Any

from acd.requirements import RequirementError, parse
from ivr.documents import Document, Problem
from ivr.yaml_tree import Path


def asked_problems(
    document: Document[Any], path: Path, text: str, skills: Collection[str], attributes: Collection[str]
) -> Iterator[Problem]:
    """What is wrong with the requirement `text` that stands at `path`."""
    try:
        requirement = parse(text)
    except RequirementError as error:
        wrong = f'"{text}" cannot be read at column {error.column}: {error.wrong}'
        yield document.problem(path, wrong, error.expected)
        return
    for skill in sorted(requirement.skills):
        if skill not in skills:
            yield document.unknown(path, "skill", skill, skills)
    for attribute in sorted(requirement.attributes):
        if attribute not in attributes:
            yield document.unknown(path, "attribute", attribute, attributes)
