"""The example conversations of a centre's files, carried out: each one rehearsed, and held against what it expects."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from cti.centre import Centre
from cti.rehearsal import CannotRehearse, rehearse_call, unheard_of
from ivr.documents import Document, DocumentError, Problem, read_document
from ivr.rehearsal.conversations import ConversationsFile
from ivr.rehearsal.judging import acts_of, problems
from ivr.rehearsal.moment import MomentError
from ivr.rehearsal.rehearse import EndlessRehearsal
from ivr.rehearsal.world import NotRehearsed

FOLDER = "conversations"


class ConversationsFailed(Exception):
    """The flows no longer do what the administrators expect of them; `problems` says where."""

    id: ClassVar[str] = "conversations-failed"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """One conversation: which, where it stands in which file, and what went otherwise than expected."""

    title: str
    file: str
    line: int
    problems: tuple[Problem, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether all went as expected."""
        return not self.problems


def conversation_files(folder: Path) -> list[Path]:
    """The files of conversations beside the flows of this folder."""
    return sorted((folder / FOLDER).glob("*.yaml"))


def converse(centre: Centre, files: Iterable[Path]) -> Iterator[Outcome]:
    """Every conversation in these files, carried out. Raises DocumentError with all that is wrong in the files."""
    documents, wrong = list[Document[ConversationsFile]](), list[Problem]()
    for file in files:
        try:
            document = read_document(file, ConversationsFile)
        except DocumentError as error:
            wrong += error.problems
        else:
            wrong += _problems(document, centre)
            documents.append(document)
    if wrong:
        raise DocumentError(wrong)
    for document in documents:
        yield from map(partial(_converse, centre, document), range(len(document.value.conversations)))


def require_conversations(centre: Centre, folder: Path) -> int:
    """Carry out all conversations in the folder; how many those are. Raises ConversationsFailed with all that went
    otherwise, and DocumentError."""
    outcomes = list(converse(centre, conversation_files(folder)))
    if wrong := [problem for outcome in outcomes for problem in outcome.problems]:
        raise ConversationsFailed(wrong)
    return len(outcomes)


def _converse(centre: Centre, document: Document[ConversationsFile], number: int) -> Outcome:
    conversation = document.value.conversations[number]
    at = ("conversations", number)
    acts, to_the_end = acts_of(conversation)
    try:
        rehearsed = rehearse_call(centre, conversation, acts, to_the_end=to_the_end)
        wrong = tuple(problems(document, number, rehearsed.path, rehearsed.known))
    except (CannotRehearse, MomentError, EndlessRehearsal, NotRehearsed) as error:
        wrong = (document.problem(at, str(error), "a call that can be rehearsed"),)
    return Outcome(conversation.title, document.file, document.tree.place(at).line, wrong)


def _problems(document: Document[ConversationsFile], centre: Centre) -> Iterator[Problem]:
    """Names in the file that the centre does not have."""
    for number, conversation in enumerate(document.value.conversations):
        for where, what, name, known in unheard_of(centre, conversation):
            yield document.unknown(("conversations", number, *where), what, name, known, key=len(where) > 1)
