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
from cti.calendars_file import CalendarsFile, calendar_problems, calendars_of
from cti.care_file import prompts_of
from cti.centre_file import CentreFile, Number, Reason, SystemReason, centre_problems
from cti.figures_file import FiguresFile, figures_problems, read_figures
from cti.outside_file import Outside
from cti.parking_file import Parking
from cti.quality_files import SHEETS, load_sheets
from cti.queues_file import Queue, QueuesFile, queue_problems
from cti.recorded_files import identify
from cti.sampling_file import load_sampling
from cti.settings import Settings
from ivr import callback_offer, callback_words, closure_words, collect_words, message_words
from ivr.documents import Document, DocumentError, Problem, read_document
from ivr.flow.asking import CollectNode
from ivr.flow.check import Names, load_flows
from ivr.flow.graph import sayings
from ivr.flow.model import Flow
from ivr.flow.steps import Prompt
from ivr.flow.utterance import known_before
from ivr.flow.words import Speech
from ivr.look_ups.check import NOTHING_ALLOWED, Rules
from ivr.prompts import VOICES
from ivr.star_codes import Custom
from ivr.waiting_words import fixed
from ivr.yaml_tree import Tree
from recording.quality.sampling import SamplingRules
from recording.quality.sheets import ScoreSheet

MaxCalls = Annotated[int, Field(ge=1, le=100_000)]


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
    names = _names(folder, centre.value, queues.value, calendars.value, look_ups)
    files = {file.stem: file for file in sorted((folder / "flows").glob("*.yaml"))}
    entrances = {number.flow for number in centre.value.numbers.values()}
    flows = attempt(partial(load_flows, files.values(), names, entrances)) or {}
    sheets = attempt(partial(load_sheets, folder)) or {}
    judged = {file.stem for file in (folder / SHEETS).glob("*.yaml")}
    sampling = attempt(partial(load_sampling, folder, judged, queues.value.queues))
    problems += [
        *centre_problems(centre, queues, files, voices),
        *calendar_problems(calendars, centre.value.languages),
        *queue_problems(
            queues, centre.value.languages, calendars.value.calendars, outside=centre.value.outside is not None
        ),
        *figures_problems(figures),
    ]
    problems += [] if problems else identify(flows.values(), folder / "sounds")
    if problems:
        raise DocumentError(problems)
    return _joined(folder, centre.value, queues.value, calendars.value, flows, sheets, sampling, figures.value)


def _names(folder: Path, centre: CentreFile, queues: QueuesFile, calendars: CalendarsFile, look_ups: Rules) -> Names:
    """What its flows may name."""
    return Names(
        queues=queues.queues,
        skills=queues.skills,
        languages=centre.languages,
        attributes=queues.attributes,
        calendars=calendars.calendars,
        sounds=_sounds(folder / "sounds", centre.languages),
        look_ups=look_ups,
        outside=None if centre.outside is None else centre.outside.allow,
        callbacks=[name for name, queue in queues.queues.items() if queue.callback is not None],
    )


def _joined(
    folder: Path,
    centre: CentreFile,
    queues: QueuesFile,
    calendars: CalendarsFile,
    flows: Mapping[str, Flow],
    sheets: Mapping[str, ScoreSheet],
    sampling: SamplingRules | None,
    figures: FiguresFile,
) -> Centre:
    zone = ZoneInfo(centre.time_zone)
    return Centre(
        name=centre.centre,
        time_zone=zone,
        languages=centre.languages,
        numbers=centre.numbers,
        reasons=centre.not_ready_reasons,
        system_reasons=centre.system_reasons,
        outside=centre.outside,
        skills=queues.skills,
        attributes=queues.attributes,
        queues=queues.queues,
        flows=flows,
        sounds=folder / "sounds",
        calendars=calendars_of(calendars, zone),
        closure_words={name: one.emergency for name, one in calendars.calendars.items() if one.emergency},
        country_code=str(centre.country_code or ""),
        last_agent_days=centre.last_agent_days,
        administrators=frozenset(centre.administrators),
        parking=centre.parking,
        sheets=sheets,
        sampling=sampling,
        figures=figures,
        max_calls=centre.max_calls,
    )


def _sounds(folder: Path, languages: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """The recordings beside the flows, by language, without their ending."""
    return {language: frozenset(file.stem for file in (folder / language).glob("*.wav")) for language in languages}


def centre_of(settings: Settings) -> Centre:
    """The centre of this instance. Raises DocumentError."""
    return load_centre(settings.dialplans, look_ups=settings.look_ups.rules, voices=settings.speakers)


def _read_calendars(file: Path) -> Document[CalendarsFile]:
    return read_document(file, CalendarsFile) if file.exists() else Document(str(file), CalendarsFile(), Tree())
