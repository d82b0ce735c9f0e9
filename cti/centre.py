"""The centre as its administrators wrote it under `dialplans/`: numbers, queues, skills, reasons and flows, read and
checked as a whole. How a queue is served is decided by the ACD.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field

from acd.calendars import Calendar
from acd.closures import Closures
from acd.hours import NEVER, Schedule, parse_hours
from acd.seats import Seats
from acd.states import NotReadyReason
from cti.calendars_file import CalendarsFile, calendar_problems, calendars_of, zone_problems
from cti.care_file import prompts_of
from cti.figures_file import FiguresFile, figures_problems, read_figures
from cti.outside_file import Minutes, Outside, outside_problems
from cti.parking_file import Parking, parking_problems
from cti.quality_files import SHEETS, load_sheets
from cti.queues_file import Dialled, Queue, QueuesFile, Text, queue_problems
from cti.recorded_files import identify
from cti.sampling_file import load_sampling
from cti.settings import Settings
from ivr import callback_offer, callback_words, closure_words, collect_words, message_words
from ivr.documents import Document, DocumentError, Name, Part, Problem, read_document, unknown_name
from ivr.flow.asking import CollectNode
from ivr.flow.check import Names, load_flows
from ivr.flow.graph import sayings
from ivr.flow.model import Flow
from ivr.flow.steps import Prompt
from ivr.flow.utterance import known_before
from ivr.flow.words import Speech, Words
from ivr.look_ups.check import NOTHING_ALLOWED, Rules
from ivr.prompts import VOICES
from ivr.star_codes import Custom
from ivr.waiting_words import fixed
from ivr.yaml_tree import Tree
from recording.quality.sampling import SamplingRules
from recording.quality.sheets import ScoreSheet

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


@dataclass(frozen=True, slots=True)
class Centre:
    """The whole centre; every name used in it exists in it."""

    name: str
    time_zone: ZoneInfo
    languages: tuple[str, ...]
    numbers: Mapping[str, Number]
    reasons: Mapping[str, Reason]
    system_reasons: Mapping[str, SystemReason]
    outside: Outside | None
    skills: Mapping[str, str]
    attributes: Mapping[str, str]
    queues: Mapping[str, Queue]
    flows: Mapping[str, Flow]
    calendars: Mapping[str, Calendar]
    closure_words: Mapping[str, Speech]
    """What callers hear while a calendar is shut and nothing has been recorded, where it has words of its own."""
    sounds: Path = Path()
    """The folder of recordings beside its flows."""
    country_code: str = ""
    last_agent_days: int = 0
    administrators: frozenset[str] = frozenset()
    parking: Parking | None = None
    """How callers are parked; None: not."""
    sheets: Mapping[str, ScoreSheet] = field(default_factory=dict)
    """By what its calls are judged."""
    sampling: SamplingRules | None = None
    """Which of them; None: only those that somebody chooses."""
    figures: FiguresFile = field(default_factory=FiguresFile)
    max_calls: int | None = None

    def today(self) -> date:
        """The day that its calendar shows."""
        return datetime.now(self.time_zone).date()

    def allowed_ms(self) -> Mapping[str, int]:
        """How long agents may be not ready for each reason that has a limit."""
        own = {name: reason.minutes for name, reason in self.reasons.items() if reason.minutes is not None}
        given = {name: reason.minutes for name, reason in self.system_reasons.items()}
        return {name: round(minutes * 60_000) for name, minutes in {**own, **given}.items()}

    @property
    def custom(self) -> Custom:
        """How its star codes have it."""
        return Custom(
            reasons={str(reason.key): name for name, reason in self.reasons.items() if reason.key is not None},
            words={name: reason.say for name, reason in self.reasons.items() if reason.say is not None},
            languages=self.languages,
        )

    @property
    def seats(self) -> Seats:
        """How its agents are rung."""
        return Seats(self.languages, self.outside.ring_s * 1000 if self.outside else 0)

    def service_hours(self, closures: Closures | None = None) -> Mapping[str, Schedule | None]:
        """When each queue is open; None: always. While its calendar is shut it is not."""
        return {name: self._schedule(queue, closures) for name, queue in self.queues.items()}

    def _schedule(self, queue: Queue, closures: Closures | None) -> Schedule | None:
        if closures is not None and closures.of(queue.calendar) is not None:
            return NEVER
        if queue.calendar is not None:
            return self.calendars[queue.calendar]
        return None if queue.hours is None else parse_hours(queue.hours, self.time_zone)

    @property
    def extensions(self) -> Mapping[str, str]:
        """The queues that agents can dial, by extension."""
        return {str(queue.extension): name for name, queue in self.queues.items() if queue.extension is not None}

    def prompts(self) -> frozenset[Prompt]:
        """Everything its flows say, its queues on a caller's way elsewhere, and agents hear of call-backs and of the
        reasons they gave."""
        queues = (elsewhere.say or {} for queue in self.queues.values() for _, elsewhere in queue.elsewheres())
        said = (Prompt(text, language) for speech in queues for language, text in speech.items())
        cared = (prompt for queue in self.queues.values() for prompt in prompts_of(queue.care, self.languages))
        offered = callback_offer.needed(self.languages)
        called_back = [queue.spoken or {} for queue in self.queues.values() if queue.callback is not None]
        told = callback_words.needed(called_back, self.languages) if called_back else ()
        messages = message_words.needed((queue.spoken or {} for queue in self.queues.values()), self.languages)
        named = (reason.say or {} for reason in self.reasons.values())
        reasons = (Prompt(text, language) for speech in named for language, text in speech.items())
        closed = (Prompt(text, language) for words in self.closure_words.values() for language, text in words.items())
        house = chain(fixed(self.languages), closure_words.fixed(self.languages), told, messages, offered)
        spaces = self.parking.prompts(self.languages) if self.parking is not None else ()
        return frozenset(chain(self._flows_prompts(), said, cared, house, reasons, closed, spaces))

    def _flows_prompts(self) -> Iterator[Prompt]:
        nodes = (node for flow in self.flows.values() for node in flow.nodes.values())
        for said in (one for node in nodes for one in sayings(node).values()):
            for language, words in said.items():
                yield from (piece for piece in known_before(words, language) if isinstance(piece, Prompt))
        for flow in self.flows.values():
            asking = [node for node in flow.nodes.values() if isinstance(node, CollectNode)]
            confirm, secret = any(node.confirm for node in asking), any(node.secret for node in asking)
            yield from collect_words.needed(flow.languages, confirm=confirm, secret=secret)


Value = TypeVar("Value")


def load_centre(
    folder: Path,
    queues_file: Path | None = None,
    look_ups: Rules = NOTHING_ALLOWED,
    voices: Collection[str] = VOICES,
) -> Centre:
    """The centre in `folder`: `centre.yaml`, `queues.yaml` (or the file given for it), `calendars.yaml` and
    `figures.yaml` where there are such, every flow under `flows/` and what is under `quality/`. `look_ups` are what
    programs its flows may ask, `voices` the languages that can be spoken.

    Raises DocumentError with everything that is wrong in any of the files.
    """
    problems: list[Problem] = []

    def attempt(read: Callable[[], Value]) -> Value | None:
        try:
            return read()
        except DocumentError as error:
            problems.extend(error.problems)
            return None

    centre = attempt(partial(read_document, folder / "centre.yaml", CentreFile))
    queues = attempt(partial(read_document, queues_file or folder / "queues.yaml", QueuesFile))
    calendars = attempt(partial(_read_calendars, folder / "calendars.yaml"))
    figures = attempt(partial(read_figures, folder / "figures.yaml"))
    if centre is None or queues is None or calendars is None or figures is None:
        raise DocumentError(problems)  # without their names nothing else can be judged
    names = Names(
        queues=queues.value.queues,
        skills=queues.value.skills,
        languages=centre.value.languages,
        attributes=queues.value.attributes,
        calendars=calendars.value.calendars,
        sounds=_sounds(folder / "sounds", centre.value.languages),
        look_ups=look_ups,
        outside=None if centre.value.outside is None else centre.value.outside.allow,
        callbacks=[name for name, queue in queues.value.queues.items() if queue.callback is not None],
    )
    files = {file.stem: file for file in sorted((folder / "flows").glob("*.yaml"))}
    entrances = {number.flow for number in centre.value.numbers.values()}
    flows = attempt(partial(load_flows, files.values(), names, entrances)) or {}
    sheets = attempt(partial(load_sheets, folder)) or {}
    judged = {file.stem for file in (folder / SHEETS).glob("*.yaml")}
    sampling = attempt(partial(load_sampling, folder, judged, queues.value.queues))
    problems += [
        *zone_problems(centre, ("time_zone",), centre.value.time_zone),
        *_voices(centre, voices),
        *calendar_problems(calendars, centre.value.languages),
        *queue_problems(
            queues, centre.value.languages, calendars.value.calendars, outside=centre.value.outside is not None
        ),
        *_numbers(centre, files, queues.value.queues),
        *_extensions(queues, centre.value.numbers),
        *_reasons(centre),
        *outside_problems(centre, centre.value.outside, queues.value),
        *_parking(centre, queues.value.queues),
        *figures_problems(figures),
    ]
    problems += [] if problems else identify(flows.values(), folder / "sounds")
    if problems:
        raise DocumentError(problems)
    zone = ZoneInfo(centre.value.time_zone)
    return Centre(
        name=centre.value.centre,
        time_zone=zone,
        languages=centre.value.languages,
        numbers=centre.value.numbers,
        reasons=centre.value.not_ready_reasons,
        system_reasons=centre.value.system_reasons,
        outside=centre.value.outside,
        skills=queues.value.skills,
        attributes=queues.value.attributes,
        queues=queues.value.queues,
        flows=flows,
        sounds=folder / "sounds",
        calendars=calendars_of(calendars.value, zone),
        closure_words={name: one.emergency for name, one in calendars.value.calendars.items() if one.emergency},
        country_code=str(centre.value.country_code or ""),
        last_agent_days=centre.value.last_agent_days,
        administrators=frozenset(centre.value.administrators),
        parking=centre.value.parking,
        sheets=sheets,
        sampling=sampling,
        figures=figures.value,
        max_calls=centre.value.max_calls,
    )


def _sounds(folder: Path, languages: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """The recordings beside the flows, by language, without their ending."""
    return {language: frozenset(file.stem for file in (folder / language).glob("*.wav")) for language in languages}


def centre_of(settings: Settings) -> Centre:
    """The centre of this instance. Raises DocumentError."""
    return load_centre(settings.dialplans, look_ups=settings.look_ups.rules, voices=settings.speakers)


def _read_calendars(file: Path) -> Document[CalendarsFile]:
    return read_document(file, CalendarsFile) if file.exists() else Document(str(file), CalendarsFile(), Tree())


def _voices(document: Document[CentreFile], voices: Collection[str]) -> Iterator[Problem]:
    for index, language in enumerate(document.value.languages):
        if language not in voices:
            wrong, expected = unknown_name("language", language, voices)
            yield document.problem(("languages", index), wrong, f"{expected}; or a voice for it in callcenter.toml")


def _numbers(
    document: Document[CentreFile], flows: Mapping[str, Path], queues: Mapping[str, Queue]
) -> Iterator[Problem]:
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
