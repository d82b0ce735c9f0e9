"""How pieces of speech become one utterance: which of them are heard, and the pause between each two, by what is
written there. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.flow.steps import FreeText, Piece, Prompt

SENTENCE_MS, CLAUSE_MS, WORD_MS = 300, 140, 30

_SENTENCE_ENDS = frozenset(".!?…。！？｡؟।")
_CLAUSE_ENDS = frozenset(",;:–—，、；：،؛")
_CLOSING = " \t\n\"')]}»”’」』）》"
_OPENING = " \t\n\"'([{«“‘「『（《"


@dataclass(frozen=True, slots=True)
class Utterance:
    """What is heard, and the pauses between, one fewer."""

    pieces: tuple[Piece, ...]
    pauses_ms: tuple[int, ...]


def is_silent(text: str) -> bool:
    """Whether there is nothing in it to be spoken, such as a full stop behind a number: it is only a pause."""
    return not any(sign.isalnum() for sign in text)


def utterance_of(pieces: Sequence[Piece]) -> Utterance:
    """The pieces that are heard. What changes the language begins a sentence."""
    heard: list[Piece] = []
    pauses: list[int] = []
    written = ""
    for piece in pieces:
        text = piece.text if isinstance(piece, Prompt | FreeText) else None
        if text is not None and is_silent(text):
            written += text
            continue
        if heard:
            between = CLAUSE_MS if text is None else pause_ms(written, text)
            pauses.append(between if piece.language == heard[-1].language else SENTENCE_MS)
        heard.append(piece)
        written = "," if text is None else text
    return Utterance(tuple(heard), tuple(pauses))


def pause_ms(before: str, after: str) -> int:
    """The pause between what ends with `before` and what begins with `after`."""
    return max(_pause_of(before.rstrip(_CLOSING)[-1:]), _pause_of(after.lstrip(_OPENING)[:1]))


def _pause_of(sign: str) -> int:
    if sign and sign in _SENTENCE_ENDS:
        return SENTENCE_MS
    return CLAUSE_MS if sign and sign in _CLAUSE_ENDS else WORD_MS
