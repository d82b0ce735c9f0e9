"""`dialplans/queues.yaml`: the model of what administrators may say of queues, whether it fits together, and the
settings the router is given for it. What the settings do is decided in the ACD.
"""

from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, NonNegativeInt, PositiveInt, model_validator
from pydantic_core import PydanticCustomError

from acd.choice import Strategy
from acd.hours import HoursError, parse_hours
from acd.queues import Blended, QueueSettings, Step
from acd.requirements import ANY, Requirement, parse
from acd.states import OutcomePolicy
from acd.targets import LEAVE, Target, TargetKind
from cti.callbacks.rules import CallbackPart
from cti.care_file import AnnouncePart, VoicemailPart, care_of, care_problems, said_in_each
from ivr.asked import asked_problems
from ivr.desk import Care
from ivr.documents import Document, Name, Part, Problem
from ivr.flow.parts import Level
from ivr.flow.words import Speech, Words
from ivr.yaml_tree import Path

Text = Annotated[str, Field(min_length=1)]


def _dialled(number: str) -> str:
    digits = number.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and 2 <= len(digits) <= 15):
        raise PydanticCustomError("number", "Input should be a number of 2 to 15 digits, perhaps with a + before")
    return number


Dialled = Annotated[str, AfterValidator(_dialled)]
"""A telephone number, as it is dialled."""

Yes = Literal[True]


class Elsewhere(Part):
    """Where a call goes that leaves the queue without an agent of it: exactly one of these."""

    queue: Name | None = None
    number: Dialled | None = None
    voicemail: Yes | None = None
    say: Words | None = None
    leave: Yes | None = None

    @model_validator(mode="after")
    def _one(self) -> "Elsewhere":
        if len(self.model_fields_set) != 1:
            raise PydanticCustomError("target", "Input should be one of queue, number, voicemail, say, leave")
        return self

    @property
    def target(self) -> Target:
        """As the router knows it."""
        if self.queue is not None:
            return Target(TargetKind.QUEUE, self.queue)
        if self.number is not None:
            return Target(TargetKind.NUMBER, self.number)
        if self.say is not None:
            return Target(TargetKind.SAY, speech=self.say)
        return Target(TargetKind.VOICEMAIL) if self.voicemail else LEAVE


class QueueStep(Part):
    """From `after_s` seconds in this queue on: another requirement, more priority, or the end of the wait."""

    after_s: PositiveInt
    requires: Text | None = None
    priority: Annotated[int, Field(ge=0, le=100)] | None = None
    overflow: Elsewhere | None = None


class BlendedAgents(Part):
    """Agents of other work who help out above a threshold; with neither threshold only while a surge is declared."""

    agents: Text
    above_waiting: NonNegativeInt = 0
    above_wait_s: NonNegativeInt = 0


