"""An agent calls a number outside from his phone: who may, whom, and what becomes of it.

His own channel is the call's first, and dials; the customer's is recorded, and the record is about him
(recording/callbacks.py). While it rings and while they talk the agent is talking, as the router has it: nothing is
offered to him. If the daemon dies they talk on, and the next one finds him so (cti/snapshot.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from acd.agents import Agent
from acd.distributor import Distributor
from acd.errors import AgentBusy, DialRefused
from acd.facts import CallArrived, CallEnded, OutsideRefused
from acd.requirements import Requirement
from acd.states import CallbackOutcome, EndedBy
from ivr.agi.errors import AgiHungUp
from ivr.agi.session import AgiSession
from ivr.announcements import Announcement
from ivr.connecting import REJECTED, OutsideCall, dial_outside, last_call
from ivr.desk import Outside
from ivr.destinations import Find
from ivr.fetching import OnLine, busy
from ivr.toll_guard import Refusal, is_number, refusal

NOT_ALLOWED = "dial-not-allowed"

RECORDED = "b(callback-customer^s^1)g"
"""Options of Dial: the dialplan records the customer's channel from before he is rung; the agent's session goes on."""

_OUTCOMES: Mapping[str, CallbackOutcome] = {
    "ANSWER": CallbackOutcome.REACHED,
    "NOANSWER": CallbackOutcome.NO_ANSWER,
    "CANCEL": CallbackOutcome.GIVEN_UP,
    "BUSY": CallbackOutcome.BUSY,
}
"""Asterisk's DIALSTATUS; all others mean that he could not be rung."""

_TOLD: Mapping[CallbackOutcome, Announcement] = {
    CallbackOutcome.BUSY: Announcement.OUTSIDE_BUSY,
    CallbackOutcome.NO_ANSWER: Announcement.OUTSIDE_NO_ANSWER,
    CallbackOutcome.REFUSED: Announcement.OUTSIDE_DECLINED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MayDial:
    """The agents who may call numbers outside, the patterns of those numbers, and for how long they ring."""

    requires: Requirement
    allow: tuple[str, ...]
    ring_ms: int


class Dialling:
    """`rules` are those of the centre now, None where no agent calls anybody outside; `outside` is how such numbers are
    called, `find` who of the centre has a number, `on_line` is told the line on which the agent is."""

    def __init__(
        self,
        distributor: Distributor,
        rules: Callable[[], MayDial | None],
        outside: Callable[[], Outside | None],
        find: Find,
        on_line: OnLine,
    ) -> None:
        self._distributor = distributor
        self._rules = rules
        self._outside = outside
        self._find = find
        self._on_line = on_line

    def require(self, agent: Agent, number: str) -> MayDial:
        """The rules by which this agent may call that number. Raises DialRefused."""
        rules = self._rules()
        if rules is None or not rules.requires.met_by(agent):
            raise DialRefused(NOT_ALLOWED)
        ours = self._find(number) is not None
        allow = rules.allow if self._outside() is not None else None
        if error := refusal(number, written=False, ours=ours, allow=allow):
            raise DialRefused(error)
        return rules

    async def call(self, session: AgiSession, agent: Agent, number: str) -> Announcement | None:
        """Call it, and return what he is to be told when that is over; None: nothing. Raises AgiHungUp."""
        environment = session.environment
        linkedid = environment.uniqueid
        try:
            rules = self.require(agent, number)
        except DialRefused as error:
            self._refused(linkedid, agent, number, error.id)
            return Announcement.MAY_NOT_DIAL if error.id == NOT_ALLOWED else Announcement.NUMBER_NOT_ALLOWED
        try:
            with self._distributor.command() as (router, now_ms):
                router.consults.idle(agent.number, environment.channel)
                router.adopt(linkedid, "", agent.number, since_ms=now_ms, now_ms=now_ms, consult=True)
        except AgentBusy:
            return busy(agent)
        self._on_line(environment.channel, environment.uniqueid, linkedid)
        self._distributor.state(
            CallArrived(
                at_ms=self._now_ms(),
                linkedid=linkedid,
                channel=environment.channel,
                caller=agent.number,
                caller_name=agent.name,
                dialled=number,
                flow="",
            )
        )
        by, outcome, refused = EndedBy.AGENT, CallbackOutcome.GIVEN_UP, ""
        try:
            call = await dial_outside(session, self._outside(), number, options=RECORDED, ring_ms=rules.ring_ms)
            by, outcome, refused = EndedBy.CALLER, await self._outcome(session, call), call.error
            if refused:
                self._refused(linkedid, agent, number, refused)
        except AgiHungUp:
            outcome = _OUTCOMES.get((await last_call(session)).status, CallbackOutcome.UNREACHABLE)
            raise
        finally:
            with self._distributor.command() as (router, now_ms):
                router.released(linkedid, now_ms=now_ms)
            reason = refused or outcome.value
            self._distributor.state(CallEnded(at_ms=self._now_ms(), linkedid=linkedid, by=by, reason=reason))
        if outcome is CallbackOutcome.REACHED:
            return None
        return Announcement.LINES_TAKEN if refused == Refusal.TOO_MANY else _TOLD.get(outcome, Announcement.NOT_REACHED)

    def _refused(self, linkedid: str, agent: Agent, number: str, error: str) -> None:
        told = number if is_number(number) else ""
        self._distributor.state(
            OutsideRefused(at_ms=self._now_ms(), linkedid=linkedid, agent=agent.number, error=error, number=told)
        )

    async def _outcome(self, session: AgiSession, call: OutsideCall) -> CallbackOutcome:
        if call.status not in _OUTCOMES and await session.get_full_variable("${HANGUPCAUSE}") == REJECTED:
            return CallbackOutcome.REFUSED
        return _OUTCOMES.get(call.status, CallbackOutcome.UNREACHABLE)

    def _now_ms(self) -> int:
        return self._distributor.clock.now_ms()
