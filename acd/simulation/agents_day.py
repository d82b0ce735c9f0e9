"""What an agent did of his own accord on a recorded day, from the log of his states: when he was there and wanted
calls, when he was not at his phone. What calls made of him meanwhile is left out, for that follows from the calls.
"""

from collections.abc import Collection, Sequence

from acd.facts import AgentStateChanged, CallOffered, OfferEnded
from acd.simulation.day import Absence, Choice, Wish
from acd.states import AgentState, NotReadyReason, OfferOutcome, Status

BUSY_ELSEWHERE = "busy_elsewhere"
"""The reason for not ready while he has a call that is not among those played."""

_IN_CALL = (AgentState.RINGING, AgentState.TALKING, AgentState.HOLDING, AgentState.WRAP_UP)
_ABSENT = (NotReadyReason.MISSED_CALL, NotReadyReason.REFUSED_CALL)


def agents_day(
    changes: Sequence[AgentStateChanged],
    failed: Sequence[tuple[CallOffered, OfferEnded]],
    played: Collection[tuple[str, str]],
    from_ms: int,
    until_ms: int,
) -> tuple[list[Choice], list[Absence]]:
    """His choices and absences, from his changes of state in order of time (the last one before `from_ms` first), his
    offers that came to nothing, and the (call, agent) pairs that are played."""
    his = _HisDay(failed, played, from_ms, until_ms)
    for change in changes:
        his.see(change)
    his.close()
    return his.choices, his.absences


class _HisDay:
    """Follows one agent through his changes."""

    def __init__(
        self,
        failed: Sequence[tuple[CallOffered, OfferEnded]],
        played: Collection[tuple[str, str]],
        from_ms: int,
        until_ms: int,
    ) -> None:
        self._failed = {(ended.linkedid, ended.at_ms): (offer, ended) for offer, ended in failed}
        self._played = played
        self._from_ms = from_ms
        self._until_ms = until_ms
        self._wish: Wish = Wish.SIGN_OUT
        self._reason = ""
        self._phone_away = False
        self._absent: tuple[CallOffered, OfferEnded] | None = None
        self.choices: list[Choice] = []
        self.absences: list[Absence] = []

    def see(self, change: AgentStateChanged) -> None:
        """Take note of a change."""
        at_ms = max(change.at_ms, self._from_ms)
        if at_ms >= self._until_ms:
            return
        if change.cause == "offer" and (failure := self._failed.get((change.linkedid, change.at_ms))):
            self._absent = self._absent or failure
            return
        if self._still_absent(change):
            return
        self._phone(change, at_ms)
        self._status(change, at_ms)

    def close(self) -> None:
        """His day is over."""
        self._come_back(self._until_ms)

    def _still_absent(self, change: AgentStateChanged) -> bool:
        if self._absent is None:
            return False
        if self._absent[1].outcome is OfferOutcome.UNREACHABLE:
            gone = change.after is AgentState.UNREACHABLE and change.status is not Status.SIGNED_OUT
        else:
            gone = change.status is Status.NOT_READY and change.reason in _ABSENT
        if not gone:
            self._come_back(max(change.at_ms, self._from_ms))
            self._wish = Wish.NOT_READY  # as the router made him: he has to say that he is back
        return gone

    def _come_back(self, at_ms: int) -> None:
        if self._absent is not None:
            offer, ended = self._absent
            self.absences.append(
                Absence(
                    agent=offer.agent,
                    from_ms=offer.at_ms,
                    until_ms=at_ms,
                    outcome=ended.outcome,
                    after_ms=ended.ring_ms,
                )
            )
            self._absent = None

    def _phone(self, change: AgentStateChanged, at_ms: int) -> None:
        away = change.after is AgentState.UNREACHABLE
        if away != self._phone_away and (away or change.after in (AgentState.READY, AgentState.NOT_READY)):
            self._phone_away = away
            self._choose(change.agent, Wish.PHONE_AWAY if away else Wish.PHONE_BACK, "", at_ms)

    def _status(self, change: AgentStateChanged, at_ms: int) -> None:
        wish, reason = _wished(change)
        elsewhere = change.after in _IN_CALL and (change.linkedid, change.agent) not in self._played
        if elsewhere and wish is Wish.READY:
            wish, reason = Wish.NOT_READY, BUSY_ELSEWHERE
        if (wish, reason) == (self._wish, self._reason):
            return
        signs_in = self._wish is Wish.SIGN_OUT
        self._wish, self._reason = wish, reason
        self._choose(change.agent, Wish.SIGN_IN if signs_in else wish, reason, at_ms)

    def _choose(self, agent: str, wish: Wish, reason: str, at_ms: int) -> None:
        self.choices.append(Choice(at_ms=at_ms, agent=agent, wish=wish, reason=reason))


def _wished(change: AgentStateChanged) -> tuple[Wish, str]:
    match change.status:
        case Status.SIGNED_OUT:
            return Wish.SIGN_OUT, ""
        case Status.READY:
            return Wish.READY, ""
        case Status.NOT_READY:
            return Wish.NOT_READY, change.reason
