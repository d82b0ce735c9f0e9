"""Puts the desk of call-backs together, for one centre on one Asterisk."""

from collections.abc import Callable, Mapping
from functools import partial

from acd.callback_book import CallbackBook
from acd.callback_rules import CallbackRules
from acd.distributor import Distributor
from cti.callbacks.desk import CallbackDesk
from cti.callbacks.means import Means
from cti.callbacks.restoration import restore_callbacks, was_answered
from cti.callbacks.rules import rules_of
from cti.centre import Centre
from cti.settings import Settings
from cti.switch import Switch
from ivr.prompts import Prompts
from recording.numbers import canonical


def callback_rules(centre: Centre, queue: str) -> CallbackRules | None:
    """The rules of the queue; None where it takes no call-backs, or the centre has no line to make them over."""
    found = centre.queues.get(queue)
    if centre.outside is None or found is None or found.callback is None:
        return None
    return rules_of(found.callback, centre.time_zone)


def make_desk(
    settings: Settings, now: Callable[[], Centre], distributor: Distributor, switch: Switch, prompts: Prompts
) -> CallbackDesk:
    """The desk, with an empty book. `now` is the centre as it is: edits hold at once."""

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
    )
    book = CallbackBook(
        settings.node,
        rules_of=lambda queue: callback_rules(now(), queue),
        person_of=lambda number: canonical(number, now().country_code),
    )
    desk = CallbackDesk(book, means)
    switch.listen_to_callbacks(desk.hear)
    return desk


def restore_desk(desk: CallbackDesk, settings: Settings, centre: Centre) -> None:
    """What the journal knows of call-backs is in the book again."""
    with desk.tell() as (book, now_ms):
        restore_callbacks(book, settings.journal, partial(callback_rules, centre), now_ms=now_ms)
