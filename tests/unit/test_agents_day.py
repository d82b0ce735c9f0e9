"""What an agent chose on a recorded day, told apart from what his calls made of him."""

from collections.abc import Sequence

import pytest

from acd.facts import AgentStateChanged, CallOffered, OfferEnded
from acd.simulation.agents_day import BUSY_ELSEWHERE, agents_day
from acd.simulation.day import Absence, Choice, Wish
from acd.states import AgentState, OfferOutcome, Status

pytestmark = pytest.mark.unit

READY, NOT_READY, OUT = AgentState.READY, AgentState.NOT_READY, AgentState.SIGNED_OUT
RINGING, TALKING, WRAP_UP, UNREACHABLE = (
    AgentState.RINGING,
    AgentState.TALKING,
    AgentState.WRAP_UP,
    AgentState.UNREACHABLE,
)
FROM_MS, UNTIL_MS = 1_000, 100_000


class Log:
    """Writes the log of agent 1001 as the router would."""

    def __init__(self) -> None:
        self.changes: list[AgentStateChanged] = []
        self.failed: list[tuple[CallOffered, OfferEnded]] = []
        self.state, self.status = OUT, Status.SIGNED_OUT

    def becomes(
        self,
        at_ms: int,
        state: AgentState,
        status: Status = Status.READY,
        reason: str = "",
        cause: str = "api",
        linkedid: str = "",
    ) -> None:
        self.changes.append(
            AgentStateChanged(
                at_ms=at_ms,
                agent="1001",
                phone="1001",
                before=self.state,
                after=state,
                status=status,
                reason=reason,
                cause=cause,
                linkedid=linkedid,
            )
        )
        self.state, self.status = state, status

    def fails(self, from_ms: int, until_ms: int, outcome: OfferOutcome) -> None:
        """An offer that came to nothing, and what became of him by it."""
        self.becomes(from_ms, RINGING, cause="offer", linkedid="c")
        offer = CallOffered(
            at_ms=from_ms, linkedid="c", offer=f"o{from_ms}", queue="sales", agent="1001", wait_ms=0, decision={}
        )
        ended = OfferEnded(
            at_ms=until_ms,
            linkedid="c",
            offer=offer.offer,
            queue="sales",
            agent="1001",
            outcome=outcome,
            ring_ms=until_ms - from_ms,
        )
        self.failed.append((offer, ended))
        if outcome is OfferOutcome.UNREACHABLE:
            self.becomes(until_ms, UNREACHABLE, cause="offer", linkedid="c")
        else:
            reason = "missed_call" if outcome is OfferOutcome.MISSED else "refused_call"
            self.becomes(until_ms, NOT_READY, Status.NOT_READY, reason, "offer", "c")

    def read(self, *played: str) -> tuple[list[tuple[int, Wish, str]], list[Absence]]:
        choices, absences = agents_day(
            self.changes, self.failed, {(linkedid, "1001") for linkedid in played}, FROM_MS, UNTIL_MS
        )
        return told(choices), absences


def told(choices: Sequence[Choice]) -> list[tuple[int, Wish, str]]:
    assert {choice.agent for choice in choices} <= {"1001"}
    return [(choice.at_ms, choice.wish, choice.reason) for choice in choices]


@pytest.fixture
def log() -> Log:
    return Log()


def test_what_he_chose_is_kept_and_what_calls_made_of_him_is_not(log: Log) -> None:
    log.becomes(2_000, READY)
    log.becomes(3_000, RINGING, cause="offer", linkedid="c")
    log.becomes(4_000, TALKING, cause="offer", linkedid="c")
    log.becomes(5_000, WRAP_UP, cause="call", linkedid="c")
    log.becomes(6_000, READY, cause="system", linkedid="c")
    log.becomes(7_000, NOT_READY, Status.NOT_READY, "meal")
    log.becomes(8_000, READY)
    log.becomes(9_000, OUT, Status.SIGNED_OUT)
    assert log.read("c") == (
        [
            (2_000, Wish.SIGN_IN, ""),
            (7_000, Wish.NOT_READY, "meal"),
            (8_000, Wish.READY, ""),
            (9_000, Wish.SIGN_OUT, ""),
        ],
        [],
    )


