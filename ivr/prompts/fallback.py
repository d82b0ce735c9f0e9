"""What is said in place of a text that no voice could speak in time: spelled from ready-made letters and digits where
it can be, else a sentence that says so, which is English where the service has no words in a language. Pure.
"""

import unicodedata
from collections.abc import Iterable, Mapping

from ivr.flow.steps import Prompt
from ivr.prompts.voices import ENGLISH
from ivr.speaking import pieces, vocabulary

MOST_SPELLED = 24
"""Letters and digits: nobody follows more."""

UNREADABLE: Mapping[str, str] = {"en": "This text cannot be read out.", "cmn": "抱歉，这段内容无法朗读。"}


def reading(text: str, language: str) -> tuple[Prompt, ...]:
    """Pieces that are all of `needed`; none where there is nothing to be read."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    said = [sign for sign in plain if sign.isalnum()]
    if not said:
        return ()
    if len(said) > MOST_SPELLED or not all(sign.isascii() for sign in said):
        return (_unreadable(language),)
    return tuple(piece for piece in pieces(plain, "spell", "", language) if isinstance(piece, Prompt))


def needed(languages: Iterable[str]) -> frozenset[Prompt]:
    """Everything that may be said so in these languages."""
    languages = list(languages)
    signs = (prompt for language in languages for prompt in vocabulary("spell", "", language))
    return frozenset(signs) | set(map(_unreadable, languages))


def _unreadable(language: str) -> Prompt:
    spoken = language if language in UNREADABLE else ENGLISH
    return Prompt(UNREADABLE[spoken], spoken)
