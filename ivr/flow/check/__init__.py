"""Whether flows fit together and fit the centre: each kind of rule is a module and adds problems, none stops others.

What may stand in a single file is decided by the model (ivr/flow/model.py).
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from ivr.documents import Document, DocumentError, Problem, read_document
from ivr.flow.check.centre import centre_problems
from ivr.flow.check.goodbyes import goodbye_problems
from ivr.flow.check.house import House
from ivr.flow.check.kinds import kind_problems
from ivr.flow.check.names import BUILT_IN, Names
from ivr.flow.check.secrets import secret_problems
from ivr.flow.check.speeches import speech_problems
from ivr.flow.check.sub_flows import sub_flow_problems
from ivr.flow.check.transfers import transfer_problems
from ivr.flow.check.values import value_problems
from ivr.flow.check.ways import operator_problems, reach_problems, round_problems, target_problems
from ivr.flow.model import Flow
from ivr.look_ups.check import look_up_problems

__all__ = ["BUILT_IN", "House", "Names", "check_flows", "load_flow", "load_flows"]


def load_flow(file: Path, names: Names) -> Flow:
    """The flow in `file`, checked as the only one there is. Raises DocumentError with all that is wrong with it."""
    return load_flows([file], names, [file.stem])[file.stem]


def load_flows(files: Collection[Path], names: Names, entrances: Collection[str]) -> Mapping[str, Flow]:
    """All flows of a centre, checked. `entrances` are those that callers come to from outside. Raises DocumentError
    with everything that is wrong with any of them.

    What flows are to each other is only checked once each of them can be read.
    """
    documents: dict[str, Document[Flow]] = {}
    problems: list[Problem] = []
    for file in files:
        try:
            documents[file.stem] = read_document(file, Flow)
        except DocumentError as error:
            problems += error.problems
    for name, document in documents.items():
        if document.value.flow != name:
            wrong = f'"{document.value.flow}" is not the file\'s name'
            problems.append(document.problem(("flow",), wrong, f'"{name}"'))
    house = House(documents, names, frozenset(entrances))
    problems += check_flows(house, whole=len(documents) == len(files))
    if problems:
        raise DocumentError(problems)
    return house.flows


def check_flows(house: House, *, whole: bool = True) -> Iterator[Problem]:
    """All that is wrong with flows which fit the model. `whole`: these are all flows there are."""
    for document in house.documents.values():
        yield from speech_problems(document, house.names)
        yield from (lost := list(target_problems(document)))
        yield from operator_problems(document, house)
        if not lost:  # else what follows from a misspelt name would be told too
            yield from reach_problems(document)
        yield from round_problems(document, house)
        yield from centre_problems(document, house.names)
        yield from value_problems(document, house)
        yield from kind_problems(document)
        yield from look_up_problems(document, house.names.look_ups)
        yield from transfer_problems(document, house.names)
    yield from goodbye_problems(house)
    yield from secret_problems(house)
    if whole:
        yield from sub_flow_problems(house)
