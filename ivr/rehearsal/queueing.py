"""What becomes of a rehearsed caller in a queue: with an agent unless it is said otherwise, and elsewhere where the
queue's own settings send him. The real thing is acd/waiting.py and ivr/waiting.py; agents and other callers are not
rehearsed.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from acd.queues import QueueSettings
from acd.requirements import ANY
from acd.states import DequeueReason
from acd.targets import Target, TargetKind
from ivr import waiting_words
from ivr.flow.steps import Enqueue, Piece, Prompt, QueueLeft
from ivr.rehearsal.events import (
    CallbackAsked,
    Ended,
    Event,
    Heard,
    LeftQueue,
    MessageTaken,
    Queued,
    Transferred,
    Waited,
)
from ivr.rehearsal.request import Given, QueueOutcome


@dataclass(frozen=True, slots=True)
class Queues:
    """The centre's queues, and whether each is open at the moment of the call."""

    settings: Mapping[str, QueueSettings]
    is_open: Callable[[str], bool]
    greeting: Callable[[str, str], Prompt]
    """What the queue says in a language to who is to leave a message."""
    with_callbacks: Collection[str]
    """Those whose callers can be called back."""


NOBODY = "without an agent"

Met = tuple[tuple[Event, ...], QueueLeft | Ended]


def queue_up(step: Enqueue, language: str, queues: Queues, given: Given) -> Met:
    """What happens to him in the queue, and how he is out of it. `language` is his."""
    stay = _Stay(step.queue, language, queues, given)
    music = step.music or queues.settings[step.queue].music
    requires = "" if step.requires.text == ANY.text else step.requires.text
    entered = Queued(step.queue, step.skills, requires, step.priority, step.data, music, step.preferred)
    return (entered, *stay.events), stay.end


def take_message(
    queue: str, greeting: tuple[Piece, ...], language: str, given: Given
) -> tuple[tuple[Event, ...], bool]:
    """What happens to him who is to leave a message, and whether he leaves one."""
    left = given.messages == "left"
    thanks = waiting_words.thanks(language) if left else waiting_words.no_message(language)
    taken = MessageTaken(queue, left, assumed="messages" not in given.model_fields_set)
    return (Heard(greeting), taken, Heard((thanks,))), left


class _Stay:
    def __init__(self, queue: str, language: str, queues: Queues, given: Given) -> None:
        self.events: list[Event] = []
        self._queues = queues
        self._given = given
        self._language = language
        self._visited = [queue]
        self.end = self._wait()

    @property
    def _queue(self) -> str:
        return self._visited[-1]

    def _wait(self) -> QueueLeft | Ended:
        while True:
            target = self._target()
            if not isinstance(target, Target):
                return target
            if target.kind is not TargetKind.QUEUE or target.value in self._visited:
                return self._go(target)
            self._say(f"goes on to queue {target.value}")
            self._visited.append(target.value)

    def _target(self) -> Target | QueueLeft | Ended:
        """Where he goes who is not answered here; how his wait ends otherwise."""
        settings = self._queues.settings[self._queue]
        if not self._queues.is_open(self._queue):
            if settings.on_closed is not None:
                self._say(f"queue {self._queue} is closed")
                return settings.on_closed
            self._say(f"queue {self._queue} is closed; its callers wait all the same")
        outcome = self._given.queues.get(self._queue)
        if outcome is None or outcome == "answered":
            self.events.append(LeftQueue(self._queue, "answered", assumed=outcome is None))
            return QueueLeft(DequeueReason.ANSWERED, queue=self._queue)
        self._say(_WHY[outcome])
        if outcome == "callback" and self._queue not in self._queues.with_callbacks:
            self._say("the queue takes no call-backs; the caller waits on")
            self.events.append(LeftQueue(self._queue, "answered", assumed=True))
            return QueueLeft(DequeueReason.ANSWERED, queue=self._queue)
        return Ended("hung_up", "caller") if outcome == "abandoned" else _elsewhere(outcome, settings)

    def _go(self, target: Target) -> QueueLeft | Ended:
        queue = self._queue
        match target.kind:
            case TargetKind.NUMBER:
                self.events.append(Transferred(target.value, "answered", assumed=True))
                return QueueLeft(DequeueReason.ANSWERED, queue=queue)
            case TargetKind.VOICEMAIL:
                greeting = (self._queues.greeting(queue, self._language),)
                events, left = take_message(queue, greeting, self._language, self._given)
                self.events += events
                return Ended("voicemail" if left else "no_message", "flow")
            case TargetKind.CALLBACK:
                self.events.append(CallbackAsked(queue, self._given.caller, taken=True, assumed=True))
                self.events.append(Heard((waiting_words.called_back(self._language),)))
                return Ended("callback", "flow")
            case TargetKind.SAY:
                language = self._language if self._language in target.speech else next(iter(target.speech))
                self.events.append(Heard((Prompt(target.speech[language], language),)))
                return Ended("announced", "flow")
            case _:
                self.events.append(LeftQueue(queue, NOBODY))
                return QueueLeft(DequeueReason.TIMED_OUT, queue=queue)

    def _say(self, what: str) -> None:
        self.events.append(Waited(self._queue, what))


def _elsewhere(outcome: QueueOutcome, settings: QueueSettings) -> Target:
    match outcome:
        case "voicemail":
            return Target(TargetKind.VOICEMAIL)
        case "callback":
            return Target(TargetKind.CALLBACK)
        case "full":
            return settings.on_full
        case "nobody":
            return settings.on_nobody or _in_vain(settings)
        case _:
            return _in_vain(settings)


def _in_vain(settings: QueueSettings) -> Target:
    """Where he goes who has waited in vain: by the first step that sends him on, or after the longest wait."""
    ends = [(step.after_ms, step.overflow) for step in settings.steps if step.overflow is not None]
    if settings.max_wait_ms:
        ends.append((settings.max_wait_ms, settings.on_max_wait))
    return min(ends, key=lambda end: end[0])[1] if ends else settings.on_max_wait


_WHY: Mapping[QueueOutcome, str] = {
    "abandoned": "the caller hangs up while he waits",
    "timed_out": "nobody answers within the longest wait",
    "nobody": "no agent of the queue is there",
    "full": "too many callers wait already",
    "voicemail": "the caller presses the key for a message while he waits",
    "callback": "the caller presses the key for a call-back while he waits",
}
