"""The agents of the centre: who is signed in where, who is free, and every change of theirs as a fact.

It knows nothing of calls and queues; the router steers it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from acd.absences import Absences
from acd.agents import Agent
from acd.errors import AlreadySignedIn, NotSignedIn, PhoneTaken, UnknownAgent
from acd.facts import AgentStateChanged
from acd.occupancy import after_busy
from acd.pools import Pools
from acd.seats import is_outside, told
from acd.states import Activity, AgentState, NotReadyReason, Status


class Roster:
    """All agents by number. Every change goes through `change`, which states it and keeps the pools true, but for those
    who become free: the router takes them (`take_freed`) and gives them a call, or puts them into their pools."""

    def __init__(self, state: Callable[[AgentStateChanged], None], absences: Absences) -> None:
        self._state = state
        self.absences = absences
        self.pools = Pools()
        self._agents: dict[str, Agent] = {}
        self._at_phone: dict[str, Agent] = {}
        self._phones: dict[str, tuple[bool, bool]] = {}
        self.freed: list[Agent] = []
        """Those who have become free since `take_freed`; some may no longer be."""
        self.unwilling: list[Agent] = []
        """Those who have gone from ready to not ready or signed out, for whoever empties this list."""

    def __iter__(self) -> Iterator[Agent]:
        return iter(self._agents.values())

    def __contains__(self, number: str) -> bool:
        return number in self._agents

    def agent(self, number: str) -> Agent:
        """The agent of that number. Raises UnknownAgent."""
        try:
            return self._agents[number]
        except KeyError:
            raise UnknownAgent(number) from None

    def take_freed(self) -> list[Agent]:
        """Those who have become free since the last call of this, who has been idle longest first."""
        freed, self.freed = self.freed, []
        return sorted(freed, key=lambda agent: (agent.ready_since_ms, agent.number)) if len(freed) > 1 else freed

    def at_phone(self, phone: str) -> Agent | None:
        """Who is signed in at that phone."""
        return self._at_phone.get(phone)

    def signed_in(self, number: str) -> Agent:
        """The agent of that number. Raises UnknownAgent, or NotSignedIn."""
        agent = self.agent(number)
        if agent.status is Status.SIGNED_OUT:
            raise NotSignedIn(number)
        return agent

    def define(
        self, number: str, name: str, skills: Mapping[str, int], attributes: Mapping[str, str] | None = None
    ) -> bool:
        """Add an agent, or change one who is there. What calls he can be given from now on is for the router. Returns
        whether he is new, or another than before."""
        attributes = dict(attributes or {})
        agent = self._agents.get(number)
        if agent is None:
            self._agents[number] = Agent(number, name, skills, attributes=attributes)
            return True
        if (agent.name, agent.skills, agent.attributes) == (name, skills, attributes):
            return False
        agent.name = name
        if (agent.skills, agent.attributes) != (skills, attributes):
            if agent.free_sequence:
                self.pools.taken(agent)
            self.pools.gone(agent)
            agent.skills, agent.attributes = skills, attributes
            self._seat(agent)
        return True

    def sign_in(self, number: str, phone: str, *, ready: bool, cause: str, now_ms: int) -> None:
        """Seat the agent at the phone. Raises UnknownAgent, AlreadySignedIn, PhoneTaken."""
        agent = self.agent(number)
        if agent.status is not Status.SIGNED_OUT:
            raise AlreadySignedIn(number, told(agent.phone))
        if (other := self._at_phone.get(phone)) is not None and other is not agent:
            raise PhoneTaken(told(phone), other.number)
        with self.change(agent, cause, now_ms):
            self._at_phone.pop(agent.phone, None)
            agent.phone = phone
            agent.status = Status.READY if ready else Status.NOT_READY
            agent.reason = "" if ready else NotReadyReason.SIGNED_IN
            agent.reachable, agent.engaged = self._phones.get(phone, (is_outside(phone), False))
            self._at_phone[phone] = agent

    def sign_out(self, agent: Agent, *, cause: str, now_ms: int) -> None:
        """Sign him out; a call he is in goes on, and he keeps the phone until it is over."""
        with self.change(agent, cause, now_ms):
            agent.status, agent.reason = Status.SIGNED_OUT, ""

    def set_status(self, agent: Agent, status: Status, reason: str, *, cause: str, now_ms: int) -> None:
        """Take note of the agent's choice."""
        with self.change(agent, cause, now_ms):
            agent.status, agent.reason = status, reason

    def try_phone_again(self, agent: Agent, *, now_ms: int) -> None:
        """Believe Asterisk again of a phone that could not be rung."""
        with self.change(agent, "system", now_ms):
            agent.reachable, agent.engaged = self._phones.get(agent.phone, (is_outside(agent.phone), False))

    def phone_changed(self, phone: str, *, reachable: bool, engaged: bool, now_ms: int) -> None:
        """What Asterisk says of a phone, whoever sits there, now or later. What it has said before is no news.

        (Each try to ring a phone moves its device state: a phone that is registered but takes no call would be believed
        at once, and rung without end.)
        """
        if self._phones.get(phone) == (reachable, engaged):
            return
        self._phones[phone] = (reachable, engaged)
        if (agent := self._at_phone.get(phone)) is not None:
            with self.change(agent, "device", now_ms):
                agent.reachable, agent.engaged = reachable, engaged

    @contextmanager
    def change(
        self, agent: Agent, cause: str, now_ms: int, *, linkedid: str = "", keep_place: bool = False
    ) -> Iterator[None]:
        """Change the agent inside; afterwards the change is stated and the pools are true again.

        With `keep_place` he keeps his place in the order of idleness: he has done nothing meanwhile.
        """
        before, phone, status, reason = agent.state, agent.phone, agent.status, agent.reason
        idle = agent.activity is Activity.IDLE
        yield
        after, still_idle = agent.state, agent.activity is Activity.IDLE
        if idle and not still_idle:
            agent.busy_since_ms = now_ms
        elif still_idle and not idle and not keep_place:
            agent.load = after_busy(agent.load, agent.busy_since_ms, now_ms)
        if status is Status.READY and agent.status is not Status.READY:
            self.unwilling.append(agent)
        if not keep_place and not agent.free_sequence and agent.free:
            agent.ready_since_ms = now_ms
        self._seat(agent)
        self.absences.look(agent, now_ms)
        if (before, phone, status, reason) != (after, agent.phone, agent.status, agent.reason):
            self._state(
                AgentStateChanged(
                    at_ms=now_ms,
                    agent=agent.number,
                    phone=agent.phone,
                    before=before,
                    after=after,
                    status=agent.status,
                    reason=agent.reason,
                    cause=cause,
                    linkedid=linkedid,
                )
            )
        if after is AgentState.SIGNED_OUT and agent.phone:
            del self._at_phone[agent.phone]
            agent.phone = ""

    def _seat(self, agent: Agent) -> None:
        """Make the pools true of him again."""
        if agent.status is Status.SIGNED_OUT:
            self.pools.gone(agent)
        else:
            self.pools.arrived(agent)
        if agent.free is not bool(agent.free_sequence):
            if agent.free_sequence:
                self.pools.taken(agent)
            else:
                self.freed.append(agent)
