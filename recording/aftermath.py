"""What remains besides a call itself, from the router's facts: what the caller thinks of us, his messages with what
became of them, and how agents closed his call. It decides nothing about the call itself.
"""

from collections.abc import Iterable, Sequence

from acd.facts import (
    CallbackEnded,
    CallbackRequested,
    CallEnded,
    CallOutcomeSet,
    CallOverflowed,
    CallQueued,
    Fact,
    MessageHeard,
    NodeEntered,
    SurveyAnswered,
    SurveyAsked,
    VoicemailLeft,
)
from acd.targets import TargetKind
from recording.channels import Interval
from recording.instants import utc
from recording.record import Closing, Hearing, Message, SegmentKind, Survey


def surveys(facts: Iterable[Fact]) -> tuple[Survey, ...]:
    """Every question he was asked, in order; the answer, if he has given one, is that of the last asking before it."""
    found: list[Survey] = []
    for fact in facts:
        match fact:
            case SurveyAsked():
                found.append(_survey(fact))
            case SurveyAnswered():
                if not found or found[-1].node != fact.node or found[-1].score is not None:
                    found.append(_survey(fact))  # the asking was lost, the answer was not
                found[-1] = found[-1].model_copy(update={"score": fact.score})
            case _:
                pass
    return tuple(found)


def messages(facts: Iterable[Fact]) -> tuple[Message, ...]:
    """The messages he has left, each with who has heard it and how it ended."""
    found: dict[str, Message] = {}
    for fact in facts:
        match fact:
            case CallbackRequested() if fact.message:
                found[fact.callback] = Message(
                    callback=fact.callback,
                    queue=fact.queue,
                    left_at=utc(fact.at_ms * 1000),
                    duration_ms=fact.message_ms,
                    file=fact.message,
                )
            case MessageHeard() if (message := found.get(fact.callback)) is not None:
                hearing = Hearing(agent=fact.agent, at=utc(fact.at_ms * 1000), heard_ms=fact.heard_ms, whole=fact.whole)
                found[fact.callback] = message.model_copy(update={"heard": (*message.heard, hearing)})
            case CallbackEnded() if (message := found.get(fact.callback)) is not None:
                over = {"outcome": fact.outcome, "ended_at": utc(fact.at_ms * 1000)}
                found[fact.callback] = message.model_copy(update=over)
            case _:
                pass
    return tuple(found.values())


def asked_for(facts: Sequence[Fact], ended_us: int) -> tuple[Interval, ...]:
    """When he was asked for a message or a mark, until he had given it or went on; named by the kind of segment. What
    has no end lasted to the call's end, `ended_us`."""
    done: list[Interval] = []
    begun: tuple[SegmentKind, int] | None = None
    for fact in facts:
        begins = _asks_for(fact)
        ends = begins or isinstance(fact, VoicemailLeft | SurveyAnswered | NodeEntered | CallQueued | CallEnded)
        if begun and ends and begun[0] is not begins:
            done.append(Interval(name=begun[0], data="", start_us=begun[1], end_us=fact.at_ms * 1000))
            begun = None
        if begins and begun is None:
            begun = begins, fact.at_ms * 1000
    if begun:
        done.append(Interval(name=begun[0], data="", start_us=begun[1], end_us=ended_us))
    return tuple(done)


def _asks_for(fact: Fact) -> SegmentKind | None:
    match fact:
        case NodeEntered(kind="voicemail") | CallOverflowed(to=TargetKind.VOICEMAIL):
            return SegmentKind.MESSAGE
        case SurveyAsked():
            return SegmentKind.SURVEY
        case _:
            return None


def closings(facts: Iterable[Fact]) -> tuple[Closing, ...]:
    """How agents closed the call, each time; the last holds."""
    return tuple(
        Closing(
            at=utc(fact.at_ms * 1000),
            by=fact.cause,
            agent=fact.agent or None,
            code=fact.code,
            resolved=fact.resolved,
            note=fact.note,
            matter=fact.matter,
        )
        for fact in facts
        if isinstance(fact, CallOutcomeSet)
    )


def _survey(fact: SurveyAsked | SurveyAnswered) -> Survey:
    return Survey(
        survey=fact.survey,
        node=fact.node,
        asked_at=utc(fact.at_ms * 1000),
        queue=fact.queue or None,
        agent=fact.agent or None,
    )
