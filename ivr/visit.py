"""One caller on his way through a flow: the walker decides where he goes, this carries it out over AGI.

What happens in a queue is the business of ivr/waiting.py.
"""

from dataclasses import replace

from acd.facts import CallArrived, CallEnded, MenuAnswered, NodeEntered
from acd.states import EndedBy
from ivr import variables
from ivr.agi.errors import AgiHungUp
from ivr.agi.session import AgiSession
from ivr.caller import Caller
from ivr.desk import Desk
from ivr.flow.model import Flow
from ivr.flow.steps import Answered, Ask, Digit, Enqueue, Entered, Finished, Hangup, Input, Play, Prompt, QueueLeft
from ivr.flow.steps import Timeout as NoKey
from ivr.waiting import Ending, Goodbye, Stay
from ivr.walker import Walker


class Visit:
    """One caller's visit. `run` it once."""

    def __init__(
        self,
        desk: Desk,
        session: AgiSession,
        caller: Caller,
        flow: Flow,
    ) -> None:
        self._desk = desk
        self._distributor = desk.distributor
        self._session = session
        self._caller = caller
        self._flow = flow
        self._walker = Walker(flow, caller.language if caller.language in flow.languages else None)
        self._told = 0
        self._ended_by = EndedBy.SYSTEM
        self._entered_before_ms = caller.entered_ms if caller.node in flow.nodes else None
        """First entry of a caller who stood in a queue before we went away; it counts for that visit only."""

    async def run(self) -> None:
        """Serve him to the end of his flow or his hang-up."""
        caller, linkedid = self._caller, self._caller.linkedid
        resumed = caller.node in self._flow.nodes
        self._distributor.state(
            CallArrived(
                at_ms=self._now_ms(),
                linkedid=linkedid,
                channel=caller.channel,
                caller=caller.number,
                caller_name=caller.name,
                dialled=caller.dialled,
                flow=self._flow.flow,
                resumed=resumed,
            )
        )
        try:
            # At once ("i"): AGI's own ANSWER waits for the caller's first sound, up to half a second, before we go on.
            await self._session.exec("Answer", ",i")
            reason = await self._walk(caller.node if resumed else None)
            await self._session.set_variable(variables.DONE, "1")
            await self._session.hangup()
        except AgiHungUp:
            self._ended_by, reason = EndedBy.CALLER, "hung_up"
        finally:
            self._tell_trail()
        self._distributor.state(CallEnded(at_ms=self._now_ms(), linkedid=linkedid, by=self._ended_by, reason=reason))

    async def _walk(self, at: str | None) -> str:
        step = self._walker.start(at)
        while True:
            self._tell_trail()
            given: Input
            match step:
                case Play(prompts, escape_digits):
                    key = await self._play(prompts, escape_digits)
                    given = Digit(key) if key else Finished()
                case Ask(prompts, digits, timeout_ms):
                    key = await self._play(prompts, digits) or await self._session.wait_for_digit(timeout_ms)
                    given = Digit(key) if key else NoKey()
                case Enqueue():
                    ending = await self._queue(step)
                    if isinstance(ending, Goodbye):
                        return ending.reason
                    given = QueueLeft(ending)
                case Hangup(reason):
                    return reason
            step = self._walker.feed(given)

    async def _play(self, prompts: tuple[Prompt, ...], escape_digits: str) -> str | None:
        for prompt in prompts:
            if key := await self._session.stream_file(self._desk.sound_of(prompt), escape_digits):
                return key
        return None

    async def _queue(self, step: Enqueue) -> Ending:
        if (caller := await self._desk.known(self._caller.linkedid)) is not None:
            step = replace(step, priority=step.priority + caller.priority, preferred=caller.agent)
        entered_ms, self._entered_before_ms = self._entered_before_ms or self._now_ms(), None
        stay = Stay(
            self._desk,
            self._session,
            self._caller,
            step,
            node=self._walker.node,
            language=self._walker.language,
            entered_ms=entered_ms,
        )
        ending = await stay.run()
        self._ended_by = EndedBy.AGENT if stay.with_agent else EndedBy.SYSTEM
        return ending

    def _tell_trail(self) -> None:
        at_ms, linkedid = self._now_ms(), self._caller.linkedid
        for entry in self._walker.trail[self._told :]:
            match entry:
                case Entered(node, kind):
                    fact: NodeEntered | MenuAnswered = NodeEntered(at_ms=at_ms, linkedid=linkedid, node=node, kind=kind)
                case Answered(node, choice):
                    fact = MenuAnswered(at_ms=at_ms, linkedid=linkedid, node=node, choice=choice)
            self._distributor.state(fact)
        self._told = len(self._walker.trail)

    def _now_ms(self) -> int:
        return self._distributor.clock.now_ms()
