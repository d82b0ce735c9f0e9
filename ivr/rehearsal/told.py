"""A rehearsed call in lines for people: node by node what is said, pressed, decided, and why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from ivr.flow.expressions import Value
from ivr.rehearsal.events import (
    CallbackAsked,
    Came,
    Chosen,
    Decided,
    Ended,
    Event,
    Heard,
    Kept,
    LeftQueue,
    Looked,
    LookedUp,
    Lost,
    Marked,
    MessageTaken,
    Pressed,
    Queued,
    Recognised,
    Recording,
    Silent,
    Transferred,
    Waited,
)
from ivr.rehearsal.said import Transcripts, utterances

ASSUMED = " (assumed)"
KEYED = "keyed"
"""An answer of several keys: they have been told."""
CHOICES = {
    "timeout": "no answer",
    "invalid": "no valid answer",
    "not_safe": "nothing is asked: the recording cannot be paused",
}
OUTCOMES = (Looked, LookedUp, Recognised, MessageTaken, CallbackAsked, Transferred)
"""After these a node takes the way they say."""


def told(events: Sequence[Event], known: Transcripts) -> Iterator[str]:
    """The lines, those of a node below its name."""
    flow, before = "", None
    for event in events:
        match event:
            case Came():
                if event.flow != flow:
                    yield f"flow {event.flow}"
                flow = event.flow
                yield f"  {event.node} ({event.kind.replace('_', ' ')})"
            case Ended():
                yield ended(event)
            case Chosen(_, choice) if choice == KEYED or (isinstance(before, Pressed) and before.keys.endswith(choice)):
                pass  # that has been told
            case Decided() if isinstance(before, OUTCOMES):
                pass  # as what came of it says
            case _:
                for line in lines_of(event, known):
                    yield f"      {_printable(line)}"
        before = before if isinstance(event, Heard) else event


def _printable(line: str) -> str:
    """What a service has answered, or a caller's name, may hold what moves a terminal's cursor."""
    return "".join(sign if sign.isprintable() else "?" for sign in line)


def ended(event: Ended) -> str:
    """How the call ended."""
    match event.by:
        case "caller":
            return "The caller hangs up."
        case "nobody":
            return "The caller is asked, and has been followed so far."
        case _:
            return f"The call ends: {event.reason}."


def lines_of(event: Event, known: Transcripts) -> Iterator[str]:  # noqa: PLR0912 (one case for each event)
    """What happened, without the node it happened at."""
    match event:
        case Came() | Ended():
            return
        case Heard(pieces, cut_short):
            for one in utterances(pieces, known):
                file = f" [{', '.join(one.files)}]" if one.files else ""
                yield f"says ({one.language}){file} {f'“{one.text}”' if one.text else ''}".rstrip()
            if cut_short:
                yield "…cut short by a key"
        case Pressed(keys, _):
            yield f"the caller presses {keys}"
        case Lost(keys, _):
            yield f"the caller presses {keys}, which nobody listens to here"
        case Silent(act, ended_input):
            if ended_input:
                yield "the caller presses no more"
            else:
                yield "the caller presses nothing" + (ASSUMED if act is None else "")
        case Chosen(_, choice):
            yield CHOICES.get(choice, f"chooses {choice}")
        case Decided(_, way, why, data):
            yield f"takes {way}{f': {why}' if why else ''}{f' where {values(data)}' if data else ''}"
        case Kept(data):
            yield f"keeps {values(data)}"
        case Looked(calendar, state, why):
            yield f"calendar {calendar} says {state}{f' ({why})' if why else ''}"
        case Recognised(caller, source):
            who = "the caller is not known" if caller is None else f"the caller is known: {person(event)}"
            yield f"{who} ({source})" if source else who
        case LookedUp(method, url, failure, assumed):
            yield f"{method} {url}: {failure or 'an answer'}".strip(" :") + (ASSUMED if assumed else "")
        case Queued():
            yield queued(event)
        case Waited(_, what):
            yield what
        case LeftQueue(queue, outcome, agent, assumed):
            by = f" by agent {agent}" if agent else ""
            yield f"leaves queue {queue}: {outcome.replace('_', ' ')}{by}{ASSUMED if assumed else ''}"
        case Transferred(to, outcome, assumed):
            yield f"is connected with {to}: {outcome.replace('_', ' ')}{ASSUMED if assumed else ''}"
        case MessageTaken(queue, left, assumed):
            yield f"{'leaves a' if left else 'leaves no'} message for queue {queue}{ASSUMED if assumed else ''}"
        case CallbackAsked(queue, number, taken, assumed):
            agreed = "a call-back is noted" if taken else "no call-back can be noted"
            yield f"{agreed}: queue {queue}, number {number or 'unknown'}{ASSUMED if assumed else ''}"
        case Marked(survey, mark):
            yield f"marks {survey} with {mark}"
        case Recording(goes_on):
            yield "the recording goes on" if goes_on else "the recording pauses"
        case _:
            assert_never(event)


def queued(event: Queued) -> str:
    """Whom the caller waits for."""
    parts = [f"waits in queue {event.queue}"]
    if event.skills:
        parts.append("skills " + ", ".join(f"{skill} ≥ {level}" for skill, level in event.skills.items()))
    if event.requires:
        parts.append(event.requires)
    if event.priority:
        parts.append(f"priority +{event.priority}")
    if event.preferred:
        parts.append(f"agent {event.preferred} first")
    if event.data:
        parts.append(f"data {values(event.data)}")
    if event.music:
        parts.append(f"music {event.music}")
    return "; ".join(parts)


def person(event: Recognised) -> str:
    """What is known of who calls."""
    caller = event.caller
    assert caller is not None
    parts = [caller.name or "no name", *(["VIP"] if caller.vip else [])]
    parts += [f"priority +{caller.priority}"] if caller.priority else []
    parts += [f"agent {caller.agent}"] if caller.agent else []
    parts += [f"open case {caller.open_case}"] if caller.open_case else []
    parts += [f"speaks {caller.language}"] if caller.language else []
    return ", ".join(parts)


def values(data: Mapping[str, Value]) -> str:
    """Names and values, as expressions write them."""
    return ", ".join(f"{name} = {written(value)}" for name, value in data.items())


def written(value: Value) -> str:
    """A value as expressions write it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}'"
        case _:
            return str(value)
