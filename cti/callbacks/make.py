"""Puts the desk of call-backs together, for one centre on one Asterisk."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from acd.callback_book import CallbackBook
from acd.callback_rules import CallbackRules, MessageRules
from acd.distributor import Distributor
from cti.callbacks.desk import CallbackDesk
from cti.callbacks.means import Means, MessageAudio
from cti.callbacks.messages import MessageRoom
from cti.callbacks.restoration import restore_callbacks, was_answered
from cti.callbacks.rules import message_rules_of, rules_of
from cti.centre import Centre
from cti.settings import Settings
from cti.switch import Switch
from ivr.messages import VOICEMAIL, Messages
from ivr.prompts import Prompts
from recording.numbers import canonical


def callback_rules(centre: Centre, queue: str) -> CallbackRules | None:
    """The rules of the queue; None where it takes no call-backs, or the centre has no line to make them over."""
    found = centre.queues.get(queue)
    if centre.outside is None or found is None or found.callback is None:
        return None
    return rules_of(found.callback, centre.time_zone, centre.calendars)


def message_rules(centre: Centre, queue: str) -> MessageRules:
    """The rules of the messages left for the queue; of one that is no more the usual ones."""
    found = centre.queues.get(queue)
    if found is None:
        return MessageRules()
    return message_rules_of(found.voicemail, callback_rules(centre, queue), centre.time_zone, centre.calendars)


def make_desk(
    settings: Settings,
    now: Callable[[], Centre],
    distributor: Distributor,
    switch: Switch,
    prompts: Prompts,
    audio: MessageAudio,
) -> tuple[CallbackDesk, Messages]:
    """The desk, with an empty book, and the messages that come to it. `now` is the centre as it is now."""

    def line() -> str:
        outside = now().outside
        return outside.line if outside else ""

    def shown() -> str:
        centre = now()
        own = centre.outside.caller_id if centre.outside else None
        return own or next(iter(centre.numbers))

    def names_of(queue: str) -> Mapping[str, str]:
        queues = now().queues
        return queues[queue].spoken or {} if queue in queues else {}

    means = Means(
        client=switch.client,
        distributor=distributor,
        channels=lambda: switch.channels,
        line=line,
        shown=shown,
        sound_of=prompts.sound,
        was_answered=partial(was_answered, settings.ledger),
        names_of=names_of,
        audio=audio,
    )
    book = CallbackBook(
        settings.node,
        rules_of=lambda queue: callback_rules(now(), queue),
        person_of=lambda number: canonical(number, now().country_code),
        message_rules_of=lambda queue: message_rules(now(), queue),
    )
    desk = CallbackDesk(book, means)
    switch.listen_to_callbacks(desk.hear)
    room = MessageRoom(settings.recordings_folder / VOICEMAIL, desk, means)
    switch.listen_to_ends(room.gone)
    return desk, room.messages


def restore_desk(desk: CallbackDesk, lines: Iterable[bytes], centre: Centre) -> None:
    """What the journal's lines that still hold know of call-backs is in the book again."""
    desk.tidy()
    with desk.tell() as (book, now_ms):
        rules = partial(callback_rules, centre), partial(message_rules, centre)
        restore_callbacks(book, lines, *rules, now_ms=now_ms)
