"""What a caller hears while he keys several digits, besides the words of the flow: sentences in each language the
service speaks itself, so that every one can be spoken by the synthesiser before the first call. Who has chosen another
language hears them in English. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ivr.flow.steps import Piece, Prompt
from ivr.speaking import pieces, vocabulary

_FORMAT = "digits"


@dataclass(frozen=True, slots=True)
class Words:
    """One language's sentences."""

    keyed: str
    right: str
    not_safe: str


WORDS: Mapping[str, Words] = {
    "en": Words(
        keyed="You have entered",
        right="If this is correct, press 1. To enter it again, press 2.",
        not_safe="We are sorry, we cannot take your code safely at the moment.",
    ),
    "cmn": Words(
        keyed="您输入的是",
        right="确认请按一，重新输入请按二。",
        not_safe="非常抱歉，现在无法安全地接收您的密码。",
    ),
}


def read_back(digits: str, language: str) -> tuple[Piece, ...]:
    """The digits that were keyed, one by one."""
    return _prompt("keyed", language), *pieces(digits, _FORMAT, "", language)


def is_it_right(language: str) -> Prompt:
    """The question after them: 1 for yes, 2 to key them again."""
    return _prompt("right", language)


def not_safe(language: str) -> Prompt:
    """Why a secret is not asked for."""
    return _prompt("not_safe", language)


def needed(languages: Iterable[str], *, confirm: bool, secret: bool) -> Iterator[Prompt]:
    """Everything that a flow needs which has digits confirmed, or asks for a secret."""
    for language in languages:
        if confirm:
            yield from (_prompt("keyed", language), is_it_right(language))
            yield from vocabulary(_FORMAT, "", language)
        if secret:
            yield not_safe(language)


def _prompt(sentence: str, language: str) -> Prompt:
    spoken = language if language in WORDS else "en"
    return Prompt(getattr(WORDS[spoken], sentence), spoken)
