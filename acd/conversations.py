"""Agents and callers in conversation, from the answer to the end of wrap-up.

It decides how long an agent is busy with a call he has answered; who gets which call is the router's business.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from acd.agents import Agent, AgentEvent
from acd.errors import NotInWrapUp, WrapUpAtMost
from acd.facts import CallHeld, CallReleased, CallRetrieved, CallTransferred, Fact, WrapUpEnded, WrapUpExtended
from acd.outcomes import Outcomes, Talk
from acd.queues import AfterCall
from acd.roster import Roster
from acd.states import Activity, OutcomePolicy, Status, TransferKind
from acd.timers import Timers


@dataclass(slots=True, kw_only=True)
class Conversation:
    """An agent talking with a caller. Times in milliseconds on the router's clock."""

    linkedid: str
    queue: str
    agent: str
    answered_ms: int
    after: AfterCall
    held_since_ms: int | None = None
    hold_ms: int = 0


@dataclass(frozen=True, slots=True)
class WrapUp:
    """After-call work under way; `answered_ms` is when the conversation before it began."""

    linkedid: str
    queue: str
    since_ms: int
    after: AfterCall
    answered_ms: int


class Conversations:
    """All conversations by linkedid, all wrap-ups by agent."""

    def __init__(
        self, roster: Roster, timers: Timers[tuple[str, str]], state: Callable[[Fact], None], outcomes: Outcomes
    ) -> None:
        self._roster = roster
        self._timers = timers
        self._state = state
        self._outcomes = outcomes
        self._wrap_ups: dict[str, WrapUp] = {}
        self.by_call: dict[str, Conversation] = {}

    def __contains__(self, linkedid: str) -> bool:
        return linkedid in self.by_call

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_call)

    def begin(self, conversation: Conversation) -> None:
        """Take over a call whose agent has answered, or was found talking."""
        self.by_call[conversation.linkedid] = conversation

    def hold(self, linkedid: str, now_ms: int) -> None:
        """The agent holds the caller. Not in conversation, or held already: nothing."""
        talk = self.by_call.get(linkedid)
        if talk is None or talk.held_since_ms is not None:
            return
        self._apply(self._roster.agent(talk.agent), AgentEvent.HELD, linkedid, now_ms)
        talk.held_since_ms = now_ms
        self._state(CallHeld(at_ms=now_ms, linkedid=linkedid, agent=talk.agent))

    def retrieve(self, linkedid: str, now_ms: int) -> None:
        """The agent takes the caller back. Not held: nothing."""
        talk = self.by_call.get(linkedid)
        if talk is None or talk.held_since_ms is None:
            return
        self._apply(self._roster.agent(talk.agent), AgentEvent.RETRIEVED, linkedid, now_ms)
        talk.hold_ms += now_ms - talk.held_since_ms
        talk.held_since_ms = None
        self._state(CallRetrieved(at_ms=now_ms, linkedid=linkedid, agent=talk.agent))

    def release(self, linkedid: str, now_ms: int) -> None:
        """The conversation is over, whoever ended it; wrap-up begins. Not in conversation: nothing."""
        talk = self.by_call.pop(linkedid, None)
        if talk is None:
            return
        agent = self._roster.agent(talk.agent)
        self._state_released(talk, now_ms)
        self._wrap_ups[talk.agent] = WrapUp(linkedid, talk.queue, now_ms, talk.after, talk.answered_ms)
        with self._roster.change(agent, "call", now_ms, linkedid=linkedid):
            agent.apply(AgentEvent.RELEASED)
            if talk.after.wrap_up_ms == 0 or agent.status is Status.SIGNED_OUT:
                self._finish(agent, now_ms)
        if agent.activity is Activity.WRAP_UP:
            self._wrap_up_until(agent, now_ms + talk.after.wrap_up_ms)

    def hand_over(self, consult: Conversation, talk: Conversation, sender: str, now_ms: int) -> None:
        """The agent whom `sender` asked in the conversation `consult` goes on in `talk`, with the caller of that one;
        whoever spoke with the caller until now is released."""
        self.release(talk.linkedid, now_ms)
        del self.by_call[consult.linkedid]
        self._state_released(consult, now_ms)
        agent = self._roster.agent(talk.agent)
        with self._roster.change(agent, "call", now_ms, linkedid=talk.linkedid):
            agent.linkedid = talk.linkedid
        self._state(
            CallTransferred(
                at_ms=now_ms,
                linkedid=talk.linkedid,
                kind=TransferKind.ANNOUNCED,
                agent=sender,
                queue=consult.queue,
                to=talk.agent,
                consult=consult.linkedid,
            )
        )
        self.begin(talk)

    def end_wrap_up(self, agent: Agent, cause: str, now_ms: int) -> None:
        """He is done with his after-call work. Not in wrap-up: nothing."""
        if agent.activity is Activity.WRAP_UP:
            with self._roster.change(agent, cause, now_ms, linkedid=agent.linkedid):
                self._finish(agent, now_ms)

    def wrapping_up(self, number: str) -> Agent:
        """The agent of that number, in wrap-up. Raises UnknownAgent, NotInWrapUp."""
        agent = self._roster.agent(number)
        if agent.activity is not Activity.WRAP_UP:
            raise NotInWrapUp(number)
        return agent

    def wrap_up_of(self, linkedid: str) -> tuple[str, WrapUp] | None:
        """Who wraps this call up, and how; None: nobody."""
        return next(((agent, one) for agent, one in self._wrap_ups.items() if one.linkedid == linkedid), None)

    def extend_wrap_up(self, agent: Agent, by_ms: int | None, cause: str, now_ms: int) -> None:
        """He needs longer, by `by_ms` or what the queue gives at a time, as far as it allows. Raises WrapUpAtMost."""
        wrap_up = self._wrap_ups[agent.number]
        after, until_ms = wrap_up.after, agent.wrap_up_until_ms
        longer_ms = until_ms + (after.more_ms if by_ms is None else by_ms)
        self._wrap_up_until(agent, max(until_ms, min(longer_ms, wrap_up.since_ms + after.most_ms)))
        if agent.wrap_up_until_ms == until_ms:
            raise WrapUpAtMost(agent.number, after.most_ms)
        self._state(
            WrapUpExtended(
                at_ms=now_ms,
                linkedid=wrap_up.linkedid,
                queue=wrap_up.queue,
                agent=agent.number,
                by_ms=agent.wrap_up_until_ms - until_ms,
                until_ms=agent.wrap_up_until_ms,
                cause=cause,
            )
        )

    def _wrap_up_until(self, agent: Agent, until_ms: int) -> None:
        agent.wrap_up_until_ms = until_ms
        self._timers.set(("wrap_up", agent.number), until_ms)

    def _state_released(self, talk: Conversation, now_ms: int) -> None:
        if talk.held_since_ms is not None:
            talk.hold_ms += now_ms - talk.held_since_ms
        self._state(
            CallReleased(
                at_ms=now_ms,
                linkedid=talk.linkedid,
                queue=talk.queue,
                agent=talk.agent,
                talk_ms=now_ms - talk.answered_ms - talk.hold_ms,
                hold_ms=talk.hold_ms,
            )
        )

    def _finish(self, agent: Agent, now_ms: int) -> None:
        wrap_up = self._wrap_ups.pop(agent.number)
        self._timers.cancel(("wrap_up", agent.number))
        agent.apply(AgentEvent.WRAPPED_UP)
        agent.linkedid, agent.wrap_up_until_ms = "", 0
        self._state(
            WrapUpEnded(
                at_ms=now_ms,
                linkedid=wrap_up.linkedid,
                queue=wrap_up.queue,
                agent=agent.number,
                wrap_up_ms=now_ms - wrap_up.since_ms,
            )
        )
        if wrap_up.after.outcome is OutcomePolicy.REQUIRED:
            talk = Talk(
                linkedid=wrap_up.linkedid, queue=wrap_up.queue, agent=agent.number, answered_ms=wrap_up.answered_ms
            )
            self._outcomes.finish(talk, now_ms)

    def _apply(self, agent: Agent, event: AgentEvent, linkedid: str, now_ms: int) -> None:
        with self._roster.change(agent, "phone", now_ms, linkedid=linkedid):
            agent.apply(event)
