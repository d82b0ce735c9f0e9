"""What an agent hears who asks for a parking space: its number, figure by figure."""

from collections.abc import Mapping

from ivr.flow.steps import Prompt

WORDS: Mapping[str, str] = {"en": "Space {}.", "cmn": "车位{}。"}


def space_prompt(space: str, language: str) -> Prompt:
    """The space in that language, in English where there are no words for it."""
    spoken = language if language in WORDS else "en"
    return Prompt(WORDS[spoken].format(" ".join(space)), spoken)
