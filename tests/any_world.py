"""A world in which anything may become of a step that a walker asks for, drawn by hypothesis; and one in which nothing
goes well.
"""

from hypothesis import strategies as st

from acd.known_caller import KnownCaller
from acd.states import DequeueReason
from ivr.flow.steps import (
    CalendarIs,
    CallbackTaken,
    CallerFound,
    Done,
    Enqueue,
    FindCaller,
    Input,
    LookAtCalendar,
    LookedUp,
    LookUp,
    MessageTaken,
    Paused,
    PauseRecording,
    Prompt,
    QueueLeft,
    RequestCallback,
    ResumeRecording,
    Step,
    TakeMessage,
    Transfer,
    Transferred,
)
from ivr.look_ups.failures import Failure
from ivr.rehearsal.events import Event, LeftQueue
from ivr.rehearsal.events import MessageTaken as MessageTold
from ivr.rehearsal.events import Transferred as TransferTold
from ivr.walker import Walker

STATES = ("open", "closed", "holiday", "emergency")
LEFT = [reason for reason in DequeueReason if reason is not DequeueReason.ABANDONED]
CLOSED = (Prompt("We are closed.", "en"),)
SOMEBODY = KnownCaller(priority=3, agent="1001", vip=True, name="Li Na", open_case="C-1", language="cmn")


class AnyWorld:
    """A `World` (ivr/rehearsal/rehearse.py) that draws what becomes of each step."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def meet(self, step: Step, walker: Walker) -> tuple[tuple[Event, ...], Input]:  # noqa: PLR0911 (one case a step)
        """Anything that can."""
        draw = self._data.draw
        match step:
            case Enqueue(queue=queue):
                outcome = draw(st.sampled_from(LEFT))
                events = (LeftQueue(queue, outcome.value),)
                return events, QueueLeft(outcome, agent="1001", queue=queue)
            case TakeMessage(queue=queue, operator=operator, back=back):
                left = draw(st.booleans())
                away = operator and not left and draw(st.booleans())
                again = back and not left and not away and draw(st.booleans())
                return (MessageTold(queue, left),), MessageTaken(left, away, again)
            case LookAtCalendar():
                return (), CalendarIs(draw(st.sampled_from(STATES)), CLOSED, recorded=draw(st.booleans()))
            case FindCaller():
                return (), CallerFound(draw(st.sampled_from([None, SOMEBODY])))
            case LookUp(request=request, into=into):
                if request is None or draw(st.booleans()):
                    return (), LookedUp(failure=draw(st.sampled_from(Failure)))
                values = st.one_of(st.none(), st.booleans(), st.integers(-9, 999_999), st.sampled_from(["", "Li", "3"]))
                return (), LookedUp({name: draw(values) for name in into})
            case RequestCallback():
                return (), CallbackTaken(draw(st.booleans()))
            case Transfer():
                answered = draw(st.booleans())
                told = TransferTold("7001", "answered" if answered else "busy")
                return (told,), Transferred(answered, agent="1001" if answered else "")
            case PauseRecording():
                return (), Paused(draw(st.booleans()))
            case ResumeRecording():
                return (), Done()
        raise AssertionError(f"{type(step).__name__} is nothing a world does")


class BadWorld:
    """A `World` in which nobody answers, nothing is known, and all is closed."""

    def meet(self, step: Step, walker: Walker) -> tuple[tuple[Event, ...], Input]:  # noqa: PLR0911 (one case a step)
        """The worst that can."""
        match step:
            case Enqueue(queue=queue):
                return (LeftQueue(queue, "timed_out"),), QueueLeft(DequeueReason.TIMED_OUT, queue=queue)
            case TakeMessage():
                return (), MessageTaken(left=False)
            case LookAtCalendar():
                return (), CalendarIs("emergency", CLOSED)
            case FindCaller():
                return (), CallerFound(None)
            case LookUp():
                return (), LookedUp(failure=Failure.TIMED_OUT)
            case RequestCallback():
                return (), CallbackTaken(taken=False)
            case Transfer():
                return (), Transferred(answered=False)
            case PauseRecording():
                return (), Paused(safe=False)
            case ResumeRecording():
                return (), Done()
        raise AssertionError(f"{type(step).__name__} is nothing a world does")