class Queue(Part):
    """A queue's settings. Times in seconds; `skills` are the least levels asked of an agent."""

    title: Text
    spoken: Speech | None = None
    """Its name as agents hear it, by language."""
    skills: dict[Name, Level] = Field(default_factory=dict)
    requires: Text | None = None
    steps: Annotated[tuple[QueueStep, ...], Field(strict=False)] = ()
    agents: Literal["longest_idle", "least_occupied", "most_skilled", "round_robin"] = "longest_idle"
    ring_several: Annotated[int, Field(ge=1, le=10)] = 1
    ring_s: Annotated[int, Field(ge=1, le=120)] = 20
    wrap_up_s: NonNegativeInt = 0
    wrap_up_more_s: PositiveInt = 60
    """By how much an agent makes his wrap-up longer at a time."""
    wrap_up_most_s: NonNegativeInt = 600
    """How long a wrap-up may be made in all; 0: nobody makes it longer."""
    point_s: PositiveInt = 60
    """One point of priority is worth this much waiting."""
    preferred_s: NonNegativeInt = 30
    """How long a caller waits for his last agent, or the one he is to reach, before others may take him; 0: not."""
    max_wait_s: NonNegativeInt = 0
    """After this the caller leaves the queue without an agent (the flow's `otherwise`); 0: he may wait for ever."""
    on_max_wait: Elsewhere | None = None
    max_waiting: NonNegativeInt = 0
    """With so many waiting no other call is let in; 0: no limit."""
    on_full: Elsewhere | None = None
    on_nobody: Elsewhere | None = None
    hours: dict[str, Text] | None = None
    """When it is open, in the centre's time zone: days and times (acd/hours.py); always where nothing stands here."""
    calendar: Name | None = None
    """Instead of `hours`: it is open when this calendar is (calendars.yaml)."""
    on_closed: Elsewhere | None = None
    blended: BlendedAgents | None = None
    callback: CallbackPart | None = None
    """Callers may ask to be called back; without this they may not."""
    service_level_s: PositiveInt = 20
    short_abandon_s: NonNegativeInt = 20
    """Who hangs up within this has not waited: key figures leave him out (docs/figures.md)."""
    keep_recordings_days: Annotated[int, Field(ge=1, le=36_500)] = 180
    """So many days the recordings of its calls are kept, unless they are held; then they are deleted."""
    outcome: Literal["required", "asked", "none"] = "none"
    """Whether agents are to close its calls with an outcome code."""
    music: Name = "default"
    announce: AnnouncePart | None = None
    voicemail: VoicemailPart = VoicemailPart()
    extension: Annotated[int, Field(ge=10, le=999_999)] | None = None
    """What agents dial to consult the queue or to send a caller there."""

    @property
    def care(self) -> Care:
        """What those who wait in it hear, and how they leave a message."""
        return care_of(self.announce, self.voicemail)

    def elsewheres(self) -> Iterator[tuple[Path, Elsewhere]]:
        """Everywhere its calls may go, each with its place in the file."""
        for name in ("on_max_wait", "on_full", "on_nobody", "on_closed"):
            if (elsewhere := getattr(self, name)) is not None:
                yield (name,), elsewhere
        for index, step in enumerate(self.steps):
            if step.overflow is not None:
                yield ("steps", index, "overflow"), step.overflow

    def requirements(self) -> Iterator[tuple[Path, str]]:
        """Every requirement written, each with its place in the file."""
        if self.requires is not None:
            yield ("requires",), self.requires
        for index, step in enumerate(self.steps):
            if step.requires is not None:
                yield ("steps", index, "requires"), step.requires
        if self.blended is not None:
            yield ("blended", "agents"), self.blended.agents


class QueuesFile(Part):
    """The whole file. Skills and attributes are what agents may have and queues may ask for, with their titles."""

    skills: dict[Name, Text]
    attributes: dict[Name, Text] = Field(default_factory=dict)
    queues: Annotated[dict[Name, Queue], Field(min_length=1)]


def queue_problems(
    document: Document[QueuesFile], languages: tuple[str, ...], calendars: Collection[str], *, outside: bool
) -> Iterator[Problem]:
    """What does not fit together in the file. `languages` are the centre's: every announcement must be in each."""
    file = document.value
    owners: dict[int, str] = {}
    for name, queue in file.queues.items():
        here: Path = ("queues", name)
        if queue.extension is not None and owners.setdefault(queue.extension, name) != name:
            what = f"extension {queue.extension} is already that of {owners[queue.extension]}"
            yield document.problem((*here, "extension"), what, "a free number")
        for skill in queue.skills:
            if skill not in file.skills:
                yield document.unknown((*here, "skills", skill), "skill", skill, file.skills, key=True)
        for path, text in queue.requirements():
            yield from asked_problems(document, (*here, *path), text, file.skills, file.attributes)
        if queue.spoken is not None:
            yield from said_in_each(document, (*here, "spoken"), queue.spoken, languages)
        for path, elsewhere in queue.elsewheres():
            yield from _elsewhere(document, (*here, *path), elsewhere, name, languages)
            if elsewhere.number is not None and not outside:
                wrong = "there is no line over which to call a number"
                yield document.problem((*here, *path, "number"), wrong, '"outside" in centre.yaml')
        for path, part in (((), queue), (("voicemail",), queue.voicemail), (("callback",), queue.callback)):
            if part is not None:
                yield from _when(document, (*here, *path), part, calendars)
        yield from care_problems(document, here, queue.announce, queue.voicemail, languages)
        yield from _callbacks(document, here, queue, outside)
        yield from _steps(document, (*here, "steps"), queue.steps)


