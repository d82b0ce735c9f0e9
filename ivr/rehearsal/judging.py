"""Whether a rehearsed conversation went as its file expects. Each expectation that is not met is a problem at its
place, with what happened instead.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from ivr.documents import Document, Problem
from ivr.flow.expressions import Value
from ivr.rehearsal.conversations import FOR_EVER, Conversation, ConversationsFile, Expect, Queues, Says, Step
from ivr.rehearsal.events import (
    CallbackAsked,
    Came,
    Ended,
    Event,
    Heard,
    Looked,
    Lost,
    Marked,
    MessageTaken,
    Pressed,
    Queued,
    Silent,
    Transferred,
)
from ivr.rehearsal.hand import Act, parse_act
from ivr.rehearsal.rehearse import NOBODY, Path, Standing
from ivr.rehearsal.said import Transcripts, Utterance, utterances
from ivr.rehearsal.told import ended, queued, written
from ivr.yaml_tree import Path as Place

SHORT = 60
"""So much of what was said is shown."""


def acts_of(conversation: Conversation) -> tuple[tuple[Act, ...], bool]:
    """What the caller does, and whether he is silent to the end after that."""
    acts = tuple(act for step in conversation.steps for act in _acts(step))
    return acts, conversation.steps[-1].silence == FOR_EVER


def problems(document: Document[ConversationsFile], number: int, path: Path, known: Transcripts) -> Iterator[Problem]:
    """What did not happen as the conversation of this number expects it."""
    conversation = document.value.conversations[number]
    begins = list(_begins(conversation.steps, path.events))
    for index, step in enumerate(conversation.steps):
        at: Place = ("conversations", number, "steps", index)
        begin, end = begins[index], next((one for one in begins[index + 1 :] if one > begins[index]), len(path.events))
        if step.does_something and begin == len(path.events):
            yield document.problem(at, f"the call is over before this: {_how(path.events)}", "a question", key=True)
            return
        if step.expect is not None:
            judge = _Judge(path.events[begin:end], _standing(path.standings, end), known)
            for key, wrong, expected in judge.unmet(step.expect):
                yield document.problem((*at, "expect", *key), wrong, expected)


class _Judge:
    """One step's part of the call."""

    def __init__(self, events: Sequence[Event], standing: Standing, known: Transcripts) -> None:
        self._events = events
        self._standing = standing
        heard = (event for event in events if isinstance(event, Heard))
        self._said = [one for event in heard for one in utterances(event.pieces, known)]

    def unmet(self, expect: Expect) -> Iterator[tuple[Place, str, str]]:
        """Each expectation that was not met: its key, what happened, what was expected."""
        for index, says in enumerate(expect.says):
            if not any(_is(says, one) for one in self._said):
                yield ("says", index), self._all_said(says.language), f"“{says.text}”"
        yield from self._nodes(expect)
        yield from self._queue(expect.queue)
        for calendar, state in expect.calendar.items():
            looked = [event.state for event in self._events if isinstance(event, Looked) and event.calendar == calendar]
            if state not in looked:
                yield ("calendar", calendar), f"it says {_or_nothing(looked)}", state
        yield from self._data(expect)
        yield from self._others(expect)

    def _nodes(self, expect: Expect) -> Iterator[tuple[Place, str, str]]:
        came = [event for event in self._events if isinstance(event, Came)]
        names = {event.node for event in came} | {f"{event.flow}/{event.node}" for event in came}
        for index, node in enumerate(expect.node):
            if node not in names:
                passed = ", ".join(dict.fromkeys(event.node for event in came))
                yield ("node", index), f"the caller comes to {passed or 'no other node'}", node

    def _queue(self, expected: Queues | None) -> Iterator[tuple[Place, str, str]]:
        if expected is None:
            return
        came = [event for event in self._events if isinstance(event, Queued)]
        if not any(event.queue == expected.queue for event in came):
            yield ("queue",), "; ".join(map(queued, came)) or "the caller comes to no queue", f"queue {expected.queue}"
            return
        found = next(event for event in came if event.queue == expected.queue)
        for name in ("skills", "requires", "priority", "preferred"):
            wanted, is_so = getattr(expected, name), getattr(found, name)
            if wanted is not None and wanted != is_so:
                yield ("queue", name), f"{name} {_shown(is_so)}", _shown(wanted)
        for name, value in (expected.data or {}).items():
            if found.data.get(name) != value:
                yield ("queue", "data", name), f"{name} is {written(found.data.get(name))}", written(value)

    def _data(self, expect: Expect) -> Iterator[tuple[Place, str, str]]:
        if expect.language is not None and self._standing.language != expect.language:
            yield ("language",), f"{self._standing.language} is spoken", expect.language
        for name, value in expect.data.items():
            kept = self._standing.data.get(name)
            if not _equal(kept, value):
                yield ("data", name), f"{name} is {written(kept)}", written(_exact(value))

    def _others(self, expect: Expect) -> Iterator[tuple[Place, str, str]]:
        transfers, messages, callbacks, marks, ends = list[str](), list[str](), list[str](), list[str](), list[str]()
        for event in self._events:
            match event:
                case Transferred(to):
                    transfers.append(to)
                case MessageTaken(queue, left) if left:
                    messages.append(queue)
                case CallbackAsked(queue, _, taken) if taken:
                    callbacks.append(queue)
                case Marked(name, mark):
                    marks.append(f"{name} {mark}")
                case Ended(reason, by) if by != NOBODY:
                    ends.append(reason)
                case _:
                    pass
        survey = None if expect.survey is None else f"{expect.survey.survey} {expect.survey.mark}"
        for key, wanted, happened, what in (
            ("transfer", expect.transfer, transfers, "is connected with"),
            ("voicemail", expect.voicemail, messages, "leaves a message for"),
            ("callback", expect.callback, callbacks, "is to be called back from"),
            ("survey", survey, marks, "marks"),
        ):
            if wanted is not None and wanted not in happened:
                yield (key,), f"the caller {what} {_or_nothing(happened)}", wanted
        if expect.hang_up is not None and expect.hang_up not in ends:
            yield ("hang_up",), _how(self._events), f"the call to end, {expect.hang_up}"

    def _all_said(self, language: str | None) -> str:
        said = [f"“{_cut(one.text)}”" for one in self._said if language is None or one.language == language]
        return f"the caller hears {' '.join(said)}" if said else "the caller hears nothing"


