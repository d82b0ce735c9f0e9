"""What a caller hears who is offered to be called back, in each language the service speaks: at which number, and
whether it can be. Pure; every sentence can be spoken by the synthesiser before the first call.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from ivr.flow.steps import Piece, Prompt
from ivr.speaking import pieces, vocabulary


class Words(StrEnum):
    """The sentences by name."""

    CALLS_FROM = "calls_from"
    KEYED = "keyed"
    RIGHT = "right"
    KEY = "key"
    NO_NUMBER = "no_number"
    AGREED = "agreed"
    IMPOSSIBLE = "impossible"


_WORDS: Mapping[Words, Mapping[str, str]] = {
    Words.CALLS_FROM: {"en": "You are calling from", "cmn": "您的来电号码是"},
    Words.KEYED: {"en": "You have keyed", "cmn": "您输入的号码是"},
    Words.RIGHT: {
        "en": "If we may call you at this number, press 1. For another number, press 2.",
        "cmn": "使用此号码回电请按一，使用其他号码请按二。",
    },
    Words.KEY: {
        "en": "Please key the number at which we can reach you, then press the hash key.",
        "cmn": "请输入您的回电号码，按井号键结束。",
    },
    Words.NO_NUMBER: {"en": "This is not a telephone number.", "cmn": "您输入的不是有效的电话号码。"},
    Words.AGREED: {"en": "Thank you. We will call you back.", "cmn": "谢谢，我们会尽快给您回电。"},
    Words.IMPOSSIBLE: {
        "en": "We are sorry, we cannot call you back at this number.",
        "cmn": "非常抱歉，我们无法回拨此号码。",
    },
}


def words(which: Words, language: str) -> Prompt:
    """One sentence, in English where it has no other."""
    said = _WORDS[which]
    spoken = language if language in said else "en"
    return Prompt(said[spoken], spoken)


def question(which: Words, number: str, language: str) -> tuple[Piece, ...]:
    """The number read to him, figure by figure, and whether it is right."""
    figures = pieces(number, "digits", "", language)
    return words(which, language), *figures, words(Words.RIGHT, language)


def needed(languages: Iterable[str]) -> Iterator[Prompt]:
    """Every prompt of it, to be made before the first call."""
    for language in languages:
        yield from (words(which, language) for which in Words)
        yield from vocabulary("digits", "", language)
