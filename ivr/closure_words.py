"""What callers hear in an emergency for which nothing has been recorded and a calendar has no words of its own."""

from collections.abc import Iterable, Iterator, Mapping

from ivr.flow.steps import Prompt

WORDS: Mapping[str, str] = {
    "cmn": "非常抱歉，由于突发情况，我们暂时无法为您服务，请您稍后再拨。",
    "en": "We are very sorry. Because of an emergency we cannot serve you at the moment. Please call again later.",
}
"""The house's own, by language."""


def words_of(own: Mapping[str, str], language: str) -> Prompt:
    """The calendar's own words in this language, or the house's; English where the house has none in it."""
    if language in own:
        return Prompt(own[language], language)
    spoken = language if language in WORDS else "en"
    return Prompt(WORDS[spoken], spoken)


def fixed(languages: Iterable[str]) -> Iterator[Prompt]:
    """The house's words in each language."""
    return (words_of({}, language) for language in languages)
