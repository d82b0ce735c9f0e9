"""What a caller hears when he has spoken a message, and an agent who is to hear it, in each language the service
speaks. Pure; every sentence can be spoken by the synthesiser before the first call.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping

from acd.callback_rules import HOUR_MS, MINUTE_MS
from ivr.callback_words import figures
from ivr.flow.steps import Prompt

_REVIEW: Mapping[str, str] = {
    "en": "To keep your message, press 1. To hear it, press 2. To speak it again, press 3. To cancel it, press star.",
    "cmn": "保留留言请按一，收听留言请按二，重新录音请按三，取消留言请按星号键。",
}
_CANCELLED: Mapping[str, str] = {"en": "Your message has been deleted.", "cmn": "您的留言已删除。"}

_LEFT: tuple[tuple[int, Mapping[str, str]], ...] = (
    (0, {"en": "It was left a moment ago.", "cmn": "刚刚留下。"}),
    (2 * MINUTE_MS, {"en": "It was left a few minutes ago.", "cmn": "几分钟前留下。"}),
    (8 * MINUTE_MS, {"en": "It was left about ten minutes ago.", "cmn": "大约十分钟前留下。"}),
    (15 * MINUTE_MS, {"en": "It was left about twenty minutes ago.", "cmn": "大约二十分钟前留下。"}),
    (25 * MINUTE_MS, {"en": "It was left about half an hour ago.", "cmn": "大约半小时前留下。"}),
    (45 * MINUTE_MS, {"en": "It was left about one hour ago.", "cmn": "大约一小时前留下。"}),
    (90 * MINUTE_MS, {"en": "It was left about two hours ago.", "cmn": "大约两小时前留下。"}),
    (3 * HOUR_MS, {"en": "It was left some hours ago.", "cmn": "几小时前留下。"}),
    (12 * HOUR_MS, {"en": "It was left more than half a day ago.", "cmn": "半天多以前留下。"}),
    (24 * HOUR_MS, {"en": "It was left more than a day ago.", "cmn": "一天多以前留下。"}),
    (48 * HOUR_MS, {"en": "It was left some days ago.", "cmn": "几天前留下。"}),
)
"""From how long ago on it is said so."""

_MESSAGE: Mapping[str, str] = {"en": "A message.", "cmn": "留言。"}
_FOR_QUEUE: Mapping[str, str] = {"en": "A message for {}.", "cmn": "{}的留言。"}
_NUMBER: Mapping[str, str] = {"en": "The caller's number is", "cmn": "来电号码是"}
_NO_NUMBER: Mapping[str, str] = {"en": "The caller's number is not known.", "cmn": "来电号码未知。"}
_CANNOT: Mapping[str, str] = {"en": "He cannot be called back at the moment.", "cmn": "目前无法给他回电。"}
_LOST: Mapping[str, str] = {"en": "The message cannot be played.", "cmn": "无法播放这条留言。"}
_CALL: Mapping[str, str] = {"en": "To call back, press 1.", "cmn": "回电请按一。"}
_CHOICE: Mapping[str, str] = {
    "en": "To hear it again, press 2. If it is done, press 3. For the caller's number, press 4. "
    "To leave it to a colleague, press hash.",
    "cmn": "重听请按二，已处理请按三，听来电号码请按四，留给同事请按井号键。",
}


def review(language: str) -> Prompt:
    """What he may do with what he has spoken."""
    return _prompt(_REVIEW, language)


def cancelled(language: str) -> Prompt:
    """He does not want it to be heard."""
    return _prompt(_CANCELLED, language)


def announcement(names: Mapping[str, str], ago_ms: int, language: str) -> list[Prompt]:
    """For which queue (by its spoken names) the message is, and how long ago it was left."""
    ago = _LEFT[bisect_right([at_ms for at_ms, _ in _LEFT], max(ago_ms, 0)) - 1][1]
    return [_what(names, language), _prompt(ago, language)]


def number(digits: str, language: str) -> list[Prompt]:
    """Who has left it, figure by figure; empty where that is not known."""
    if not digits:
        return [_prompt(_NO_NUMBER, language)]
    return [_prompt(_NUMBER, language), *figures(digits, language)]


def choice(language: str, *, callable: bool) -> list[Prompt]:
    """What the agent may do with it."""
    return [*([_prompt(_CALL, language)] if callable else []), _prompt(_CHOICE, language)]


def cannot(language: str) -> Prompt:
    """Nobody can be called back now."""
    return _prompt(_CANNOT, language)


def lost(language: str) -> Prompt:
    """Its audio is not there."""
    return _prompt(_LOST, language)


def needed(queues: Iterable[Mapping[str, str]], languages: Iterable[str]) -> Iterator[Prompt]:
    """Every prompt of messages for queues of these spoken names, to be made before the first call."""
    queues = [*queues]
    for language in languages:
        yield from (_what(names, language) for names in queues)
        yield from (_prompt(words, language) for _, words in _LEFT)
        yield from figures("0123456789+", language)
        for words in (_REVIEW, _CANCELLED, _NUMBER, _NO_NUMBER, _CANNOT, _LOST, _CALL, _CHOICE):
            yield _prompt(words, language)


def _what(names: Mapping[str, str], language: str) -> Prompt:
    if language not in _FOR_QUEUE or language not in names:
        return _prompt(_MESSAGE, language)
    return Prompt(_FOR_QUEUE[language].format(names[language]), language)


def _prompt(words: Mapping[str, str], language: str) -> Prompt:
    spoken = language if language in words else "en"
    return Prompt(words[spoken], spoken)