def _steps(document: Document[QueuesFile], path: Path, steps: tuple[QueueStep, ...]) -> Iterator[Problem]:
    for index, (before, after) in enumerate(pairwise(steps)):
        if after.after_s <= before.after_s:
            wrong = f"{after.after_s} does not come after {before.after_s}"
            yield document.problem((*path, index + 1, "after_s"), wrong, "steps in the order of time")
        if before.overflow is not None:
            wrong = "nothing can come after this step"
            yield document.problem((*path, index, "overflow"), wrong, "it as the last step")


def _when(
    document: Document[QueuesFile],
    here: Path,
    part: Queue | VoicemailPart | CallbackPart,
    calendars: Collection[str],
) -> Iterator[Problem]:
    """Hours that can be read, or a calendar that there is."""
    try:
        parse_hours(part.hours or {}, ZoneInfo("UTC"))
    except HoursError as error:
        yield document.problem((*here, "hours", error.key), error.wrong, error.expected, key=error.in_key)
    if part.calendar is not None:
        if part.calendar not in calendars:
            yield document.unknown((*here, "calendar"), "calendar", part.calendar, calendars)
        if part.hours is not None:
            yield document.problem((*here, "hours"), "there is a calendar", "one of hours and calendar", key=True)


def _callbacks(document: Document[QueuesFile], here: Path, queue: Queue, outside: bool) -> Iterator[Problem]:
    if queue.callback is not None:
        if not outside:
            wrong = "there is no line over which to call back"
            yield document.problem((*here, "callback"), wrong, '"outside" in centre.yaml', key=True)
    elif queue.announce and any(way.to == "callback" for way in queue.announce.leave):
        path = (*here, "announce", "leave")
        yield document.problem(path, "the queue takes no call-backs", '"callback" in the queue as well')


def _elsewhere(
    document: Document[QueuesFile], path: Path, elsewhere: Elsewhere, queue: str, languages: tuple[str, ...]
) -> Iterator[Problem]:
    if elsewhere.queue == queue:
        yield document.problem((*path, "queue"), "the call is in this queue already", "another queue")
    elif elsewhere.queue is not None and elsewhere.queue not in document.value.queues:
        yield document.unknown((*path, "queue"), "queue", elsewhere.queue, document.value.queues)
    if elsewhere.say is not None:
        yield from said_in_each(document, (*path, "say"), elsewhere.say, languages)


def settings_of(name: str, queue: Queue) -> QueueSettings:
    """The settings the router is given. The file must have been checked."""
    blended = queue.blended
    return QueueSettings(
        name=name,
        title=queue.title,
        skills=queue.skills,
        requires=_requirement(queue.requires) or ANY,
        steps=tuple(
            Step(
                after_ms=step.after_s * 1000,
                requires=_requirement(step.requires),
                priority=step.priority,
                overflow=_target(step.overflow),
            )
            for step in queue.steps
        ),
        strategy=Strategy(queue.agents),
        ring_several=queue.ring_several,
        ring_ms=queue.ring_s * 1000,
        wrap_up_ms=queue.wrap_up_s * 1000,
        wrap_up_more_ms=queue.wrap_up_more_s * 1000,
        wrap_up_most_ms=queue.wrap_up_most_s * 1000,
        point_ms=queue.point_s * 1000,
        preferred_ms=queue.preferred_s * 1000,
        max_wait_ms=queue.max_wait_s * 1000,
        on_max_wait=_target(queue.on_max_wait) or LEAVE,
        max_waiting=queue.max_waiting,
        on_full=_target(queue.on_full) or LEAVE,
        on_nobody=_target(queue.on_nobody),
        on_closed=_target(queue.on_closed),
        blended=None
        if blended is None
        else Blended(
            agents=parse(blended.agents),
            above_waiting=blended.above_waiting,
            above_wait_ms=blended.above_wait_s * 1000,
        ),
        service_level_ms=queue.service_level_s * 1000,
        music=queue.music,
        outcome=OutcomePolicy(queue.outcome),
    )


def _requirement(text: str | None) -> Requirement | None:
    return None if text is None else parse(text)


def _target(elsewhere: Elsewhere | None) -> Target | None:
    return None if elsewhere is None else elsewhere.target
