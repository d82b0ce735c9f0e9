"""How long agents may be not ready: what each reason allows, and the alarm for who stays longer. It changes nobody's
state: what follows from the alarm is for people to decide.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from acd.agents import Absence, Agent
from acd.facts import NotReadyExceeded
from acd.states import Activity, Status
from acd.timers import Timers

TIMER = "absence"


class Absences:
    """Watches every agent who is not ready and has no call. One stay is told at most once."""

    def __init__(self, timers: Timers[tuple[str, str]], state: Callable[[NotReadyExceeded], None]) -> None:
        self._timers = timers
        self._state = state
        self._allowed_ms: Mapping[str, int] = {}

    def define(self, allowed_ms: Mapping[str, int], agents: Iterable[Agent]) -> None:
        """What each reason allows from now on; a reason that is left out has no limit. It holds for who is absent
        already, too; of whom it was told is not told again."""
        self._allowed_ms = dict(allowed_ms)
        for agent in agents:
            if (absence := agent.absence) is not None and not absence.overdue:
                self._watch(agent, replace(absence, allowed_ms=self._allowed_ms.get(absence.reason, 0)))

    def look(self, agent: Agent, now_ms: int) -> None:
        """He may have changed: a stay has begun, ended or gone on."""
        absent = agent.status is Status.NOT_READY and agent.activity is Activity.IDLE
        if absent and (agent.absence is None or agent.absence.reason != agent.reason):
            self._watch(agent, Absence(agent.reason, now_ms, self._allowed_ms.get(agent.reason, 0)))
        elif not absent and agent.absence is not None:
            agent.absence = None
            self._timers.cancel((TIMER, agent.number))

    def resume(self, agent: Agent, since_ms: int, *, told: bool) -> None:
        """His stay goes on from before a restart of ours; `told`: it was exceeded then. Not absent: nothing."""
        if (absence := agent.absence) is not None:
            self._watch(agent, replace(absence, since_ms=since_ms, overdue=told))

    def due(self, agent: Agent, now_ms: int) -> None:
        """The time allowed is over."""
        if (absence := agent.absence) is not None:
            agent.absence = replace(absence, overdue=True)
            self._state(
                NotReadyExceeded(
                    at_ms=now_ms,
                    agent=agent.number,
                    reason=absence.reason,
                    since_ms=absence.since_ms,
                    allowed_ms=absence.allowed_ms,
                )
            )

    def _watch(self, agent: Agent, absence: Absence) -> None:
        agent.absence = absence
        if absence.allowed_ms and not absence.overdue:
            self._timers.set((TIMER, agent.number), absence.since_ms + absence.allowed_ms)
        else:
            self._timers.cancel((TIMER, agent.number))
