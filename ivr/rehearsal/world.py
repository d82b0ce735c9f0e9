"""The made-up world that a rehearsed call meets: what was given for it, and the centre's own calendars and queues."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from acd.known_caller import KnownCaller
from ivr.flow.expressions import Value
from ivr.flow.steps import (
    Ask,
    CalendarIs,
    CallbackTaken,
    CallerFound,
    Done,
    Enqueue,
    FindCaller,
    Hangup,
    Input,
    LookAtCalendar,
    LookUp,
    MessageTaken,
    Paused,
    PauseRecording,
    Play,
    RequestCallback,
    ResumeRecording,
    Step,
    TakeMessage,
    Transfer,
)
from ivr.flow.steps import LookedUp as LookedUpInput
from ivr.flow.steps import Transferred as TransferredInput
from ivr.look_ups.failures import Failure, LookUpFailed
from ivr.look_ups.json_texts import read
from ivr.rehearsal.events import (
    CallbackAsked,
    Ended,
    Event,
    Looked,
    LookedUp,
    Recognised,
    Recording,
    Transferred,
)
from ivr.rehearsal.queueing import Queues, queue_up, take_message
from ivr.rehearsal.request import FAILED, Given
from ivr.toll_guard import NOT_ANSWERED, refusal
from ivr.walker import Walker

Met = tuple[tuple[Event, ...], Input | Ended]


class NotRehearsed(Exception):
    """A step that rehearsals do not know."""

    id: ClassVar[str] = "not-rehearsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUp:
    """A `World` (ivr/rehearsal/rehearse.py). `caller` is who calls, as `source` tells."""

    given: Given
    queues: Queues
    calendar: Callable[[str, str], CalendarIs]
    caller: KnownCaller | None = None
    source: str = ""
    allow: Sequence[str] | None = None
    """The patterns of numbers outside that flows may compute; None: nobody outside can be called."""
    ours: Collection[str] = ()
    """The numbers and extensions of the centre itself."""

    def meet(self, step: Step, walker: Walker) -> Met:  # noqa: PLR0911 (one case for each step, and nothing else)
        """What becomes of the step. Raises NotRehearsed, which a walker that is led by ivr/rehearsal cannot come to."""
        match step:
            case LookAtCalendar(calendar):
                says = self.calendar(calendar, walker.language)
                return (Looked(calendar, says.state, says.holiday),), says
            case FindCaller():
                return (Recognised(self.caller, self.source),), CallerFound(self.caller)
            case Enqueue():
                known = step if self.caller is None else step.of_known(self.caller)
                return queue_up(known, walker.language, self.queues, self.given)
            case TakeMessage(queue, greeting):
                greeting = greeting or (self.queues.greeting(queue, walker.language),)
                events, left = take_message(queue, greeting, walker.language, self.given)
                return events, MessageTaken(left)
            case RequestCallback(queue, number):
                own, ours = number == walker.data.get("caller.number"), number in self.ours
                guarded = refusal(number, written=own, ours=ours, allow=self.allow) is not None
                taken = self.given.callbacks == "taken" and queue in self.queues.with_callbacks and not guarded
                assumed = taken and "callbacks" not in self.given.model_fields_set
                return (CallbackAsked(queue, number, taken, assumed),), CallbackTaken(taken)
            case PauseRecording():
                return (Recording(goes_on=False),), Paused(safe=True)
            case ResumeRecording():
                return (Recording(goes_on=True),), Done()
            case LookUp():
                return self._look_up(step, walker)
            case Transfer():
                return self._transfer(step, walker)
            case Play() | Ask() | Hangup():
                raise NotRehearsed(f"node {walker.node}: {type(step).__name__} is a matter of words and keys")

    def _transfer(self, step: Transfer, walker: Walker) -> Met:
        asked = self.given.transfers
        given = [name for name in (walker.node, f"{walker.flow}/{walker.node}") if name in asked]
        outcome, error = asked[given[0]] if given else "answered", ""
        if step.number is not None:
            ours = step.number in self.ours
            error = refusal(step.number, written=step.written, ours=ours, allow=self.allow) or ""
        told = Transferred(step.number or step.extension, error or outcome, assumed=not given and not error)
        answered = outcome == "answered" and not error
        return (told,), TransferredInput(answered, error or ("" if answered else NOT_ANSWERED))

    def _look_up(self, step: LookUp, walker: Walker) -> Met:
        answers, failure = self.given.answers, step.failure
        given = [name for name in (walker.node, f"{walker.flow}/{walker.node}") if name in answers]
        values: Mapping[str, Value] = {}
        if step.request is not None:
            if not given or answers[given[0]] == FAILED:
                failure = Failure.UNREACHABLE
            else:
                try:
                    values = read(json.dumps(answers[given[0]]).encode(), step.into)
                except LookUpFailed as error:
                    failure = error.failure
        method, url = ("", "") if step.request is None else (step.request.method, step.request.url)
        assumed = step.request is not None and not given
        told = LookedUp(method, url, "" if failure is None else failure.value, assumed)
        return (told,), LookedUpInput(values, failure)