def test_what_held_before_the_day_holds_at_its_beginning_and_what_comes_after_it_is_left_out(log: Log) -> None:
    log.becomes(500, NOT_READY, Status.NOT_READY, "meeting")
    log.becomes(UNTIL_MS, READY)
    assert log.read()[0] == [(FROM_MS, Wish.SIGN_IN, "meeting")]


def test_what_he_chooses_in_a_call_holds_from_then_on(log: Log) -> None:
    log.becomes(2_000, READY)
    log.becomes(3_000, TALKING, cause="offer", linkedid="c")
    log.becomes(4_000, TALKING, Status.NOT_READY, "break", linkedid="c")
    log.becomes(9_000, NOT_READY, Status.NOT_READY, "break", "system", "c")
    assert log.read("c")[0] == [(2_000, Wish.SIGN_IN, ""), (4_000, Wish.NOT_READY, "break")]


def test_with_a_call_that_is_not_played_he_is_busy_elsewhere(log: Log) -> None:
    log.becomes(500, TALKING, cause="offer", linkedid="of yesterday")
    log.becomes(4_000, READY, cause="call", linkedid="of yesterday")
    assert log.read("c")[0] == [(FROM_MS, Wish.SIGN_IN, BUSY_ELSEWHERE), (4_000, Wish.READY, "")]


@pytest.mark.parametrize("outcome", [OfferOutcome.MISSED, OfferOutcome.REFUSED])
def test_who_lets_a_call_go_by_was_not_there_from_its_offer_until_he_says_that_he_is_back(
    log: Log, outcome: OfferOutcome
) -> None:
    log.becomes(2_000, READY)
    log.fails(10_000, 25_000, outcome)
    log.becomes(60_000, READY)
    choices, absences = log.read("c")
    assert choices == [(2_000, Wish.SIGN_IN, ""), (60_000, Wish.READY, "")]
    assert absences == [Absence(agent="1001", from_ms=10_000, until_ms=60_000, outcome=outcome, after_ms=15_000)]


def test_he_may_come_back_only_to_go_to_his_meal_or_never(log: Log) -> None:
    log.becomes(2_000, READY)
    log.fails(10_000, 25_000, OfferOutcome.MISSED)
    log.becomes(60_000, NOT_READY, Status.NOT_READY, "meal")
    log.becomes(70_000, READY)
    log.fails(80_000, 90_000, OfferOutcome.MISSED)
    choices, absences = log.read("c")
    assert choices[1:] == [(60_000, Wish.NOT_READY, "meal"), (70_000, Wish.READY, "")]
    assert [(one.from_ms, one.until_ms) for one in absences] == [(10_000, 60_000), (80_000, UNTIL_MS)]


def test_a_phone_that_could_not_be_rung_is_away_until_it_is_believed_again(log: Log) -> None:
    log.becomes(2_000, READY)
    log.fails(10_000, 10_200, OfferOutcome.UNREACHABLE)
    log.becomes(25_200, READY, cause="system")
    choices, absences = log.read("c")
    assert [(one.from_ms, one.until_ms, one.outcome) for one in absences] == [
        (10_000, 25_200, OfferOutcome.UNREACHABLE)
    ]
    assert choices == [(2_000, Wish.SIGN_IN, ""), (25_200, Wish.READY, "")]


def test_a_phone_that_is_gone_and_comes_back_does_so_again_whatever_he_chose(log: Log) -> None:
    log.becomes(2_000, READY)
    log.becomes(3_000, UNREACHABLE, cause="device")
    log.becomes(4_000, UNREACHABLE, Status.NOT_READY, "break")
    log.becomes(5_000, NOT_READY, Status.NOT_READY, "break", "device")
    assert log.read()[0] == [
        (2_000, Wish.SIGN_IN, ""),
        (3_000, Wish.PHONE_AWAY, ""),
        (4_000, Wish.NOT_READY, "break"),
        (5_000, Wish.PHONE_BACK, ""),
    ]


def test_a_restart_of_the_daemon_is_nothing_he_chose(log: Log) -> None:
    log.becomes(2_000, READY)
    log.state = OUT  # the new daemon seats him again
    log.becomes(3_000, READY, cause="restart")
    assert log.read()[0] == [(2_000, Wish.SIGN_IN, "")]
