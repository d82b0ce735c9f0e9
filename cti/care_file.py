"""What `dialplans/queues.yaml` may say about those who wait in a queue, or leave a message for it: the model, its
checks, and the values that the reception is given.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from acd.targets import TargetKind
from ivr.announce import NOTHING, Announce
from ivr.desk import Care, Voicemail
from ivr.documents import Document, Name, Part, Problem
from ivr.flow.parts import Key
from ivr.flow.steps import Prompt
from ivr.flow.words import Speech, Words
from ivr.waiting_words import needed
from ivr.yaml_tree import Path

SHORTEST_S, LONGEST_S = 10, 3600
"""From one announcement to the next."""


_KEY_OR_NUMBER = {
    "anyOf": [{"type": "string", "pattern": "^[0-9*#]$"}, {"type": "integer", "minimum": 0, "maximum": 9}]
}


def _key_as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


def _pause(seconds: int) -> int:
    if seconds and not SHORTEST_S <= seconds <= LONGEST_S:
        raise PydanticCustomError("pause", "Input should be 0 (once), or 10 to 3600 seconds")
    return seconds


class LeavePart(Part):
    """A key by which a waiting caller leaves, and where to. In a file one of them needs no list."""

    key: Annotated[Key, BeforeValidator(_key_as_text), WithJsonSchema(_KEY_OR_NUMBER)]
    to: Literal["callback", "voicemail"]


class AnnouncePart(Part):
    """What waiting callers hear besides music: the first time after `first_s` seconds, then every `every_s` (0: never
    again) their position, the estimated wait where it is known, and one of the `messages`, in turn."""

    first_s: Annotated[int, Field(ge=1, le=3600)] = 10
    every_s: Annotated[int, AfterValidator(_pause)] = 45
    position: bool = False
    estimate: bool = False
    messages: Annotated[tuple[Words, ...], Field(strict=False)] = ()
    leave: Annotated[
        tuple[LeavePart, ...],
        Field(strict=False),
        BeforeValidator(_one_or_more, json_schema_input_type=tuple[LeavePart, ...] | LeavePart),
    ] = ()


class VoicemailPart(Part):
    """How a message is taken: words before it, its greatest length and the silence that ends it, in seconds, whether
    the caller is asked what to do with it. And how it is delivered: at which `hours` (written as a queue's hours are),
    or when which `calendar` is open (always where neither stands here), until when, and how soon again once an agent
    has put it back."""

    greeting: Speech = Field(default_factory=dict)
    most_s: Annotated[int, Field(ge=3, le=1800)] = 180
    silence_s: Annotated[int, Field(ge=2, le=60)] = 5
    review: bool = True
    expires_h: Annotated[int, Field(ge=1, le=8784)] = 168
    put_back_minutes: Annotated[int, Field(ge=0, le=1440)] = 1
    hours: dict[str, str] | None = None
    calendar: Name | None = None


def care_of(announce: AnnouncePart | None, voicemail: VoicemailPart) -> Care:
    """As the reception knows it."""
    return Care(
        announce=NOTHING if announce is None else _announce(announce),
        voicemail=Voicemail(
            greeting=voicemail.greeting,
            most_ms=voicemail.most_s * 1000,
            silence_s=voicemail.silence_s,
            review=voicemail.review,
        ),
    )


def prompts_of(care: Care, languages: tuple[str, ...]) -> Iterator[Prompt]:
    """Everything it may have to say."""
    yield from needed(care.announce, languages)
    yield from (Prompt(text, language) for language, text in care.voicemail.greeting.items())


def care_problems(
    document: Document[Any],
    here: Path,
    announce: AnnouncePart | None,
    voicemail: VoicemailPart,
    languages: tuple[str, ...],
) -> Iterator[Problem]:
    """What does not fit. `here` is the queue's place in the file; `languages` are the centre's."""
    if voicemail.greeting:
        yield from said_in_each(document, (*here, "voicemail", "greeting"), voicemail.greeting, languages)
    if announce is None:
        return
    path = (*here, "announce")
    for index, message in enumerate(announce.messages):
        yield from said_in_each(document, (*path, "messages", index), message, languages)
    keys = [way.key for way in announce.leave]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            yield document.problem((*path, "leave", index, "key"), f"key {key} has a meaning already", "a free key")
    if not _announce(announce).says_something:
        yield document.problem(path, "nothing is announced", "position, estimate, messages or leave", key=True)


def said_in_each(
    document: Document[Any], path: Path, speech: Mapping[str, str], languages: tuple[str, ...]
) -> Iterator[Problem]:
    """What is said to anybody must be said in every language of the centre, and in no other."""
    for language in speech:
        if language not in languages:
            yield document.unknown((*path, language), "language", language, languages, key=True)
    for language in languages:
        if language not in speech:
            yield document.problem(path, f'nothing is said in "{language}"', f'"{language}" here', key=True)


def _announce(part: AnnouncePart) -> Announce:
    return Announce(
        first_ms=part.first_s * 1000,
        every_ms=part.every_s * 1000,
        position=part.position,
        estimate=part.estimate,
        messages=part.messages,
        leave={way.key: TargetKind(way.to) for way in part.leave},
    )
