"""What a waiting caller hears of his place, his wait and his ways out: whole sentences, or halves of one, in each
language the service speaks, so that every one can be spoken by the synthesiser before the first call. Pure.

Times are said in whole minutes of `MINUTES`: the median rounded down, the longer end rounded up.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from acd.targets import TargetKind
from ivr.announce import Announce
from ivr.flow.steps import Prompt
from ivr.speaking import english_numbers, mandarin_numbers

PLACES = 20
"""Places behind this one are not told apart."""

MINUTES = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, 60)
"""The minutes that are said; above the last it is "more than an hour"."""

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Words:
    """One language's sentences; {} is a number, a number of minutes, or a key."""

    place: str
    far_back: str
    from_minutes: str
    to_minutes: str
    up_to: str
    up_to_one: str
    more_than: str
    more_than_an_hour: str
    leave: Mapping[TargetKind, str]
    called_back: str
    no_callback: str
    greeting: str
    thanks: str
    no_message: str


WORDS: Mapping[str, Words] = {
    "en": Words(
        place="You are number {} in the queue.",
        far_back="There are at least {} callers in front of you.",
        from_minutes="The estimated wait is {}",
        to_minutes="to {}.",
        up_to="The estimated wait is up to {}.",
        up_to_one="The estimated wait is less than one minute.",
        more_than="The estimated wait is more than {}.",
        more_than_an_hour="The estimated wait is more than one hour.",
        leave={
            TargetKind.CALLBACK: "To be called back without losing your place, press {}.",
            TargetKind.VOICEMAIL: "To leave a message instead, press {}.",
        },
        called_back="We will call you back when it is your turn. Goodbye.",
        no_callback="We are sorry, we cannot call you back. Please stay on the line.",
        greeting="Please leave your message after the tone. Press the hash key when you have finished.",
        thanks="Thank you, your message has been recorded. Goodbye.",
        no_message="We have not heard a message. Goodbye.",
    ),
    "cmn": Words(
        place="您现在排在第{}位。",
        far_back="您前面至少还有{}位客户。",
        from_minutes="预计等待时间为{}",
        to_minutes="到{}。",
        up_to="预计等待时间不超过{}。",
        up_to_one="预计等待时间不到一分钟。",
        more_than="预计等待时间超过{}。",
        more_than_an_hour="预计等待时间超过一小时。",
        leave={
            TargetKind.CALLBACK: "保留排队位置、稍后由我们回电给您，请按{}键。",
            TargetKind.VOICEMAIL: "如需留言，请按{}键。",
        },
        called_back="轮到您时，我们会给您回电。再见。",
        no_callback="非常抱歉，我们无法给您回电，请继续等候。",
        greeting="请在提示音后留言，留言结束请按井号键。",
        thanks="您的留言已录音，感谢您的来电，再见。",
        no_message="没有收到您的留言，再见。",
    ),
}

_KEY_NAMES: Mapping[str, Mapping[str, str]] = {
    "en": {"*": "star", "#": "hash"},
    "cmn": {"*": "星号", "#": "井号"},
}


def place(position: int, language: str) -> Prompt:
    """His place in the queue: 1 is next."""
    language = _spoken(language)
    words = WORDS[language]
    if position > PLACES:
        return Prompt(words.far_back.format(_counted(PLACES, language)), language)
    return Prompt(words.place.format(_figure(position, language)), language)


def wait(median_ms: int, most_ms: int, language: str) -> tuple[Prompt, ...]:
    """The range of his wait: the median rounded down, the longer end rounded up, to the minutes that are said."""
    language = _spoken(language)
    least = bisect_right(MINUTES, median_ms // _MINUTE_MS) - 1
    most = bisect_left(MINUTES, -(-most_ms // _MINUTE_MS))
    if most == len(MINUTES):
        return (_more_than(MINUTES[max(least, 0)], language),)
    if least < 0 or least == most:
        return (_up_to(MINUTES[most], language),)
    return _from(MINUTES[least], language), _to(MINUTES[most], language)


def way_out(key: str, to: TargetKind, language: str) -> Prompt:
    """How to leave, by which key."""
    language = _spoken(language)
    name = _KEY_NAMES[language].get(key) or _figure(int(key), language)
    return Prompt(WORDS[language].leave[to].format(name), language)


def called_back(language: str) -> Prompt:
    """He is in the order without holding the line."""
    spoken = _spoken(language)
    return Prompt(WORDS[spoken].called_back, spoken)


def no_callback(language: str) -> Prompt:
    """He cannot be called back and waits on."""
    spoken = _spoken(language)
    return Prompt(WORDS[spoken].no_callback, spoken)


def greeting(language: str) -> Prompt:
    """Before a message."""
    spoken = _spoken(language)
    return Prompt(WORDS[spoken].greeting, spoken)


def thanks(language: str) -> Prompt:
    """After it."""
    spoken = _spoken(language)
    return Prompt(WORDS[spoken].thanks, spoken)


def no_message(language: str) -> Prompt:
    """There was none."""
    spoken = _spoken(language)
    return Prompt(WORDS[spoken].no_message, spoken)


def fixed(languages: Iterable[str]) -> Iterator[Prompt]:
    """What can be needed whatever a queue's files say."""
    for language in languages:
        yield from (words(language) for words in (called_back, no_callback, greeting, thanks, no_message))


def needed(announce: Announce, languages: Iterable[str]) -> Iterator[Prompt]:
    """Every prompt that these announcements can need, to be made before the first call."""
    for language in languages:
        if announce.position:
            yield from (place(position, language) for position in range(1, PLACES + 2))
        if announce.estimate:
            spoken = _spoken(language)
            for minutes in MINUTES:
                yield from (part(minutes, spoken) for part in (_from, _to, _up_to, _more_than))
        yield from (Prompt(message[language], language) for message in announce.messages)
        yield from (way_out(key, to, language) for key, to in announce.leave.items())


def _spoken(language: str) -> str:
    """Callers of a language without words here hear English."""
    return language if language in WORDS else "en"


def _figure(number: int, language: str) -> str:
    return mandarin_numbers.cardinal(number) if language == "cmn" else english_numbers.HUNDRED[number]


def _counted(number: int, language: str) -> str:
    return mandarin_numbers.counted(number) if language == "cmn" else english_numbers.HUNDRED[number]


def _minutes(minutes: int, language: str) -> str:
    unit = "分钟" if language == "cmn" else f" minute{'s' if minutes > 1 else ''}"
    return f"{_counted(minutes, language)}{unit}"


def _from(minutes: int, language: str) -> Prompt:
    return Prompt(WORDS[language].from_minutes.format(_counted(minutes, language)), language)


def _to(minutes: int, language: str) -> Prompt:
    return Prompt(WORDS[language].to_minutes.format(_minutes(minutes, language)), language)


def _up_to(minutes: int, language: str) -> Prompt:
    words = WORDS[language]
    return Prompt(words.up_to_one if minutes == 1 else words.up_to.format(_minutes(minutes, language)), language)


def _more_than(minutes: int, language: str) -> Prompt:
    words = WORDS[language]
    most = minutes == MINUTES[-1]
    return Prompt(words.more_than_an_hour if most else words.more_than.format(_minutes(minutes, language)), language)
