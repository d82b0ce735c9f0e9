"""What a rehearsed caller hears, as words: one utterance for each language, however many pieces it is made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.flow.graph import sayings
from ivr.flow.model import Flow
from ivr.flow.steps import Announced, Piece, Recorded

Transcripts = Mapping[tuple[str, str], str]
"""What recordings say, by file and language, as far as the flows tell."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words in one language; `files` are the recordings among them."""

    language: str
    text: str
    files: tuple[str, ...] = ()


def transcripts(flows: Mapping[str, Flow]) -> Transcripts:
    """The words that flows give of their recordings."""
    every = (node for flow in flows.values() for node in flow.nodes.values())
    return {
        (said.file, language): said.text
        for node in every
        for saying in sayings(node).values()
        for language, said in saying.items()
        if said.file is not None and said.text is not None
    }


def utterances(pieces: tuple[Piece, ...], known: Transcripts) -> Iterator[Utterance]:
    """The pieces as they are heard: those of one language after another are one utterance."""
    language, text, files = "", "", list[str]()
    for piece in pieces:
        if piece.language != language and (text or files):
            yield Utterance(language, text, tuple(files))
            text, files = "", []
        language = piece.language
        if isinstance(piece, Recorded):
            files.append(piece.file)
            text = _joined(text, known.get((piece.file, piece.language), ""))
        elif isinstance(piece, Announced):
            files.append(piece.name)
        else:
            text = _joined(text, piece.text)
    if text or files:
        yield Utterance(language, text, tuple(files))


def _joined(before: str, after: str) -> str:
    """Chinese is written without spaces."""
    apart = before and after and before[-1].isascii() and after[0].isascii()
    return f"{before} {after}" if apart else before + after
