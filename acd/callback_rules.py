"""What a queue promises of its call-backs: how often they are tried, how far apart, until when, and at what hours. And
of the messages left for it, which an agent hears before he calls back, or does not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from acd.hours import Schedule
from acd.states import CallbackOutcome

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS

NUMBER = re.compile(r"\+?[0-9]{3,15}")
"""What may be dialled: figures, perhaps with a + before (ITU-T E.164 allows 15). Nothing else ever reaches Dial()."""

RETRY_MS: Mapping[CallbackOutcome, int] = {
    CallbackOutcome.NO_ANSWER: 30 * MINUTE_MS,
    CallbackOutcome.BUSY: 5 * MINUTE_MS,
    CallbackOutcome.UNREACHABLE: 30 * MINUTE_MS,
    CallbackOutcome.GIVEN_UP: 5 * MINUTE_MS,
    CallbackOutcome.VOICEMAIL: 60 * MINUTE_MS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRules:
    """The rules of one queue. `retry_ms` says after which outcome it is tried again, and how long after its end; of all
    attempts there are `attempts` at most. `prefixes` are the beginnings of numbers that may be called; empty: any."""

    attempts: int = 3
    retry_ms: Mapping[CallbackOutcome, int] = field(default_factory=lambda: RETRY_MS)
    expires_ms: int = 24 * HOUR_MS
    ring_ms: int = 30_000
    """How long the customer's phone rings."""
    hours: Schedule | None = None
    """When customers may be called; None: always."""
    prefixes: tuple[str, ...] = ()

    def may_call(self, number: str, now_ms: int | None = None) -> bool:
        """Whether this number may be dialled at all, or at this time."""
        if now_ms is not None and not self.in_hours(now_ms):
            return False
        if not NUMBER.fullmatch(number):
            return False
        return not self.prefixes or number.startswith(self.prefixes)

    def in_hours(self, now_ms: int) -> bool:
        """Whether it is the time of day to call customers."""
        return self.hours is None or self.hours.is_open(_instant(now_ms))

    def hours_change_ms(self, now_ms: int) -> int | None:
        """When that changes next; None: never."""
        change = None if self.hours is None else self.hours.next_change(_instant(now_ms))
        return None if change is None else round(change.timestamp() * 1000)

    def again_ms(self, outcome: CallbackOutcome, attempts: int) -> int | None:
        """How long after an attempt that ended so, the `attempts`-th, the next begins; None: there is none."""
        return self.retry_ms.get(outcome) if attempts < self.attempts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRules(CallbackRules):
    """The rules of the messages left for one queue. `expires_ms` and `hours` are those in which agents hear them;
    `calling` are the rules by which they call back, None where they cannot."""

    expires_ms: int = 7 * 24 * HOUR_MS
    put_back_ms: int = MINUTE_MS
    """How long after an agent has left one to his colleagues it stands in the queue again."""
    calling: CallbackRules | None = None

    def may_call(self, number: str, now_ms: int | None = None) -> bool:
        """Whether this number may be called back, by the rules of call-backs."""
        return self.calling is not None and self.calling.may_call(number, now_ms)

    def again_ms(self, outcome: CallbackOutcome, attempts: int) -> int | None:
        """As for a call-back; what was put back comes again however often that was."""
        if outcome is CallbackOutcome.PUT_BACK:
            return self.put_back_ms
        return None if self.calling is None else self.calling.again_ms(outcome, attempts)


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
