"""What an agent hears of a call-back before its customer is dialled, and when he could not be reached, in each language
the service speaks. Pure; every sentence can be spoken by the synthesiser before the first call.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping

from acd.callback_rules import HOUR_MS, MINUTE_MS
from acd.states import CallbackOutcome
from ivr.flow.steps import Prompt
from ivr.speaking import pieces, vocabulary

REFUSE = "*"
KEYS = "0123456789*#"
"""What ends the announcement: the key that refuses, or any other."""

_AGO: tuple[tuple[int, Mapping[str, str]], ...] = (
    (0, {"en": "asked for a moment ago.", "cmn": "刚刚请求回电。"}),
    (2 * MINUTE_MS, {"en": "asked for a few minutes ago.", "cmn": "几分钟前请求回电。"}),
    (8 * MINUTE_MS, {"en": "asked for about ten minutes ago.", "cmn": "大约十分钟前请求回电。"}),
    (15 * MINUTE_MS, {"en": "asked for about twenty minutes ago.", "cmn": "大约二十分钟前请求回电。"}),
    (25 * MINUTE_MS, {"en": "asked for about half an hour ago.", "cmn": "大约半小时前请求回电。"}),
    (45 * MINUTE_MS, {"en": "asked for about one hour ago.", "cmn": "大约一小时前请求回电。"}),
    (90 * MINUTE_MS, {"en": "asked for about two hours ago.", "cmn": "大约两小时前请求回电。"}),
    (3 * HOUR_MS, {"en": "asked for some hours ago.", "cmn": "几小时前请求回电。"}),
    (12 * HOUR_MS, {"en": "asked for more than half a day ago.", "cmn": "半天多以前请求回电。"}),
    (24 * HOUR_MS, {"en": "asked for more than a day ago.", "cmn": "一天多以前请求回电。"}),
)
"""From how long ago on it is said so."""

_CALL_BACK: Mapping[str, str] = {"en": "A call-back.", "cmn": "回拨电话。"}
_FOR_QUEUE: Mapping[str, str] = {"en": "Call-back for {}.", "cmn": "{}回拨。"}
_NUMBER: Mapping[str, str] = {"en": "The number is", "cmn": "号码是"}
_CHOICE: Mapping[str, str] = {
    "en": "Press star to refuse it, any other key to dial now.",
    "cmn": "拒绝请按星号键，立即拨打请按其他任意键。",
}
_NOT_NEEDED: Mapping[str, str] = {
    "en": "This call-back is no longer needed.",
    "cmn": "该回拨已不再需要。",
}
_FAILED: Mapping[CallbackOutcome, Mapping[str, str]] = {
    CallbackOutcome.BUSY: {"en": "The line is busy.", "cmn": "对方正在通话中。"},
    CallbackOutcome.NO_ANSWER: {"en": "There is no answer.", "cmn": "对方无人接听。"},
    CallbackOutcome.REFUSED: {"en": "The call was declined.", "cmn": "对方拒绝接听。"},
    CallbackOutcome.UNREACHABLE: {"en": "The number cannot be reached.", "cmn": "无法接通该号码。"},
}


def who(names: Mapping[str, str], number: str, ago_ms: int, language: str) -> list[Prompt]:
    """Whom the agent is about to call: for which queue (by its spoken names), at which number, asked for how long ago,
    and what he may do."""
    spoken = _spoken(language)
    ago = _AGO[bisect_right([at_ms for at_ms, _ in _AGO], max(ago_ms, 0)) - 1][1]
    return [
        _what(names, spoken),
        Prompt(_NUMBER[spoken], spoken),
        *figures(number, spoken),
        Prompt(ago[spoken], spoken),
        Prompt(_CHOICE[spoken], spoken),
    ]


def figures(number: str, language: str) -> list[Prompt]:
    """A number, figure by figure in groups, perhaps with a + before."""
    digits = "".join(sign for sign in number if sign in "+0123456789")
    return [piece for piece in pieces(digits, "digits", "", _spoken(language)) if isinstance(piece, Prompt)]


def failed(outcome: CallbackOutcome, language: str) -> Prompt:
    """Why he does not speak with the customer."""
    spoken = _spoken(language)
    return Prompt(_FAILED.get(outcome, _FAILED[CallbackOutcome.UNREACHABLE])[spoken], spoken)


def not_needed(language: str) -> Prompt:
    """He has picked up for something that is over."""
    spoken = _spoken(language)
    return Prompt(_NOT_NEEDED[spoken], spoken)


def needed(queues: Iterable[Mapping[str, str]], languages: Iterable[str]) -> Iterator[Prompt]:
    """Every prompt of call-backs in queues of these spoken names, to be made before the first call."""
    queues = [*queues]
    for language in dict.fromkeys(map(_spoken, languages)):
        yield from (_what(names, language) for names in queues)
        yield from vocabulary("digits", "", language)
        yield from (Prompt(words[language], language) for _, words in _AGO)
        yield from (Prompt(words[language], language) for words in (_NUMBER, _CHOICE, _NOT_NEEDED, *_FAILED.values()))


def _what(names: Mapping[str, str], language: str) -> Prompt:
    if language not in names:
        return Prompt(_CALL_BACK[language], language)
    return Prompt(_FOR_QUEUE[language].format(names[language]), language)


def _spoken(language: str) -> str:
    return language if language in _CALL_BACK else "en"
