"""A call to the centre, rehearsed: its numbers, flows, queues and calendars, at the moment the call would come. The
service need not run. What happens is told by ivr/rehearsal.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from acd.closures import EVERY, Closures
from acd.known_caller import KnownCaller
from cti.calendar_answers import calendar_says
from cti.centre import Centre
from cti.queues_file import settings_of
from ivr import waiting_words
from ivr.caller import about
from ivr.documents import unknown_name
from ivr.flow.deciding import LookUpNode
from ivr.flow.handing import TransferNode
from ivr.flow.steps import CalendarIs, Prompt
from ivr.rehearsal.hand import Act, parse_act
from ivr.rehearsal.moment import parse_moment
from ivr.rehearsal.plain import plain
from ivr.rehearsal.queueing import Queues
from ivr.rehearsal.rehearse import Path, rehearse
from ivr.rehearsal.request import Given, Request
from ivr.rehearsal.said import Transcripts, transcripts
from ivr.rehearsal.told import told
from ivr.rehearsal.world import MadeUp
from ivr.walker import Walker


class CannotRehearse(Exception):
    """The call names what the centre does not have."""

    id: ClassVar[str] = "cannot-rehearse"

    def __init__(self, wrong: str, expected: str) -> None:
        super().__init__(f"{wrong} (expected {expected})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Who calls, as somebody has found out, and who that was."""

    caller: KnownCaller | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What would become of the call. `at` is in the centre's time zone, `shut` the calendars an emergency has shut."""

    dialled: str
    caller: str
    at: datetime
    flow: str
    shut: tuple[str, ...]
    path: Path
    known: Transcripts

    def lines(self) -> Iterator[str]:
        """For people."""
        who = self.caller or "a withheld number"
        yield f"{self.dialled}, flow {self.flow}, on {self.at:%A %Y-%m-%d %H:%M} ({self.at.tzinfo}), from {who}"
        if self.shut:
            yield f"shut by an emergency: {', '.join('all' if name == EVERY else name for name in self.shut)}"
        yield from told(self.path.events, self.known)

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return {
            "dialled": self.dialled,
            "caller": self.caller,
            "at": self.at.isoformat(),
            "flow": self.flow,
            "shut": list(self.shut),
            "path": [plain(event, self.known) for event in self.path.events],
        }


def rehearse_request(centre: Centre, request: Request, directory: Directory | None = None) -> Rehearsed:
    """The call of the request. Raises CannotRehearse, MomentError, and what the flow makes impossible."""
    return rehearse_call(centre, request, tuple(map(parse_act, request.press)), directory)


def rehearse_call(
    centre: Centre, given: Given, acts: tuple[Act, ...], directory: Directory | None = None, *, to_the_end: bool = True
) -> Rehearsed:
    """The same with other acts; not `to_the_end`, the call is followed to the first question after the last of them."""
    for _, what, name, names in unheard_of(centre, given):
        raise CannotRehearse(*unknown_name(what, name, names))
    at = parse_moment(given.at, datetime.now(UTC), centre.time_zone)
    flow = centre.numbers[given.dial].flow
    walker = Walker(centre.flows, flow, about(given.caller, given.name, given.dial, at.date()))
    path = rehearse(centre.flows, walker, acts, _world(centre, given, at, directory), to_the_end=to_the_end)
    return Rehearsed(
        dialled=given.dial,
        caller=given.caller,
        at=at,
        flow=flow,
        shut=tuple(given.closures),
        path=path,
        known=transcripts(centre.flows),
    )


def unheard_of(centre: Centre, given: Given) -> Iterator[tuple[tuple[str, ...], str, str, Collection[str]]]:
    """What is given for a number, queue or node that the centre does not have: its place in `given`, what it is to be,
    its name, and the names there are."""
    if given.dial not in centre.numbers:
        yield ("dial",), "number", given.dial, centre.numbers
    for queue in given.queues:
        if queue not in centre.queues:
            yield ("queues", queue), "queue", queue, centre.queues
    for key, names, kind, what in (
        ("answers", given.answers, LookUpNode, "look_up node"),
        ("transfers", given.transfers, TransferNode, "transfer node"),
    ):
        flows = centre.flows.values()
        nodes = [(flow.flow, name) for flow in flows for name, node in flow.nodes.items() if isinstance(node, kind)]
        known = {name for _, name in nodes} | {f"{flow}/{name}" for flow, name in nodes}
        for name in names:
            if name not in known:
                yield (key, name), what, name, known


def _world(centre: Centre, given: Given, at: datetime, directory: Directory | None) -> MadeUp:
    found = directory or Directory()
    if given.known is not None:
        found = Directory(caller=KnownCaller(**given.known.model_dump()))
    closures = _closures(centre, given, at)

    def says(name: str, language: str) -> CalendarIs:
        words = centre.closure_words.get(name, {})
        return calendar_says(name, centre.calendars.get(name), closures, words, language, at)

    return MadeUp(
        given=given,
        queues=_queues(centre, closures, at),
        calendar=says,
        caller=found.caller,
        source=found.source,
        allow=None if centre.outside is None else centre.outside.allow,
        ours={*centre.numbers, *centre.extensions},
    )


def _closures(centre: Centre, given: Given, at: datetime) -> Closures:
    closures = Closures(lambda _: None)
    for name, announcement in given.closures.items():
        if name != EVERY and name not in centre.calendars:
            raise CannotRehearse(*unknown_name("calendar", name, [*centre.calendars, EVERY]))
        now_ms = round(at.timestamp() * 1000)
        closures.declare(name, by="rehearsal", why="rehearsal", announcement=announcement, now_ms=now_ms)
    return closures


def _queues(centre: Centre, closures: Closures, at: datetime) -> Queues:
    hours = centre.service_hours(closures)

    def greeting(queue: str, language: str) -> Prompt:
        words = centre.queues[queue].care.voicemail.greeting.get(language)
        return Prompt(words, language) if words else waiting_words.greeting(language)

    return Queues(
        {name: settings_of(name, queue) for name, queue in centre.queues.items()},
        lambda name: (schedule := hours[name]) is None or schedule.is_open(at),
        greeting,
        [name for name, queue in centre.queues.items() if queue.callback is not None],
    )
