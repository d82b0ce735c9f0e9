"""What is said in one language as pieces: fixed words, recorded files, and values in the words of that language."""

from collections.abc import Iterator, Mapping

from ivr.flow.expressions import Value
from ivr.flow.steps import FreeText, Piece, Prompt, Recorded
from ivr.flow.templates import Literal, Slot, parse_template
from ivr.flow.words import Said
from ivr.speaking import LANGUAGES, pieces, vocabulary
from ivr.speaking.values import day_of

DATE = "call.date"
"""Which day is today, as the data have it."""

FREE = ("", "text")
"""Formats of words that nobody can know before the call."""


def utter(said: Said, language: str, data: Mapping[str, Value]) -> Iterator[Piece]:
    """The pieces, with the values as they are now. A value that is nothing is passed over."""
    if said.file is not None:
        yield Recorded(said.file, language, said.digest)
        return
    for part in parse_template(said.text or "").parts:
        match part:
            case Literal(text):
                yield from _fixed(text, language)
            case Slot(expression, format, argument):
                value = expression.value(data)
                if value is None:
                    continue
                if format not in FREE:
                    yield from pieces(value, format, argument, language, today=day_of(data.get(DATE)))
                elif isinstance(value, str):
                    yield FreeText(value, language)
                else:
                    yield from pieces(value, "number", "", language)


def known_before(said: Said, language: str) -> Iterator[Prompt | Recorded]:
    """All pieces that can be made before any call: everything but free text."""
    if said.file is not None:
        yield Recorded(said.file, language, said.digest)
        return
    for part in parse_template(said.text or "").parts:
        match part:
            case Literal(text):
                yield from _fixed(text, language)
            case Slot(_, format, argument):
                format = "number" if format in FREE else format
                yield from vocabulary(format, argument, language)


def fixed_words(said: Said, language: str) -> Iterator[Prompt]:
    """The words that stand between its values, or all there are."""
    if said.file is None:
        for part in parse_template(said.text or "").parts:
            if isinstance(part, Literal):
                yield from _fixed(part.text, language)


def has_values(said: Said) -> bool:
    """Whether there is a value in it."""
    return said.file is None and any(isinstance(part, Slot) for part in parse_template(said.text or "").parts)


def spoken_freely(said: Said, language: str) -> bool:
    """Whether it may hold words that are spoken during the call only."""
    slots = (part for part in parse_template(said.text or "").parts if isinstance(part, Slot))
    return said.file is None and any(slot.format in FREE or language not in LANGUAGES for slot in slots)


def _fixed(text: str, language: str) -> Iterator[Prompt]:
    """Words with their commas, which make a pause; signs alone say nothing."""
    if any(sign.isalnum() for sign in text):
        yield Prompt(text.strip(), language)
