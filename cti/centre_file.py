"""How `centre.yaml` is written: its name, time zone and languages, the numbers that callers dial, why agents may be not
ready. And what can be wrong in it, which is told with file, line and column.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated

from pydantic import Field

from acd.states import NotReadyReason
from cti.calendars_file import zone_problems
from cti.outside_file import Minutes, Outside, outside_problems
from cti.parking_file import Parking, parking_problems
from cti.queues_file import Dialled, Queue, QueuesFile, Text
from ivr.documents import Document, Name, Part, Problem, unknown_name
from ivr.flow.words import Words

MaxCalls = Annotated[int, Field(ge=1, le=100_000)]

AgentNumber = Annotated[str, Field(pattern=r"^[0-9]{1,12}$")]


class Number(Part):
    """What a dialled number leads to: a flow, and the queue that takes its callers while we are away. Of those who have
    dialled it `max_calls` are let in at once; the next hears busy."""

    flow: Name
    fallback: Name
    max_calls: MaxCalls | None = None


class Reason(Part):
    """Why an agent may be not ready: a title for people, the key for it on his phone, the minutes allowed, and what it
    is called when he asks for his state."""

    title: Text
    key: Annotated[int, Field(ge=0, le=9)] | None = None
    minutes: Minutes | None = None
    say: Words | None = None


class SystemReason(Part):
    """How many minutes an agent may stay not ready for a reason that the system gave him."""

    minutes: Minutes


class CentreFile(Part):
    """The centre: its name, time zone and languages, what the numbers that callers dial lead to, why agents may be not
    ready, and how numbers outside are called."""

    centre: Text
    time_zone: Text
    languages: Annotated[tuple[Name, ...], Field(strict=False, min_length=1)]
    numbers: dict[Dialled, Number]
    not_ready_reasons: dict[Name, Reason] = Field(default_factory=dict)
    system_reasons: dict[Name, SystemReason] = Field(default_factory=dict)
    country_code: Annotated[int, Field(ge=1, le=999)] | None = None
    """Of the country the centre is in: callers' numbers are one in their national and their international form."""
    last_agent_days: Annotated[int, Field(ge=0, le=366)] = 0
    """A caller who spoke with an agent so lately reaches the same one, if he is soon free; 0: not."""
    outside: Outside | None = None
    parking: Parking | None = None
    administrators: Annotated[tuple[AgentNumber, ...], Field(strict=False)] = ()
    """Agents who may shut the centre by phone, and open it again."""
    max_calls: MaxCalls | None = None
    """So many callers are let in at once, whatever they do there; the next hears busy. Not said: as many as come."""


def centre_problems(
    document: Document[CentreFile],
    queues: Document[QueuesFile],
    flows: Collection[str],
    voices: Collection[str],
) -> Iterator[Problem]:
    """What does not fit in `centre.yaml`, or between it and the queues; `flows` are the names of those there are,
    `voices` the languages that can be spoken."""
    centre = document.value
    yield from zone_problems(document, ("time_zone",), centre.time_zone)
    yield from _voices(document, voices)
    yield from _numbers(document, flows, queues.value.queues)
    yield from _extensions(queues, centre.numbers)
    yield from _reasons(document)
    yield from outside_problems(document, centre.outside, queues.value)
    yield from _parking(document, queues.value.queues)


def _voices(document: Document[CentreFile], voices: Collection[str]) -> Iterator[Problem]:
    for index, language in enumerate(document.value.languages):
        if language not in voices:
            wrong, expected = unknown_name("language", language, voices)
            yield document.problem(("languages", index), wrong, f"{expected}; or a voice for it in callcenter.toml")


def _numbers(document: Document[CentreFile], flows: Collection[str], queues: Mapping[str, Queue]) -> Iterator[Problem]:
    for dialled, number in document.value.numbers.items():
        if number.flow not in flows:
            yield document.unknown(("numbers", dialled, "flow"), "flow", number.flow, flows)
        if number.fallback not in queues:
            yield document.unknown(("numbers", dialled, "fallback"), "queue", number.fallback, queues)


def _extensions(document: Document[QueuesFile], numbers: Mapping[str, Number]) -> Iterator[Problem]:
    for name, queue in document.value.queues.items():
        if str(queue.extension) in numbers:
            what = f"{queue.extension} is a number of the centre"
            yield document.problem(("queues", name, "extension"), what, "one that callers do not dial")


def _parking(document: Document[CentreFile], queues: Mapping[str, Queue]) -> Iterator[Problem]:
    taken = dict.fromkeys(document.value.numbers, "a number of the centre")
    taken |= {str(queue.extension): f"the extension of the queue {name}" for name, queue in queues.items()}
    return parking_problems(document, document.value.parking, taken, {"default", *(q.music for q in queues.values())})


def _reasons(document: Document[CentreFile]) -> Iterator[Problem]:
    systems = [reason.value for reason in NotReadyReason]
    for name in document.value.system_reasons:
        if name not in systems:
            yield document.unknown(("system_reasons", name), "system reason", name, systems, key=True)
    owners: dict[int, str] = {}
    for name, reason in document.value.not_ready_reasons.items():
        for language in reason.say or {}:
            if language not in document.value.languages:
                where = ("not_ready_reasons", name, "say", language)
                yield document.unknown(where, "language", language, document.value.languages, key=True)
        if name in systems:
            own = f"{name} is the system's own reason"
            yield document.problem(("not_ready_reasons", name), own, "another name", key=True)
        if reason.key is None:
            continue
        if reason.key in owners:
            path = ("not_ready_reasons", name, "key")
            yield document.problem(path, f"key {reason.key} is already that of {owners[reason.key]}", "a free key")
        owners.setdefault(reason.key, name)