def _acts(step: Step) -> tuple[Act, ...]:
    match step:
        case Step(press=str(keys)):
            return (parse_act(keys),)
        case Step(silence=int(times)):
            return (Act(),) * times
        case Step(hangs_up=True):
            return (Act(hangs_up=True),)
        case _:
            return ()


def _begins(steps: Sequence[Step], events: Sequence[Event]) -> Iterator[int]:
    """Where each step begins among the events; a step that only expects begins with the one before it."""
    begin, act = 0, 0
    for step in steps:
        if step.does_something:
            begin = _begin(events, act)
            act += len(_acts(step))
        yield begin


def _begin(events: Sequence[Event], act: int) -> int:
    """Where what the caller does in this act begins, or his silence after all acts; the end, if he comes to neither."""
    for index, event in enumerate(events):
        match event:
            case Pressed(act=done) | Lost(act=done) | Silent(act=done, ended_input=False) | Ended(act=done):
                if done == act or (done is None and isinstance(event, Silent)):
                    return index
            case _:
                pass
    return len(events)


def _standing(standings: Sequence[Standing], end: int) -> Standing:
    return next(standing for standing in reversed(standings) if standing.events <= end)


def _is(says: Says, one: Utterance) -> bool:
    if says.language is not None and says.language != one.language:
        return False
    wanted, said = " ".join(says.text.split()), " ".join(one.text.split())
    return wanted == said if says.whole else wanted in said


def _equal(kept: Value, wanted: Any) -> bool:
    exact = _exact(wanted)
    return kept == exact and isinstance(kept, bool) == isinstance(exact, bool)


def _exact(value: Any) -> Value:
    return Decimal(str(value)) if isinstance(value, float) else value


def _how(events: Sequence[Event]) -> str:
    ends = [event for event in events if isinstance(event, Ended)]
    return ended(ends[-1]).rstrip(".") if ends else "the call goes on"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {level}" for name, level in value.items()) or "none"
    return str(value) or "none"


def _or_nothing(happened: Sequence[str]) -> str:
    return ", ".join(happened) or "nothing"


def _cut(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"
