"""What `dialplans/queues.yaml` says of a queue's call-backs, and the rules the book is given for it."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, NonNegativeInt, PositiveInt
from pydantic_core import PydanticCustomError

from acd.calendars import Calendar
from acd.callback_rules import HOUR_MS, MINUTE_MS, RETRY_MS, CallbackRules, MessageRules
from acd.hours import Schedule, parse_hours
from acd.states import CallbackOutcome
from cti.care_file import VoicemailPart
from ivr.documents import Name, Part


def _prefix(text: str) -> str:
    if not re.fullmatch(r"\+?[0-9]{1,15}", text):
        raise PydanticCustomError(
            "prefix", "Input should be the beginning of a number: digits, perhaps with a + before"
        )
    return text


class CallbackPart(Part):
    """Call-backs of a queue. `retry_minutes`: how long after an attempt that ended so it is tried again, 0: not at all;
    what is not named is as usual. `hours`: when customers may be called, written as a queue's hours are, or when which
    `calendar` is open. `numbers`: the beginnings of numbers that may be called; none: any."""

    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    retry_minutes: dict[
        Literal["no_answer", "busy", "unreachable", "refused", "given_up", "voicemail"], NonNegativeInt
    ] = Field(default_factory=dict)
    expires_h: PositiveInt = 24
    ring_s: Annotated[int, Field(ge=5, le=120)] = 30
    hours: dict[str, str] | None = None
    calendar: Name | None = None
    numbers: Annotated[tuple[Annotated[str, AfterValidator(_prefix)], ...], Field(strict=False)] = ()


Calendars = Mapping[str, Calendar]


def rules_of(part: CallbackPart, zone: ZoneInfo, calendars: Calendars) -> CallbackRules:
    """The rules the book is given. The files must have been checked."""
    retry_ms = dict(RETRY_MS)
    for outcome, minutes in part.retry_minutes.items():
        retry_ms[CallbackOutcome(outcome)] = minutes * MINUTE_MS
    return CallbackRules(
        attempts=part.attempts,
        retry_ms={outcome: after_ms for outcome, after_ms in retry_ms.items() if after_ms},
        expires_ms=part.expires_h * HOUR_MS,
        ring_ms=part.ring_s * 1000,
        hours=_hours(part, zone, calendars),
        prefixes=part.numbers,
    )


def message_rules_of(
    part: VoicemailPart, calling: CallbackRules | None, zone: ZoneInfo, calendars: Calendars
) -> MessageRules:
    """The same for messages; `calling` are the rules by which the queue's customers are called back, None if not."""
    usual = calling or CallbackRules()
    return MessageRules(
        attempts=usual.attempts,
        ring_ms=usual.ring_ms,
        calling=calling,
        expires_ms=part.expires_h * HOUR_MS,
        put_back_ms=part.put_back_minutes * MINUTE_MS,
        hours=_hours(part, zone, calendars),
    )


def _hours(part: CallbackPart | VoicemailPart, zone: ZoneInfo, calendars: Calendars) -> Schedule | None:
    if part.calendar is not None:
        return calendars[part.calendar]
    return None if part.hours is None else parse_hours(part.hours, zone)
